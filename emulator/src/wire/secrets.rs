//! Secrets that callers of STS send and nobody is to read again.

use bytes::Bytes;

use super::urlencoded;

/// Fields of a body that the journal keeps as they are. All others may be secret or lead to one.
const OPEN_FIELDS: [&str; 5] = ["Action", "Version", "RoleArn", "RoleSessionName", "DurationSeconds"];
/// The journal's words for a secret that would be accepted, and for one that would not: a replay answers the same.
const MASKED: &str = "masked";
const MASKED_INVALID: &str = "masked!";

/// A body of the query protocol as the journal keeps it: without what may be secret.
pub(super) fn without_secrets(body: &[u8]) -> Bytes {
    let mut fields = urlencoded::fields(body);
    for (key, value) in &mut fields {
        if OPEN_FIELDS.contains(&key.as_str()) || value.is_empty() {
            continue;
        }
        let refused = key == "ExternalId" && !is_external_id(value);
        let mask = if refused { MASKED_INVALID } else { MASKED };
        mask.clone_into(value);
    }
    Bytes::from(urlencoded::body(&fields))
}

pub(super) fn is_external_id(text: &str) -> bool {
    (2..=1224).contains(&text.len()) && text.bytes().all(|byte| is_word(byte) || b":/".contains(&byte))
}

/// A byte of names of roles and sessions: `[\w+=,.@-]`.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)
}
