//! The STS operations that clients call beside ECS: who am I, and let me be somebody else.
//!
//! They are served at the same endpoint, so that a client can be pointed at the emulator with a single URL. What is
//! checked is documented: forms and lengths; texts are assumed. Of a body only what is no secret gets into the journal.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde_json::{Value, json};

use super::Principal;
use super::assumed::{Role, Session, Sessions};
use super::cloudtrail::user_of;
use super::secrets::{is_external_id, is_word};
use super::urlencoded;
use super::xml::escape_xml;
use crate::api::{ApiError, ErrorKind};
use crate::{seeded, timestamp};

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
/// Longest session of a role that a session assumes.
const CHAINED_SECONDS: u64 = 3600;

/// An answer: the XML document, and the same facts for the journal as far as they are no secrets.
pub(crate) type Answer = (Bytes, Value);

/// Answers `GetCallerIdentity`.
pub(crate) fn caller_identity(principal: &Principal, sessions: &Sessions, request_id: &str) -> Answer {
    let account = &principal.scope.account;
    let (arn, user) = match sessions.get(&principal.access_key) {
        Some(session) => (session.arn(), session.user_id()),
        None => (
            format!("arn:aws:iam::{account}:user/{}", user_of(&principal.access_key)),
            principal.access_key.clone(),
        ),
    };
    let xml = format!(
        "<Arn>{}</Arn><UserId>{}</UserId><Account>{account}</Account>",
        escape_xml(&arn),
        escape_xml(&user)
    );
    (
        document("GetCallerIdentity", &xml, request_id),
        json!({"Account": account, "Arn": arn, "UserId": user}),
    )
}

/// Answers `AssumeRole` and `AssumeRoleWithWebIdentity`. Credentials expire by the client's clock, which is the host's.
pub(crate) fn assume_role(
    operation: &str,
    (principal, body): (&Principal, &[u8]),
    sessions: &mut Sessions,
    (seed, request_id, host_time): (u64, &str, SystemTime),
) -> Result<Answer, ApiError> {
    let wanted = Wanted::read(operation, body, sessions.get(&principal.access_key).is_some())?;
    let session = sessions.open(seed, wanted.role, wanted.session_name);
    let expires = host_time + Duration::from_secs(wanted.seconds);
    let xml = session_xml(operation, &session, seed, expires);
    let user = json!({"AssumedRoleId": session.user_id(), "Arn": session.arn()});
    let shown = json!({"AssumedRoleUser": user, "Credentials": {"AccessKeyId": session.access_key}});
    Ok((document(operation, &xml, request_id), shown))
}

fn session_xml(operation: &str, session: &Session, seed: u64, expires: SystemTime) -> String {
    let since_1970 = expires.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let expires = timestamp::render_seconds(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX));
    let subject = if operation == "AssumeRole" {
        ""
    } else {
        "<SubjectFromWebIdentityToken>emulator</SubjectFromWebIdentityToken>"
    };
    format!(
        "<AssumedRoleUser><AssumedRoleId>{}</AssumedRoleId><Arn>{}</Arn></AssumedRoleUser><Credentials>\
         <AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey><SessionToken>{}</SessionToken>\
         <Expiration>{expires}</Expiration></Credentials>{subject}",
        escape_xml(&session.user_id()),
        escape_xml(&session.arn()),
        seeded::letters(seed, &format!("secret of {}", session.access_key), 0, 40),
        seeded::letters(seed, &format!("token of {}", session.access_key), 0, 120),
        key = session.access_key,
    )
}

fn document(operation: &str, result: &str, request_id: &str) -> Bytes {
    Bytes::from(format!(
        "<{operation}Response xmlns=\"{NAMESPACE}\"><{operation}Result>{result}</{operation}Result>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    ))
}

/// The identity that somebody asks for.
struct Wanted {
    role: Role,
    session_name: String,
    seconds: u64,
}

impl Wanted {
    fn read(operation: &str, body: &[u8], chained: bool) -> Result<Self, ApiError> {
        let fields = urlencoded::fields(body);
        let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        let arn = field("RoleArn").ok_or_else(|| invalid("roleArn", "must not be null"))?;
        let role = Role::parse(arn).filter(|_| (20..=2048).contains(&arn.len()));
        let role = role.ok_or_else(|| invalid("roleArn", "must be an ARN like arn:aws:iam::123456789012:role/NAME"))?;
        let name = field("RoleSessionName").ok_or_else(|| invalid("roleSessionName", "must not be null"))?;
        if !(2..=64).contains(&name.len()) || !name.bytes().all(is_word) {
            return Err(invalid(
                "roleSessionName",
                "must have 2 to 64 characters and satisfy the regular expression pattern [\\w+=,.@-]*",
            ));
        }
        let is_web = operation == "AssumeRoleWithWebIdentity";
        if is_web && field("WebIdentityToken").is_none_or(String::is_empty) {
            return Err(invalid("webIdentityToken", "must not be empty"));
        }
        if field("ExternalId").is_some_and(|id| !is_external_id(id)) {
            return Err(invalid(
                "externalId",
                "must have 2 to 1224 characters and satisfy the regular expression pattern [\\w+=,.@:\\/-]*",
            ));
        }
        Ok(Self {
            role,
            session_name: name.clone(),
            seconds: duration(field("DurationSeconds").map(String::as_str), chained && !is_web)?,
        })
    }
}

fn duration(text: Option<&str>, chained: bool) -> Result<u64, ApiError> {
    let seconds = text.map_or(Some(3600), |text| text.parse().ok());
    let seconds = seconds.filter(|seconds| (900..=43_200).contains(seconds));
    let seconds = seconds.ok_or_else(|| invalid("durationSeconds", "must be a number from 900 to 43200"))?;
    if chained && seconds > CHAINED_SECONDS {
        let text = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining";
        return Err(ApiError::new(ErrorKind::ValidationError, text));
    }
    Ok(seconds)
}

/// A refusal, which never repeats the value.
fn invalid(member: &str, constraint: &str) -> ApiError {
    let text =
        format!("1 validation error detected: Value at '{member}' failed to satisfy constraint: Member {constraint}");
    ApiError::new(ErrorKind::ValidationError, text)
}
