//! CloudTrail's `LookupEvents`, answered from the journal: who called what, with the members of the request as sent.
//!
//! It is served at the same endpoint as ECS, for clients that want to know who changed something. Only what reached
//! the service is an event: requests of clients and the scheduled calls of other principals, refused ones included,
//! and neither those that a fault swallowed nor lookups themselves. Events appear at once, where CloudTrail takes
//! minutes, and are kept for 90 days of virtual time, as documented. The texts of the errors are assumed.

use serde_json::{Map, Value, json};

use super::assumed::{Session, Sessions};
use super::{Principal, Service};
use crate::api::{ApiError, ErrorKind, Scope};
use crate::journal::{Journal, Origin, RequestRecord};
use crate::model::parse_body;
use crate::seeded;
use crate::timestamp;
use crate::world::World;

/// Largest page, which is also the default, from the service model.
const PAGE: usize = 50;
/// The time that events are kept, in milliseconds of virtual time.
const RETENTION_MS: i64 = 90 * 24 * 3_600_000;

/// Answers a lookup by a caller, who sees the events of their account and region. `now_ms` is virtual time.
pub(crate) fn lookup_events(
    (journal, sessions): (&Journal, &Sessions),
    principal: &Principal,
    seed: u64,
    now_ms: i64,
    body: &[u8],
) -> Result<Value, ApiError> {
    let lookup = Lookup::read(parse_body(body)?)?;
    let matching = journal
        .requests()
        .filter(|(time_ms, request)| {
            request.scope == principal.scope && is_event(request) && now_ms - *time_ms <= RETENTION_MS
        })
        .map(|(time_ms, request)| Event {
            seed,
            time_ms,
            request,
            session: sessions.get(&request.caller),
        })
        .filter(|event| lookup.matches(event));
    let mut rest = matching.skip_while(|event| lookup.after.as_ref().is_some_and(|after| *after != event.id()));
    if lookup.after.is_some() && rest.next().is_none() {
        return Err(refused(
            ErrorKind::InvalidNextTokenException,
            "The NextToken is not valid for this lookup.",
        ));
    }
    let page: Vec<Event<'_>> = rest.by_ref().take(lookup.page).collect();
    let mut answer = json!({"Events": page.iter().map(Event::render).collect::<Vec<_>>()});
    if let (Some(last), true, Value::Object(members)) = (page.last(), rest.next().is_some(), &mut answer) {
        members.insert("NextToken".to_owned(), last.id().into());
    }
    Ok(answer)
}

fn is_event(request: &RequestRecord) -> bool {
    let service = matches!(request.origin, Origin::Action | Origin::Client(Service::Ecs));
    // Calls that nobody is known to have made, or that no operation was behind, are none of the account's events.
    service && request.answer.is_some() && !request.caller.is_empty() && !request.operation.is_empty()
}

/// The question of a caller.
#[derive(Debug)]
struct Lookup {
    attribute: Option<(String, String)>,
    start_ms: Option<i64>,
    end_ms: Option<i64>,
    page: usize,
    /// Id of the last event of the page before.
    after: Option<String>,
}

impl Lookup {
    fn read(mut body: Map<String, Value>) -> Result<Self, ApiError> {
        let lookup = Self {
            attribute: attribute(body.remove("LookupAttributes"))?,
            start_ms: time(&mut body, "StartTime")?,
            end_ms: time(&mut body, "EndTime")?,
            page: page(body.remove("MaxResults"))?,
            after: text(&mut body, "NextToken")?,
        };
        if let (Some(start), Some(end)) = (lookup.start_ms, lookup.end_ms)
            && start > end
        {
            let message = "The start time is after the end time.";
            return Err(refused(ErrorKind::InvalidTimeRangeException, message));
        }
        Ok(lookup)
    }

    fn matches(&self, event: &Event<'_>) -> bool {
        // Times of events have whole seconds, and both ends belong to the range.
        let seconds = event.time_ms.div_euclid(1000) * 1000;
        let in_range =
            self.start_ms.is_none_or(|start| seconds >= start) && self.end_ms.is_none_or(|end| seconds <= end);
        in_range
            && self
                .attribute
                .as_ref()
                .is_none_or(|(key, value)| event.attribute(key).contains(value))
    }
}

/// A request as CloudTrail shows it.
#[derive(Clone, Copy)]
struct Event<'j> {
    seed: u64,
    time_ms: i64,
    request: &'j RequestRecord,
    /// The session of a role in which it was made.
    session: Option<&'j Session>,
}

