//! Counting instances for answers: how many run a revision, are without it, or drain. A cluster may have thousands of
//! instances, so each answer counts them once.
//!
//! An instance belongs to the revision in the daemon's slot on it. One without a slot predates the
//! daemon or its provider and belongs to the revision that it is to get.

use super::daemon::{Daemon, Goal};
use super::fleet::{Instance, InstanceStatus};
use super::task::TaskStatus;
use crate::records::Records;
use crate::records::names::Name;

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

/// The distinction of draining instances, which deployments make and daemons do not.
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

impl<'a> Subject<'a> {
    pub(crate) fn of(daemon: &'a Daemon) -> Self {
        Self {
            daemon: &daemon.arn,
            cluster: &daemon.cluster,
            goal: daemon.goal.as_ref(),
        }
    }
}

/// All instances of a daemon's cluster, counted by revision and provider.
#[derive(Debug)]
pub(crate) struct Census<'a> {
    goal: Option<&'a Goal>,
    /// In the order in which the oldest instances have them.
    rows: Vec<Row<'a>>,
}

#[derive(Debug)]
struct Row<'a> {
    revision: &'a str,
    provider: &'a Name,
    apart: Tally,
    among: Tally,
}

impl<'a> Census<'a> {
    /// Counts the instances.
    pub(crate) fn of(records: &'a Records, subject: Subject<'a>) -> Self {
        let mut rows: Vec<Row<'a>> = Vec::new();
        for instance in records.instances_of(subject.cluster).filter(|each| each.runs_tasks()) {
            let Some(revision) = belongs_to(instance, subject.daemon, subject.goal) else {
                continue;
            };
            let provider = &instance.provider;
            let found = rows
                .iter_mut()
                .position(|row| row.revision == revision && row.provider == provider);
            let place = found.unwrap_or_else(|| {
                rows.push(Row {
                    revision,
                    provider,
                    apart: Tally::default(),
                    among: Tally::default(),
                });
                rows.len() - 1
            });
            let running = records
                .slot_task(instance, subject.daemon)
                .is_some_and(|task| task.status == TaskStatus::Running);
            rows[place].count(instance.status, running);
        }
        Self {
            goal: subject.goal,
            rows,
        }
    }

    /// The instances of the provider that belong to the revision.
    pub(crate) fn tally(&self, revision: &str, provider: &str, draining: Draining) -> Tally {
        let row = self
            .rows
            .iter()
            .find(|row| row.revision == revision && **row.provider == *provider);
        row.map_or_else(Tally::default, |row| match draining {
            Draining::Apart => row.apart,
            Draining::Among => row.among,
        })
    }

    /// Revisions on the instances: each with the providers that have it, oldest first. A revision that is the
    /// daemon's goal has all providers of the goal.
    pub(crate) fn present(&self, records: &Records) -> Vec<Goal> {
        let mut found: Vec<Goal> = Vec::new();
        for row in &self.rows {
            let provider = row.provider.to_string();
            match found.iter_mut().find(|goal| goal.revision == row.revision) {
                Some(goal) => goal.providers.push(provider),
                None => found.push(Goal {
                    revision: row.revision.to_owned(),
                    providers: vec![provider],
                }),
            }
        }
        if let Some(goal) = self.goal {
            let nothing = found.is_empty();
            match found.iter_mut().find(|found| found.revision == goal.revision) {
                Some(whole) => whole.providers.clone_from(&goal.providers),
                None if nothing => found.push(goal.clone()),
                None => {}
            }
        }
        let age = |goal: &Goal| {
            let revision = records.revisions.get(&goal.revision);
            revision.map_or(u64::MAX, |revision| revision.serial)
        };
        found.sort_by_key(age);
        found
    }
}

impl Row<'_> {
    fn count(&mut self, status: InstanceStatus, running: bool) {
        let leaving = matches!(status, InstanceStatus::Draining | InstanceStatus::Deregistering);
        let in_service = matches!(status, InstanceStatus::Active | InstanceStatus::Draining);
        for (tally, draining) in [(&mut self.apart, Draining::Apart), (&mut self.among, Draining::Among)] {
            if leaving && draining == Draining::Apart {
                tally.draining += 1;
            } else if running {
                tally.running += 1;
            } else if in_service {
                tally.without += 1;
            }
        }
    }
}
