//! The trail on the real service: one query for each account and region, at the pace that `CloudTrail` allows.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use daemons::aws::{Aws, Failure, FailureKind};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

use super::{Access, Connect, Events, Trail};
use crate::{
    observe::{Pages, ecs::Counters},
    report::{Problem, TrailEvent},
};

const EVENT: &str = "UpdateDaemon";
const SERVICE: &str = "ecs.amazonaws.com";
/// Two calls a second are answered.
const PAUSE: Duration = Duration::from_millis(500);
/// Longest pause after a throttled or failed call.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// Calls of one page before it is given up.
const TRIES: u32 = 8;

/// `CloudTrail`, asked with the credentials of each input.
pub struct CloudTrail<'a, C> {
    connector: &'a C,
    counters: Arc<Counters>,
    /// What was answered, with the time from which on it is complete.
    known: Mutex<BTreeMap<(Access, String), (Timestamp, Events)>>,
}

impl<'a, C: Connect> CloudTrail<'a, C> {
    /// The trail on connections, which counts its calls.
    pub fn new(connector: &'a C, counters: Arc<Counters>) -> Self {
        Self {
            connector,
            counters,
            known: Mutex::default(),
        }
    }

    async fn ask(&self, aws: &Aws, region: &str, from: Timestamp, to: Option<Timestamp>) -> Result<Events, Failure> {
        let mut request = json!({
            "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": EVENT}],
            "StartTime": from.as_second(),
            "MaxResults": 50,
        });
        if let Some(to) = to {
            request["EndTime"] = to.as_second().into();
        }
        let (mut events, mut pages) = (Events::new(), Pages::default());
        let mut next = Instant::now();
        loop {
            let answer = self.page(aws, region, &request, &mut next).await?;
            for event in answer["Events"].as_array().into_iter().flatten() {
                if let Some((daemon, event)) = event_of(event) {
                    events.entry(daemon).or_default().push(event);
                }
            }
            let token = answer["NextToken"].as_str().map(str::to_owned);
            match pages.next("LookupEvents", token)? {
                Some(token) => request["NextToken"] = token.into(),
                // Only now it is complete: a query that ended earlier would let causes look like guesses.
                None => return Ok(events),
            }
        }
    }

    async fn page(&self, aws: &Aws, region: &str, request: &Json, next: &mut Instant) -> Result<Json, Failure> {
        let (mut pause, mut tries) = (PAUSE, 1);
        loop {
            sleep_until(*next).await;
            let answer = aws.lookup_events(region, request).await;
            self.counters.count("LookupEvents");
            let may_repeat = |failure: &Failure| {
                matches!(
                    failure.kind,
                    FailureKind::Throttled | FailureKind::Server | FailureKind::NoAnswer
                )
            };
            let repeat = tries < TRIES && answer.as_ref().err().is_some_and(may_repeat);
            if repeat {
                pause = (pause * 2).min(LONGEST_PAUSE);
                tries += 1;
            }
            *next = Instant::now() + pause;
            if !repeat {
                return answer;
            }
        }
    }
}

impl<C: Connect> Trail for CloudTrail<'_, C> {
    fn is_asked(&self) -> bool {
        true
    }

    /// Keeps what was answered: the next chunk of the region asks only for what is older.
    async fn updates(&self, access: &Access, region: &str, since: Timestamp) -> Result<Events, Problem> {
        let mut known = self.known.lock().await;
        let key = (access.clone(), region.to_owned());
        let (to, mut events) = match known.get(&key) {
            Some((begin, events)) if *begin <= since => return Ok(events.clone()),
            Some((begin, events)) => (Some(*begin), events.clone()),
            None => (None, Events::new()),
        };
        let aws = self.connector.connect(access).await?;
        let asked = self.ask(&aws, region, since, to).await;
        for (daemon, more) in asked.map_err(|failure| problem(&failure, region))? {
            let own = events.entry(daemon).or_default();
            let fresh = more
                .into_iter()
                .filter(|event| !own.iter().any(|one| one.event_id == event.event_id));
            let fresh: Vec<TrailEvent> = fresh.collect();
            own.extend(fresh);
        }
        known.insert(key, (since, events.clone()));
        Ok(events)
    }
}

fn problem(failure: &Failure, region: &str) -> Problem {
    let diagnostic = failure.diagnostic_in(&super::WORDS, "ask CloudTrail who updated daemons", region);
    Problem {
        input: None,
        summary: "Callers not known".to_owned(),
        detail: format!("{} What is reported rests on ECS alone.", diagnostic.detail),
    }
}

/// The daemon and the call of an event. Calls that were refused changed nothing, and of requests that were too long
/// to be recorded nobody knows what they left out.
fn event_of(event: &Json) -> Option<(String, TrailEvent)> {
    let record: Json = serde_json::from_str(event["CloudTrailEvent"].as_str()?).ok()?;
    if record.get("errorCode").is_some_and(|code| !code.is_null()) || record["eventSource"] != SERVICE {
        return None;
    }
    let request = record["requestParameters"].as_object()?;
    let text = |value: &Json| value.as_str().map(str::to_owned);
    let user = &record["userIdentity"];
    let names = [
        &user["arn"],
        &user["invokedBy"],
        &user["principalId"],
        &event["Username"],
    ];
    let members: BTreeSet<String> = request.keys().cloned().collect();
    Some((
        text(request.get("daemonArn")?)?,
        TrailEvent {
            event_id: text(&record["eventID"]).or_else(|| text(&event["EventId"]))?,
            event_name: EVENT.to_owned(),
            event_time: record["eventTime"].as_str()?.parse().ok()?,
            principal: names.into_iter().find_map(text)?,
            user_agent: text(&record["userAgent"]),
            members: members.into_iter().collect(),
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(change: impl FnOnce(&mut Json)) -> Json {
        let mut record = json!({
            "eventID": "e", "eventTime": "2026-03-01T02:00:00Z", "eventSource": SERVICE, "userAgent": "aws-cli/2",
            "userIdentity": {"arn": "arn:aws:sts::123456789012:assumed-role/ops/jo"},
            "requestParameters": {"daemonArn": "d", "critical": true},
        });
        change(&mut record);
        json!({"EventId": "e", "Username": "jo", "CloudTrailEvent": record.to_string()})
    }

    #[test]
    fn an_event_names_daemon_caller_and_members() {
        let (daemon, found) = event_of(&event(|_| {})).unwrap();
        assert_eq!(daemon, "d");
        assert_eq!(found.principal, "arn:aws:sts::123456789012:assumed-role/ops/jo");
        assert_eq!(found.members, ["critical", "daemonArn"]);
        let service = event(|record| record["userIdentity"] = json!({"invokedBy": "cloudformation.amazonaws.com"}));
        assert_eq!(event_of(&service).unwrap().1.principal, "cloudformation.amazonaws.com");
    }

    #[test]
    fn what_proves_nothing_is_left_out() {
        assert_eq!(
            event_of(&event(|record| record["errorCode"] = "AccessDenied".into())),
            None
        );
        assert_eq!(
            event_of(&event(|record| record["requestParameters"] = Json::Null)),
            None
        );
        assert_eq!(event_of(&event(|record| record["eventSource"] = "other".into())), None);
        assert_eq!(event_of(&json!({"CloudTrailEvent": "{"})), None);
        assert_eq!(event_of(&json!({})), None);
    }
}