impl Event<'_> {
    fn id(&self) -> String {
        seeded::uuid(
            self.seed,
            &format!("event {:?}", self.request.origin),
            self.request.number,
        )
    }

    fn user(&self) -> String {
        self.session
            .map_or_else(|| user_of(&self.request.caller), |session| session.name.clone())
    }

    /// Values of an attribute; a resource name is one of several.
    fn attribute(&self, key: &str) -> Vec<String> {
        match key {
            "EventId" => vec![self.id()],
            "EventName" => vec![self.request.operation.clone()],
            "ReadOnly" => vec![self.read_only().to_string()],
            "Username" => vec![self.user()],
            "EventSource" => vec!["ecs.amazonaws.com".to_owned()],
            "AccessKeyId" => vec![self.request.caller.clone()],
            "ResourceName" => self.resources().into_iter().map(|(_, name)| name).collect(),
            "ResourceType" => self.resources().into_iter().map(|(kind, _)| kind).collect(),
            _ => Vec::new(),
        }
    }

    fn read_only(&self) -> bool {
        World::is_read(&self.request.operation)
    }

    /// ARNs in the request and in the answer, with the type that CloudFormation gives their kind.
    fn resources(&self) -> Vec<(String, String)> {
        let mut arns = Vec::new();
        let request = self.parameters();
        collect_arns(&request, &mut arns);
        if !self.read_only()
            && let Some((answer, 200)) = self.request.answered()
        {
            collect_arns(&answer, &mut arns);
        }
        arns.sort_unstable();
        arns.dedup();
        arns.into_iter().map(|arn| (resource_type(&arn), arn)).collect()
    }

    fn parameters(&self) -> Value {
        serde_json::from_slice(&self.request.request).unwrap_or(Value::Null)
    }

    fn render(&self) -> Value {
        let resources = self.resources();
        let resources = resources
            .iter()
            .map(|(kind, name)| json!({"ResourceType": kind, "ResourceName": name}));
        json!({
            "EventId": self.id(),
            "EventName": self.request.operation,
            "ReadOnly": self.read_only().to_string(),
            "AccessKeyId": self.request.caller,
            "EventTime": self.time_ms.div_euclid(1000),
            "EventSource": "ecs.amazonaws.com",
            "Username": self.user(),
            "Resources": resources.collect::<Vec<_>>(),
            "CloudTrailEvent": self.record().to_string(),
        })
    }

    /// The identity of the one who has made the call.
    fn identity(&self) -> Value {
        let (account, user) = (&self.request.scope.account, self.user());
        match self.session {
            Some(session) => json!({
                "type": "AssumedRole",
                "principalId": session.user_id(),
                "arn": session.arn(),
                "accountId": account,
                "accessKeyId": self.request.caller,
                "sessionContext": {"sessionIssuer": {
                    "type": "Role",
                    "principalId": session.role_id,
                    "arn": session.role.arn,
                    "accountId": account,
                    "userName": session.role.name,
                }},
            }),
            None => json!({
                "type": "IAMUser",
                "principalId": self.request.caller,
                "arn": format!("arn:aws:iam::{account}:user/{user}"),
                "accountId": account,
                "accessKeyId": self.request.caller,
                "userName": user,
            }),
        }
    }

    /// The record in its own form, which clients get as text.
    fn record(&self) -> Value {
        let Scope { account, region } = &self.request.scope;
        let mut record = json!({
            "eventVersion": "1.11",
            "userIdentity": self.identity(),
            "eventTime": timestamp::render_seconds(self.time_ms),
            "eventSource": "ecs.amazonaws.com",
            "eventName": self.request.operation,
            "awsRegion": region,
            "sourceIPAddress": "127.0.0.1",
            "userAgent": self.request.user_agent,
            "requestParameters": self.parameters(),
            "responseElements": Value::Null,
            "requestID": self.request.request_id(self.seed),
            "eventID": self.id(),
            "readOnly": self.read_only(),
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": account,
            "eventCategory": "Management",
        });
        if let (Some((answer, status)), Value::Object(members)) = (self.request.answered(), &mut record) {
            if status != 200 {
                members.insert("errorCode".to_owned(), answer["__type"].clone());
                members.insert("errorMessage".to_owned(), answer["message"].clone());
            } else if !World::is_read(&self.request.operation) {
                members.insert("responseElements".to_owned(), answer);
            }
        }
        record
    }
}

/// Name of the user behind an access key id. Keys of the form that AWS gives, and those that choose an account, belong
/// to the one user of the account; any other key is its user's own name, so that tests can tell principals apart.
pub(crate) fn user_of(access_key: &str) -> String {
    let is_key = access_key.starts_with("AKIA") || access_key.starts_with("ASIA");
    let is_account = access_key.len() == 12 && access_key.bytes().all(|byte| byte.is_ascii_digit());
    if is_key || is_account {
        "emulator".to_owned()
    } else {
        access_key.to_owned()
    }
}

