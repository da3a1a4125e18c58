//! Records of tasks: of daemons, of services, and those that somebody runs by hand.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::capacity::Size;
use super::service::Group;
use crate::records::definition::decides_over_task;
use crate::records::names::{DefinitionKey, Name, Tags, Word};

/// Status of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum TaskStatus {
    /// An application task that waits for an instance in service.
    Provisioning,
    Pending,
    Running,
    Stopped,
}

impl TaskStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Stopped => "STOPPED",
        }
    }

    /// True if the task counts as pending in answers.
    pub(crate) fn is_pending(self) -> bool {
        matches!(self, Self::Provisioning | Self::Pending)
    }
}

/// The fate of a task, decided when it is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Fate {
    Runs,
    FailsToStart,
    Exits,
    TurnsUnhealthy,
}

/// Health of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Health {
    /// No container has a health check.
    Unchecked,
    /// The health checks have not answered yet.
    Unknown,
    Healthy,
    Unhealthy,
}

impl Health {
    /// Health of a task of these containers that has just been created.
    pub(crate) fn at_first<'a>(
        mut containers: impl Iterator<Item = &'a serde_json::Map<String, serde_json::Value>>,
    ) -> Self {
        let checked = containers.any(|container| decides_over_task(container) && container.contains_key("healthCheck"));
        if checked { Self::Unknown } else { Self::Unchecked }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unchecked | Self::Unknown => "UNKNOWN",
            Self::Healthy => "HEALTHY",
            Self::Unhealthy => "UNHEALTHY",
        }
    }
}

/// The owner of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Owner {
    Daemon {
        /// ARN of the daemon.
        daemon: Name,
        /// ARN of the revision.
        revision: Name,
    },
    Service {
        /// ARN of the service.
        service: Name,
        /// ARN of the service's deployment.
        deployment: Name,
    },
    /// `RunTask` made it.
    Nobody,
}

/// The parts that application tasks launched together are made of; a daemon's task has them in its revision.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Application {
    pub(crate) definition: DefinitionKey,
    pub(crate) group: Name,
    pub(crate) execute_command: bool,
    /// Overrides of the request, as sent.
    #[serde(with = "crate::stored::json")]
    pub(crate) overrides: Option<serde_json::Value>,
    /// The size that it needs with them; none when that is what its definition says.
    pub(crate) size: Option<Size>,
    /// The digests that the tags of its containers stood for where one had moved, in their order.
    pub(crate) digests: Option<Arc<[String]>>,
}

/// The part of a task that never changes. Every event of its life refers to it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Birth {
    pub(crate) arn: Name,
    /// Name of the cluster.
    pub(crate) cluster: Name,
    /// Name of the capacity provider.
    pub(crate) provider: Name,
    pub(crate) owner: Owner,
    /// None for a task of a daemon.
    pub(crate) application: Option<Arc<Application>>,
    /// As answered: the id of a deployment, or what the caller of `RunTask` gave.
    pub(crate) started_by: Option<Name>,
}

impl Birth {
    /// ARN of the daemon whose task it is.
    pub(crate) fn daemon(&self) -> Option<&Name> {
        match &self.owner {
            Owner::Daemon { daemon, .. } => Some(daemon),
            Owner::Service { .. } | Owner::Nobody => None,
        }
    }

    /// ARN of the daemon revision whose task it is.
    pub(crate) fn revision(&self) -> Option<&Name> {
        match &self.owner {
            Owner::Daemon { revision, .. } => Some(revision),
            Owner::Service { .. } | Owner::Nobody => None,
        }
    }

    /// ARN of the service whose task it is.
    pub(crate) fn service(&self) -> Option<&Name> {
        match &self.owner {
            Owner::Service { service, .. } => Some(service),
            Owner::Daemon { .. } | Owner::Nobody => None,
        }
    }
}

/// A task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Task {
    /// Order of creation in the scope.
    pub(crate) key: u64,
    pub(crate) birth: Arc<Birth>,
    /// The instance that it is bound to; none while there is no room for it.
    pub(crate) instance: Option<u64>,
    pub(crate) instance_arn: Option<Name>,
    pub(crate) status: TaskStatus,
    pub(crate) fate: Fate,
    /// Milliseconds after which its fate comes, where a fault says so.
    pub(crate) fate_after: Option<i64>,
    pub(crate) health: Health,
    /// Its place among the tasks of its service. None: it is of no service, or has stopped.
    pub(crate) group: Option<Group>,
    /// Time at which its next change is due.
    pub(crate) due: Option<i64>,
    /// Time of its creation, or at which it was bound to a machine if that was later.
    pub(crate) created_at: i64,
    pub(crate) started_at: Option<i64>,
    /// Time at which it was asked to stop.
    pub(crate) stopping_at: Option<i64>,
    pub(crate) stopped_at: Option<i64>,
    #[serde(with = "crate::stored::word::or_none")]
    pub(crate) stop_code: Option<Word>,
    pub(crate) stopped_reason: Option<Name>,
    pub(crate) tags: Tags,
}

impl Task {
    /// True if the daemon does its work: it runs, and where there is a health check it has passed.
    pub(crate) fn is_ready(&self) -> bool {
        self.status == TaskStatus::Running && matches!(self.health, Health::Unchecked | Health::Healthy)
    }

    /// ARN of the daemon whose task it is.
    pub(crate) fn daemon(&self) -> Option<&Name> {
        self.birth.daemon()
    }

    /// ARN of the daemon revision whose task it is.
    pub(crate) fn revision(&self) -> Option<&Name> {
        self.birth.revision()
    }

    /// ARN of the service whose task it is.
    pub(crate) fn service(&self) -> Option<&Name> {
        self.birth.service()
    }

    /// True if it has not stopped.
    pub(crate) fn is_alive(&self) -> bool {
        self.status != TaskStatus::Stopped
    }

    /// True if it has stopped or was asked to.
    pub(crate) fn is_going(&self) -> bool {
        self.stopping_at.is_some() || !self.is_alive()
    }

    /// The status that ECS wants of it.
    pub(crate) fn desired(&self) -> &'static str {
        desired(self.is_going())
    }
}

/// The status that ECS wants of a task that is going, or is not.
pub(crate) fn desired(going: bool) -> &'static str {
    if going { "STOPPED" } else { "RUNNING" }
}
