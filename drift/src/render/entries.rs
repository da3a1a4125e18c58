//! Wording of entries, the same in every form that people read.

use std::collections::BTreeSet;

use super::{length, table, wording};
use crate::{
    report::{Daemon, Entry, Evidence, Finding, Paste, Report, Subject},
    surface::{Foreign, Sentences, Sheet, Surface, sheet},
};

/// Daemons that are listed by name.
const LISTED: usize = 10;

/// The lines of an entry beside its title: the settings, what happened, why, and what to do.
pub(super) fn lines<S: Surface>(entry: &Entry<'_>) -> Vec<Sheet<S>> {
    let mut lines: Vec<Sheet<S>> = table::rows(entry).iter().map(table::Row::sentence).collect();
    let sentences = entry.sentences();
    lines.extend(sentences.into_iter().map(|sentence| sheet!(Sentences(&sentence))));
    lines.extend(why(entry));
    lines.push(next_step(entry));
    lines
}

/// The name in a heading: a daemon, a cluster, or how many daemons share the reason below.
pub(super) fn subject<S: Surface>(report: &Report, subject: &Subject<'_>) -> Sheet<S> {
    let parts = subject.parts();
    let are_all = |kind: &str| parts.iter().all(|part| part.arn.contains(kind));
    match subject.first() {
        Some(finding) if parts.len() == 1 => {
            let place = place(report, finding);
            sheet!(Foreign(&wording::subject(report, finding)), place)
        }
        _ if are_all(":daemon/") => wording::count(length(parts), "daemon"),
        _ if are_all(":cluster/") => wording::count(length(parts), "cluster"),
        _ => wording::count(length(parts), "ARN"),
    }
}

/// Region and account, where the report has several and a name alone might be that of two daemons. Daemons are sorted by
/// ARN, so that those of one place stand together.
fn place<S: Surface>(report: &Report, finding: &Finding) -> Option<Sheet<S>> {
    let of = |daemon: &Daemon| (daemon.region.clone(), daemon.account.clone());
    let has_several = report.daemons.first().map(of) != report.daemons.last().map(of);
    let (region, account) = report.daemon(&finding.arn).filter(|_| has_several).map(of)?;
    Some(sheet!(" (", Foreign(&region), ", ", Foreign(&account), ")"))
}

/// The daemons of a shared reason, or of a cluster.
pub(super) fn daemons<S: Surface>(report: &Report, subject: &Subject<'_>) -> Option<Sheet<S>> {
    let parts = subject.parts();
    let shared: Vec<&str> = parts.iter().map(|part| part.arn).filter(|_| parts.len() > 1).collect();
    let own = || {
        parts
            .iter()
            .flat_map(|part| &part.findings)
            .flat_map(|finding| &finding.daemons)
    };
    let arns: Vec<&str> = if shared.is_empty() {
        own().map(String::as_str).collect()
    } else {
        shared
    };
    if arns.is_empty() {
        return None;
    }
    let named = arns
        .iter()
        .take(LISTED)
        .map(|arn| sheet!(Foreign(&wording::name(report, arn))));
    let named: Sheet<S> = Sheet::joined(named, ", ");
    let more = arns.len().saturating_sub(LISTED);
    let more: Option<Sheet<S>> = (more > 0).then(|| sheet!(" and ", more, " more"));
    let label = if parts.len() > 1 { "" } else { "daemons: " };
    Some(sheet!(label, named, more))
}

/// The causes, and how sure they are if they are not certain.
pub(super) fn title<S: Surface>(entry: &Entry<'_>) -> Sheet<S> {
    let titles = entry.causes().into_iter().map(|cause| sheet!(cause.title()));
    let titles: Sheet<S> = Sheet::joined(titles, ", ");
    sheet!(titles, wording::sureness(entry.confidence()))
}

/// Since when, by which deployment, and by whom; none if nothing tells.
pub(super) fn why<S: Surface>(entry: &Entry<'_>) -> Option<Sheet<S>> {
    let since: Option<Sheet<S>> = entry.since().map(|(first, last)| {
        if first == last {
            sheet!("since ", first)
        } else {
            sheet!("each since a time between ", first, " and ", last)
        }
    });
    let part = entry.parts.first()?;
    let deployment: Option<Sheet<S>> = part.group.filter(|_| entry.parts.len() == 1).map(|group| {
        let id = group.deployment_arn.rsplit('/').next().unwrap_or(&group.deployment_arn);
        let began = group
            .created_at
            .filter(|at| entry.since().is_none_or(|(since, _)| since != *at));
        let began: Option<Sheet<S>> = began.map(|at| sheet!(" of ", at));
        sheet!("deployment ", Foreign(id), began)
    });
    let caller: Option<Sheet<S>> = part.group.and_then(|group| group.event.as_ref()).map(|event| {
        let agent: Option<Sheet<S>> = event.program().map(|program| sheet!(" with ", Foreign(program)));
        sheet!(Foreign(&event.event_name), " by ", Foreign(&event.principal), agent)
    });
    let why = Sheet::joined([since, deployment, caller].into_iter().flatten(), ", ");
    (!why.is_empty()).then_some(why)
}

