//! The events: the stream that observers follow, and the milestones that a waiting client
//! is moved to.
//!
//! A rollout over a big fleet makes many thousands of events of tasks and instances that nobody reads. Those are kept
//! as references to names that exist anyway, and become JSON when somebody reads them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::arn::last_part;
use super::task::{Birth, Health, TaskStatus, desired};
use crate::api::Scope;
use crate::records::names::{Name, Word};

/// Something that happened in a world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorldEvent {
    /// Number of the event, from 1 upwards without gaps.
    pub seq: u64,
    /// Virtual time in milliseconds since the Unix epoch.
    pub time_ms: i64,
    pub(crate) kind: Kind,
    pub(crate) scope: Arc<Scope>,
    pub(crate) detail: Detail,
}

impl WorldEvent {
    /// Kind of the event, for example `deployment`.
    pub fn kind(&self) -> &'static str {
        self.kind.name()
    }

    /// Particulars: an object, always with `account` and `region`.
    pub fn detail(&self) -> Value {
        let mut detail = self.detail.render();
        if let Value::Object(members) = &mut detail {
            members.insert("account".to_owned(), self.scope.account.clone().into());
            members.insert("region".to_owned(), self.scope.region.clone().into());
        }
        detail
    }
}

/// Particulars of an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Detail {
    Instance(InstanceDetail),
    Task(TaskDetail),
    Other(#[serde(with = "crate::stored::json")] Box<Value>),
}

impl From<Value> for Detail {
    fn from(value: Value) -> Self {
        Self::Other(Box::new(value))
    }
}

impl Detail {
    fn render(&self) -> Value {
        match self {
            Self::Instance(instance) => instance.render(),
            Self::Task(task) => task.render(),
            Self::Other(value) => (**value).clone(),
        }
    }
}

/// An instance as it stood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct InstanceDetail {
    pub(crate) cluster: Name,
    pub(crate) provider: Name,
    pub(crate) arn: Name,
    pub(crate) ec2_id: Name,
    #[serde(with = "crate::stored::word")]
    pub(crate) status: Word,
}

impl InstanceDetail {
    fn render(&self) -> Value {
        json!({
            "cluster": &*self.cluster,
            "capacityProvider": &*self.provider,
            "containerInstanceArn": &*self.arn,
            "ec2InstanceId": &*self.ec2_id,
            "status": self.status,
        })
    }
}

/// A task as it stood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TaskDetail {
    pub(crate) birth: Arc<Birth>,
    pub(crate) instance_arn: Option<Name>,
    pub(crate) status: TaskStatus,
    pub(crate) going: bool,
    pub(crate) health: Health,
    pub(crate) reason: Option<Name>,
}

impl TaskDetail {
    fn render(&self) -> Value {
        let birth = &self.birth;
        json!({
            "cluster": &*birth.cluster,
            "daemon": birth.daemon().map(|daemon| last_part(daemon)),
            "daemonRevisionArn": birth.revision().map(|revision| &**revision),
            "group": birth.application.as_ref().map(|application| &*application.group),
            "taskArn": &*birth.arn,
            "containerInstanceArn": self.instance_arn.as_deref(),
            "status": self.status.name(),
            "desiredStatus": desired(self.going),
            "health": self.health.name(),
            "reason": self.reason.as_deref(),
        })
    }
}

/// Kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Alarm,
    AlarmTriggered,
    BakeBegin,
    BakeEnd,
    BatchBegin,
    BatchEnd,
    BreakerTriggered,
    CapacityProvider,
    Cluster,
    Daemon,
    DaemonTaskStartImpaired,
    Deployment,
    Instance,
    NoCapacity,
    /// A task of `RunTask` runs or has stopped.
    RunTask,
    /// A service has what it wants, has lost it, or is gone.
    Service,
    /// A service tells of something that nobody waits for.
    ServiceAction,
    ServiceDeployment,
    Task,
    TaskDefinition,
    /// The world goes on and on.
    Unsettled,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::AlarmTriggered => "alarm_triggered",
            Self::BakeBegin => "bake_begin",
            Self::BakeEnd => "bake_end",
            Self::BatchBegin => "batch_begin",
            Self::BatchEnd => "batch_end",
            Self::BreakerTriggered => "breaker_triggered",
            Self::CapacityProvider => "capacity_provider",
            Self::Cluster => "cluster",
            Self::Daemon => "daemon",
            Self::DaemonTaskStartImpaired => "daemon_task_start_impaired",
            Self::Deployment => "deployment",
            Self::Instance => "instance",
            Self::NoCapacity => "no_capacity",
            Self::RunTask | Self::Task => "task",
            Self::Service | Self::ServiceAction => "service",
            Self::ServiceDeployment => "service_deployment",
            Self::TaskDefinition => "task_definition",
            Self::Unsettled => "does_not_settle",
        }
    }

    /// True if a client that waits for something waits for this.
    fn is_milestone(self) -> bool {
        !matches!(
            self,
            Self::Alarm
                | Self::DaemonTaskStartImpaired
                | Self::Instance
                | Self::NoCapacity
                | Self::ServiceAction
                | Self::Task
                | Self::Unsettled
        )
    }
}

/// Events that nobody has taken yet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Log {
    last: u64,
    events: Vec<Arc<WorldEvent>>,
    milestones: u64,
}

impl Log {
    pub(crate) fn push(&mut self, time_ms: i64, kind: Kind, scope: Arc<Scope>, detail: Detail) {
        self.last += 1;
        self.milestones += u64::from(kind.is_milestone());
        self.events.push(Arc::new(WorldEvent {
            seq: self.last,
            time_ms,
            kind,
            scope,
            detail,
        }));
    }

    pub(crate) fn move_into(&mut self, events: &mut Vec<Arc<WorldEvent>>) {
        events.append(&mut self.events);
    }

    /// Number of milestones passed so far.
    pub(crate) fn milestones(&self) -> u64 {
        self.milestones
    }
}
