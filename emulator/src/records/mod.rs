//! All that there is in one account's region, as passive records: nothing here happens by itself.

pub(crate) mod alarm;
pub(crate) mod arn;
pub(crate) mod capacity;
pub(crate) mod cluster;
pub(crate) mod counts;
pub(crate) mod daemon;
pub(crate) mod daemon_settings;
pub(crate) mod definition;
pub(crate) mod events;
pub(crate) mod faults;
pub(crate) mod fleet;
pub(crate) mod fleet_table;
pub(crate) mod image_faults;
pub(crate) mod must;
pub(crate) mod names;
mod paged;
pub(crate) mod pending_work;
pub(crate) mod queue;
pub(crate) mod replay;
pub(crate) mod revision;
pub(crate) mod service;
pub(crate) mod table;
pub(crate) mod task;
pub(crate) mod task_table;
pub(crate) mod unrest;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use self::alarm::Alarm;
use self::cluster::{Cluster, Provider};
use self::daemon::{Daemon, Deployment};
use self::definition::Definition;
use self::fleet::Instance;
use self::fleet_table::Fleet;
use self::names::{DefinitionKey, Name};
use self::pending_work::{Lookouts, Stir};
use self::replay::{Replay, RunReplay};
use self::revision::Revision;
use self::service::{AppDefinition, Service, ServiceDeployment};
use self::table::{Table, Write};
use self::task::Task;
use self::task_table::Tasks;

/// The records of a scope. Ordered throughout, because order is part of every answer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Records {
    /// Account settings by principal and name. Without a value: somebody has deleted it.
    pub(crate) account_settings: Table<(String, String), Option<String>>,
    /// By name.
    pub(crate) clusters: Table<String, Cluster>,
    /// By name: a name is unique in a scope, not only in a cluster.
    pub(crate) providers: Table<String, Provider>,
    pub(crate) definitions: Table<DefinitionKey, Definition>,
    /// By ARN, which a later daemon of the same name has again.
    pub(crate) daemons: Table<String, Daemon>,
    /// By ARN.
    pub(crate) revisions: Table<String, Revision>,
    /// By ARN. They outlive their daemon.
    pub(crate) deployments: Table<String, Deployment>,
    pub(crate) app_definitions: Table<DefinitionKey, AppDefinition>,
    /// By ARN, which a later service of the same name has again.
    pub(crate) services: Table<Name, Service>,
    /// By ARN.
    pub(crate) service_deployments: Table<Name, ServiceDeployment>,
    /// By order of launch.
    pub(crate) instances: Fleet,
    pub(crate) tasks: Tasks,
    /// By name; an alarm that nobody has set is OK.
    pub(crate) alarms: BTreeMap<String, Alarm>,
    /// Answers of `CreateDaemon` by cluster and client token.
    pub(crate) replays: BTreeMap<(String, String), Replay>,
    /// Answered `RunTask` calls by cluster and client token.
    pub(crate) runs: BTreeMap<(Name, String), RunReplay>,
    /// Application tasks that are bound to no instance, by name of their provider.
    pub(crate) waiting: BTreeMap<Name, BTreeSet<u64>>,
    /// Deployments that have not ended.
    pub(crate) lookouts: Lookouts,
    /// Clusters in which something has changed that a deployment may wait for.
    pub(crate) stirred: Vec<Stir>,
    /// Names that many records share.
    pub(crate) names: BTreeSet<Name>,
    /// Number of each thing so far; never reset, so that no id comes twice.
    pub(crate) serials: BTreeMap<String, u64>,
    pub(crate) latest_write: Write,
}

impl Records {
    /// The records as a reader sees them whom no recent write has reached.
    pub(crate) fn stale(&self) -> Self {
        let latest = self.latest_write;
        Self {
            account_settings: self.account_settings.stale(latest),
            clusters: self.clusters.stale(latest),
            providers: self.providers.stale(latest),
            definitions: self.definitions.stale(latest),
            daemons: self.daemons.stale(latest),
            revisions: self.revisions.stale(latest),
            deployments: self.deployments.stale(latest),
            app_definitions: self.app_definitions.stale(latest),
            services: self.services.stale(latest),
            service_deployments: self.service_deployments.stale(latest),
            instances: self.instances.clone(),
            tasks: self.tasks.clone(),
            alarms: self.alarms.clone(),
            replays: BTreeMap::new(),
            runs: BTreeMap::new(),
            waiting: BTreeMap::new(),
            lookouts: Lookouts::default(),
            stirred: Vec::new(),
            names: BTreeSet::new(),
            serials: BTreeMap::new(),
            latest_write: latest,
        }
    }

    /// The instances of a cluster, oldest first.
    pub(crate) fn instances_of<'a>(&'a self, cluster: &'a str) -> impl DoubleEndedIterator<Item = &'a Instance> {
        self.instances.of_cluster(cluster)
    }

    /// The one copy of a name.
    pub(crate) fn name(&mut self, text: &str) -> Name {
        if let Some(known) = self.names.get(text) {
            return known.clone();
        }
        let name: Name = text.into();
        self.names.insert(name.clone());
        name
    }

    /// The task that a slot of an instance holds.
    pub(crate) fn slot_task(&self, instance: &Instance, daemon: &str) -> Option<&Task> {
        self.tasks.get(&instance.slots.get(daemon)?.task?)
    }
}
