//! A scan: from what is wanted to a report.
//!
//! # Flow
//! Daemons are grouped by credentials, account and region; groups run side by side and share the slots. A
//! group sweeps its task definitions, then reads its daemons in chunks, so that memory does not grow with
//! the estate. A chunk is read (`settle`), what differs is read once more before it is believed, and only
//! for that the past is read (`past`). Then `explain` decides, and nothing here does.
//!
//! # Guarantees
//! Nothing is written: a scan holds [`Reader`]s. A daemon that could not be read has a finding that says
//! so, whatever happened; one failure never hides another daemon.
//!
//! # Interruption
//! What was found in finished chunks is kept, and the report says that it is not everything.

mod cloudtrail;
mod connect;
mod past;
mod settle;
mod trail;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use daemons::{
    arn::{Arn, DaemonArn},
    aws::Aws,
};
use futures_util::{StreamExt, future, stream};
use jiff::Timestamp;
use tokio::sync::watch;

pub use cloudtrail::CloudTrail;
pub use connect::{Access, Connect, WORDS};
pub use trail::{Events, NoTrail, Trail, Window};

use crate::{
    explain::{self, Case, Definitions, Explained},
    observe::{self, EcsReader, Reader, Reading, Slots, ecs::Counters, reader::Sweep},
    report::{Daemon, Finding, Group, Problem, Report, Verdict},
    source::Wanted,
};

/// Calls under way at a time, unless set.
pub const DEFAULT_CONCURRENCY: usize = 16;
/// Daemons whose answers are in memory at a time, by group. A multiple of the size of a batch.
const CHUNK: usize = 500;

/// How to scan.
#[derive(Clone, Debug)]
pub struct Options {
    /// How to look at things.
    pub explain: explain::Options,
    /// Whether daemons that no input names are reported, in the clusters that inputs name.
    pub unmanaged: bool,
    /// Calls under way at a time.
    pub concurrency: usize,
    /// Becomes true when the scan is to end early.
    pub interrupt: Option<watch::Receiver<bool>>,
    /// What is counted while the scan runs, for whoever wants to look.
    pub counters: Arc<Counters>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            explain: explain::Options::default(),
            unmanaged: false,
            concurrency: DEFAULT_CONCURRENCY,
            interrupt: None,
            counters: Arc::default(),
        }
    }
}

/// What a group found.
#[derive(Default)]
struct Part {
    daemons: Vec<Daemon>,
    findings: Vec<Finding>,
    groups: Vec<Group>,
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
    read_again: u64,
    scanned: u64,
    interrupted: bool,
    /// Latest time that the service named.
    latest: Option<Timestamp>,
}

/// Scans what is wanted and completes the report, in which the inputs and their problems already stand. `named` are
/// the ARNs that any input names, also those on which inputs disagree. Answers the latest time of the service, from
/// which ages are counted.
pub async fn scan<C: Connect, T: Trail>(
    connector: &C,
    trail: &T,
    wanted: &[Wanted],
    named: &BTreeSet<String>,
    options: &Options,
    report: &mut Report,
) -> Option<Timestamp> {
    let slots = Slots::new(options.concurrency);
    options.counters.expect(wanted.len());
    let mut by_access: BTreeMap<&Access, Vec<&Wanted>> = BTreeMap::new();
    for wanted in wanted {
        by_access.entry(&wanted.access).or_default().push(wanted);
    }
    let scans = by_access
        .into_iter()
        .map(|(access, wanted)| scan_access(connector, trail, access, wanted, named, options, &slots));
    let mut latest = None;
    for part in future::join_all(scans).await {
        report.daemons.extend(part.daemons);
        report.findings.extend(part.findings);
        report.groups.extend(part.groups);
        report.errors.extend(part.problems);
        report.warnings.extend(part.warnings);
        report.warnings.sort();
        report.warnings.dedup();
        report.interrupted |= part.interrupted;
        report.statistics.read_again += part.read_again;
        report.statistics.daemons_scanned += part.scanned;
        latest = latest.max(part.latest);
    }
    report.statistics.api_calls = options.counters.calls();
    report.statistics.throttled = options.counters.throttled();
    report.seal();
    latest
}

