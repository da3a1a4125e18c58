//! A request as it arrives: operation, caller and body, taken from headers without any check of the signature.

use bytes::Bytes;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};

use super::{DEFAULT_ACCOUNT, DEFAULT_REGION};
use crate::api::{ApiError, ErrorKind, Scope};

/// Wire protocol of a request, which is the one its answer is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// AWS JSON 1.1: the operation stands in `X-Amz-Target`.
    Json,
    /// AWS query with XML answers: the operation is the form field `Action`. STS only.
    Query,
}

/// Who signed a request, by the credential that the signature names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    pub(crate) access_key: String,
    pub(crate) scope: Scope,
}

/// A request before it is judged.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) protocol: Protocol,
    /// Operation name without the target prefix; empty when none is named.
    pub(crate) operation: String,
    /// Whether the target names the emulated service.
    pub(crate) known_target: bool,
    pub(crate) principal: Result<Principal, ApiError>,
    pub(crate) user_agent: String,
    pub(crate) body: Bytes,
}

impl Incoming {
    /// Reads headers and, for the query protocol, the form in the body.
    pub(crate) fn read(headers: &HeaderMap, body: Bytes, target_prefix: &str) -> Self {
        let header = |name| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
        };
        let principal = principal(header(AUTHORIZATION.as_str()));
        let user_agent = header(USER_AGENT.as_str()).to_owned();
        let target = header("x-amz-target");
        if target.is_empty() && header(CONTENT_TYPE.as_str()).starts_with("application/x-www-form-urlencoded") {
            let operation = form_field(&body, "Action").unwrap_or_default();
            return Self {
                protocol: Protocol::Query,
                operation,
                known_target: true,
                principal,
                user_agent,
                body,
            };
        }
        let (known_target, operation) = match target.split_once('.') {
            Some((prefix, operation)) => (prefix == target_prefix, operation.to_owned()),
            None => (false, target.to_owned()),
        };
        Self {
            protocol: Protocol::Json,
            operation,
            known_target,
            principal,
            user_agent,
            body,
        }
    }

    /// Scope of the caller, or the default one when the caller is unknown.
    pub(crate) fn scope(&self) -> Scope {
        match &self.principal {
            Ok(principal) => principal.scope.clone(),
            Err(_) => Scope {
                account: DEFAULT_ACCOUNT.to_owned(),
                region: DEFAULT_REGION.to_owned(),
            },
        }
    }

    /// Access key id of the caller; empty when the request is not signed.
    pub(crate) fn caller(&self) -> &str {
        self.principal.as_ref().map_or("", |principal| &principal.access_key)
    }
}

/// Reads the credential of an `Authorization` header: access key id, date, region, service, terminator.
fn principal(authorization: &str) -> Result<Principal, ApiError> {
    if authorization.is_empty() {
        return Err(ApiError::new(
            ErrorKind::MissingAuthenticationTokenException,
            "The request carries no Authorization header.",
        ));
    }
    let credential = authorization
        .split([' ', ','])
        .find_map(|part| part.trim().strip_prefix("Credential="))
        .ok_or_else(|| incomplete("names no Credential"))?;
    let parts: Vec<&str> = credential.split('/').collect();
    match parts.as_slice() {
        [access_key, _date, region, _service, "aws4_request"] if !access_key.is_empty() => {
            Ok(principal_of(access_key, region))
        }
        // Signatures that are valid in several regions carry no region in the credential.
        [access_key, _date, _service, "aws4_request"] if !access_key.is_empty() => {
            Ok(principal_of(access_key, DEFAULT_REGION))
        }
        _ => Err(incomplete(
            "has a Credential of another form than KEY/DATE/REGION/SERVICE/aws4_request",
        )),
    }
}

fn principal_of(access_key: &str, region: &str) -> Principal {
    let is_account = access_key.len() == 12 && access_key.bytes().all(|byte| byte.is_ascii_digit());
    let account = if is_account { access_key } else { DEFAULT_ACCOUNT };
    let region = if region.is_empty() { DEFAULT_REGION } else { region };
    let scope = Scope {
        account: account.to_owned(),
        region: region.to_owned(),
    };
    Principal {
        access_key: access_key.to_owned(),
        scope,
    }
}

fn incomplete(what: &str) -> ApiError {
    ApiError::new(
        ErrorKind::IncompleteSignatureException,
        format!("The Authorization header {what}."),
    )
}

/// Value of a form field. Percent signs are left alone: names of operations need none.
fn form_field(body: &[u8], name: &str) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, v)| v.to_owned())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::Incoming;

    fn check(headers: &[(&'static str, &'static str)], body: &'static str) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let incoming = Incoming::read(&map, Bytes::from_static(body.as_bytes()), "Service");
        let scope = incoming.scope();
        let known = if incoming.known_target { "" } else { " (other service)" };
        let error = incoming
            .principal
            .as_ref()
            .err()
            .map(|error| format!(" {error}"))
            .unwrap_or_default();
        let caller = incoming.caller();
        format!(
            "{:?} {}{known} by '{caller}' in {}/{}{error}",
            incoming.protocol, incoming.operation, scope.account, scope.region
        )
    }

    #[test]
    fn operation_and_caller() {
        let signed = "AWS4-HMAC-SHA256 Credential=111122223333/20260101/eu-central-1/ecs/aws4_request, SignedHeaders=host, Signature=ab";
        insta::assert_snapshot!(
            check(&[("x-amz-target", "Service.CreateDaemon"), ("authorization", signed)], "{}"),
            @"Json CreateDaemon by '111122223333' in 111122223333/eu-central-1"
        );
        insta::assert_snapshot!(
            check(&[("x-amz-target", "Other.CreateDaemon"), ("authorization", "AWS4 Credential=AKIA/2026/ecs/aws4_request")], "{}"),
            @"Json CreateDaemon (other service) by 'AKIA' in 123456789012/us-east-1"
        );
        insta::assert_snapshot!(
            check(&[("content-type", "application/x-www-form-urlencoded; charset=utf-8"), ("authorization", "X Credential=a/d/us-west-2/sts/aws4_request,S=1")], "Version=2011-06-15&Action=GetCallerIdentity"),
            @"Query GetCallerIdentity by 'a' in 123456789012/us-west-2"
        );
    }

    #[test]
    fn unsigned_and_malformed_requests() {
        insta::assert_snapshot!(
            check(&[("x-amz-target", "Service.ListDaemons")], ""),
            @"Json ListDaemons by '' in 123456789012/us-east-1 MissingAuthenticationTokenException: The request carries no Authorization header."
        );
        insta::assert_snapshot!(
            check(&[("authorization", "Bearer abc")], ""),
            @"Json  (other service) by '' in 123456789012/us-east-1 IncompleteSignatureException: The Authorization header names no Credential."
        );
        insta::assert_snapshot!(
            check(&[("authorization", "AWS4 Credential=a/b")], ""),
            @"Json  (other service) by '' in 123456789012/us-east-1 IncompleteSignatureException: The Authorization header has a Credential of another form than KEY/DATE/REGION/SERVICE/aws4_request."
        );
    }
}