fn collect_arns(value: &Value, arns: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with("arn:") => arns.push(text.clone()),
        Value::Array(elements) => elements.iter().for_each(|element| collect_arns(element, arns)),
        Value::Object(members) => members.values().for_each(|member| collect_arns(member, arns)),
        _ => {}
    }
}

/// `AWS::ECS::DaemonTaskDefinition` for `…:daemon-task-definition/…`.
fn resource_type(arn: &str) -> String {
    let mut parts = arn.splitn(6, ':').skip(2);
    let service = parts.next().unwrap_or_default().to_uppercase();
    let resource = parts.nth(2).unwrap_or_default();
    let kind = resource.split(['/', ':']).next().unwrap_or_default();
    let capitalized = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    let kind: String = kind.split('-').map(capitalized).collect();
    format!("AWS::{service}::{kind}")
}

/// The one attribute that a lookup may have.
fn attribute(value: Option<Value>) -> Result<Option<(String, String)>, ApiError> {
    const KEYS: [&str; 8] = [
        "EventId",
        "EventName",
        "ReadOnly",
        "Username",
        "ResourceType",
        "ResourceName",
        "EventSource",
        "AccessKeyId",
    ];
    let attributes = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(attributes)) => attributes,
        Some(_) => return Err(serialization("LookupAttributes: expected a list")),
    };
    let invalid = |message: String| refused(ErrorKind::InvalidLookupAttributesException, message);
    let attribute = match attributes.as_slice() {
        [] => return Ok(None),
        [attribute] => attribute,
        _ => return Err(invalid("Only one lookup attribute can be specified.".to_owned())),
    };
    let member = |name: &str| attribute.get(name).and_then(Value::as_str);
    let (Some(key), Some(value)) = (member("AttributeKey"), member("AttributeValue")) else {
        return Err(invalid(
            "A lookup attribute needs AttributeKey and AttributeValue.".to_owned(),
        ));
    };
    if !KEYS.contains(&key) {
        return Err(invalid(format!("'{key}' is none of {}.", KEYS.join(", "))));
    }
    Ok(Some((key.to_owned(), value.to_owned())))
}

fn page(value: Option<Value>) -> Result<usize, ApiError> {
    let number = match value {
        None | Some(Value::Null) => return Ok(PAGE),
        Some(Value::Number(number)) => number.as_u64().and_then(|number| usize::try_from(number).ok()),
        Some(_) => return Err(serialization("MaxResults: expected an integer")),
    };
    number.filter(|number| (1..=PAGE).contains(number)).ok_or_else(|| {
        refused(
            ErrorKind::InvalidMaxResultsException,
            format!("MaxResults must be from 1 to {PAGE}."),
        )
    })
}

/// Epoch seconds, in milliseconds.
fn time(body: &mut Map<String, Value>, name: &str) -> Result<Option<i64>, ApiError> {
    match body.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let seconds = value.as_f64().filter(|seconds| seconds.abs() < 1e12);
            #[expect(clippy::cast_possible_truncation, reason = "bounded by the line above")]
            let ms = seconds.map(|seconds| (seconds * 1000.0).round() as i64);
            ms.map(Some)
                .ok_or_else(|| serialization(&format!("{name}: expected epoch seconds as a number")))
        }
    }
}

fn text(body: &mut Map<String, Value>, name: &str) -> Result<Option<String>, ApiError> {
    match body.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(serialization(&format!("{name}: expected a string"))),
    }
}

fn refused(kind: ErrorKind, message: impl Into<String>) -> ApiError {
    ApiError::new(kind, message)
}

fn serialization(message: &str) -> ApiError {
    ApiError::new(ErrorKind::SerializationException, message)
}

#[cfg(test)]
mod tests {
    use super::{resource_type, user_of};

    #[test]
    fn types_of_resources() {
        let check = |resource: &str| resource_type(&format!("arn:aws:ecs:r:1:{resource}"));
        assert_eq!(check("daemon/prod/agent"), "AWS::ECS::Daemon");
        assert_eq!(
            check("daemon-task-definition/agent:1"),
            "AWS::ECS::DaemonTaskDefinition"
        );
        assert_eq!(resource_type("arn:aws:iam::1:role/r"), "AWS::IAM::Role");
        assert_eq!(resource_type("arn:"), "AWS::::");
    }

    #[test]
    fn users() {
        assert_eq!(user_of("AKIAEXAMPLE"), "emulator");
        assert_eq!(user_of("111122223333"), "emulator");
        assert_eq!(user_of("other-principal"), "other-principal");
    }
}
