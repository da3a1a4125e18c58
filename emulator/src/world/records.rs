//! All records of one account in one region, and the plain ones among them: clusters, capacity
//! providers, task definitions, revisions, alarms.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::capacity::Size;
use super::daemon::{Daemon, Deployment};
use super::fleet::Instance;
use super::fleet_table::Fleet;
use super::lookout::{Lookouts, Stir};
use super::service::{AppDefinition, Service, ServiceDeployment};
use super::table::{Table, Write};
use super::task::Task;
use super::task_table::Tasks;

/// A name or ARN that many records share.
pub(crate) type Name = Arc<str>;

/// Tags of a resource.
pub(crate) type Tags = BTreeMap<String, String>;

/// Family and revision number of a daemon task definition.
pub(crate) type DefinitionKey = (String, u32);

/// The records of a scope. Ordered throughout, because order is part of every answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Records {
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
    pub(crate) alarms: BTreeMap<String, AlarmState>,
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
    /// How many of each thing there have been; never reset, so that no id comes twice.
    pub(crate) serials: BTreeMap<String, u64>,
    pub(crate) latest_write: Write,
}

impl Records {
    /// The records as a reader sees them whom no recent write has reached.
    pub(crate) fn stale(&self) -> Self {
        let latest = self.latest_write;
        Self {
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

/// Life of a cluster or capacity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifecycle {
    Provisioning,
    Active,
    Deprovisioning,
    /// Deleted; the record stays readable and the name is free.
    Inactive,
}

impl Lifecycle {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Active => "ACTIVE",
            Self::Deprovisioning => "DEPROVISIONING",
            Self::Inactive => "INACTIVE",
        }
    }
}

/// A cluster.
#[derive(Clone, Debug)]
pub(crate) struct Cluster {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) status: Lifecycle,
    /// Names, in the order in which they were associated.
    pub(crate) providers: Vec<String>,
    /// Strategy items as put.
    pub(crate) strategy: Vec<Value>,
    /// Members that the emulator keeps without acting on them: settings, configuration and the like.
    pub(crate) kept: Map<String, Value>,
    pub(crate) tags: Tags,
    /// When its next change of status is due.
    pub(crate) due: Option<i64>,
}

/// What a capacity provider stands on.
#[derive(Clone, Debug)]
pub(crate) enum ProviderKind {
    /// Managed instances, bound to one cluster.
    ManagedInstances {
        cluster: String,
    },
    AutoScalingGroup,
}

/// A capacity provider.
#[derive(Clone, Debug)]
pub(crate) struct Provider {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) kind: ProviderKind,
    pub(crate) status: Lifecycle,
    pub(crate) update_status: &'static str,
    /// The provider member of the request, as sent.
    pub(crate) configuration: Map<String, Value>,
    pub(crate) tags: Tags,
    /// When its next change of status is due.
    pub(crate) due: Option<i64>,
}

impl Provider {
    /// The cluster that a provider of managed instances is bound to.
    pub(crate) fn cluster(&self) -> Option<&str> {
        match &self.kind {
            ProviderKind::ManagedInstances { cluster } => Some(cluster),
            ProviderKind::AutoScalingGroup => None,
        }
    }
}

/// Status of a daemon task definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DefinitionStatus {
    Active,
    DeleteInProgress,
    Deleted,
}

impl DefinitionStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::DeleteInProgress => "DELETE_IN_PROGRESS",
            Self::Deleted => "DELETED",
        }
    }
}

/// A revision of a daemon task definition.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) family: String,
    pub(crate) revision: u32,
    pub(crate) arn: String,
    pub(crate) status: DefinitionStatus,
    /// The request without family and tags.
    pub(crate) content: Map<String, Value>,
    /// What a task of it sets aside.
    pub(crate) size: Size,
    pub(crate) registered_at: i64,
    pub(crate) registered_by: String,
    pub(crate) delete_requested_at: Option<i64>,
    pub(crate) tags: Tags,
    /// When it is looked at again whether it is still referenced.
    pub(crate) due: Option<i64>,
}

impl Definition {
    /// The container definitions as registered.
    pub(crate) fn containers(&self) -> impl Iterator<Item = &Map<String, Value>> + Clone {
        containers(&self.content)
    }
}

/// The container definitions in the content of a task definition.
pub(crate) fn containers(content: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> + Clone {
    let list = content.get("containerDefinitions").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_object)
}

/// Whether a container stops its task when it stops: essential and under no restart policy.
pub(crate) fn decides_over_task(container: &Map<String, Value>) -> bool {
    let restarted = container
        .get("restartPolicy")
        .and_then(|policy| policy.get("enabled"))
        .and_then(Value::as_bool);
    container.get("essential").and_then(Value::as_bool).unwrap_or(true) && restarted != Some(true)
}

/// An image of a revision, pinned when the revision was made.
#[derive(Clone, Debug)]
pub(crate) struct ContainerImage {
    pub(crate) container: String,
    pub(crate) image: String,
    pub(crate) digest: String,
}

/// A daemon revision: immutable.
#[derive(Clone, Debug)]
pub(crate) struct Revision {
    pub(crate) arn: String,
    pub(crate) daemon: String,
    pub(crate) cluster_arn: String,
    pub(crate) definition: DefinitionKey,
    pub(crate) definition_arn: String,
    pub(crate) created_at: i64,
    /// Order of creation in the scope.
    pub(crate) serial: u64,
    pub(crate) images: Vec<ContainerImage>,
    pub(crate) settings: Settings,
}

/// The settings that a revision carries. What a request leaves out is at its default.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent switches of the API")]
pub(crate) struct Settings {
    pub(crate) propagate_tags: bool,
    pub(crate) managed_tags: bool,
    pub(crate) execute_command: bool,
    pub(crate) critical: bool,
}

/// State of a `CloudWatch` alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AlarmState {
    Ok,
    Alarm,
    InsufficientData,
}

impl AlarmState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Ok, Self::Alarm, Self::InsufficientData]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// A remembered `CreateDaemon`.
#[derive(Clone, Debug)]
pub(crate) struct Replay {
    pub(crate) daemon: String,
    pub(crate) body: Map<String, Value>,
    pub(crate) answer: Value,
}

/// A remembered `RunTask`.
#[derive(Clone, Debug)]
pub(crate) struct RunReplay {
    pub(crate) body: Map<String, Value>,
    /// The tasks that it made, by key.
    pub(crate) tasks: Vec<u64>,
}
