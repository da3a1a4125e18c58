//! From readings that are believed, and the past where it was read, to what the report says.

use std::collections::BTreeMap;

use aws::Failure;
use daemons::arn::DaemonArn;

use super::{
    confirm,
    part::Part,
    past::{self, Pasts},
    round::Round,
    trail::{self, Brought, Trail},
};
use crate::{
    explain::{self, Case, Explained},
    observe::{End, Live, Reader, Reading, is_end, may_pass},
    report::{Daemon, Problem, Verdict},
    source::Wanted,
};

/// The conclusions about some daemons.
pub(super) async fn conclude<'a, R: Reader, T: Trail>(
    round: &Round<'_, R, T>,
    daemons: &[(&'a Wanted, Reading)],
    pasts: &Pasts,
) -> Part<'a> {
    let mut part = Part {
        scanned: u64::try_from(daemons.len()).unwrap_or(u64::MAX),
        ..Part::default()
    };
    let (mut cases, mut places) = (Vec::new(), Vec::new());
    for (index, (wanted, reading)) in daemons.iter().enumerate() {
        let mut daemon = entry(wanted);
        match reading {
            Reading::Live(live) if !round.is_last && live.tags_unread.as_ref().is_some_and(may_pass) => {
                part.later.push(*wanted);
                part.scanned -= 1;
                continue;
            }
            Reading::Live(live) => {
                part.unfinished += u64::from(live.tags_unread.as_ref().is_some_and(is_end));
                fill(&mut daemon, live);
                let definition = live.observed.settings.daemon_task_definition_arn.clone();
                part.definitions.insert(definition);
                part.latest = part.latest.max(confirm::latest_time(live));
                places.push(index);
                cases.push(Case {
                    wanted,
                    live,
                    history: pasts.histories.get(&index),
                    unread: pasts.unread.get(&index),
                    definitions: round.definitions,
                    trail: None,
                    options: &round.options.explain,
                });
            }
            Reading::Failed(failure) if !round.is_last && may_pass(failure) => {
                part.later.push(*wanted);
                part.scanned -= 1;
                continue;
            }
            _ => add_absent(&mut part, wanted, reading),
        }
        part.daemons.push(daemon);
    }
    let explained = explain_until(round, &cases, &mut part.warnings).await;
    for ((place, case), mut explained) in places.into_iter().zip(&cases).zip(explained) {
        if let Some(failure) = pasts.unread.get(&place) {
            explain::without_history(case, &mut explained, failure);
            part.warnings.push(past::warning(failure));
        }
        let Explained {
            findings,
            groups,
            proposal,
        } = explained;
        part.findings.extend(findings);
        part.groups.extend(groups);
        part.proposals
            .extend(proposal.filter(|_| round.options.repairs).map(|proposal| *proposal));
    }
    name_others(round, daemons, &mut part).await;
    part
}

/// Names who did what no deployment tells of, if there is time left to ask.
async fn name_others<R: Reader, T: Trail>(
    round: &Round<'_, R, T>,
    daemons: &[(&Wanted, Reading)],
    part: &mut Part<'_>,
) {
    let Some((wanted, _)) = daemons.first() else { return };
    let region = &wanted.arn.arn.region;
    let differing = daemons.iter().filter_map(|(wanted, reading)| match reading {
        Reading::Live(live) => {
            let brought = Brought {
                tags: explain::brought_tags(wanted, live, &round.options.explain),
                settings: live.observed.settings.clone(),
            };
            Some((wanted.arn.to_string(), brought))
        }
        _ => None,
    });
    let brought: BTreeMap<String, Brought> = differing.collect();
    let (findings, warnings) = (&mut part.findings, &mut part.warnings);
    tokio::select! {
        biased;
        () = trail::name_others(round.trail, round.access, region, findings, &brought, warnings) => {}
        () = round.options.end.over() => {}
    }
}

/// Adds the finding about a daemon of which nothing more can be said.
fn add_absent<'a>(part: &mut Part<'a>, wanted: &'a Wanted, reading: &Reading) {
    match reading {
        Reading::Live(_) => {}
        Reading::ClusterNotFound => {
            let cluster = wanted.arn.cluster_arn().to_string();
            part.missing_clusters.entry(cluster).or_default().push(wanted);
        }
        Reading::DaemonNotFound => part.findings.push(explain::absent::missing(wanted)),
        Reading::Failed(failure) => {
            part.unfinished += u64::from(is_end(failure));
            part.findings.push(explain::absent::failed(wanted, failure));
        }
        Reading::Torn(torn) => part.findings.push(explain::absent::torn(wanted, torn)),
    }
}

/// Explains cases with what the trail says, or without it when there is no time left to ask.
async fn explain_until<R: Reader, T: Trail>(
    round: &Round<'_, R, T>,
    cases: &[Case<'_>],
    warnings: &mut Vec<Problem>,
) -> Vec<Explained> {
    let mut told = Vec::new();
    let explained = tokio::select! {
        biased;
        explained = trail::explain_all(round.trail, round.access, cases, &mut told) => Some(explained),
        () = round.options.end.over() => None,
    };
    warnings.append(&mut told);
    explained.unwrap_or_else(|| {
        warnings.push(Problem {
            input: None,
            summary: "Callers not known".to_owned(),
            detail: "The scan ended before CloudTrail was asked for all of them. What is reported rests on ECS alone."
                .to_owned(),
        });
        cases.iter().map(explain::explain).collect()
    })
}

/// Daemons for which there was no time at all.
pub(super) fn unfinished<'a>(wanted: &[&'a Wanted], end: &End) -> Part<'a> {
    let failure: Failure = end.failure("DescribeDaemon");
    let mut part = Part::default();
    for wanted in wanted {
        part.daemons.push(entry(wanted));
        add_absent(&mut part, wanted, &Reading::Failed(failure.clone()));
    }
    part
}

/// A daemon as the report lists it, before anything is known of it.
pub(super) fn entry(wanted: &Wanted) -> Daemon {
    let DaemonArn { arn, cluster, name } = &wanted.arn;
    Daemon {
        arn: arn.to_string(),
        name: name.clone(),
        cluster: cluster.clone(),
        region: arn.region.clone(),
        account: arn.account.clone(),
        owner: wanted.owner.clone(),
        source: wanted.source.clone(),
        verdict: Verdict::InSync,
        headline: None,
        deployment_arn: None,
        deployment_status: None,
        instances: None,
    }
}

fn fill(daemon: &mut Daemon, live: &Live) {
    daemon.deployment_arn = live.detail.deployment_arn().map(str::to_owned);
    let status = live.latest().and_then(|deployment| deployment.status());
    daemon.deployment_status = status.map(|status| status.as_str().to_owned());
    let instances: i64 = live.observed.instances.values().sum();
    daemon.instances = u64::try_from(instances).ok();
}
