//! The place of a daemon on an instance: filled when the instance registers, tried again while the
//! daemon does not start, emptied when the instance or the daemon goes.
//!
//! A task that stops on a registering instance is started again there after the same back-off, and so is that of a
//! daemon which is not critical; without a critical one an instance in service is repaired instead.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::monitor::Failed;
use crate::records::arn::last_part;
use crate::records::daemon::Goal;
use crate::records::events::Kind;
use crate::records::fleet::{InstanceStatus, Slot};
use crate::records::must::Must;
use crate::records::names::{Name, Tags};
use crate::records::queue::Due;
use crate::records::revision::Revision;
use crate::records::task::{Birth, Fate, Health, Owner, Task, TaskStatus};
use crate::seeded;
use crate::simulation::region::Region;
use crate::simulation::timing;

/// The reason for which a daemon's task is taken off an instance that is still registering.
const OTHER_REVISION: &str = "The daemon changed before the container instance was registered.";

impl Region<'_> {
    /// Sets what the instances of a daemon are to have. Those that are registering get it right away.
    pub(crate) fn set_goal(&mut self, daemon: &str, goal: Option<&Goal>) {
        if let Some(record) = self.records.daemons.quiet(daemon) {
            record.goal = goal.cloned();
            record.withdrawn = false;
            self.bring_to_coming(daemon, goal);
        }
    }

    /// Lets new instances start without a daemon until it is updated.
    pub(super) fn withdraw(&mut self, daemon: &str) {
        if let Some(record) = self.records.daemons.quiet(daemon) {
            record.withdrawn = true;
            self.bring_to_coming(daemon, None);
        }
    }

    /// Lets instances that are not in service yet have another goal of a daemon.
    fn bring_to_coming(&mut self, daemon: &str, goal: Option<&Goal>) {
        let record = self.records.daemons.get(daemon).must("daemon", daemon);
        let cluster = record.cluster.clone();
        let cluster = self.records.name(&cluster);
        self.stir(&cluster, None);
        let registering: Vec<u64> = self
            .records
            .instances_of(&cluster)
            .filter(|instance| instance.status == InstanceStatus::Registering)
            .map(|instance| instance.key)
            .collect();
        let mut crowded = self.reserve_on_coming(&cluster);
        for key in registering {
            crowded.extend(self.retarget(key, daemon, goal));
        }
        for provider in crowded {
            self.place_waiting(&provider);
        }
    }

    /// Gives a registering instance what it is to have of a daemon. Answers its provider if tasks had to make room.
    fn retarget(&mut self, key: u64, daemon: &str, goal: Option<&Goal>) -> Option<Name> {
        let instance = self.records.instances.get(&key)?;
        let provider = instance.provider.clone();
        let wanted = goal
            .filter(|goal| goal.includes(&provider))
            .map(|goal| goal.revision.clone());
        let present = instance.slots.get(daemon).map(|slot| &*slot.revision);
        if wanted.as_deref() == present {
            return None;
        }
        self.vacate(key, daemon, OTHER_REVISION);
        if let Some(revision) = &wanted {
            self.make_slot(key, daemon, revision);
        }
        let crowded = self.reserve(key);
        if wanted.is_some() {
            self.start_daemon(key, daemon);
        }
        self.check_registration(key);
        crowded.then_some(provider)
    }

    /// Gives a daemon its place on an instance.
    pub(in crate::simulation) fn make_slot(&mut self, key: u64, daemon: &str, revision: &str) {
        let slot = Slot {
            revision: self.records.name(revision),
            task: None,
            failures: 0,
            due: None,
        };
        let daemon = self.records.name(daemon);
        if let Some(instance) = self.records.instances.get_mut(&key) {
            instance.slots.insert(daemon.clone(), slot);
            let cluster = instance.cluster.clone();
            self.touch_slot(&cluster, key, &daemon);
        }
    }

    /// Takes a daemon off an instance.
    pub(in crate::simulation) fn vacate(&mut self, key: u64, daemon: &str, reason: &str) {
        let instance = self.records.instances.get_mut(&key).must("instance", key);
        let cluster = instance.cluster.clone();
        if let Some(task) = instance.slots.remove(daemon).and_then(|slot| slot.task) {
            self.stop_task(task, "ServiceSchedulerInitiated", reason);
        }
        self.touch_slot(&cluster, key, daemon);
    }

    /// Launches a daemon in its place, in which there is room for it.
    pub(in crate::simulation) fn launch_daemon(&mut self, key: u64, daemon: &str) {
        let Some(mut task) = self.new_task(key, daemon, None) else {
            return;
        };
        let at = self.start_time(&task, timing::TASK_START);
        task.due = Some(at);
        let task_key = self.keep_task(key, daemon, task);
        self.queue(at, Due::Task(task_key));
    }

    /// Puts a running task of a daemon into its place at once, whatever its image does.
    pub(in crate::simulation) fn place_running(&mut self, key: u64, daemon: &str, revision: &str) {
        self.make_slot(key, daemon, revision);
        let Some(mut task) = self.new_task(key, daemon, Some(Fate::Runs)) else {
            return;
        };
        task.status = TaskStatus::Running;
        task.started_at = Some(self.now());
        if task.health == Health::Unknown {
            task.health = Health::Healthy;
        }
        self.keep_task(key, daemon, task);
    }

    fn keep_task(&mut self, instance: u64, daemon: &str, task: Task) -> u64 {
        let key = task.key;
        if let Some(slot) = self
            .records
            .instances
            .get_mut(&instance)
            .and_then(|instance| instance.slots.get_mut(daemon))
        {
            slot.task = Some(key);
            slot.due = None;
        }
        self.records.tasks.insert(key, task);
        self.note_task(key);
        key
    }

    /// A task that has not been queued yet. Unless its fate is decided, the image faults decide it.
    fn new_task(&mut self, key: u64, daemon: &str, decided: Option<Fate>) -> Option<Task> {
        let instance = self.records.instances.get(&key)?;
        let (daemon, slot) = instance.slots.get_key_value(daemon)?;
        let (daemon, revision_name) = (daemon.clone(), slot.revision.clone());
        let revision = self.records.revisions.get(&*revision_name)?;
        let definition = self.records.definitions.get(&revision.definition)?;
        let owner = self.records.daemons.get(&*daemon)?;
        let tags = task_tags(revision, &owner.tags, &owner.cluster, &owner.name);
        let (fate, fate_after) = decided.map_or_else(
            || self.shared.faults.decide(&definition.containers()),
            |fate| (fate, None),
        );
        let health = Health::at_first(definition.containers());
        let (cluster, provider) = (instance.cluster.clone(), instance.provider.clone());
        let series = ["task of ", &*daemon, " on ", &instance.id].concat();
        let instance_arn = instance.arn.clone();
        let started_by = last_part(&owner.deployment).to_owned();
        let started_by = self.records.name(&started_by);
        let launches = &mut self.records.instances.get_mut(&key)?.launches;
        let n = launches.entry(daemon.clone()).or_default();
        *n += 1;
        let id = seeded::hex_id(self.shared.seed, &series, *n, 32);
        Some(Task {
            key: self.next("task"),
            birth: Arc::new(Birth {
                arn: self.arn(&["task/", &*cluster, "/", &id].concat()).into(),
                cluster,
                provider,
                owner: Owner::Daemon {
                    daemon,
                    revision: revision_name,
                },
                application: None,
                started_by: Some(started_by),
            }),
            instance: Some(key),
            instance_arn: Some(instance_arn),
            status: TaskStatus::Pending,
            fate,
            fate_after,
            health,
            group: None,
            due: None,
            created_at: self.now(),
            started_at: None,
            stopping_at: None,
            stopped_at: None,
            stop_code: None,
            stopped_reason: None,
            tags,
        })
    }

    /// A launch has failed: it is tried again after a while, and the circuit breaker hears of it.
    pub(in crate::simulation) fn launch_failed(&mut self, key: u64, daemon: &str, revision: &str, reason: &str) {
        let instance = self.records.instances.get_mut(&key).must("instance", key);
        let Some(slot) = instance.slots.get_mut(daemon) else {
            return;
        };
        slot.failures = slot.failures.saturating_add(1);
        let cluster = instance.cluster.clone();
        let detail = json!({
            "daemon": last_part(daemon),
            "daemonArn": daemon,
            "daemonRevisionArn": revision,
            "containerInstanceArn": &*instance.arn,
            "capacityProvider": &*instance.provider,
            "reason": reason,
        });
        self.touch_slot(&cluster, key, daemon);
        self.note(Kind::DaemonTaskStartImpaired, detail);
        let name = self.records.name(daemon);
        self.shared.unrest.note_failure(&name);
        self.recover(key, daemon);
        self.charge_failure(daemon, revision, &Failed::Task);
        if self.is_hopeless(key, daemon) {
            self.fail_registration(key);
        } else {
            self.check_registration(key);
        }
    }

    /// Lets a daemon be launched again after its back-off, unless the instance is on its way out.
    pub(in crate::simulation) fn retry_later(&mut self, key: u64, daemon: &str) {
        let instance = self.records.instances.get(&key).must("instance", key);
        let Some(slot) = instance.slots.get(daemon) else { return };
        let stays = matches!(instance.status, InstanceStatus::Registering | InstanceStatus::Active);
        if !stays {
            return;
        }
        let failures = slot.failures;
        let entity = format!("{daemon} on {}", instance.id);
        let doubled = self.draw(&entity, timing::BACK_OFF, failures.into()) << failures.saturating_sub(1).min(8);
        let at = self.now() + doubled.min(timing::LONGEST_BACK_OFF);
        self.slot_due_at(key, daemon, at);
    }
}

/// Tags of a new task: copied from the daemon where its revision says so, and those of ECS.
fn task_tags(revision: &Revision, daemon: &Tags, cluster: &str, name: &str) -> Tags {
    let mut tags = if revision.settings.propagate_tags {
        daemon.clone()
    } else {
        BTreeMap::new()
    };
    if revision.settings.managed_tags {
        tags.insert("aws:ecs:clusterName".to_owned(), cluster.to_owned());
        tags.insert("aws:ecs:daemonName".to_owned(), name.to_owned());
    }
    tags
}