/// Everything that is looked at with the same credentials.
async fn scan_access<C: Connect, T: Trail>(
    connector: &C,
    trail: &T,
    access: &Access,
    wanted: Vec<&Wanted>,
    named: &BTreeSet<String>,
    options: &Options,
    slots: &Slots,
) -> Part {
    let mut part = Part::default();
    let (aws, caller) = match connect(connector, access, options).await {
        Ok(connected) => connected,
        Err((problem, why)) => {
            part.problems.push(problem);
            for wanted in wanted {
                part.daemons.push(entry(wanted));
                part.findings.push(explain::absent::unreachable(wanted, &why));
            }
            return part;
        }
    };
    let mut by_region: BTreeMap<&str, Vec<&Wanted>> = BTreeMap::new();
    for wanted in wanted {
        if wanted.arn.arn.account == caller {
            by_region.entry(&wanted.arn.arn.region).or_default().push(wanted);
        } else {
            part.daemons.push(entry(wanted));
            part.findings.push(explain::absent::wrong_account(wanted, &caller));
        }
    }
    let groups = by_region.into_iter().map(|(region, wanted)| {
        let reader = EcsReader::new(&aws, region, slots.clone(), options.counters.clone());
        async move { scan_region(&reader, trail, access, &wanted, named, options).await }
    });
    for group in future::join_all(groups).await {
        part.add(group);
    }
    part
}

/// The connection and the account of its credentials.
async fn connect<C: Connect>(
    connector: &C,
    access: &Access,
    options: &Options,
) -> Result<(Aws, String), (Problem, String)> {
    let aws = connector.connect(access).await.map_err(|problem| {
        let why = problem.summary.clone();
        (problem, why)
    })?;
    let account = observe::ecs::account(&aws, &options.counters).await;
    let caller = account.map_err(|failure| {
        let diagnostic = failure.diagnostic_in(&WORDS, "find out the account of the credentials", "the caller");
        let problem = Problem {
            input: None,
            summary: diagnostic.summary.clone(),
            detail: diagnostic.detail,
        };
        (problem, diagnostic.summary)
    })?;
    Ok((aws, caller))
}

async fn scan_region<R: Reader, T: Trail>(
    reader: &R,
    trail: &T,
    access: &Access,
    wanted: &[&Wanted],
    named: &BTreeSet<String>,
    options: &Options,
) -> Part {
    let mut part = Part::default();
    let definitions = sweep(reader, wanted, &mut part).await;
    for chunk in wanted.chunks(CHUNK) {
        let work = scan_chunk(reader, trail, access, chunk, &definitions, options);
        let Some(done) = until_interrupted(options.interrupt.clone(), work).await else {
            part.interrupted = true;
            return part;
        };
        part.add(done);
    }
    if options.unmanaged {
        add_unmanaged(reader, wanted, named, &mut part).await;
    }
    part
}

async fn until_interrupted<F: Future>(interrupt: Option<watch::Receiver<bool>>, work: F) -> Option<F::Output> {
    let Some(mut interrupt) = interrupt else {
        return Some(work.await);
    };
    tokio::select! {
        done = work => Some(done),
        // A sender that is gone interrupts nothing any more.
        Ok(_) = interrupt.wait_for(|interrupted| *interrupted) => None,
    }
}

/// The task definitions, as far as they matter: the last of each family, and those being deleted.
async fn sweep<R: Reader>(reader: &R, wanted: &[&Wanted], part: &mut Part) -> Definitions {
    let (last, deleted) = tokio::join!(
        reader.list_definitions(Sweep::LastRegistered),
        reader.list_definitions(Sweep::BeingDeleted),
    );
    let mut summaries = Vec::new();
    for answer in [last, deleted] {
        match answer {
            Ok(found) => summaries.extend(found),
            Err(failure) => part.findings.extend(wanted.first().map(|wanted| {
                let arn = wanted.arn.arn.sibling("daemon-task-definition/*");
                explain::absent::unreadable(&arn.to_string(), &failure)
            })),
        }
    }
    Definitions::new(summaries)
}

