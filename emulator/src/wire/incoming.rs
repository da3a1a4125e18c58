//! A request as it arrives: operation, caller and body, taken from headers without any check of the signature.

use bytes::Bytes;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};

use serde::{Deserialize, Serialize};

use super::limits::{DEFAULT_ACCOUNT, DEFAULT_REGION};
use super::secrets::without_secrets;
use super::{cbor, query};
use crate::api::{ApiError, ErrorKind, Scope};
use crate::model::Model;

/// Prefix of `X-Amz-Target` of CloudTrail, from its service model.
const CLOUDTRAIL_TARGET: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101";

/// Prefix of `X-Amz-Target` of `CloudWatch`, which is also its name in paths, from its service model.
const CLOUDWATCH_TARGET: &str = "GraniteServiceVersion20100801";
/// Version of `CloudWatch` in forms of the query protocol.
const CLOUDWATCH_VERSION: &str = "2010-08-01";

/// Content type of the query protocol.
const FORM: &str = "application/x-www-form-urlencoded";
/// Header of the protocol `smithy-rpc-v2-cbor`.
const SMITHY_PROTOCOL: &str = "smithy-protocol";
/// A body that is no CBOR, as the journal has it: no JSON either, so that a replay refuses it as well.
const UNREADABLE: &[u8] = b"no CBOR";
/// Caller of the one operation that nobody signs: who calls it has no credentials yet.
const WEB_IDENTITY: &str = "web-identity";

/// Wire protocol of a request, which is the one its answer is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// AWS JSON 1.1: the operation stands in `X-Amz-Target`.
    Json,
    /// AWS JSON 1.0. `CloudWatch` only.
    Json10,
    /// `smithy-rpc-v2-cbor`: the operation stands in the path. `CloudWatch` only.
    Cbor,
    /// AWS query with XML answers: the operation is the form field `Action`. STS only.
    Query,
    /// The same for `CloudWatch`.
    MonitoringQuery,
}

/// Service that a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Service {
    Ecs,
    CloudTrail,
    CloudWatch,
    Sts,
    /// One that is not emulated, or none at all.
    Unknown,
}

impl Service {
    const ALL: [Self; 5] = [Self::Ecs, Self::CloudTrail, Self::CloudWatch, Self::Sts, Self::Unknown];

    /// Name in the journal.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ecs => "ecs",
            Self::CloudTrail => "cloudtrail",
            Self::CloudWatch => "cloudwatch",
            Self::Sts => "sts",
            Self::Unknown => "unknown",
        }
    }

    /// The service of a name in the journal.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }

    /// The service that a target's prefix names.
    fn of_target(prefix: &str, ecs: &str) -> Self {
        match prefix {
            _ if prefix == ecs => Self::Ecs,
            CLOUDTRAIL_TARGET => Self::CloudTrail,
            CLOUDWATCH_TARGET => Self::CloudWatch,
            _ => Self::Unknown,
        }
    }

    /// The protocol of the service; the first one of `CloudWatch`, which has several, that the emulator speaks in JSON.
    pub(crate) fn protocol(self) -> Protocol {
        match self {
            Self::Sts => Protocol::Query,
            Self::CloudWatch => Protocol::Json10,
            Self::Ecs | Self::CloudTrail | Self::Unknown => Protocol::Json,
        }
    }
}

/// The signer of a request, by the credential that the signature names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    pub(crate) access_key: String,
    pub(crate) scope: Scope,
}

/// A request before it is judged.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) service: Service,
    /// The protocol that it is answered in.
    pub(crate) protocol: Protocol,
    /// Operation name without the target prefix; empty when none is named.
    pub(crate) operation: String,
    pub(crate) principal: Result<Principal, ApiError>,
    pub(crate) user_agent: String,
    pub(crate) body: Bytes,
}

