//! Causes of drift: the procedure of 25 rows, which tells why a daemon is not as wanted, as pure functions of the
//! wanted state, the live state and the past in between.
//!
//! The first rows end a daemon (`absent`): nothing more can be said of one that is not there. Then come
//! conditions (`condition`, `coverage`), then one cause for each setting that differs (`cause`), the first row that
//! matches. What ECS does not keep is not guessed: who made a call and whether it left a setting out is
//! in `CloudTrail` only, and every inference says how sure it is.
//!
//! Values are [`Marked`](crate::setting::Marked) and mask themselves in every text; `mask` looks through what others wrote.

pub mod absent;
mod call;
mod case;
mod cause;
mod condition;
mod coverage;
mod definitions;
mod finding_builder;
mod history;
mod mask;
mod next_step;
mod paste;
mod proposal;
mod recorded;
mod repair;
mod reset;
mod revision;
mod sequence;
mod tags;
mod time;
mod unknown;
mod unmanaged;
mod why;

pub use case::{Case, Difference, Explained, Ignored, Options};
pub use definitions::Definitions;
pub use history::{History, Listed, Past};
pub use proposal::{Kept, Part, Proposal, Refusal, RolloutCost, TagProposal, Value, flag};
pub use recorded::Call;
pub(crate) use recorded::TagAfter;
pub use tags::brought as brought_tags;
pub use unmanaged::{import_freely, unmanaged};
pub(crate) use why::tell_why;

use aws::Failure;
use aws_sdk_ecs::types::{DaemonCapacityProvider, DaemonStatus};

use self::{
    case::{has_old_target, is_first_deployment, is_off_record},
    mask::Mask,
};
use crate::{
    observe::Live,
    report::{Cause, Confidence, Evidence, Finding},
    setting::{Setting, Settings},
    source::Wanted,
};

/// The findings of a daemon that is there.
pub fn explain(case: &Case<'_>) -> Explained {
    if let Some(finding) = absent::being_deleted(case.wanted, case.live) {
        return Explained {
            findings: vec![finding],
            ..Explained::default()
        };
    }
    if case.wanted.is_sought() {
        return Explained {
            findings: vec![absent::unknown_to_inputs(case.wanted, case.live)],
            ..Explained::default()
        };
    }
    let wanted = case.wanted.beside(case.live);
    let case = &Case {
        wanted: &wanted,
        ..*case
    };
    let mut explained = Explained::default();
    let differences = differences(case.wanted, case.live);
    explained.findings.extend(condition::all(case, &differences));
    explained
        .groups
        .extend(condition::failure(case).map(|deployment| case.group(deployment)));
    for difference in &differences {
        cause::add(case, difference, &mut explained);
    }
    explained.findings.extend(cause::unknown_until_apply(case));
    let mut tag_changes = None;
    if let Some((finding, changes)) = case.options.tags.then(|| tags::finding(case)).flatten() {
        explained.findings.push(finding);
        tag_changes = changes;
    }
    let proposal = repair::fill(case, &differences, &mut explained.findings, tag_changes);
    // Of a daemon about which nothing is to be said nothing is to be sent.
    explained.proposal = (!explained.findings.is_empty()).then(|| Box::new(proposal));
    let mask = Mask::of_case(case);
    explained.findings.iter_mut().for_each(|finding| mask.finding(finding));
    explained.groups.iter_mut().for_each(|group| mask.group(group));
    explained
}

/// Settings that are known on both sides and differ, in the order of the table.
pub fn differences(wanted: &Wanted, live: &Live) -> Vec<Difference> {
    let wanted = wanted.beside(live);
    let is_readable = |setting: &Setting| live.observed.deployment_is_on_record || !setting.is_of_deployment();
    let differing = Setting::ALL.into_iter().filter(is_readable).filter_map(|setting| {
        let datum = setting.read(&live.observed.settings);
        if wanted.is_met(setting, &datum)? {
            return None;
        }
        Some(Difference {
            setting,
            wanted: wanted.datum(setting)?,
            live: wanted.mark(setting, datum),
        })
    });
    differing.collect()
}

/// Adds who is recorded to have made a call that a finding comes from. A creation is the cause of a setting only if it asked
/// for what is live.
pub fn name_call(finding: &mut Finding, call: &Call, live: Option<&Settings>) {
    if finding.cause == Cause::Missing {
        absent::prove_deleted(finding);
    } else if finding.may_be_made_anew() {
        if !call.creates() {
            absent::prove_made_anew(finding);
        } else if live.is_some_and(|live| asks_for_live(call, finding, live)) {
            cause::prove_created(finding);
        } else {
            return;
        }
    }
    finding.evidence.push(call.evidence());
}

