//! Records of the fleet: container instances and the place of each daemon on them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::capacity::Size;
use crate::records::names::{Name, Tags};

/// Status of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum InstanceStatus {
    /// Booting: ECS does not know it as a container instance yet.
    Launching,
    /// Its daemons are being started.
    Registering,
    /// A critical daemon would not start; the machine goes away.
    RegistrationFailed,
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
            Self::RegistrationFailed => "REGISTRATION_FAILED",
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Deregistering => "DEREGISTERING",
        }
    }
}

/// The reason for which an instance is drained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Drain {
    /// A deployment brings another revision; both by ARN.
    Rollout { deployment: Name, daemon: Name },
    /// A deployment takes a daemon off; both by ARN.
    Deletion { deployment: Name, daemon: Name },
    /// A critical daemon has stopped.
    Repair,
    /// The machine is old.
    Age,
    /// It has had no application task for a while.
    Idle,
    /// Somebody asked for it.
    User,
}

impl Drain {
    /// ARN of the deployment that drains.
    #[cfg(test)]
    pub(crate) fn deployment(&self) -> Option<&Name> {
        match self {
            Self::Rollout { deployment, .. } | Self::Deletion { deployment, .. } => Some(deployment),
            Self::Repair | Self::Age | Self::Idle | Self::User => None,
        }
    }

    /// ARN of the daemon for whose sake it is drained.
    pub(crate) fn daemon(&self) -> Option<&Name> {
        match self {
            Self::Rollout { daemon, .. } | Self::Deletion { daemon, .. } => Some(daemon),
            Self::Repair | Self::Age | Self::Idle | Self::User => None,
        }
    }
}

/// A container instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Instance {
    /// Order of launch in the scope.
    pub(crate) key: u64,
    pub(crate) arn: Name,
    /// 32 hexadecimal digits, the last part of the ARN.
    pub(crate) id: String,
    /// Id that EC2 would give the machine.
    pub(crate) ec2_id: Name,
    /// Name of the cluster.
    pub(crate) cluster: Name,
    /// Name of the capacity provider.
    pub(crate) provider: Name,
    pub(crate) status: InstanceStatus,
    /// True if somebody placed it: then it is replaced one for one and never scaled in.
    pub(crate) pinned: bool,
    /// Size of the machine.
    pub(crate) size: Size,
    /// The part of it that daemons set aside.
    pub(crate) reserved: Size,
    /// The part of it that application tasks use.
    pub(crate) used: Size,
    /// Time at which its next change of status is due.
    pub(crate) due: Option<i64>,
    /// Time of its registration.
    pub(crate) registered_at: Option<i64>,
    /// Time at which it last became ACTIVE by having its daemons running.
    pub(crate) activated_at: Option<i64>,
    /// The instance whose place it takes.
    pub(crate) replaces: Option<u64>,
    /// The reason for which it is drained.
    pub(crate) drain: Option<Drain>,
    /// Since when what was ordered in its place is in service, or when it was drained if nothing was ordered.
    pub(crate) relieved_at: Option<i64>,
    /// True if a critical daemon has stopped on it.
    pub(crate) impaired: bool,
    /// Time at which the answer about its health last changed.
    pub(crate) health_at: i64,
    /// Number of machines before it that have failed to register in its place.
    pub(crate) attempt: u32,
    /// Time at which it was ordered.
    pub(crate) ordered_at: i64,
    /// Time at which the machine is taken away whatever runs on it, because it is too old.
    pub(crate) ends_at: Option<i64>,
    /// Since when it has had no application task.
    pub(crate) idle_since: Option<i64>,
    /// Application tasks that have not stopped.
    pub(crate) tasks: BTreeSet<u64>,
    /// By daemon ARN.
    pub(crate) slots: BTreeMap<Name, Slot>,
    /// Custom attributes by name, some without a value.
    pub(crate) attributes: BTreeMap<String, Option<String>>,
    /// A daemon that it has been waiting for while it registers, by ARN.
    pub(crate) missing: Option<Name>,
    /// Those that its provider handed to it when it was ordered, those of ECS, and what callers made of them.
    pub(crate) tags: Tags,
    /// Number of tasks of each daemon that were launched on it, so that no id comes twice; by daemon ARN.
    pub(crate) launches: BTreeMap<Name, u64>,
}

impl Instance {
    /// True if ECS shows it as a container instance.
    pub(crate) fn is_listed(&self) -> bool {
        self.status != InstanceStatus::Launching
    }

    /// The part of it that application tasks may still use.
    pub(crate) fn free(&self) -> Size {
        self.size.minus(self.reserved).minus(self.used)
    }

    /// True if new application tasks may be bound to it.
    pub(crate) fn takes_tasks(&self) -> bool {
        self.keeps_tasks() && !self.impaired
    }

    /// True if tasks that are bound to it may stay.
    pub(crate) fn keeps_tasks(&self) -> bool {
        matches!(
            self.status,
            InstanceStatus::Launching | InstanceStatus::Registering | InstanceStatus::Active
        )
    }

    /// True if daemons are on it or may come to it.
    pub(crate) fn runs_tasks(&self) -> bool {
        self.is_up() || (self.status == InstanceStatus::Deregistering && !self.slots.is_empty())
    }

    /// True if it is in service or on its way to it or from it.
    pub(crate) fn is_up(&self) -> bool {
        matches!(
            self.status,
            InstanceStatus::Registering | InstanceStatus::Active | InstanceStatus::Draining
        )
    }
}

/// The place of one daemon on one instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Slot {
    /// ARN of the revision that runs here.
    pub(crate) revision: Name,
    /// The task that is starting or running.
    pub(crate) task: Option<u64>,
    /// Launches of this revision that failed.
    pub(crate) failures: u32,
    /// Time at which the next launch is due.
    pub(crate) due: Option<i64>,
}
