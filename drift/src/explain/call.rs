//! Rows 18 to 20: the call that brought the live value of a setting. Who it was is said only where it is recorded, and
//! only of a call that is proven to have changed the setting.

use daemons::arn::RevisionArn;

use super::{
    Case, Difference, condition,
    finding_builder::Draft,
    history::{Culprit, Past},
    next_step,
    recorded::{Call, call_of},
    reset::{Reset, Verdict},
    revision,
};
use crate::{
    report::{Cause, Confidence, Finding, Group, Repair},
    setting::{Datum, Setting},
    source::Wanted,
};

const FROM: &str = "DescribeDaemonDeployments";

/// The finding of a difference that a call brought.
pub(super) fn by_call(case: &Case<'_>, difference: &Difference) -> (Finding, Option<Group>) {
    let Difference { setting, live, .. } = difference;
    let is_met = |datum: &Datum| case.wanted.was_meant(*setting, datum);
    let culprit = case
        .history
        .and_then(|history| history.culprit(*setting, live.expose(), is_met));
    let Some(culprit) = culprit else {
        return (revision::by_revision(case, difference), None);
    };
    let call = recorded(case, difference, &culprit);
    let verdict = if culprit.past.is_rollback {
        Verdict::of_rollback(*setting)
    } else {
        Verdict::of(case.wanted, difference, &culprit, call)
    };
    let message = match unproven(&culprit) {
        Some(why) => format!("{} {why}", verdict.message),
        None => verdict.message,
    };
    let draft = Draft::new(case.wanted, verdict.cause, message)
        .confidence(verdict.confidence)
        .setting(case.wanted, *setting, live);
    let draft = registration(evidence(draft, case, difference, &culprit, call), case, difference);
    if culprit.is_one_of_several {
        return (draft.next(next_step::call(Repair::Yes)), None);
    }
    let finding = draft
        .since(culprit.past.created_at())
        .group(culprit.past.arn())
        .next(next_step::call(Repair::Yes));
    (finding, Some(case.group_by(&culprit.past.deployment, call)))
}

/// The recorded call of a culprit. A record that contradicts what is live proves nothing.
fn recorded<'a>(case: &Case<'a>, difference: &Difference, culprit: &Culprit<'_>) -> Option<&'a Call> {
    culprit.before?;
    let call = call_of(case.trail?, case.history?, culprit.past)?;
    (call.asks(difference.setting).as_ref() == Some(difference.live.expose())).then_some(call)
}

fn evidence(
    draft: Draft,
    case: &Case<'_>,
    difference: &Difference,
    culprit: &Culprit<'_>,
    call: Option<&Call>,
) -> Draft {
    let Difference { setting, live, .. } = difference;
    let Culprit {
        past, before, first, ..
    } = culprit;
    let value = |past: &Past| {
        let settings = past.effective.as_ref()?;
        Some(case.wanted.mark(*setting, setting.read(settings)))
    };
    let brought = match before {
        Some(_) => format!("Since this deployment the setting is {live}."),
        None if culprit.is_one_of_several => format!(
            "The setting is {live} since this deployment at the latest: several began at the same instant, and their order \
             is on no record."
        ),
        None => format!("The setting is {live} since this deployment at the latest: the one before is not on record."),
    };
    let until = before
        .filter(|_| !culprit.is_before_open)
        .and_then(&value)
        .map(|value| format!("Until then it was {value}."));
    let meant = match case.wanted.held(*setting) {
        Some(_) => "what the state has",
        None => "what is wanted",
    };
    let left = first
        .and_then(value)
        .map(|value| format!("The setting was first changed from {meant} by this deployment, to {value}."));
    let is_kept = setting.is_of_deployment() && past.is_undone();
    let kept = is_kept.then(|| {
        "Its rollout was rolled back, which brings back the revision alone: drain percentage, bake time and alarms stay \
         those of the latest deployment."
            .to_owned()
    });
    let first_call = first.and_then(|first| call_of(case.trail?, case.history?, first));
    draft
        .evidence(FROM, past.arn(), brought, past.created_at())
        .evidence_if(FROM, past.arn(), kept, None)
        .evidence_if(
            FROM,
            before.map(Past::arn).unwrap_or_default(),
            until,
            before.and_then(Past::created_at),
        )
        .call(call)
        .evidence_if(
            FROM,
            first.map(Past::arn).unwrap_or_default(),
            left,
            first.and_then(Past::created_at),
        )
        .call(first_call)
}