fn asks_for_live(call: &Call, finding: &Finding, live: &Settings) -> bool {
    let is_it = |setting: &Setting| finding.setting.as_deref() == Some(setting.name().as_str());
    let setting = Setting::ALL.into_iter().find(is_it);
    setting.is_some_and(|setting| call.asks(setting) == Some(setting.read(live)))
}

/// Adds who is recorded to have changed tags; of several calls, which tags each of them changed, and which a call that created
/// the daemon left out. A key is named where the finding shows keys.
pub fn name_tagger(finding: &mut Finding, call: &Call, keys: &[&str], are_several: bool) {
    name_call(finding, call, None);
    let shown = [&finding.wanted, &finding.live];
    let are_shown = shown
        .iter()
        .all(|shown| shown.as_ref().is_some_and(|shown| shown.value.is_some()));
    let Some(fact) = finding.evidence.last_mut().filter(|_| are_shown) else {
        return;
    };
    let is_left_out = |key: &&&str| call.creates() && call.tag_after(key) == Some(TagAfter::Removed);
    let (left_out, changed): (Vec<&&str>, Vec<&&str>) = keys.iter().partition(is_left_out);
    for (did, keys) in [("changed", changed), ("left out", left_out)] {
        // One call alone changed all that the finding shows.
        if keys.is_empty() || !(are_several || did == "left out") {
            continue;
        }
        let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
        fact.text = format!("{} It {did} {}.", fact.text, keys.join(", "));
    }
}

/// Says in every finding whose cause is found in the past that the past could not be read, and that the cause is a
/// guess for that reason.
pub fn without_history(case: &Case<'_>, explained: &mut Explained, failure: &Failure) {
    let mask = Mask::of_case(case);
    let from_history = [
        Cause::NeverApplied,
        Cause::DefaultRevert,
        Cause::ChangedOutside,
        Cause::TaskDefinition,
        Cause::Recreated,
        Cause::PendingChange,
        Cause::Absorbed,
    ];
    let of_history = |finding: &&mut Finding| from_history.contains(&finding.cause) && !finding.is_about_tags();
    for finding in explained.findings.iter_mut().filter(of_history) {
        if finding.confidence != Confidence::Recorded {
            finding.confidence = Confidence::Possible;
        }
        finding.evidence.push(Evidence {
            from: failure.operation.to_owned(),
            about: finding.arn.clone(),
            text: format!(
                "The history could not be read, so that the latest deployment alone tells the cause: {failure}."
            ),
            at: None,
        });
        mask.finding(finding);
    }
}

/// True if the past has to be read: something differs, or a rollout was rolled back, which its status or the age of its
/// target shows. Of a daemon that is as wanted nothing is found in the past, however often it was updated: that the
/// source's deployment was overtaken stands in its record, which is described with the latest one.
pub fn needs_history(wanted: &Wanted, live: &Live) -> bool {
    let is_deleting = live.observed.rollout.is_none() && live.detail.status() != Some(&DaemonStatus::Active);
    let is_rolled_back = live
        .observed
        .rollout
        .as_ref()
        .is_some_and(|rollout| rollout.is_rolled_back());
    !is_deleting
        && !wanted.is_sought()
        && (is_rolled_back || has_old_target(live) || !differences(wanted, live).is_empty())
}

/// True if the answers look like those of two moments, so that reading again helps: the source names a deployment that
/// is not on record, and something is concluded from that; or instances run another revision than the one that counts
/// although nothing rolls and no rollout failed.
pub fn seems_torn(wanted: &Wanted, live: &Live) -> bool {
    let Some(rollout) = &live.observed.rollout else {
        return false;
    };
    let is_concluded_from = is_first_deployment(live) || needs_history(wanted, live);
    if is_off_record(wanted, live) && is_concluded_from {
        return true;
    }
    let counting = live
        .revisions
        .first()
        .and_then(|revision| revision.daemon_revision_arn());
    let mut current = live.detail.current_revisions().iter();
    let runs_other = current.any(|revision| {
        let runs = |provider: &DaemonCapacityProvider| provider.running_count() > 0;
        revision.arn() != counting && revision.capacity_providers().iter().any(runs)
    });
    runs_other && !rollout.is_in_progress() && rollout.failure().is_none()
}

/// Deployments that were asked for and are not on record. They expired, or the answer was older than they are: asking for
/// them once more tells, and costs less than reading the daemon again.
pub fn off_record(wanted: &Wanted, live: &Live) -> Vec<String> {
    let source = wanted.deployment_arn.as_deref().filter(|arn| !arn.is_empty());
    let named = live.detail.deployment_arn().into_iter().chain(source);
    let mut missing: Vec<String> = named
        .filter(|arn| live.deployment(arn).is_none())
        .map(str::to_owned)
        .collect();
    missing.dedup();
    missing
}