impl Incoming {
    /// The operation in a path of the protocol `smithy-rpc-v2-cbor`; an empty one where the path is that of the others.
    /// None: the path is none of the API.
    pub(crate) fn operation_in(path: &str) -> Option<&str> {
        if path == "/" {
            return Some("");
        }
        let operation = path.strip_prefix("/service/")?.strip_prefix(CLOUDWATCH_TARGET)?;
        let operation = operation.strip_prefix("/operation/")?;
        (!operation.is_empty() && operation.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(operation)
    }

    /// The protocol in which a request of these headers is refused before it is read.
    pub(crate) fn protocol(headers: &HeaderMap) -> Protocol {
        if headers.contains_key(SMITHY_PROTOCOL) {
            return Protocol::Cbor;
        }
        let form = headers
            .get(CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(FORM.as_bytes()));
        if form && !headers.contains_key("x-amz-target") {
            Protocol::Query
        } else {
            Protocol::Json
        }
    }

    /// Reads headers, path and, for the query protocol, the form in the body.
    pub(crate) fn read(in_path: &str, headers: &HeaderMap, body: Bytes, models: (&Model, &Model)) -> Self {
        let (ecs, cloudwatch) = models;
        let header = |name| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
        };
        let principal = principal(header(AUTHORIZATION.as_str()));
        let user_agent = header(USER_AGENT.as_str()).to_owned();
        let target = header("x-amz-target");
        if !in_path.is_empty() {
            let json = cbor::to_json(&body).map(|value| Bytes::from(value.to_string()));
            return Self {
                service: Service::CloudWatch,
                protocol: Protocol::Cbor,
                operation: in_path.to_owned(),
                principal,
                user_agent,
                body: json.unwrap_or_else(|| Bytes::from_static(UNREADABLE)),
            };
        }
        if Self::protocol(headers) == Protocol::Query {
            let operation = form_field(&body, "Action").unwrap_or_default();
            if form_field(&body, "Version").as_deref() == Some(CLOUDWATCH_VERSION) {
                return Self {
                    service: Service::CloudWatch,
                    protocol: Protocol::MonitoringQuery,
                    body: Bytes::from(query::to_json(cloudwatch, &operation, &body).to_string()),
                    operation,
                    principal,
                    user_agent,
                };
            }
            let unsigned = header(AUTHORIZATION.as_str()).is_empty();
            let principal = if unsigned && operation == "AssumeRoleWithWebIdentity" {
                Ok(principal_of(WEB_IDENTITY, DEFAULT_REGION))
            } else {
                principal
            };
            return Self {
                service: Service::Sts,
                protocol: Protocol::Query,
                operation,
                principal,
                user_agent,
                body,
            };
        }
        let (service, operation) = match target.rsplit_once('.') {
            Some((prefix, operation)) => (Service::of_target(prefix, &ecs.target_prefix), operation.to_owned()),
            None => (Service::Unknown, target.to_owned()),
        };
        Self {
            service,
            protocol: service.protocol(),
            operation,
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

    /// The body as the journal keeps it.
    pub(crate) fn journaled_body(&self) -> Bytes {
        if self.service == Service::Sts {
            return without_secrets(&self.body);
        }
        // A copy, because the body is a part of the connection's buffer, which is much bigger.
        Bytes::copy_from_slice(&self.body)
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
    use crate::model::Model;

    fn check(headers: &[(&'static str, &'static str)], body: &'static str) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let models = (Model::embedded().unwrap(), Model::cloudwatch().unwrap());
        let incoming = Incoming::read("", &map, Bytes::from_static(body.as_bytes()), models);
        let scope = incoming.scope();
        let error = incoming
            .principal
            .as_ref()
            .err()
            .map(|error| format!(" {error}"))
            .unwrap_or_default();
        let caller = incoming.caller();
        format!(
            "{} {} by '{caller}' in {}/{}{error}",
            incoming.service.name(),
            incoming.operation,
            scope.account,
            scope.region
        )
    }

    #[test]
    fn operation_and_caller() {
        let signed = "AWS4-HMAC-SHA256 Credential=111122223333/20260101/eu-central-1/ecs/aws4_request, SignedHeaders=host, Signature=ab";
        insta::assert_snapshot!(
            check(&[("x-amz-target", "AmazonEC2ContainerServiceV20141113.CreateDaemon"), ("authorization", signed)], "{}"),
            @"ecs CreateDaemon by '111122223333' in 111122223333/eu-central-1"
        );
        insta::assert_snapshot!(
            check(&[("x-amz-target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"), ("authorization", signed)], "{}"),
            @"cloudtrail LookupEvents by '111122223333' in 111122223333/eu-central-1"
        );
        insta::assert_snapshot!(
            check(&[("x-amz-target", "Other.CreateDaemon"), ("authorization", "AWS4 Credential=AKIA/2026/ecs/aws4_request")], "{}"),
            @"unknown CreateDaemon by 'AKIA' in 123456789012/us-east-1"
        );
        insta::assert_snapshot!(
            check(&[("content-type", "application/x-www-form-urlencoded; charset=utf-8"), ("authorization", "X Credential=a/d/us-west-2/sts/aws4_request,S=1")], "Version=2011-06-15&Action=GetCallerIdentity"),
            @"sts GetCallerIdentity by 'a' in 123456789012/us-west-2"
        );
    }

    #[test]
    fn each_protocol_of_cloudwatch_is_known() {
        let models = (Model::embedded().unwrap(), Model::cloudwatch().unwrap());
        let check = |path: &str, headers: &[(&'static str, &'static str)], body: &'static [u8]| {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            let in_path = Incoming::operation_in(path).unwrap();
            let incoming = Incoming::read(in_path, &map, Bytes::from_static(body), models);
            let body = String::from_utf8_lossy(&incoming.body).into_owned();
            format!(
                "{} {} {:?} {body}",
                incoming.service.name(),
                incoming.operation,
                incoming.protocol
            )
        };
        let form = ("content-type", "application/x-www-form-urlencoded");
        insta::assert_snapshot!(
            check("/service/GraniteServiceVersion20100801/operation/DeleteAlarms", &[], b"\xa1jAlarmNames\x81\x61a"),
            @r#"cloudwatch DeleteAlarms Cbor {"AlarmNames":["a"]}"#
        );
        insta::assert_snapshot!(check("/service/GraniteServiceVersion20100801/operation/DeleteAlarms", &[], b"{}"), @r"cloudwatch DeleteAlarms Cbor no CBOR");
        insta::assert_snapshot!(
            check("/", &[("x-amz-target", "GraniteServiceVersion20100801.DeleteAlarms")], b"{\"AlarmNames\": [\"a\"]}"),
            @r#"cloudwatch DeleteAlarms Json10 {"AlarmNames": ["a"]}"#
        );
        insta::assert_snapshot!(
            check("/", &[form], b"Action=DeleteAlarms&Version=2010-08-01&AlarmNames.member.1=a"),
            @r#"cloudwatch DeleteAlarms MonitoringQuery {"AlarmNames":["a"]}"#
        );
        for stray in [
            "",
            "/x",
            "/service/Other/operation/A",
            "/service/GraniteServiceVersion20100801/operation/A/B",
        ] {
            assert_eq!(Incoming::operation_in(stray), None, "{stray}");
        }
    }

    #[test]
    fn unsigned_and_malformed_requests() {
        insta::assert_snapshot!(
            check(&[("x-amz-target", "AmazonEC2ContainerServiceV20141113.ListDaemons")], ""),
            @"ecs ListDaemons by '' in 123456789012/us-east-1 MissingAuthenticationTokenException: The request carries no Authorization header."
        );
        insta::assert_snapshot!(
            check(&[("authorization", "Bearer abc")], ""),
            @"unknown  by '' in 123456789012/us-east-1 IncompleteSignatureException: The Authorization header names no Credential."
        );
        insta::assert_snapshot!(
            check(&[("authorization", "AWS4 Credential=a/b")], ""),
            @"unknown  by '' in 123456789012/us-east-1 IncompleteSignatureException: The Authorization header has a Credential of another form than KEY/DATE/REGION/SERVICE/aws4_request."
        );
    }
}