/// Adds the caller who registered the task definition that runs instead, if that is known.
fn registration(draft: Draft, case: &Case<'_>, difference: &Difference) -> Draft {
    let Datum::Text(live) = difference.live.expose() else {
        return draft;
    };
    let summary = Some(live).filter(|_| difference.setting == Setting::TaskDefinition);
    let summary = summary.and_then(|arn| case.definitions.get(arn));
    draft.evidence_if(
        "ListDaemonTaskDefinitions",
        &case.text_of(Setting::TaskDefinition, live).to_string(),
        summary.map(condition::registered),
        summary.and_then(|summary| summary.registered_at()),
    )
}

impl Verdict {
    /// ECS itself began the deployment, to go back.
    fn of_rollback(setting: Setting) -> Self {
        Self {
            cause: Cause::Rollback,
            confidence: Confidence::Certain,
            message: format!("`{}` went back with a rollback.", setting.name()),
        }
    }

    fn of(wanted: &Wanted, difference: &Difference, culprit: &Culprit<'_>, call: Option<&Call>) -> Self {
        let Difference { setting, live, .. } = difference;
        let name = setting.name();
        if *setting == Setting::TaskDefinition {
            return Self {
                cause: Cause::TaskDefinition,
                confidence: Confidence::Certain,
                message: other_definition(difference),
            };
        }
        if let Some(call) = call {
            let (cause, how) = if call.leaves_out(*setting) {
                (
                    Cause::DefaultRevert,
                    format!("left `{name}` out, so that it went back to its default"),
                )
            } else {
                (Cause::ChangedOutside, format!("set `{name}` to {live}"))
            };
            return Self {
                cause,
                confidence: Confidence::Recorded,
                message: format!("A call of {} {how}.", call.event.principal),
            };
        }
        let is_default = setting.default().as_ref() == Some(live.expose());
        match Reset::of(wanted, culprit).filter(|_| is_default) {
            Some(reset) => reset.verdict(*setting, culprit.before.is_none() || culprit.is_before_open),
            None if culprit.before.is_none() => Self {
                cause: Cause::ChangedOutside,
                confidence: Confidence::Possible,
                message: format!("`{name}` is {live}."),
            },
            None => Self {
                cause: Cause::ChangedOutside,
                confidence: Confidence::Likely,
                message: format!("`{name}` was set to {live} by a call outside of the source."),
            },
        }
    }
}

/// What is not known of the call, in a sentence.
fn unproven(culprit: &Culprit<'_>) -> Option<&'static str> {
    if culprit.is_one_of_several {
        Some(
            "It is not known by which call: several calls at the same instant may have done it, and their order is on no record.",
        )
    } else if culprit.before.is_none() {
        Some("It was the call of this deployment or an earlier one: the records do not reach back to the one before.")
    } else if culprit.is_before_open {
        Some("Which of several calls at the same instant was the one before is on no record.")
    } else {
        None
    }
}

fn other_definition(difference: &Difference) -> String {
    let (Datum::Text(wanted), Datum::Text(live)) = (difference.wanted.expose(), difference.live.expose()) else {
        return String::new();
    };
    let which = match (RevisionArn::parse(wanted), RevisionArn::parse(live)) {
        (Ok(wanted), Ok(live)) if wanted.family == live.family && live.revision > wanted.revision => "A newer revision",
        (Ok(wanted), Ok(live)) if wanted.family == live.family => "An older revision",
        _ => "Another task definition",
    };
    format!("{which} was rolled out outside of the source.")
}
