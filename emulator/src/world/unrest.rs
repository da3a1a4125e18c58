//! The watch over a world that never comes to rest, and the names of what keeps it going.
//!
//! A fleet whose critical daemon exits again and again is repaired for ever, and a machine that cannot be had is ordered
//! for ever. A client that waits for such a world waits in vain, so the world tells, once. It goes by what has happened
//! alone: how time gets there makes no difference.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::World;
use crate::api::Scope;
use crate::records::events::Kind;
use crate::records::queue::Due;
use crate::records::unrest::Unrest;
use crate::simulation::timers::Class;
use crate::timestamp;

/// Virtual time without rest and without a milestone after which a world does not settle: two days, because a bake
/// takes up to one.
pub(crate) const UNREST_MS: i64 = 2 * 24 * 3_600_000;
/// Events in that time from which on it counts as unrest. A wait has few.
const UNREST_EVENTS: u64 = 1000;
/// Names of a kind that are told.
const NAMES: usize = 20;

impl World {
    /// True if the world has gone on for days without coming to rest.
    pub(crate) fn does_not_settle(&self) -> bool {
        self.shared.unrest.told
    }

    /// Counts an event that somebody may wait for, and tells when there have been too many.
    pub(super) fn watch_unrest(&mut self, scope: Arc<Scope>) {
        let (now, milestones) = (self.now_ms(), self.milestones());
        let unrest = &mut self.shared.unrest;
        unrest.events += 1;
        if unrest.milestones != milestones {
            *unrest = Unrest::new(now);
            unrest.milestones = milestones;
        } else if !unrest.told && unrest.events >= UNREST_EVENTS && now - unrest.since >= UNREST_MS {
            unrest.told = true;
            let detail = self.moving(Some(&scope));
            self.open(scope).note(Kind::Unsettled, detail);
        }
        if !self.is_busy() && !self.keeps_failing() {
            self.shared.unrest = Unrest::new(now);
            self.shared.unrest.milestones = milestones;
        }
    }

    /// All that keeps moving, of one scope or all: instances, daemons, services and deployments with something due.
    pub(crate) fn moving(&self, scope: Option<&Scope>) -> Value {
        let unrest = &self.shared.unrest;
        let mut moving = Moving::default();
        for (daemon, failures) in &unrest.failures {
            moving.daemons.insert(daemon.to_string(), *failures);
        }
        for (at, of, due) in self.shared.queue.loud() {
            let chosen = scope.is_none_or(|scope| scope == of);
            if chosen && matches!(self.classify(of, at, due), Class::Foreground | Class::Hopeless) {
                self.add_moving(&mut moving, of, due);
            }
        }
        moving.render(unrest)
    }

    fn add_moving(&self, moving: &mut Moving, scope: &Scope, due: &Due) {
        let Some(records) = self.scopes.get(scope) else { return };
        let instance = match due {
            Due::Instance(key) => Some(*key),
            Due::Slot(slot) => {
                moving.daemons.entry(slot.1.to_string()).or_default();
                Some(slot.0)
            }
            Due::Task(key) => {
                let task = records.tasks.get(key);
                if let Some(daemon) = task.and_then(|task| task.daemon()) {
                    moving.daemons.entry(daemon.to_string()).or_default();
                }
                task.and_then(|task| task.instance)
            }
            Due::Service(arn) => {
                moving.services.insert(arn.to_string());
                None
            }
            Due::Deployment(arn) => {
                moving.deployments.insert(arn.clone());
                None
            }
            _ => None,
        };
        if let Some(instance) = instance.and_then(|key| records.instances.get(&key)) {
            moving.instances.insert(instance.arn.to_string());
            moving.providers.insert(instance.provider.to_string());
        }
    }
}

/// Names of what moves.
#[derive(Debug, Default)]
struct Moving {
    instances: BTreeSet<String>,
    providers: BTreeSet<String>,
    /// With the launches that failed.
    daemons: BTreeMap<String, u64>,
    services: BTreeSet<String>,
    deployments: BTreeSet<String>,
}

impl Moving {
    fn render(self, unrest: &Unrest) -> Value {
        let first = |names: BTreeSet<String>| names.into_iter().take(NAMES).collect::<Vec<_>>();
        let daemons = self.daemons.iter().take(NAMES);
        let daemons = daemons.map(|(arn, failures)| json!({ "daemonArn": arn, "failedLaunches": failures }));
        json!({
            "since": timestamp::render(unrest.since),
            "events": unrest.events,
            "instanceCount": self.instances.len(),
            "containerInstanceArns": first(self.instances),
            "capacityProviders": first(self.providers),
            "daemons": daemons.collect::<Vec<_>>(),
            "serviceArns": first(self.services),
            "deploymentArns": first(self.deployments),
        })
    }
}
