//! The life of a container instance: ordered, booted, registered with its daemons, in service,
//! drained when its replacement is there, gone.

use std::collections::{BTreeMap, BTreeSet};

use crate::records::capacity::Size;
use crate::records::cluster::{Lifecycle, Provider};
use crate::records::events::{Detail, InstanceDetail, Kind};
use crate::records::fleet::{Drain, Instance, InstanceStatus, Slot};
use crate::records::must::Must;
use crate::records::names::{Name, Tags};
use crate::records::queue::Due;
use crate::seeded::{self, Span};
use crate::simulation::region::Region;
use crate::simulation::timing;

/// An instance to be launched.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulation) struct Order {
    /// The instance whose place it takes.
    pub(in crate::simulation) replaces: Option<u64>,
    pub(in crate::simulation) size: Size,
    pub(in crate::simulation) pinned: bool,
    /// Number of machines before it that have failed to register in its place.
    pub(in crate::simulation) attempt: u32,
}

impl Region<'_> {
    /// Adds an instance that has not booted yet and answers its key.
    pub(in crate::simulation) fn add_instance(&mut self, cluster: &str, provider: &str, order: Order) -> u64 {
        let key = self.next("instance");
        let series = format!("instance of {}", self.arn(&format!("capacity-provider/{provider}")));
        let n = self.next(&series);
        let id = seeded::hex_id(self.shared.seed, &series, n, 32);
        let machine = seeded::hex_id(self.shared.seed, &format!("machine of {id}"), n, 17);
        let now = self.now();
        let instance = Instance {
            key,
            arn: self.arn(&format!("container-instance/{cluster}/{id}")).into(),
            ec2_id: format!("i-{machine}").into(),
            id,
            cluster: self.records.name(cluster),
            provider: self.records.name(provider),
            status: InstanceStatus::Launching,
            pinned: order.pinned,
            size: order.size,
            reserved: self.reservation(cluster, provider),
            used: Size::default(),
            due: None,
            registered_at: None,
            activated_at: None,
            replaces: order.replaces,
            drain: None,
            relieved_at: None,
            impaired: false,
            health_at: now,
            attempt: order.attempt,
            ordered_at: now,
            ends_at: None,
            idle_since: None,
            tasks: BTreeSet::new(),
            slots: BTreeMap::new(),
            attributes: BTreeMap::new(),
            missing: None,
            tags: self.instance_tags(cluster, provider),
            launches: BTreeMap::new(),
        };
        self.records.instances.insert(key, instance);
        key
    }

    /// Tags that a provider hands to an instance, and those of ECS.
    fn instance_tags(&self, cluster: &str, provider: &str) -> Tags {
        let provider_record = self.records.providers.get(provider);
        let propagates = |record: &&Provider| {
            let member = record
                .configuration
                .get("propagateTags")
                .and_then(|value| value.as_str());
            member == Some("CAPACITY_PROVIDER")
        };
        let mut tags = provider_record
            .filter(propagates)
            .map(|record| record.tags.clone())
            .unwrap_or_default();
        tags.insert("aws:ecs:clusterName".to_owned(), cluster.to_owned());
        tags.insert("aws:ecs:capacityProviderName".to_owned(), provider.to_owned());
        tags
    }

    /// Lets an instance boot.
    pub(in crate::simulation) fn boot(&mut self, key: u64, span: Span) {
        self.note_instance(key);
        self.instance_due_after(key, span);
    }

    /// Orders an instance that takes the place of another, unless their provider is being deleted.
    pub(in crate::simulation) fn order_replacement(&mut self, old: u64) {
        let instance = self.records.instances.get(&old).must("instance", old);
        let (pinned, used, size) = (instance.pinned, instance.used, instance.size);
        let (cluster, provider) = (instance.cluster.clone(), instance.provider.clone());
        let active = self
            .records
            .providers
            .get(&*provider)
            .is_some_and(|provider| provider.status == Lifecycle::Active);
        if !active {
            return self.relieve(old);
        }
        let need = self.reservation(&cluster, &provider).plus(used);
        let order = Order {
            replaces: Some(old),
            size: self.machine_like(&provider, size, need),
            pinned,
            attempt: 0,
        };
        let key = self.add_instance(&cluster, &provider, order);
        self.boot(key, timing::BOOT);
    }

    /// Takes an instance out of service.
    pub(in crate::simulation) fn drain(&mut self, key: u64, why: Drain) {
        if let Some(instance) = self.records.instances.get_mut(&key) {
            instance.status = InstanceStatus::Draining;
            instance.drain = Some(why);
            instance.relieved_at = None;
            instance.due = None;
            instance.idle_since = None;
            self.note_instance(key);
            self.regroup_tasks_of(key);
            self.end_later(key);
        }
    }

    /// Puts a drained instance back into service.
    pub(crate) fn return_to_service(&mut self, key: u64) {
        let instance = self.records.instances.get_mut(&key).must("instance", key);
        instance.status = InstanceStatus::Active;
        instance.drain = None;
        instance.due = None;
        instance.ends_at = None;
        let silent: Vec<_> = instance
            .slots
            .iter()
            .filter(|(_, slot)| slot.task.is_none())
            .map(|(daemon, _)| daemon.clone())
            .collect();
        self.note_instance(key);
        self.regroup_tasks_of(key);
        for daemon in silent {
            self.start_daemon(key, &daemon);
        }
        self.watch_instance(key);
    }

    /// Moves an instance on whose change of status is due.
    pub(in crate::simulation) fn instance_due(&mut self, key: u64) {
        let instance = self.records.instances.get_mut(&key).must("instance", key);
        instance.due = None;
        match instance.status {
            InstanceStatus::Launching => {
                if !self.waits_for_capacity(key) {
                    self.register(key);
                }
            }
            InstanceStatus::Registering => self.activate(key),
            InstanceStatus::RegistrationFailed => self.launch_again(key),
            // In service it is watched by a timer of another kind.
            InstanceStatus::Active => {}
            InstanceStatus::Draining => self.leave(key),
            InstanceStatus::Deregistering => self.remove_instance(key),
        }
    }

    /// Registers an instance and starts the daemons of its provider.
    fn register(&mut self, key: u64) {
        let now = self.now();
        let instance = self.records.instances.get_mut(&key).must("instance", key);
        instance.status = InstanceStatus::Registering;
        instance.registered_at = Some(now);
        instance.health_at = now;
        let provider = instance.provider.clone();
        self.note_instance(key);
        let wanted = self.wanted(key);
        for (daemon, revision) in &wanted {
            self.make_slot(key, daemon, revision);
        }
        let crowded = self.reserve(key);
        for (daemon, _) in &wanted {
            self.start_daemon(key, daemon);
        }
        self.check_registration(key);
        if crowded {
            self.place_waiting(&provider);
        }
    }

    /// The daemons that an instance is to have, with their revisions.
    pub(in crate::simulation) fn wanted(&self, key: u64) -> Vec<(String, String)> {
        let instance = self.records.instances.get(&key).must("instance", key);
        let daemons = self.daemons_in(&instance.cluster);
        let here = self.records.daemons.starting_with(&daemons);
        here.filter_map(|daemon| Some((daemon, daemon.goal_of_new()?)))
            .filter(|(_, goal)| goal.includes(&instance.provider))
            .map(|(daemon, goal)| (daemon.arn.clone(), goal.revision.clone()))
            .collect()
    }

    /// Looks whether a registering instance has what it needs: each critical daemon works, each
    /// other one has been tried. The instance is ACTIVE some seconds after that.
    pub(in crate::simulation) fn check_registration(&mut self, key: u64) {
        // A daemon that failed at once, or daemons that need more room, may have had the machine replaced.
        let Some(instance) = self.records.instances.get(&key) else {
            return;
        };
        if instance.status != InstanceStatus::Registering {
            return;
        }
        let due = instance.due;
        let missing = self.missing_daemon(instance);
        let complete = missing.is_none();
        if let Some(instance) = self.records.instances.get_mut(&key) {
            instance.missing = missing;
            if !complete {
                instance.due = None;
            }
        }
        if complete && due.is_none() {
            self.instance_due_after(key, timing::REGISTRATION);
        }
    }

    /// A daemon that a registering instance waits for. It begins with the one that it waited for last: with many daemons
    /// nearly every look ends there.
    fn missing_daemon(&self, instance: &Instance) -> Option<Name> {
        let is_missing = |(daemon, slot): &(&Name, &Slot)| {
            let task = self.records.slot_task(instance, daemon);
            let tried = !self.is_critical(&slot.revision) && slot.failures > 0;
            !tried && !task.is_some_and(|task| task.is_ready())
        };
        let slots = &instance.slots;
        let found = match &instance.missing {
            Some(last) => slots
                .range::<Name, _>(last..)
                .find(is_missing)
                .or_else(|| slots.range::<Name, _>(..last).find(is_missing)),
            None => slots.iter().find(is_missing),
        };
        found.map(|(daemon, _)| daemon.clone())
    }

    /// True if a critical daemon has failed so often on a registering instance that it is given up.
    pub(in crate::simulation) fn is_hopeless(&self, key: u64, daemon: &str) -> bool {
        let instance = self.records.instances.get(&key);
        let registering = instance.filter(|instance| instance.status == InstanceStatus::Registering);
        let slot = registering.and_then(|instance| instance.slots.get(daemon));
        slot.is_some_and(|slot| slot.failures >= timing::REGISTRATION_LAUNCHES && self.is_critical(&slot.revision))
    }

    /// True if instances must not be without the daemon of a revision.
    pub(in crate::simulation) fn is_critical(&self, revision: &str) -> bool {
        let revision = self.records.revisions.get(revision);
        revision.is_none_or(|revision| revision.settings.critical)
    }

    /// Puts an instance into service; the one that it replaces may go.
    fn activate(&mut self, key: u64) {
        let now = self.now();
        let instance = self.records.instances.get_mut(&key).must("instance", key);
        instance.status = InstanceStatus::Active;
        instance.activated_at = Some(now);
        instance.health_at = now;
        instance.attempt = 0;
        let (replaced, provider) = (instance.replaces, instance.provider.clone());
        self.note_instance(key);
        self.start_applications(key);
        self.watch_instance(key);
        if let Some(old) = replaced {
            self.relieve(old);
        }
        self.place_waiting(&provider);
    }

    /// Lets the next change of status of an instance happen at that time.
    pub(in crate::simulation) fn instance_due_at(&mut self, key: u64, at: i64) {
        if let Some(instance) = self.records.instances.get_mut(&key) {
            instance.due = Some(at);
            self.queue(at, Due::Instance(key));
        }
    }

    /// Lets the next change of status of an instance happen after a drawn time.
    pub(super) fn instance_due_after(&mut self, key: u64, span: Span) {
        let instance = self.records.instances.get(&key).must("instance", key);
        let drawn = self.draw(&instance.id, span, 0);
        let at = self.now() + self.slowed(key, drawn);
        self.instance_due_at(key, at);
    }

    /// Takes an instance away with everything on it.
    pub(in crate::simulation) fn remove_instance(&mut self, key: u64) {
        let waiting = self.lose_applications(key);
        self.stop_daemons_of(key);
        let Some(instance) = self.records.instances.remove(&key) else {
            return;
        };
        self.touch(&instance.cluster, key);
        self.note(Kind::Instance, detail(&instance, "TERMINATED"));
        if waiting {
            self.place_waiting(&instance.provider);
        }
    }

    /// Stops the daemons of an instance that is on its way out.
    pub(super) fn stop_daemons_of(&mut self, key: u64) {
        let daemons = self
            .records
            .instances
            .get(&key)
            .map(|instance| instance.slots.keys().cloned().collect());
        let daemons: Vec<_> = daemons.unwrap_or_default();
        for daemon in daemons {
            self.vacate(key, &daemon, "The container instance is taken out of service.");
        }
    }

    /// Tells observers about an instance.
    pub(super) fn note_instance(&mut self, key: u64) {
        let instance = self.records.instances.get(&key).must("instance", key);
        let (detail, cluster) = (detail(instance, instance.status.name()), instance.cluster.clone());
        self.records.instances.refresh(key);
        self.touch(&cluster, key);
        self.note(Kind::Instance, detail);
    }
}

fn detail(instance: &Instance, status: &'static str) -> Detail {
    Detail::Instance(InstanceDetail {
        cluster: instance.cluster.clone(),
        provider: instance.provider.clone(),
        arn: instance.arn.clone(),
        ec2_id: instance.ec2_id.clone(),
        status,
    })
}
