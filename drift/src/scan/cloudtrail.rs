//! The trail on the real service: one query for each account and region, at the pace that `CloudTrail` allows.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use aws::{Aws, Failure, FailureKind};
use serde_json::{Value as Json, json};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

use super::{Access, Connect, Events, Trail, Window};
use crate::{
    explain::Call,
    observe::{Pages, ecs::Counters},
    report::{Problem, TrailEvent},
};

const SERVICE: &str = "ecs.amazonaws.com";
/// Two calls a second are answered.
const PAUSE: Duration = Duration::from_millis(500);
/// Longest pause after a throttled or failed call.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// Windows of time that are asked for in an account and region: 20 seconds of `CloudTrail`'s pace.
const MOST_WINDOWS: usize = 40;
/// Pages of one question: at two a second, the most that a scan waits for.
const MOST_PAGES: usize = 20;
/// Calls of one page before it is given up.
const TRIES: u32 = 8;

/// `CloudTrail`, asked with the credentials of each input.
pub struct CloudTrail<'a, C> {
    connector: &'a C,
    counters: Arc<Counters>,
    /// Answers by question: daemons that are looked at together ask for the same.
    known: Mutex<BTreeMap<Question, Vec<Answer>>>,
}

/// Credentials, region and operation.
type Question = (Access, String, String);

/// Events that were recorded within a window, or all that are kept.
struct Answer {
    window: Option<Window>,
    events: Events,
}

impl Answer {
    fn covers(&self, wanted: Option<Window>) -> bool {
        match (self.window, wanted) {
            (None, _) => true,
            (Some(known), Some(wanted)) => known.from <= wanted.from && wanted.to <= known.to,
            (Some(_), None) => false,
        }
    }

    /// The events within a window, so that what is answered does not depend on what was asked before.
    fn within(&self, wanted: Option<Window>) -> Events {
        let Some(wanted) = wanted.filter(|wanted| self.window != Some(*wanted)) else {
            return self.events.clone();
        };
        let mut events = self.events.clone();
        for calls in events.values_mut() {
            calls.retain(|call| wanted.has(call.event.event_time));
        }
        events.retain(|_, calls| !calls.is_empty());
        events
    }
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

    async fn ask(&self, aws: &Aws, region: &str, operation: &str, window: Option<Window>) -> Result<Events, Failure> {
        let mut request = json!({
            "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": operation}],
            "MaxResults": 50,
        });
        if let Some(Window { from, to }) = window {
            request["StartTime"] = from.as_second().into();
            request["EndTime"] = to.as_second().into();
        }
        let (mut events, mut pages) = (Events::new(), Pages::default());
        let mut next = Instant::now();
        for _ in 0..MOST_PAGES {
            let answer = self.page(aws, region, &request, &mut next).await?;
            for event in answer["Events"].as_array().into_iter().flatten() {
                if let Some((resource, call)) = call_of(event, operation) {
                    events.entry(resource).or_default().push(call);
                }
            }
            let token = answer["NextToken"].as_str().map(str::to_owned);
            match pages.next("LookupEvents", token)? {
                Some(token) => request["NextToken"] = token.into(),
                None => break,
            }
        }
        // Events come newest first. What is cut off leaves callers unknown, and makes none wrong.
        Ok(events)
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

    async fn calls(
        &self,
        access: &Access,
        region: &str,
        operation: &str,
        window: Option<Window>,
    ) -> Result<Events, Problem> {
        let mut known = self.known.lock().await;
        let answers = known
            .entry((access.clone(), region.to_owned(), operation.to_owned()))
            .or_default();
        if let Some(answer) = answers.iter().find(|answer| answer.covers(window)) {
            return Ok(answer.within(window));
        }
        if answers.len() >= MOST_WINDOWS {
            return Err(too_many(region));
        }
        let aws = self.connector.connect(access).await?;
        let asked = self.ask(&aws, region, operation, window).await;
        let events = asked.map_err(|failure| problem(&failure, region))?;
        answers.push(Answer {
            window,
            events: events.clone(),
        });
        Ok(events)
    }
}

