//! Daemons that are looked at with the same credentials, region by region.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Aws, Failure};
use daemons::{
    absent,
    arn::{Arn, DaemonArn},
};
use futures_util::{StreamExt, future, stream};

use super::{
    ADVICE, Access, Connect, DEFAULT_CONCURRENCY, Options, Trail,
    conclude::{entry, unfinished},
    part::Part,
    round::Round,
    why,
};
use crate::{
    explain::{self, Definitions},
    observe::{Credentials, EcsReader, End, Reader, Slots, ecs, is_end, may_pass, reader::Sweep},
    report::{Cause, Problem},
    source::Wanted,
};

/// Pause before calls that failed are tried once more.
const SECOND_ROUND: std::time::Duration = std::time::Duration::from_secs(3);

/// Sweeps after which a family that none of them has is not believed to be late.
const SWEEPS: u32 = 3;

/// Everything that is looked at with the same credentials.
pub(super) async fn scan_access<'a, C: Connect, T: Trail>(
    connector: &C,
    trail: &T,
    access: &Access,
    wanted: Vec<&'a Wanted>,
    named: &BTreeSet<String>,
    options: &Options,
    slots: &Slots,
) -> Part<'a> {
    let mut part = Part::default();
    let connected = tokio::select! {
        biased;
        _ = options.end.come() => {
            part.add(unfinished(&wanted, &options.end));
            return part;
        }
        connected = connect(connector, access, options) => connected,
    };
    let (aws, caller) = match connected {
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
    let credentials = Credentials::default();
    let regions = by_region.into_iter().map(|(region, wanted)| {
        let reader = EcsReader::new(&aws, region, slots.clone(), options.counters.clone());
        let reader = reader.until(options.end.clone(), credentials.clone());
        async move { scan_region(&reader, trail, access, &wanted, named, options).await }
    });
    for region in future::join_all(regions).await {
        part.add(region);
    }
    part.problems
        .extend(credentials.refusal().map(|failure| refused(failure, &caller)));
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
    let account = ecs::account(&aws, &options.counters).await;
    let caller = account.map_err(|failure| {
        let told = failure.problem(&ADVICE, "find out the account of the credentials", "");
        let stranded = aws
            .stranded_sts()
            .map(|problem| format!(" {problem}"))
            .unwrap_or_default();
        let problem = Problem {
            input: None,
            summary: told.summary.clone(),
            detail: format!("{}{stranded}", told.detail),
        };
        (problem, told.summary)
    })?;
    Ok((aws, caller))
}

/// The one error of credentials that AWS no longer takes.
fn refused(failure: &Failure, account: &str) -> Problem {
    let failure = Failure {
        request_id: None,
        ..failure.clone()
    };
    Problem {
        input: None,
        summary: "Credentials expired or were revoked during the scan".to_owned(),
        detail: format!(
            "{failure}. Nothing more was asked with them; daemons of account {account} that were not finished are unread. \
             Renew the credentials, with a longer session where they expire before a scan ends, and scan again."
        ),
    }
}

async fn scan_region<'a, T: Trail>(
    reader: &EcsReader,
    trail: &T,
    access: &Access,
    wanted: &[&'a Wanted],
    named: &BTreeSet<String>,
    options: &Options,
) -> Part<'a> {
    let (mut definitions, failures) = sweep(reader).await;
    let first = Round::new(reader, trail, access, &definitions, options);
    let mut part = first.look_at(wanted).await;
    let later = std::mem::take(&mut part.later);
    let mut failures = failures;
    let is_worth_it = !later.is_empty() || failures.iter().any(may_pass);
    let again = reader.afresh();
    if is_worth_it {
        options.end.sleep(SECOND_ROUND).await;
        if failures.iter().any(may_pass) {
            (definitions, failures) = sweep(&again).await;
        }
        let last = Round::new(&again, trail, access, &definitions, options).last();
        part.add(last.look_at(&later).await);
    }
    if failures.is_empty() {
        failures.extend(check_whole(&again, &part.definitions, &definitions, &options.end).await);
    }
    part.findings.extend(failures.iter().filter_map(|failure| {
        let arn = wanted.first()?.arn.arn.sibling("daemon-task-definition/*");
        Some(explain::absent::unreadable(&arn.to_string(), failure))
    }));
    if options.unmanaged {
        add_unmanaged(&again, wanted, named, &options.end, &mut part).await;
    }
    why::tell(&again, wanted, &options.end, &mut part).await;
    part
}

