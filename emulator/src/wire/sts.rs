//! The one STS operation that AWS clients call beside ECS: who am I.
//!
//! It is served at the same endpoint, so that a client can be pointed at the emulator with a single URL.

use bytes::Bytes;
use serde_json::{Value, json};

use super::Principal;
use super::cloudtrail::user_of;
use super::reply::escape_xml;

/// Answer to `GetCallerIdentity`: the XML document, and the same facts for the journal.
pub(crate) fn caller_identity(principal: &Principal, request_id: &str) -> (Bytes, Value) {
    let account = &principal.scope.account;
    let arn = format!("arn:aws:iam::{account}:user/{}", user_of(&principal.access_key));
    let user = escape_xml(&principal.access_key);
    let xml = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <Arn>{arn}</Arn><UserId>{user}</UserId><Account>{account}</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    );
    (
        Bytes::from(xml),
        json!({"Account": account, "Arn": arn, "UserId": principal.access_key}),
    )
}
