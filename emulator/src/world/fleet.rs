//! Records of the fleet: container instances, the place of each daemon on them, and tasks.

use std::collections::BTreeMap;

use super::records::Tags;

/// Status of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum InstanceStatus {
    /// Booting: ECS does not know it as a container instance yet.
    Launching,
    /// Its daemons are being started.
    Registering,
    Active,
    Draining,
    /// Its tasks have stopped and the machine goes away.
    Deregistering,
}

impl InstanceStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Launching => "LAUNCHING",
            Self::Registering => "REGISTERING",
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Deregistering => "DEREGISTERING",
        }
    }
}

/// A container instance.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// Order of launch in the scope.
    pub(crate) key: u64,
    pub(crate) arn: String,
    /// 32 hexadecimal digits, the last part of the ARN.
    pub(crate) id: String,
    /// Id that EC2 would give the machine.
    pub(crate) ec2_id: String,
    /// Name of the cluster.
    pub(crate) cluster: String,
    /// Name of the capacity provider.
    pub(crate) provider: String,
    pub(crate) status: InstanceStatus,
    /// When its next change of status is due.
    pub(crate) due: Option<i64>,
    /// When it registered.
    pub(crate) registered_at: Option<i64>,
    /// When it last became ACTIVE by having its daemons running.
    pub(crate) activated_at: Option<i64>,
    /// The instance whose place it takes.
    pub(crate) replaces: Option<u64>,
    /// ARN of the deployment that drains it.
    pub(crate) drained_by: Option<String>,
    /// By daemon ARN.
    pub(crate) slots: BTreeMap<String, Slot>,
}

impl Instance {
    /// Whether ECS shows it as a container instance.
    pub(crate) fn is_listed(&self) -> bool {
        self.status != InstanceStatus::Launching
    }

    /// Whether it runs or will run tasks.
    pub(crate) fn is_up(&self) -> bool {
        matches!(
            self.status,
            InstanceStatus::Registering | InstanceStatus::Active | InstanceStatus::Draining
        )
    }
}

/// The place of one daemon on one instance.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    /// ARN of the revision that runs here.
    pub(crate) revision: String,
    /// The task that is starting or running.
    pub(crate) task: Option<u64>,
    /// Launches of this revision that failed.
    pub(crate) failures: u32,
    /// When the next launch is due.
    pub(crate) due: Option<i64>,
}

/// Status of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TaskStatus {
    Pending,
    Running,
    Stopped,
}

impl TaskStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Stopped => "STOPPED",
        }
    }
}

/// What will become of a task, decided when it is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Runs,
    FailsToStart,
    Exits,
    TurnsUnhealthy,
}

/// Health of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// No container has a health check.
    Unchecked,
    /// The health checks have not answered yet.
    Unknown,
    Healthy,
    Unhealthy,
}

impl Health {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unchecked | Self::Unknown => "UNKNOWN",
            Self::Healthy => "HEALTHY",
            Self::Unhealthy => "UNHEALTHY",
        }
    }
}

/// A task of a daemon.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    /// Order of creation in the scope.
    pub(crate) key: u64,
    pub(crate) arn: String,
    /// Name of the cluster.
    pub(crate) cluster: String,
    pub(crate) instance: u64,
    pub(crate) instance_arn: String,
    /// Name of the capacity provider.
    pub(crate) provider: String,
    /// ARN of the daemon.
    pub(crate) daemon: String,
    /// ARN of the revision.
    pub(crate) revision: String,
    /// ARN of the deployment that the daemon named when the task was created.
    pub(crate) started_by: String,
    pub(crate) status: TaskStatus,
    pub(crate) fate: Fate,
    pub(crate) health: Health,
    /// When its next change is due.
    pub(crate) due: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) started_at: Option<i64>,
    pub(crate) stopped_at: Option<i64>,
    pub(crate) stop_code: Option<&'static str>,
    pub(crate) stopped_reason: Option<String>,
    pub(crate) tags: Tags,
}

impl Task {
    /// Whether the daemon does its work: it runs, and where there is a health check it has passed.
    pub(crate) fn is_ready(&self) -> bool {
        self.status == TaskStatus::Running && matches!(self.health, Health::Unchecked | Health::Healthy)
    }
}