/// A sweep that lacks the family of a definition which runs is not the whole, and may hide one that is deleted. It may also
/// be older than the family, which then is in a later one.
async fn check_whole<R: Reader>(
    reader: &R,
    running: &BTreeSet<String>,
    definitions: &Definitions,
    end: &End,
) -> Option<Failure> {
    let mut missing: Vec<&String> = running.iter().filter(|arn| !definitions.has_family(arn)).collect();
    for _ in 0..SWEEPS {
        if missing.is_empty() {
            return None;
        }
        end.sleep(SECOND_ROUND).await;
        let (again, failures) = sweep(reader).await;
        if let Some(failure) = failures.into_iter().next() {
            return Some(failure);
        }
        missing.retain(|arn| !again.has_family(arn));
    }
    // The name of the family may be sensitive.
    let reason = "the list lacks the family of a task definition that a daemon runs, so that it may lack others";
    (!missing.is_empty()).then(|| Failure::unfit("ListDaemonTaskDefinitions", reason))
}

/// The task definitions, as far as they matter: the last of each family, and those being deleted.
async fn sweep<R: Reader>(reader: &R) -> (Definitions, Vec<Failure>) {
    let (last, deleted) = tokio::join!(
        reader.list_definitions(Sweep::LastRegistered),
        reader.list_definitions(Sweep::BeingDeleted),
    );
    let (mut summaries, mut failures) = (Vec::new(), Vec::new());
    for answer in [last, deleted] {
        match answer {
            Ok(found) => summaries.extend(found),
            // With such credentials nothing was read, and the run says so.
            Err(failure) if failure.is_about_credentials() => {}
            Err(failure) => failures.push(failure),
        }
    }
    (Definitions::new(summaries), failures)
}

/// Daemons of a cluster by ARN, with when they were created.
type Listed = BTreeMap<String, Option<f64>>;

/// Row 24, in the clusters that inputs name.
async fn add_unmanaged<R: Reader>(
    reader: &R,
    wanted: &[&Wanted],
    named: &BTreeSet<String>,
    end: &End,
    part: &mut Part<'_>,
) {
    let clusters: BTreeMap<String, Arn> = wanted
        .iter()
        .map(|wanted| wanted.arn.cluster_arn())
        .map(|cluster| (cluster.to_string(), cluster))
        .collect();
    let there = there(part);
    let there = &there;
    let lists = stream::iter(clusters.keys())
        .map(|cluster| async move { (cluster, list_whole(reader, cluster, there, end).await) });
    let lists: Vec<_> = lists.buffered(DEFAULT_CONCURRENCY).collect().await;
    for (cluster, (daemons, failure)) in lists {
        let unnamed = daemons.into_iter().filter(|(arn, _)| !named.contains(arn));
        part.findings.extend(
            unnamed.filter_map(|(arn, created_at)| Some(explain::unmanaged(&DaemonArn::parse(&arn).ok()?, created_at))),
        );
        // The daemons of a cluster that is not there say so already.
        if let Some(failure) = failure.filter(|failure| !absent::is_cluster(failure)) {
            part.unfinished += u64::from(is_end(&failure));
            part.findings.push(explain::absent::unreadable(cluster, &failure));
        }
    }
}

/// Daemons that were read and have to be in the list of their cluster, by cluster.
fn there(part: &Part<'_>) -> BTreeMap<String, Vec<String>> {
    let going = part
        .findings
        .iter()
        .filter(|finding| finding.cause == Cause::BeingDeleted);
    let going: BTreeSet<&str> = going.map(|finding| finding.arn.as_str()).collect();
    let read = part.daemons.iter().filter(|daemon| daemon.deployment_arn.is_some());
    let mut there: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for daemon in read.filter(|daemon| !going.contains(daemon.arn.as_str())) {
        if let Ok(arn) = DaemonArn::parse(&daemon.arn) {
            there
                .entry(arn.cluster_arn().to_string())
                .or_default()
                .push(daemon.arn.clone());
        }
    }
    there
}

/// The list of a cluster. One that lacks a daemon which was read is older than the daemon, or not the whole: it is asked
/// for once more, and then does not show that no daemon is unmanaged.
async fn list_whole<R: Reader>(
    reader: &R,
    cluster: &str,
    there: &BTreeMap<String, Vec<String>>,
    end: &End,
) -> (Listed, Option<Failure>) {
    let lacking = |listed: &Listed| {
        let mut read = there.get(cluster).into_iter().flatten();
        read.find(|arn| !listed.contains_key(*arn))
    };
    let mut answer = reader.list_daemons(cluster).await;
    if answer.as_ref().is_ok_and(|listed| lacking(listed).is_some()) {
        end.sleep(SECOND_ROUND).await;
        answer = reader.list_daemons(cluster).await;
    }
    match answer {
        Ok(listed) => {
            let failure = lacking(&listed).map(|arn| {
                let reason = format!("the list lacks {arn}, which DescribeDaemon answers, so that it may lack others");
                Failure::unfit("ListDaemons", reason)
            });
            (listed, failure)
        }
        Err(failure) => (Listed::new(), Some(failure)),
    }
}
