//! The plan of a report: each daemon judged by itself, then put in order and held to the limits.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    daemon::{Candidate, Judged},
    document::{PLAN_VERSION, Plan, Planned},
    refused::{Reason, Refused},
    selection::Selection,
};
use crate::{
    explain::Proposal,
    report::{Report, Tool},
};

/// The plan that repairs what a sealed report found, by the proposals of the same scan. The smallest daemons come first, so
/// that what goes wrong with the first one touches the fewest instances.
pub fn plan(report: &Report, proposals: Vec<Proposal>, selection: &Selection, now: Timestamp) -> Plan {
    let mut proposals: BTreeMap<String, Proposal> = proposals
        .into_iter()
        .map(|proposal| (proposal.arn.to_string(), proposal))
        .collect();
    let findings = report.findings_by_daemon();
    let (mut repairs, mut refused) = (Vec::new(), Vec::new());
    for daemon in &report.daemons {
        // In its place comes what is planned of it: an estate needs not hold both.
        let proposal = proposals.remove(&daemon.arn);
        let own = findings.get(daemon.arn.as_str()).map_or(&[][..], Vec::as_slice);
        let candidate = Candidate {
            daemon,
            findings: own,
            proposal: proposal.as_ref(),
            selection,
        };
        match candidate.judge() {
            Judged::Nothing => {}
            Judged::Planned(planned) => repairs.push(*planned),
            Judged::Refused(refusal) => refused.push(*refusal),
        }
    }
    repairs.sort_by(|one, other| order(one).cmp(&order(other)));
    if let Some(most) = selection.max_daemons {
        refused.extend(hold(&mut repairs, most));
    }
    refused.sort_by(|one, other| one.subject.cmp(&other.subject));
    let plan = Plan {
        schema_version: PLAN_VERSION.to_owned(),
        tool: Tool::this(),
        created_at: now,
        complete: report.complete,
        unread: report.unread.clone(),
        max_instances: selection.max_instances,
        repairs,
        refused,
        digest: String::new(),
    };
    plan.sealed()
}

fn order(planned: &Planned) -> (u64, &str) {
    (planned.instances(), &planned.subject.arn)
}

/// Takes the daemons away that are too many. What is only waited for costs nothing.
fn hold(repairs: &mut Vec<Planned>, most: u64) -> Vec<Refused> {
    let (mut kept, mut over, mut count) = (Vec::new(), Vec::new(), 0);
    for planned in repairs.drain(..) {
        let is_changed = planned.update.is_some() || planned.tags.is_some();
        count += u64::from(is_changed);
        if !is_changed || count <= most {
            kept.push(planned);
            continue;
        }
        let text =
            format!("`--max-daemons {most}` is reached. Run again when these are repaired, or give a higher limit.");
        over.push(Refused {
            subject: planned.subject,
            causes: planned.causes,
            confidence: planned.confidence,
            reasons: vec![Reason::never(text)],
        });
    }
    *repairs = kept;
    over
}
