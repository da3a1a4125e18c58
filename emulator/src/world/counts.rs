//! Counting instances for answers: how many run a revision, are without it, or drain.
//!
//! An instance belongs to the revision in the daemon's slot on it. One without a slot predates the
//! daemon or its provider and belongs to the revision that it is to get.

use super::daemon::{Daemon, Goal};
use super::fleet::{Instance, InstanceStatus};
use super::records::Records;
use super::task::TaskStatus;

/// Instances of one provider that belong to one revision. The three numbers do not overlap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// With a running task of the revision.
    pub(crate) running: u64,
    /// In service without one.
    pub(crate) without: u64,
    /// Being drained.
    pub(crate) draining: u64,
}

impl Tally {
    pub(crate) fn total(self) -> u64 {
        self.running + self.without + self.draining
    }
}

/// Whether draining instances are told apart, as deployments do and daemons do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Draining {
    Apart,
    Among,
}

/// The revision that an instance in service belongs to, as far as the daemon is concerned.
pub(crate) fn belongs_to<'a>(instance: &'a Instance, daemon: &str, goal: Option<&'a Goal>) -> Option<&'a str> {
    match instance.slots.get(daemon) {
        Some(slot) => Some(&*slot.revision),
        None => goal
            .filter(|goal| goal.includes(&instance.provider))
            .map(|goal| goal.revision.as_str()),
    }
}

/// The daemon whose instances are counted. It may be deleted already.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    /// ARN.
    pub(crate) daemon: &'a str,
    /// Name of the cluster.
    pub(crate) cluster: &'a str,
    pub(crate) goal: Option<&'a Goal>,
}

/// Counts the instances of the provider that belong to the revision.
pub(crate) fn tally(
    records: &Records,
    subject: Subject<'_>,
    revision: &str,
    provider: &str,
    draining: Draining,
) -> Tally {
    let mut tally = Tally::default();
    let of_provider = records
        .instances_of(subject.cluster)
        .filter(|instance| *instance.provider == *provider);
    for instance in of_provider.filter(|instance| instance.runs_tasks()) {
        if belongs_to(instance, subject.daemon, subject.goal) != Some(revision) {
            continue;
        }
        let running = records
            .slot_task(instance, subject.daemon)
            .is_some_and(|task| task.status == TaskStatus::Running);
        let leaving = matches!(
            instance.status,
            InstanceStatus::Draining | InstanceStatus::Deregistering
        );
        if leaving && draining == Draining::Apart {
            tally.draining += 1;
        } else if running {
            tally.running += 1;
        } else if matches!(instance.status, InstanceStatus::Active | InstanceStatus::Draining) {
            tally.without += 1;
        }
    }
    tally
}

/// What is on the instances: each revision with the providers that have it, oldest first. A
/// revision that is the daemon's goal has all providers of the goal.
pub(crate) fn present(records: &Records, daemon: &Daemon) -> Vec<Goal> {
    let mut found: Vec<Goal> = Vec::new();
    for instance in records
        .instances_of(&daemon.cluster)
        .filter(|instance| instance.runs_tasks())
    {
        let Some(revision) = belongs_to(instance, &daemon.arn, daemon.goal.as_ref()) else {
            continue;
        };
        match found.iter_mut().find(|goal| goal.revision == revision) {
            Some(goal) if goal.includes(&instance.provider) => {}
            Some(goal) => goal.providers.push(instance.provider.to_string()),
            None => {
                found.push(Goal {
                    revision: revision.to_owned(),
                    providers: vec![instance.provider.to_string()],
                });
            }
        }
    }
    if let Some(goal) = &daemon.goal {
        let nothing = found.is_empty();
        match found.iter_mut().find(|found| found.revision == goal.revision) {
            Some(whole) => whole.providers.clone_from(&goal.providers),
            None if nothing => found.push(goal.clone()),
            None => {}
        }
    }
    let age = |goal: &Goal| {
        records
            .revisions
            .get(&goal.revision)
            .map_or(u64::MAX, |revision| revision.serial)
    };
    found.sort_by_key(age);
    found
}