async fn scan_chunk<R: Reader, T: Trail>(
    reader: &R,
    trail: &T,
    access: &Access,
    chunk: &[&Wanted],
    definitions: &Definitions,
    options: &Options,
) -> Part {
    let mut part = Part::default();
    let settled = settle::settle(reader, chunk, options.explain.tags).await;
    part.read_again = settled.read_again;
    part.scanned = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
    let pasts = past::read(reader, chunk, &settled.readings).await;
    let mut missing_clusters: BTreeMap<String, Vec<&Wanted>> = BTreeMap::new();
    let (mut cases, mut places) = (Vec::new(), Vec::new());
    for (index, (wanted, reading)) in chunk.iter().copied().zip(&settled.readings).enumerate() {
        let mut daemon = entry(wanted);
        match reading {
            Reading::Live(live) => {
                fill(&mut daemon, live);
                part.latest = part.latest.max(settle::latest_time(live));
                places.push(index);
                cases.push(Case {
                    wanted,
                    live,
                    history: pasts.histories.get(&index),
                    definitions,
                    trail: None,
                    options: &options.explain,
                });
            }
            Reading::ClusterNotFound => {
                let cluster = wanted.arn.cluster_arn().to_string();
                missing_clusters.entry(cluster).or_default().push(wanted);
            }
            Reading::DaemonNotFound => part.findings.push(explain::absent::missing(wanted)),
            Reading::Failed(failure) => part.findings.push(explain::absent::failed(wanted, failure)),
            Reading::Torn(torn) => part.findings.push(explain::absent::torn(wanted, torn)),
        }
        part.daemons.push(daemon);
    }
    let explained = trail::explain_all(trail, access, &cases, &mut part.warnings).await;
    for ((place, case), mut explained) in places.into_iter().zip(&cases).zip(explained) {
        if let Some(failure) = pasts.unread.get(&place) {
            explain::without_history(case, &mut explained, failure);
            part.warnings.push(past::warning(failure));
        }
        let Explained { findings, groups } = explained;
        part.findings.extend(findings);
        part.groups.extend(groups);
    }
    if let Some(wanted) = chunk.first() {
        let region = &wanted.arn.arn.region;
        trail::name_others(trail, access, region, &mut part.findings, &mut part.warnings).await;
    }
    for (cluster, wanted) in missing_clusters {
        part.findings.push(explain::absent::cluster_missing(&cluster, &wanted));
    }
    part
}

/// Row 24, in the clusters that inputs name.
async fn add_unmanaged<R: Reader>(reader: &R, wanted: &[&Wanted], named: &BTreeSet<String>, part: &mut Part) {
    let clusters: BTreeMap<String, Arn> = wanted
        .iter()
        .map(|wanted| wanted.arn.cluster_arn())
        .map(|cluster| (cluster.to_string(), cluster))
        .collect();
    let lists =
        stream::iter(clusters.keys()).map(|cluster| async move { (cluster, reader.list_daemons(cluster).await) });
    let lists: Vec<_> = lists.buffered(DEFAULT_CONCURRENCY).collect().await;
    for (cluster, daemons) in lists {
        match daemons {
            Ok(daemons) => {
                let unnamed = daemons.into_iter().filter(|(arn, _)| !named.contains(arn));
                part.findings.extend(unnamed.filter_map(|(arn, created_at)| {
                    Some(explain::unmanaged(&DaemonArn::parse(&arn).ok()?, created_at))
                }));
            }
            // Its daemons say already that it is missing.
            Err(failure) if failure.is_code("ClusterNotFoundException") => {}
            Err(failure) => part.findings.push(explain::absent::unreadable(cluster, &failure)),
        }
    }
}

/// A daemon as the report lists it, before anything is known of it.
fn entry(wanted: &Wanted) -> Daemon {
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

fn fill(daemon: &mut Daemon, live: &crate::observe::Live) {
    daemon.deployment_arn = live.detail.deployment_arn().map(str::to_owned);
    let status = live.latest().and_then(|deployment| deployment.status());
    daemon.deployment_status = status.map(|status| status.as_str().to_owned());
    let instances: i64 = live.observed.instances.values().sum();
    daemon.instances = u64::try_from(instances).ok();
}

impl Part {
    fn add(&mut self, other: Self) {
        let Self {
            daemons,
            findings,
            groups,
            problems,
            warnings,
            read_again,
            scanned,
            interrupted,
            latest,
        } = other;
        self.daemons.extend(daemons);
        self.findings.extend(findings);
        self.groups.extend(groups);
        self.problems.extend(problems);
        self.warnings.extend(warnings);
        self.read_again += read_again;
        self.scanned += scanned;
        self.interrupted |= interrupted;
        self.latest = self.latest.max(latest);
    }
}
