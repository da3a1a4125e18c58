//! Recorded calls: the one that made a deployment, and the settings that it asked for.
//!
//! A call belongs to a deployment if its answer names it. `CloudTrail` may have no answer; then the request must have
//! exactly the values that the deployment brought, and be the only such request between the deployments before and
//! after. Never by time alone: the event of the caller may come minutes later than that of the one before.

use std::fmt;

use aws_sdk_ecs::primitives::DateTime;
use daemons::settings::Settings;
use serde_json::Value;

use super::history::{History, Past};
use crate::{
    report::{Evidence, TrailEvent},
    setting::{Datum, Setting},
};

/// Seconds by which times of two services may differ; those of `CloudTrail` are whole. Calls that are nearer to each other
/// cannot be told apart by time.
const SLACK_SECONDS: f64 = 2.0;

/// A call of `UpdateDaemon` as `CloudTrail` recorded it.
#[derive(Clone, PartialEq)]
pub struct Call {
    /// Its caller, its time, and the members that it did not leave out.
    pub event: TrailEvent,
    /// Its request; it may hold sensitive values.
    request: Value,
    /// The deployment that the answer names; none if the answer is not recorded.
    deployment_arn: Option<String>,
}

impl Call {
    /// From an event, the request and the answer that it holds. Members of the event are filled from the request.
    pub fn new(event: TrailEvent, request: Value, answer: &Value) -> Self {
        let mut members = Vec::new();
        collect(&request, "", &mut members);
        members.sort();
        Self {
            event: TrailEvent { members, ..event },
            deployment_arn: answer["deploymentArn"].as_str().map(str::to_owned),
            request,
        }
    }

    /// True if the answer names a deployment.
    pub(super) fn made(&self, deployment_arn: &str) -> bool {
        self.deployment_arn.as_deref() == Some(deployment_arn)
    }

    /// True if the request leaves a setting out.
    pub(super) fn leaves_out(&self, setting: Setting) -> bool {
        setting.in_request(&self.request).is_none()
    }

    /// The value that the request comes to; none if it has one that nobody understands.
    pub(super) fn asks(&self, setting: Setting) -> Option<Datum> {
        match setting.in_request(&self.request) {
            Some(value) => setting.parse(value).ok(),
            None => setting.default(),
        }
    }

    fn asks_exactly(&self, settings: &Settings) -> bool {
        let mut all = Setting::ALL.into_iter();
        all.all(|setting| self.asks(setting).as_ref() == Some(&setting.read(settings)))
    }

    /// True if it creates a daemon, which then has the tags of the call and no others.
    pub(crate) fn creates(&self) -> bool {
        self.event.event_name == "CreateDaemon"
    }

    /// What the call makes of a tag; none if it does not touch it.
    pub(crate) fn tag_after(&self, key: &str) -> Option<TagAfter<'_>> {
        let elements = |member: &str| self.request[member].as_array().into_iter().flatten();
        let set = elements("tags").find(|tag| tag["key"] == key);
        let is_removed = || self.creates() || elements("tagKeys").any(|removed| removed == key);
        set.map(|tag| TagAfter::Set(tag["value"].as_str().unwrap_or_default()))
            .or_else(|| is_removed().then_some(TagAfter::Removed))
    }

    /// The call as a fact. Its time stands by itself, so that calls are told to be alike apart from it.
    pub(super) fn evidence(&self) -> Evidence {
        Evidence {
            from: "CloudTrail".to_owned(),
            about: self.event.event_id.clone(),
            text: self.sentence(),
            at: Some(self.event.event_time),
        }
    }

    /// In a sentence, without a value.
    fn sentence(&self) -> String {
        let TrailEvent {
            principal,
            event_name,
            event_time,
            members,
            ..
        } = &self.event;
        format!(
            "{principal} called {event_name} at {event_time} with {}.",
            members.join(", ")
        )
    }
}

/// A tag after a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TagAfter<'a> {
    /// It has this value.
    Set(&'a str),
    /// It is not there.
    Removed,
}

/// Without the request.
impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            event,
            deployment_arn,
            request: _,
        } = self;
        formatter
            .debug_struct("Call")
            .field("event", event)
            .field("deployment_arn", deployment_arn)
            .finish_non_exhaustive()
    }
}

/// Paths of the members that are there, with dots between.
fn collect(value: &Value, outer: &str, members: &mut Vec<String>) {
    for (name, member) in value.as_object().into_iter().flatten() {
        let path = if outer.is_empty() {
            name.clone()
        } else {
            format!("{outer}.{name}")
        };
        match member {
            Value::Null => {}
            Value::Object(_) => collect(member, &path, members),
            _ => members.push(path),
        }
    }
}

/// The call that made a deployment, if it is proven to be that one.
pub(super) fn call_of<'a>(calls: &'a [Call], history: &History, past: &Past) -> Option<&'a Call> {
    if let Some(call) = calls.iter().find(|call| call.made(past.arn())) {
        return Some(call);
    }
    let asked = past.asked.as_ref()?;
    let (before, after) = history.neighbours(past);
    let from = created_at(before?)? + SLACK_SECONDS;
    let to = match after {
        Some(after) => created_at(after)? - SLACK_SECONDS,
        None => f64::INFINITY,
    };
    let may_be = |call: &&Call| {
        let at = call.event.event_time.as_duration().as_secs_f64();
        call.deployment_arn.is_none() && from < at && at < to && call.asks_exactly(asked)
    };
    let mut candidates = calls.iter().filter(may_be);
    let only = candidates.next()?;
    candidates.next().is_none().then_some(only)
}

fn created_at(past: &Past) -> Option<f64> {
    past.created_at().map(DateTime::as_secs_f64)
}
