//! Row 12: members and values that this version does not know. The next update would reset what it cannot
//! send, so nothing is to be sent before somebody has looked.

use aws_sdk_ecs::types::{DaemonDeploymentStatus as Status, DaemonPropagateTags, DaemonStatus};
use daemons::{name, unknown::UnknownMember};
use serde_json::Value;

use super::{Case, finding_builder::Draft, next_step, proposal::flag};
use crate::{
    report::{Cause, Finding, Origin, Shown},
    setting::{Marked, Setting},
};

const OF_DAEMON: &str = "DescribeDaemon";
const OF_DEPLOYMENT: &str = "DescribeDaemonDeployments";
const OF_REVISION: &str = "DescribeDaemonRevisions";

/// Findings of everything that is not known.
pub(super) fn settings(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let propagate = &case.live.observed.settings.propagate_tags;
    if ![DaemonPropagateTags::Daemon, DaemonPropagateTags::None].contains(propagate) {
        // Without the setting's name: if it differs from what is wanted as well, that finding has it.
        let live = case.text_of(Setting::PropagateTags, propagate.as_str());
        let draft = value(case, OF_REVISION, &Setting::PropagateTags.name(), &live);
        findings.push(finish(draft));
    }
    let status = &case.live.observed.status;
    if !DaemonStatus::values().contains(&status.as_str()) {
        let live = Marked::open(status.as_str());
        let draft = value(case, OF_DAEMON, "status", &live);
        findings.push(finish(with_values(
            draft,
            "status",
            &live.map(|live| Value::from(*live)),
        )));
    }
    let status = case.live.observed.rollout.as_ref().map(|rollout| &rollout.status);
    if let Some(status) = status.filter(|status| !Status::values().contains(&status.as_str())) {
        let live = Marked::open(status.as_str());
        let draft = value(case, OF_DEPLOYMENT, "status", &live);
        findings.push(finish(with_values(
            draft,
            "status",
            &live.map(|live| Value::from(*live)),
        )));
    }
    findings.extend(
        case.live
            .observed
            .unknown_members
            .iter()
            .map(|found| member(case, found)),
    );
    findings
}

fn value(case: &Case<'_>, call: &str, name: &str, value: &Marked<&str>) -> Draft {
    let message =
        format!("ECS answers the value `{value}` for `{name}`, which this version of ecs-drift does not know.");
    let about = case.wanted.arn.to_string();
    let draft = Draft::new(case.wanted, Cause::UnknownSetting, message);
    draft.evidence(call, &about, format!("{name} is {value}."), None)
}

/// A member that nobody knows is sensitive if all of what is around it is.
fn member(case: &Case<'_>, member: &UnknownMember) -> Finding {
    let UnknownMember { path, value } = member;
    let message = format!("The daemon has a setting `{path}`, which this version of ecs-drift does not know.");
    let is_of_deployment = path.starts_with(Setting::DrainPercent.member());
    let (call, around): (_, &[&str]) = if is_of_deployment {
        (OF_DEPLOYMENT, &[name::DEPLOYMENT_CONFIGURATION])
    } else {
        (OF_REVISION, &[])
    };
    let value = Marked::new(value.as_str(), case.wanted.marks.cover(around));
    let about = case.wanted.arn.to_string();
    let draft = Draft::new(case.wanted, Cause::UnknownSetting, message);
    let draft = draft.evidence(call, &about, format!("{path} is {value}."), None);
    let live = value.map(|value| serde_json::from_str(value).unwrap_or_else(|_| Value::from(*value)));
    finish(with_values(draft, path, &live))
}

fn with_values(draft: Draft, name: &str, live: &Marked<Value>) -> Draft {
    let shown = match live.shown() {
        Some(value) => Shown::recorded(value.clone()),
        None => Shown::recorded(Value::Null).redacted(),
    };
    draft.values(name, Shown::new(Origin::NotRecorded, None), shown)
}

fn finish(draft: Draft) -> Finding {
    draft.next(next_step::only(
        "Use a newer ecs-drift before anything is sent: an update may reset what it does not know.",
        next_step::unless(flag::RESET_UNKNOWN),
    ))
}