fn too_many(region: &str) -> Problem {
    Problem {
        input: None,
        summary: format!("Not all callers in {region} were looked up"),
        detail: format!(
            "What differs was changed at many different times, and CloudTrail answers two calls a second. {MOST_WINDOWS} windows \
             of time were looked up. Scan fewer daemons at a time with `--who` to have all."
        ),
    }
}

fn problem(failure: &Failure, region: &str) -> Problem {
    let problem = failure.problem(&super::ADVICE, "ask CloudTrail who updated daemons", region);
    Problem {
        input: None,
        summary: "Callers not known".to_owned(),
        detail: format!("{} What is reported rests on ECS alone.", problem.detail),
    }
}

/// The subject of an event, and its call. Calls that were refused changed nothing, and requests that were too long are
/// not recorded.
fn call_of(event: &Json, operation: &str) -> Option<(String, Call)> {
    let record: Json = serde_json::from_str(event["CloudTrailEvent"].as_str()?).ok()?;
    let was_refused = record.get("errorCode").is_some_and(|code| !code.is_null());
    if was_refused || record["eventSource"] != SERVICE || record["eventName"] != operation {
        return None;
    }
    let request = &record["requestParameters"];
    let answer = &record["responseElements"];
    let text = |value: &Json| value.as_str().map(str::to_owned);
    let user = &record["userIdentity"];
    let names = [
        &user["arn"],
        &user["invokedBy"],
        &user["principalId"],
        &event["Username"],
    ];
    // The request that creates a daemon cannot name its ARN yet.
    let about = [&request["daemonArn"], &request["resourceArn"], &answer["daemonArn"]];
    let call = TrailEvent {
        event_id: text(&record["eventID"]).or_else(|| text(&event["EventId"]))?,
        event_name: operation.to_owned(),
        event_time: record["eventTime"].as_str()?.parse().ok()?,
        principal: names.into_iter().find_map(text)?,
        user_agent: text(&record["userAgent"]),
        members: Vec::new(),
    };
    let about = about.into_iter().find_map(text)?;
    Some((about, Call::new(call, request.clone(), answer)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = "UpdateDaemon";

    fn event(change: impl FnOnce(&mut Json)) -> Json {
        let mut record = json!({
            "eventID": "e", "eventName": EVENT, "eventTime": "2026-03-01T02:00:00Z", "eventSource": SERVICE, "userAgent": "aws-cli/2",
            "userIdentity": {"arn": "arn:aws:sts::123456789012:assumed-role/ops/jo"},
            "requestParameters": {"daemonArn": "d", "critical": true, "propagateTags": null,
                                  "deploymentConfiguration": {"drainPercent": 5.0}},
        });
        change(&mut record);
        json!({"EventId": "e", "Username": "jo", "CloudTrailEvent": record.to_string()})
    }

    #[test]
    fn an_event_names_daemon_caller_and_members() {
        let (daemon, found) = call_of(&event(|_| {}), EVENT).unwrap();
        assert_eq!(daemon, "d");
        assert_eq!(found.event.principal, "arn:aws:sts::123456789012:assumed-role/ops/jo");
        assert_eq!(
            found.event.members,
            ["critical", "daemonArn", "deploymentConfiguration.drainPercent"]
        );
        let service = event(|record| record["userIdentity"] = json!({"invokedBy": "cloudformation.amazonaws.com"}));
        assert_eq!(
            call_of(&service, EVENT).unwrap().1.event.principal,
            "cloudformation.amazonaws.com"
        );
    }

    #[test]
    fn what_proves_nothing_is_left_out() {
        assert_eq!(
            call_of(&event(|record| record["errorCode"] = "AccessDenied".into()), EVENT),
            None
        );
        assert_eq!(
            call_of(&event(|record| record["requestParameters"] = Json::Null), EVENT),
            None
        );
        assert_eq!(
            call_of(&event(|record| record["eventSource"] = "other".into()), EVENT),
            None
        );
        assert_eq!(call_of(&json!({"CloudTrailEvent": "{"}), EVENT), None);
        assert_eq!(call_of(&json!({}), EVENT), None);
    }
}
