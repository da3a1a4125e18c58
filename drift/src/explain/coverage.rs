//! Row 23: instances that do not run the daemon as they should, while nothing rolls.

use std::collections::BTreeMap;

use daemons::observe::Rollout;

use super::{Case, finding_builder::Draft, next_step};
use crate::{
    report::{Cause, Finding, NextStep, Repair, Severity},
    setting::Setting,
};

/// Instances of a capacity provider.
struct Gap<'a> {
    provider: &'a str,
    /// That do not run the daemon, or another revision of it.
    instances: i32,
    /// Of these, which run another revision.
    outdated: i32,
    all: i32,
}

/// The condition, if there is a gap.
pub(super) fn condition(case: &Case<'_>) -> Option<Finding> {
    if case.live.observed.rollout.as_ref().is_some_and(Rollout::is_in_progress) {
        return None;
    }
    let gaps = gaps(case);
    let sum: i32 = gaps.iter().map(|gap| gap.instances).sum();
    if sum == 0 {
        return None;
    }
    let is_repaired = may_be_repaired(case, &gaps);
    let (instances, they) = if sum == 1 {
        ("instance does", "it")
    } else {
        ("instances do", "they")
    };
    let why = if is_repaired {
        " ECS replaces an instance that a critical daemon has left, which takes some minutes."
    } else {
        ""
    };
    let message = format!("{sum} {instances} not run the daemon as {they} should.{why}");
    let mut draft = Draft::new(case.wanted, Cause::Coverage, message);
    for Gap {
        provider,
        instances,
        all,
        ..
    } in gaps
    {
        let verb = if instances == 1 { "does" } else { "do" };
        let text = format!(
            "{instances} of {all} instances of {} {verb} not run it.",
            case.provider(provider)
        );
        let about = case.text_of(Setting::CapacityProviders, provider).to_string();
        draft = draft.evidence("DescribeDaemon", &about, text, None);
    }
    let draft = if is_repaired {
        draft.severity(Severity::Note)
    } else {
        draft
    };
    Some(draft.next(step(is_repaired)))
}

fn step(is_repaired: bool) -> NextStep {
    if is_repaired {
        let text = "Wait. If a later scan with `--only-new` still finds it, it is a warning.";
        return next_step::only(text, Repair::NotNeeded);
    }
    let text = "Look at why its tasks fail; a redeploy of the same settings has to be asked for.";
    next_step::only(text, Repair::No)
}

fn gaps<'a>(case: &Case<'a>) -> Vec<Gap<'a>> {
    let counting = case
        .live
        .revisions
        .first()
        .and_then(|revision| revision.daemon_revision_arn());
    // A fleet on several revisions is a condition of its own.
    let is_mixed = running_revisions(case).len() > 1;
    let mut gaps = Vec::new();
    for revision in case.live.detail.current_revisions() {
        let is_other = !is_mixed && revision.arn() != counting;
        for provider in revision.capacity_providers() {
            let (running, missing) = (provider.running_count(), provider.without_daemon_count());
            let outdated = if is_other { running } else { 0 };
            gaps.push(Gap {
                provider: provider.arn().unwrap_or_default(),
                instances: missing + outdated,
                outdated,
                all: running + missing,
            });
        }
    }
    gaps.retain(|gap| gap.instances > 0);
    gaps
}

/// True if gaps look like those of instances which ECS is replacing: it does so where a critical daemon stopped.
/// Several instances of which none runs it are more than that, and so are those that run another revision.
fn may_be_repaired(case: &Case<'_>, gaps: &[Gap<'_>]) -> bool {
    let sum: i32 = gaps.iter().map(|gap| gap.instances).sum();
    let is_outdated = gaps.iter().any(|gap| gap.outdated > 0);
    let is_anywhere = !running_revisions(case).is_empty();
    case.live.observed.settings.critical && !is_outdated && (is_anywhere || sum == 1)
}

/// Instances by revision, without revisions that none runs.
pub(super) fn running_revisions(case: &Case<'_>) -> BTreeMap<String, i64> {
    let mut running = BTreeMap::new();
    for revision in case.live.detail.current_revisions() {
        let count: i64 = revision
            .capacity_providers()
            .iter()
            .map(|provider| i64::from(provider.running_count()))
            .sum();
        if let Some(arn) = revision.arn().filter(|_| count > 0) {
            *running.entry(arn.to_owned()).or_default() += count;
        }
    }
    running
}
