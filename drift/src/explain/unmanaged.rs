//! Row 24: daemons that no input names.

use std::collections::BTreeSet;

use daemons::arn::DaemonArn;
use jiff::Timestamp;

use super::{finding_builder::Draft, next_step};
use crate::report::{Cause, Finding, NextStep, Repair};

/// A daemon of a cluster that was read whole, which no input names. `created_at` is in seconds since 1970.
pub fn unmanaged(arn: &DaemonArn, created_at: Option<f64>) -> Finding {
    let created_at = created_at.and_then(timestamp);
    let mut finding = Draft::about(&arn.to_string(), Cause::Unmanaged, "No input names this daemon.")
        .since_time(created_at)
        .next(NextStep {
            text: "Take it over, or leave it to whoever made it.".to_owned(),
            commands: vec![next_step::import(&arn.name, &arn.to_string())],
            repair: Repair::No,
        });
    finding.evidence.push(crate::report::Evidence {
        from: "ListDaemons".to_owned(),
        about: arn.to_string(),
        text: "The list of the cluster has it.".to_owned(),
        at: created_at,
    });
    finding
}

/// Gives the blocks that take these daemons over addresses that nothing has: one that a resource has already would import
/// nothing. `taken` are addresses of resources, without keys of instances.
pub fn import_freely(findings: &mut [Finding], taken: &mut BTreeSet<String>) {
    for finding in findings.iter_mut().filter(|finding| finding.cause == Cause::Unmanaged) {
        let Ok(arn) = DaemonArn::parse(&finding.arn) else {
            continue;
        };
        let numbered = |number: u32| match number {
            1 => arn.name.clone(),
            _ => format!("{}_{number}", arn.name),
        };
        let mut names = (1..).map(numbered);
        let is_free = |name: &String| taken.insert(next_step::address_of(name));
        if let Some(free) = names.find(is_free) {
            finding.next_step.commands = vec![next_step::import(&free, &finding.arn)];
        }
    }
}

fn timestamp(seconds: f64) -> Option<Timestamp> {
    let duration = jiff::SignedDuration::try_from_secs_f64(seconds).ok()?;
    Timestamp::from_duration(duration).ok()
}
