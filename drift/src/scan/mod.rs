//! A scan: from what is wanted to a report.
//!
//! # Flow
//! Daemons are grouped by credentials, account and region; groups run side by side and share the slots (`region`). A
//! group sweeps its task definitions, then each daemon goes its own way through it (`flow`): it is read, what differs is
//! read once more before it is believed (`settle`), and only for that the past is read (`past`). Then `explain` decides,
//! and nothing here does (`conclude`). So many daemons are on their way at a time, so that memory does not grow with the
//! estate. What could not be reached is looked at once more at the end. Of a few rollouts that failed it is asked at last why
//! their tasks stopped (`why`).
//!
//! # Guarantees
//! Nothing is written: a scan holds [`Reader`](crate::observe::Reader)s. A daemon that could not be read has a finding
//! that says so, whatever happened; one failure never hides another daemon.
//!
//! # End
//! If the end comes before everything was read, each daemon that was finished is in the report, and each of the rest
//! is there as unread. So it is when credentials expire, which is one error of the run.

mod cloudtrail;
mod conclude;
mod confirm;
mod connect;
mod flow;
mod options;
mod part;
mod past;
mod region;
mod round;
mod trail;
mod why;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future;
use jiff::Timestamp;

pub use cloudtrail::CloudTrail;
pub use connect::{ADVICE, Access, Connect};
pub use options::{DEFAULT_CONCURRENCY, Options};
pub use trail::{Events, NoTrail, Trail, Window};

use self::part::Part;
use crate::{
    explain::Proposal,
    observe::{Ending, Slots},
    render::plural,
    report::{Problem, Report},
    source::Wanted,
};

/// Results of a scan beside its report.
#[derive(Debug, Default)]
pub struct Beside {
    /// Latest time that the service named, from which ages are counted.
    pub latest: Option<Timestamp>,
    /// Proposals of repairs, if they are asked for, in no order.
    pub proposals: Vec<Proposal>,
}

/// Scans what is wanted and completes the report, in which the inputs and their problems already stand. `named` are
/// the ARNs that any input names, also those on which inputs disagree. Answers what the report does not hold.
pub async fn scan<C: Connect, T: Trail>(
    connector: &C,
    trail: &T,
    wanted: &[Wanted],
    named: &BTreeSet<String>,
    options: &Options,
    report: &mut Report,
) -> Beside {
    let slots = Slots::new(options.concurrency);
    options.counters.expect(wanted.len());
    let mut by_access: BTreeMap<&Access, Vec<&Wanted>> = BTreeMap::new();
    for wanted in wanted {
        by_access.entry(&wanted.access).or_default().push(wanted);
    }
    let scans = by_access
        .into_iter()
        .map(|(access, wanted)| region::scan_access(connector, trail, access, wanted, named, options, &slots));
    let mut all = Part::default();
    for part in future::join_all(scans).await {
        all.add(part);
    }
    let ending = options.end.has_come();
    report.interrupted |= ending == Some(Ending::Interrupted);
    all.warnings
        .extend(ending.and_then(|ending| ended(ending, all.unfinished, wanted.len())));
    report.statistics.read_again += all.read_again;
    report.statistics.daemons_scanned += all.scanned;
    let beside = Beside {
        latest: all.latest,
        proposals: std::mem::take(&mut all.proposals),
    };
    all.complete(report);
    report.statistics.api_calls = options.counters.calls();
    report.statistics.throttled = options.counters.throttled();
    report.seal();
    beside
}

/// Says that the report is not about everything. A scan that was finished all the same needs no such words.
fn ended(ending: Ending, unfinished: u64, all: usize) -> Option<Problem> {
    if unfinished == 0 {
        return None;
    }
    let all = all as u64;
    let left = format!("{unfinished} of {all} daemon{} not finished and unread", plural(all));
    let (summary, detail) = match ending {
        Ending::TimedOut => (
            "Scan ended by its timeout",
            format!("{left}. Give a longer `--timeout`, or divide the inputs among several runs."),
        ),
        Ending::Interrupted => ("Scan interrupted", format!("{left}. Scan again to know about them.")),
    };
    Some(Problem {
        input: None,
        summary: summary.to_owned(),
        detail,
    })
}
