//! Limits of the time that calls and searches for credentials may take.

use std::time::Duration;

use aws_sdk_ecs::config::{IdentityCache, SharedIdentityCache, timeout::TimeoutConfig};

/// Longest time to open a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest silence of a server that has been asked something.
const READ_TIMEOUT: Duration = Duration::from_mins(1);
/// Longest attempt as a whole, for transports that know no read timeout.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(75);
/// Longest search for credentials, which may run a program or ask STS.
pub(super) const CREDENTIALS_TIMEOUT: Duration = Duration::from_mins(2);

/// Keeps credentials until shortly before they expire.
pub(super) fn identity_cache() -> SharedIdentityCache {
    IdentityCache::lazy().load_timeout(CREDENTIALS_TIMEOUT).build()
}

/// Limits after which a silent server counts as not answering.
pub(super) fn of_calls() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build()
}
