//! Results of a scan: of a few daemons, of a region, of everything.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    explain::{self, Proposal},
    report::{Daemon, Finding, Group, Problem, Report},
    source::Wanted,
};

/// The results of a part of a scan.
#[derive(Default)]
pub(super) struct Part<'a> {
    pub(super) daemons: Vec<Daemon>,
    pub(super) findings: Vec<Finding>,
    pub(super) groups: Vec<Group>,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<Problem>,
    /// Daemons of clusters that are not there: each cluster is one finding.
    pub(super) missing_clusters: BTreeMap<String, Vec<&'a Wanted>>,
    /// Daemons that are worth another try at the end.
    pub(super) later: Vec<&'a Wanted>,
    pub(super) read_again: u64,
    pub(super) scanned: u64,
    /// Daemons for which there was no time.
    pub(super) unfinished: u64,
    /// Task definitions that daemons run.
    pub(super) definitions: BTreeSet<String>,
    /// Latest time that the service named.
    pub(super) latest: Option<Timestamp>,
    /// Proposals of repairs, if they are asked for.
    pub(super) proposals: Vec<Proposal>,
}

impl<'a> Part<'a> {
    pub(super) fn add(&mut self, other: Part<'a>) {
        let Part {
            daemons,
            findings,
            groups,
            problems,
            warnings,
            missing_clusters,
            later,
            read_again,
            scanned,
            unfinished,
            definitions,
            latest,
            proposals,
        } = other;
        self.daemons.extend(daemons);
        self.findings.extend(findings);
        self.groups.extend(groups);
        self.problems.extend(problems);
        for (cluster, daemons) in missing_clusters {
            self.missing_clusters.entry(cluster).or_default().extend(daemons);
        }
        // The same of many daemons is said once.
        for warning in warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        self.later.extend(later);
        self.read_again += read_again;
        self.scanned += scanned;
        self.unfinished += unfinished;
        self.definitions.extend(definitions);
        self.latest = self.latest.max(latest);
        self.proposals.extend(proposals);
    }

    /// Puts it into a report.
    pub(super) fn complete(self, report: &mut Report) {
        let mut findings = self.findings;
        for (cluster, mut daemons) in self.missing_clusters {
            // In the order of the report, whichever was answered first.
            daemons.sort_by_key(|wanted| wanted.arn.to_string());
            findings.push(explain::absent::cluster_missing(&cluster, &daemons));
        }
        report.daemons.extend(self.daemons);
        report.findings.extend(findings);
        report.groups.extend(self.groups);
        report.errors.extend(self.problems);
        report.warnings.extend(self.warnings);
    }
}
