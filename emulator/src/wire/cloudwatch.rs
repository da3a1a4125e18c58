//! The protocols of `CloudWatch`: which one a request is in, its body as JSON, and answers in the same protocol.
//!
//! Inside, a request is JSON whatever it came as, so that faults, journal and replay know one form.

use bytes::Bytes;
use serde_json::Value;

use super::incoming::{Incoming, Protocol};
use super::{cbor, query};
use crate::model::Model;

/// The body of an answer in the protocol of its request.
pub(crate) fn body(model: &Model, incoming: &Incoming, answer: &Value, request_id: &str) -> Bytes {
    match incoming.protocol {
        Protocol::Cbor => {
            let shapes = model.operation(&incoming.operation);
            cbor::body(model, shapes.map_or("", |shapes| &shapes.output), answer)
        }
        Protocol::MonitoringQuery => query::document(model, &incoming.operation, answer, request_id),
        Protocol::Json | Protocol::Json10 | Protocol::Query => Bytes::from(answer.to_string()),
    }
}
