//! Rows 17 to 20 where no deployment is on record any more: ECS keeps the revision that runs, with its settings and when a
//! call made it, for as long as the daemon lives. That proves since when a setting is what it is at the latest, and no more:
//! nothing here is more than possible.

use aws_sdk_ecs::types::DaemonRevision;

use super::{
    Case, Difference,
    case::{is_first_revision, running},
    condition,
    finding_builder::Draft,
    next_step,
    reset::{Reset, Verdict},
};
use crate::{
    report::{Cause, Confidence, Finding, Repair},
    setting::Setting,
};

/// The finding of a difference of which no deployment tells.
pub(super) fn by_revision(case: &Case<'_>, difference: &Difference) -> Finding {
    let Difference { setting, live, .. } = difference;
    let revision = running(case.live).filter(|_| is_in_revision(*setting));
    let verdict = verdict(case, difference, revision);
    let draft = Draft::new(case.wanted, verdict.cause, verdict.message)
        .confidence(verdict.confidence)
        .setting(case.wanted, *setting, live)
        .evidence_if(
            "ListDaemonDeployments",
            &case.wanted.arn.to_string(),
            // Why it was not read is added to every finding that rests on it.
            case.unread
                .is_none()
                .then(|| "No deployment is on record that could have changed it.".to_owned()),
            None,
        );
    let Some(revision) = revision else {
        return draft.next(next_step::call(Repair::Yes));
    };
    let text = if is_first_revision(case.live, revision) {
        format!("The revision that runs was made with the daemon, and has {live}.")
    } else {
        format!("The revision that runs has {live}. The call that made it brought the value, or one before it.")
    };
    draft
        .evidence(
            "DescribeDaemonRevisions",
            revision.daemon_revision_arn().unwrap_or_default(),
            text,
            revision.created_at(),
        )
        .since(revision.created_at())
        .next(next_step::call(Repair::Yes))
}

fn verdict(case: &Case<'_>, difference: &Difference, revision: Option<&DaemonRevision>) -> Verdict {
    let setting = difference.setting;
    let name = setting.name();
    let possible = |cause, message| Verdict {
        cause,
        confidence: Confidence::Possible,
        message,
    };
    let is_first = revision.is_some_and(|revision| is_first_revision(case.live, revision));
    let record = if case.unread.is_some() {
        "could not be read"
    } else {
        "is gone"
    };
    let outside = format!("`{name}` was changed outside; the record of the call {record}.");
    match setting {
        // It is as the new daemon was created, and a call has nothing to do with it.
        _ if is_first && condition::recreated(case).is_some() => Verdict {
            cause: Cause::ChangedOutside,
            confidence: Confidence::Likely,
            message: format!(
                "`{name}` is {} since the daemon was created again, outside of the source.",
                difference.live
            ),
        },
        Setting::TaskDefinition => possible(Cause::TaskDefinition, outside),
        _ if is_first => possible(
            Cause::NeverApplied,
            format!(
                "`{name}` is as the daemon was created: the wanted value was never rolled out, or its rollout went back."
            ),
        ),
        _ => match revision.and_then(|_| reset(case, difference)) {
            Some(reset) => reset.verdict(setting, true),
            None => possible(Cause::ChangedOutside, outside),
        },
    }
}

/// The members that the revision holds, by what became of them, where the setting is at its default. The wanted settings
/// stand in for those of before.
fn reset(case: &Case<'_>, difference: &Difference) -> Option<Reset> {
    let Difference { setting, live, .. } = difference;
    let is_default = setting.default().as_ref() == Some(live.expose());
    let after = &case.live.observed.settings;
    let before = case.wanted.applied_or(after);
    let is_on_record = |setting: &Setting| is_in_revision(*setting);
    is_default.then(|| Reset::between(before.expose(), after, is_on_record))
}

/// True if a revision holds the setting; it does not hold capacity providers.
fn is_in_revision(setting: Setting) -> bool {
    !setting.is_of_deployment() && setting != Setting::CapacityProviders
}
