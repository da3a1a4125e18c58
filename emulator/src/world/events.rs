//! What happened: the stream that observers follow, and the milestones that a waiting client
//! is moved to.

use serde::Serialize;
use serde_json::Value;

/// Something that happened in a world.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WorldEvent {
    /// Number of the event, from 1 upwards without gaps.
    pub seq: u64,
    /// Virtual time in milliseconds since the Unix epoch.
    pub time_ms: i64,
    /// What kind of thing happened, for example `deployment`.
    pub kind: String,
    /// Particulars, always with `account` and `region`.
    pub detail: Value,
}

/// Kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        }
    }

    /// Whether a client that waits for something waits for this.
    fn is_milestone(self) -> bool {
        !matches!(
            self,
            Self::Alarm
                | Self::DaemonTaskStartImpaired
                | Self::Instance
                | Self::NoCapacity
                | Self::ServiceAction
                | Self::Task
        )
    }
}

/// Events that nobody has taken yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    last: u64,
    events: Vec<WorldEvent>,
    milestones: u64,
}

impl Log {
    pub(crate) fn push(&mut self, time_ms: i64, kind: Kind, detail: Value) {
        self.last += 1;
        self.milestones += u64::from(kind.is_milestone());
        self.events.push(WorldEvent {
            seq: self.last,
            time_ms,
            kind: kind.name().to_owned(),
            detail,
        });
    }

    pub(crate) fn take(&mut self) -> Vec<WorldEvent> {
        std::mem::take(&mut self.events)
    }

    /// How many milestones have been passed so far.
    pub(crate) fn milestones(&self) -> u64 {
        self.milestones
    }
}