/// The members of the call that caused the entry.
pub(super) fn members<S: Surface>(entry: &Entry<'_>) -> Option<Sheet<S>> {
    let event = entry.parts.first()?.group?.event.as_ref()?;
    Some(sheet!("members ", Foreign(&event.members.join(", "))))
}

/// The settings that a fact is about, if it is not about all of the entry.
pub(super) fn settings<'a>(entry: &Entry<'a>, evidence: &Evidence) -> Vec<&'a str> {
    let all: BTreeSet<Option<&str>> = entry.findings().map(|finding| finding.setting.as_deref()).collect();
    let has_it = |finding: &&'a Finding| finding.evidence.contains(evidence);
    let own: BTreeSet<Option<&str>> = entry
        .findings()
        .filter(has_it)
        .map(|finding| finding.setting.as_deref())
        .collect();
    if own == all {
        return Vec::new();
    }
    own.into_iter().flatten().collect()
}

/// The next step, and its cost.
pub(super) fn next_step<S: Surface>(entry: &Entry<'_>) -> Sheet<S> {
    let steps = entry.steps().into_iter().map(|step| sheet!(Sentences(step)));
    let steps: Sheet<S> = Sheet::joined(steps, " ");
    sheet!(steps, cost(entry))
}

/// The cost of the step: each daemon that shares it its own.
fn cost<S: Surface>(entry: &Entry<'_>) -> Option<Sheet<S>> {
    let costs = entry.costs();
    let least = costs.iter().map(|cost| cost.instances).min()?;
    let most = costs.iter().map(|cost| cost.instances).max()?;
    let who = if entry.parts.len() > 1 {
        " Each drains "
    } else {
        " It drains "
    };
    let least: Option<Sheet<S>> = (least != most).then(|| sheet!(least, " to "));
    let most: Sheet<S> = wording::count(most, "instance");
    let batch = costs
        .first()
        .filter(|_| costs.len() == 1)
        .and_then(|cost| cost.at_a_time);
    let batch: Option<Sheet<S>> = batch.map(|batch| sheet!(", ", batch, " at a time"));
    Some(sheet!(who, least, most, batch, "."))
}

/// Said before a command that has to be run in another account.
pub(super) fn role<S: Surface>(paste: &Paste<'_>) -> Option<Sheet<S>> {
    let role = paste.role_arn?;
    Some(sheet!(
        "Assume the role ",
        Foreign(role),
        ", or another one of its account that may do this:"
    ))
}

/// Said once, before the first command that an old AWS CLI refuses.
pub(super) const NEEDS: &str = "An AWS CLI that does not know `--critical` refuses this call, and nothing is changed. \
                                `ecs-drift reconcile` with the same inputs needs no AWS CLI.";

/// Said of commands that stand in an entry before, beside those that stand in this one.
pub(super) fn given(entry: &Entry<'_>, pastes: &[Paste<'_>]) -> &'static str {
    if entry.parts.len() > 1 && pastes.is_empty() {
        "The commands for these daemons are above; once is enough."
    } else if entry.parts.len() > 1 {
        "The commands for the other daemons are above; once is enough."
    } else {
        "The command for this is above; once is enough."
    }
}

/// True if commands do different things, so that each says which: one repairs, another one accepts what is live.
pub(super) fn have_titles(pastes: &[Paste<'_>]) -> bool {
    pastes
        .iter()
        .any(|paste| Some(paste.title) != pastes.first().map(|first| first.title))
}

/// Said where daemons share an entry and not all have their commands in it.
pub(super) fn without_commands<S: Surface>(entry: &Entry<'_>) -> Option<Sheet<S>> {
    let rest = u64::try_from(entry.without_commands()).unwrap_or(u64::MAX);
    let daemons: Sheet<S> = wording::count(rest, "more daemon");
    (rest > 0).then(|| sheet!("The JSON report has the commands for ", daemons, "."))
}
