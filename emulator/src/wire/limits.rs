//! Bounds of requests, and who asks where a request does not say.

/// Largest request body in bytes, as the service takes it (2 MiB, assumed).
pub const BODY_LIMIT: usize = 2 * 1024 * 1024;
/// Account of callers whose access key id is not itself an account id.
pub const DEFAULT_ACCOUNT: &str = "123456789012";
/// Region of callers whose credential scope names none.
pub const DEFAULT_REGION: &str = "us-east-1";
