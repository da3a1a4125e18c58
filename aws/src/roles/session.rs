//! Common parts of calls of STS for any kind of role.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use jiff::Timestamp;

use crate::{advice::Advice, sendable::unsendable};

/// A session name for who gives none, as the SDKs make one up.
pub(super) fn session_name(advice: &Advice) -> String {
    format!("{}-{}", advice.program, Timestamp::now().as_millisecond())
}

/// Seconds of a session, as STS wants them.
pub(super) fn seconds(duration: Option<Duration>) -> Option<i32> {
    duration.and_then(|duration| i32::try_from(duration.as_secs()).ok())
}

/// Credentials of the SDK from those of STS, or the reason for which nothing can be signed with them.
pub(super) fn credentials(
    answer: Option<aws_sdk_sts::types::Credentials>,
    source: &'static str,
) -> Result<Credentials, String> {
    let answer = answer.ok_or("the answer of STS has no credentials")?;
    let expiry = SystemTime::try_from(answer.expiration);
    let expiry = expiry.map_err(|_| "the answer of STS has no readable time of expiry")?;
    let (token, expiry) = (Some(answer.session_token), Some(expiry));
    let credentials = Credentials::new(answer.access_key_id, answer.secret_access_key, token, expiry, source);
    match unsendable(&credentials) {
        None => Ok(credentials),
        Some(reason) => Err(format!("the answer of STS cannot be used: {reason}")),
    }
}
