//! The life of a container instance: ordered, booted, registered with its daemons, in service,
//! drained when its replacement is there, gone.

use std::collections::BTreeMap;

use serde_json::json;

use super::queue::Due;
use super::timing;
use crate::world::draws::{self, Span};
use crate::world::events::Kind;
use crate::world::fleet::{Instance, InstanceStatus};
use crate::world::records::Lifecycle;
use crate::world::region::Region;

impl Region<'_> {
    /// Adds an instance that has not booted yet and answers its key.
    pub(super) fn add_instance(&mut self, cluster: &str, provider: &str, replaces: Option<u64>) -> u64 {
        let key = self.next("instance");
        let series = format!("instance of {}", self.arn(&format!("capacity-provider/{provider}")));
        let n = self.next(&series);
        let id = draws::hex_id(self.shared.seed, &series, n, 32);
        let machine = draws::hex_id(self.shared.seed, &format!("machine of {id}"), n, 17);
        let instance = Instance {
            key,
            arn: self.arn(&format!("container-instance/{cluster}/{id}")),
            ec2_id: format!("i-{machine}"),
            id,
            cluster: cluster.to_owned(),
            provider: provider.to_owned(),
            status: InstanceStatus::Launching,
            due: None,
            registered_at: None,
            activated_at: None,
            replaces,
            drained_by: None,
            slots: BTreeMap::new(),
        };
        self.records.instances.insert(key, instance);
        key
    }

    /// Lets an instance boot.
    pub(super) fn boot(&mut self, key: u64) {
        self.note_instance(key);
        self.instance_due_after(key, timing::BOOT);
    }

    /// Orders an instance that takes the place of another, unless their provider is being deleted.
    pub(super) fn order_replacement(&mut self, old: u64) {
        let Some(instance) = self.records.instances.get(&old) else {
            return;
        };
        let (cluster, provider) = (instance.cluster.clone(), instance.provider.clone());
        if self
            .records
            .providers
            .get(&provider)
            .is_some_and(|provider| provider.status == Lifecycle::Active)
        {
            let key = self.add_instance(&cluster, &provider, Some(old));
            self.boot(key);
        }
    }

    /// Takes an instance out of service for a deployment.
    pub(super) fn drain(&mut self, key: u64, deployment: &str) {
        if let Some(instance) = self.records.instances.get_mut(&key) {
            instance.status = InstanceStatus::Draining;
            instance.drained_by = Some(deployment.to_owned());
            instance.due = None;
            self.note_instance(key);
        }
    }

    /// Puts a drained instance back into service.
    pub(super) fn return_to_service(&mut self, key: u64) {
        let Some(instance) = self.records.instances.get_mut(&key) else {
            return;
        };
        instance.status = InstanceStatus::Active;
        instance.drained_by = None;
        instance.due = None;
        let silent: Vec<String> = instance
            .slots
            .iter()
            .filter(|(_, slot)| slot.task.is_none())
            .map(|(daemon, _)| daemon.clone())
            .collect();
        self.note_instance(key);
        for daemon in silent {
            self.start_daemon(key, &daemon);
        }
    }

    /// Moves an instance on whose change of status is due.
    pub(super) fn instance_due(&mut self, key: u64) {
        let Some(instance) = self.records.instances.get_mut(&key) else {
            return;
        };
        instance.due = None;
        match instance.status {
            InstanceStatus::Launching => self.register(key),
            InstanceStatus::Registering => self.activate(key),
            InstanceStatus::Draining => self.deregister(key, timing::DEREGISTRATION),
            InstanceStatus::Deregistering => self.remove_instance(key),
            InstanceStatus::Active => {}
        }
    }

    /// Registers an instance and starts the daemons of its provider.
    fn register(&mut self, key: u64) {
        let now = self.now();
        let Some(instance) = self.records.instances.get_mut(&key) else {
            return;
        };
        instance.status = InstanceStatus::Registering;
        instance.registered_at = Some(now);
        self.note_instance(key);
        for (daemon, revision) in self.wanted(key) {
            self.place(key, &daemon, &revision);
        }
        self.check_registration(key);
    }

    /// The daemons that an instance is to have, with their revisions.
    pub(super) fn wanted(&self, key: u64) -> Vec<(String, String)> {
        let Some(instance) = self.records.instances.get(&key) else {
            return Vec::new();
        };
        let here = |provider: &str| provider == instance.provider;
        self.records
            .daemons
            .values()
            .filter(|daemon| daemon.cluster == instance.cluster)
            .filter_map(|daemon| Some((daemon, daemon.goal.as_ref()?)))
            .filter(|(_, goal)| goal.providers.iter().any(|provider| here(provider)))
            .map(|(daemon, goal)| (daemon.arn.clone(), goal.revision.clone()))
            .collect()
    }

    /// Looks whether a registering instance has what it needs: each critical daemon works, each
    /// other one has been tried. The instance is ACTIVE some seconds after that.
    pub(super) fn check_registration(&mut self, key: u64) {
        let Some(instance) = self.records.instances.get(&key) else {
            return;
        };
        if instance.status != InstanceStatus::Registering {
            return;
        }
        let complete = instance.slots.iter().all(|(daemon, slot)| {
            let revision = self.records.revisions.get(&slot.revision);
            let critical = revision.is_none_or(|revision| revision.settings.critical);
            let ready = self
                .records
                .slot_task(instance, daemon)
                .is_some_and(|task| task.is_ready());
            ready || (!critical && slot.failures > 0)
        });
        match (complete, instance.due) {
            (true, None) => self.instance_due_after(key, timing::REGISTRATION),
            (false, Some(_)) => {
                if let Some(instance) = self.records.instances.get_mut(&key) {
                    instance.due = None;
                }
            }
            _ => {}
        }
    }

    /// Puts an instance into service; the one that it replaces may go.
    fn activate(&mut self, key: u64) {
        let now = self.now();
        let Some(instance) = self.records.instances.get_mut(&key) else {
            return;
        };
        instance.status = InstanceStatus::Active;
        instance.activated_at = Some(now);
        let replaced = instance.replaces;
        self.note_instance(key);
        let Some(old) = replaced else { return };
        let waits = |old: &Instance| old.status == InstanceStatus::Draining && old.due.is_none();
        if self.records.instances.get(&old).is_some_and(waits) {
            self.instance_due_after(old, timing::LEAVE);
        }
    }

    /// Lets the next change of status of an instance happen at that time.
    pub(super) fn instance_due_at(&mut self, key: u64, at: i64) {
        if let Some(instance) = self.records.instances.get_mut(&key) {
            instance.due = Some(at);
            self.queue(at, Due::Instance(key));
        }
    }

    /// Stops all tasks of an instance; it is gone after a drawn time.
    pub(super) fn deregister(&mut self, key: u64, span: Span) {
        let Some(instance) = self.records.instances.get_mut(&key) else {
            return;
        };
        instance.status = InstanceStatus::Deregistering;
        instance.due = None;
        self.stop_tasks_of(key);
        self.note_instance(key);
        self.instance_due_after(key, span);
    }

    /// Takes an instance away with everything on it.
    pub(super) fn remove_instance(&mut self, key: u64) {
        self.stop_tasks_of(key);
        let Some(instance) = self.records.instances.remove(&key) else {
            return;
        };
        self.note(Kind::Instance, detail(&instance, "TERMINATED"));
    }

    fn stop_tasks_of(&mut self, key: u64) {
        let daemons = self
            .records
            .instances
            .get(&key)
            .map(|instance| instance.slots.keys().cloned().collect());
        let daemons: Vec<String> = daemons.unwrap_or_default();
        for daemon in daemons {
            self.vacate(key, &daemon, "The container instance is taken out of service.");
        }
    }

    fn instance_due_after(&mut self, key: u64, span: Span) {
        let Some(instance) = self.records.instances.get(&key) else {
            return;
        };
        let at = self.now() + self.draw(&instance.id, span, 0);
        self.instance_due_at(key, at);
    }

    pub(super) fn note_instance(&mut self, key: u64) {
        let Some(instance) = self.records.instances.get(&key) else {
            return;
        };
        self.note(Kind::Instance, detail(instance, instance.status.name()));
    }
}

fn detail(instance: &Instance, status: &str) -> serde_json::Value {
    json!({
        "cluster": instance.cluster,
        "capacityProvider": instance.provider,
        "containerInstanceArn": instance.arn,
        "ec2InstanceId": instance.ec2_id,
        "status": status,
    })
}
