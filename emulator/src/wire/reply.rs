//! Answers as HTTP: bodies, error types and the headers that SDKs look at.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, DATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::xml::escape_xml;
use super::{Protocol, cbor, query};
use crate::api::ApiError;

/// The work of the transport for a request.
#[derive(Debug)]
pub struct Reply {
    /// Host time to wait before the outcome.
    pub delay: Duration,
    /// Answer, silence or a closed connection.
    pub outcome: Outcome,
}

/// The end of a request for the client.
#[derive(Debug)]
pub enum Outcome {
    /// A whole answer.
    Answer(Response<Bytes>),
    /// The head of an answer with its full length, but only this many bytes of the body, then a closed connection.
    Truncated(Response<Bytes>, usize),
    /// Nothing, ever.
    Never,
    /// The connection closes without an answer.
    Close,
}

impl From<Outcome> for Reply {
    fn from(outcome: Outcome) -> Self {
        Self {
            delay: Duration::ZERO,
            outcome,
        }
    }
}

/// A refusal with whatever type and status, since faults may send types that no operation has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) status: u16,
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self {
            kind: error.kind.name(),
            message: error.message,
            status: error.kind.status(),
        }
    }
}

impl Failure {
    /// Body of the JSON protocol.
    pub(crate) fn body(&self) -> Value {
        json!({"__type": self.kind, "message": self.message})
    }
}

/// The head of every answer, besides its body.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    pub(crate) protocol: Protocol,
    pub(crate) request_id: String,
    /// Host time, from which SDKs measure their clock's skew.
    pub(crate) date: SystemTime,
}

/// A successful answer.
pub(crate) fn answer(stamp: &Stamp, body: Bytes) -> Response<Bytes> {
    stamped(stamp, 200, body)
}

/// A refusal.
pub(crate) fn failure(stamp: &Stamp, failure: &Failure) -> Response<Bytes> {
    let body = match stamp.protocol {
        Protocol::Json | Protocol::Json10 => Bytes::from(failure.body().to_string()),
        Protocol::Cbor => cbor::refusal(&failure.kind, &failure.message),
        Protocol::Query => error_document(
            "https://sts.amazonaws.com/doc/2011-06-15/",
            failure,
            &failure.kind,
            stamp,
        ),
        Protocol::MonitoringQuery => error_document(query::NAMESPACE, failure, query_code(&failure.kind), stamp),
    };
    let mut response = stamped(stamp, failure.status, body);
    if matches!(stamp.protocol, Protocol::Json10 | Protocol::Cbor) {
        let code = format!("{};{}", query_code(&failure.kind), fault_of(failure));
        insert(&mut response, HeaderName::from_static("x-amzn-query-error"), &code);
    }
    insert(
        &mut response,
        HeaderName::from_static("x-amzn-errortype"),
        &failure.kind,
    );
    response
}

fn error_document(namespace: &str, failure: &Failure, code: &str, stamp: &Stamp) -> Bytes {
    Bytes::from(format!(
        "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{}</Type><Code>{}</Code><Message>{}</Message></Error>\
         <RequestId>{}</RequestId></ErrorResponse>",
        fault_of(failure),
        escape_xml(code),
        escape_xml(&failure.message),
        stamp.request_id
    ))
}

/// Whose fault a refusal is.
fn fault_of(failure: &Failure) -> &'static str {
    if failure.status >= 500 { "Receiver" } else { "Sender" }
}

/// The code that an error of `CloudWatch` had in the query protocol, from its service model. Clients of the later protocols
/// look for it in a header.
fn query_code(kind: &str) -> &str {
    match kind {
        "InvalidFormatFault" => "InvalidFormat",
        "InvalidParameterCombinationException" => "InvalidParameterCombination",
        "InvalidParameterValueException" => "InvalidParameterValue",
        other => other,
    }
}

fn stamped(stamp: &Stamp, status: u16, body: Bytes) -> Response<Bytes> {
    let content_type = match stamp.protocol {
        Protocol::Json => "application/x-amz-json-1.1",
        Protocol::Json10 => "application/x-amz-json-1.0",
        Protocol::Cbor => "application/cbor",
        Protocol::Query | Protocol::MonitoringQuery => "text/xml",
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    insert(&mut response, CONTENT_TYPE, content_type);
    if stamp.protocol == Protocol::Cbor {
        insert(&mut response, HeaderName::from_static("smithy-protocol"), "rpc-v2-cbor");
    }
    insert(&mut response, DATE, &http_date(stamp.date));
    insert(
        &mut response,
        HeaderName::from_static("x-amzn-requestid"),
        &stamp.request_id,
    );
    response
}

/// An answer of the control API.
pub(crate) fn control_answer(status: u16, body: &Value) -> Response<Bytes> {
    let mut text = body.to_string();
    text.push('\n');
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    insert(&mut response, CONTENT_TYPE, "application/json");
    response
}

/// Sets a header; a value that no header can hold (a fault's free text) is left out.
fn insert(response: &mut Response<Bytes>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// The date form of HTTP, for example `Thu, 01 Jan 2026 00:00:00 GMT`.
fn http_date(time: SystemTime) -> String {
    Timestamp::try_from(time).map_or_else(
        |_| String::new(),
        |time| time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::{Failure, Stamp, failure};
    use crate::api::{ApiError, ErrorKind};
    use crate::wire::Protocol;

    fn check(protocol: Protocol, error: &Failure) -> String {
        let date = SystemTime::UNIX_EPOCH + Duration::from_hours(490_896);
        let stamp = Stamp {
            protocol,
            request_id: "id-1".to_owned(),
            date,
        };
        let response = failure(&stamp, error);
        let mut lines = vec![response.status().to_string()];
        lines.extend(
            response
                .headers()
                .iter()
                .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())),
        );
        lines.push(String::from_utf8(response.into_body().to_vec()).unwrap());
        lines.join("\n")
    }

    #[test]
    fn errors_in_both_protocols() {
        let error = ApiError::new(ErrorKind::DaemonNotFoundException, "The daemon <a> is unknown.");
        insta::assert_snapshot!(check(Protocol::Json, &error.clone().into()), @r#"
        400 Bad Request
        content-type: application/x-amz-json-1.1
        date: Thu, 01 Jan 2026 00:00:00 GMT
        x-amzn-requestid: id-1
        x-amzn-errortype: DaemonNotFoundException
        {"__type":"DaemonNotFoundException","message":"The daemon <a> is unknown."}
        "#);
        insta::assert_snapshot!(check(Protocol::Query, &error.into()), @r#"
        400 Bad Request
        content-type: text/xml
        date: Thu, 01 Jan 2026 00:00:00 GMT
        x-amzn-requestid: id-1
        x-amzn-errortype: DaemonNotFoundException
        <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>DaemonNotFoundException</Code><Message>The daemon &lt;a&gt; is unknown.</Message></Error><RequestId>id-1</RequestId></ErrorResponse>
        "#);
    }

    #[test]
    fn a_text_that_no_header_holds_is_left_out_of_it() {
        let text = check(
            Protocol::Json,
            &Failure {
                kind: "Odd\nKind".into(),
                message: String::new(),
                status: 503,
            },
        );
        assert!(text.starts_with("503"), "{text}");
        assert!(!text.contains("x-amzn-errortype"), "{text}");
    }
}
