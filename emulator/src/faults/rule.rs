//! A fault: a rule for requests with its effect, or an action with the moment it waits for.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::api::Scope;
use crate::glob::Glob;
use crate::records::events::{Detail, Kind};
use crate::timestamp;
use crate::world::{Window, WorldEvent, WorldFault};

/// One entry of the list of faults.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Fault {
    /// Decides about requests.
    Request(FaultRule),
    /// Makes something in the world go wrong.
    World(WorldFault),
    /// Happens once, when its condition holds.
    Action(Condition, Action),
}

/// The effect of a rule on a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    /// Refused with a `ThrottlingException`.
    Throttle,
    /// Refused with a `ServerException`, status 500.
    ServerError,
    /// Refused with any type, text and status.
    Error {
        /// Exception type.
        kind: String,
        /// Text.
        message: String,
        /// HTTP status.
        status: u16,
    },
    /// Neither executed nor answered.
    Timeout,
    /// The connection closes before execution.
    Reset,
    /// Executed, then the connection closes without an answer.
    LostReply,
    /// Answers from the records before their latest write.
    Stale,
    /// Executed at once, answered this much host time later.
    Slow(Duration),
    /// Executed; the answer breaks off in the middle of its body.
    Truncated,
    /// Executed; the answer has a member and an enum value that nobody knows.
    ExtraMembers,
}

impl Effect {
    fn render(&self) -> Value {
        match self {
            Self::Throttle => json!("throttle"),
            Self::ServerError => json!("server_error"),
            Self::Error { kind, message, status } => {
                json!({"error": {"type": kind, "message": message, "status": status}})
            }
            Self::Timeout => json!("timeout"),
            Self::Reset => json!("reset"),
            Self::LostReply => json!("lost_reply"),
            Self::Stale => json!("stale"),
            Self::Slow(delay) => json!({"slow": {"seconds": delay.as_secs_f64()}}),
            Self::Truncated => json!("truncated"),
            Self::ExtraMembers => json!("extra_members"),
        }
    }
}

/// A rule for requests.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FaultRule {
    /// Id; given by the list when absent.
    pub id: Option<String>,
    /// Operations that the rule is about.
    pub operation: Glob,
    /// Name or ARN that must stand in the request; `None` for any request.
    pub resource: Option<Glob>,
    /// Account of the caller; `None` for any.
    pub account: Option<String>,
    /// Region of the request; `None` for any.
    pub region: Option<String>,
    /// Number of matching requests that pass before the window opens.
    pub after: u32,
    /// Number of times that the rule fires; `None` for ever.
    pub count: Option<u32>,
    /// Chance of firing while the window is open, 0 to 1, drawn from the seed.
    pub probability: f64,
    /// Effect on the request.
    pub effect: Effect,
    /// A run in which the rule did not fire is a failed test.
    pub must_fire: bool,
}

impl FaultRule {
    /// A rule that fires once, on the next request of any operation.
    pub fn new(effect: Effect) -> Self {
        Self {
            id: None,
            operation: Glob::new("*"),
            resource: None,
            account: None,
            region: None,
            after: 0,
            count: Some(1),
            probability: 1.0,
            effect,
            must_fire: false,
        }
    }

    /// Only operations that the pattern covers.
    #[must_use]
    pub fn operation(mut self, pattern: &str) -> Self {
        self.operation = Glob::new(pattern);
        self
    }

    /// Only requests with a name or ARN that the pattern covers.
    #[must_use]
    pub fn resource(mut self, pattern: &str) -> Self {
        self.resource = Some(Glob::new(pattern));
        self
    }

    /// Lets this many matching requests pass first.
    #[must_use]
    pub fn after(mut self, requests: u32) -> Self {
        self.after = requests;
        self
    }

    /// Fires this often; `None` for ever.
    #[must_use]
    pub fn count(mut self, count: Option<u32>) -> Self {
        self.count = count;
        self
    }

    pub(super) fn matches(&self, scope: &Scope, operation: &str, names: &[String]) -> bool {
        let in_scope = self.account.as_ref().is_none_or(|account| *account == scope.account)
            && self.region.as_ref().is_none_or(|region| *region == scope.region);
        let names_it = self
            .resource
            .as_ref()
            .is_none_or(|glob| names.iter().any(|name| glob.matches(name)));
        in_scope && names_it && self.operation.matches(operation)
    }

    fn render(&self) -> Value {
        json!({
            "operation": self.operation.to_string(),
            "resource": self.resource.as_ref().map(ToString::to_string),
            "account": self.account,
            "region": self.region,
            "after": self.after,
            "count": self.count,
            "probability": self.probability,
            "effect": self.effect.render(),
        })
    }
}

impl From<FaultRule> for Fault {
    fn from(rule: FaultRule) -> Self {
        Self::Request(rule)
    }
}

/// The moment that an action waits for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Condition {
    /// Virtual time in milliseconds since 1970.
    At(i64),
    /// Something that happens to a daemon.
    Daemon {
        /// Account and region of the daemon.
        scope: Scope,
        /// Name or ARN of the daemon.
        daemon: Glob,
        /// The turn that it has to take.
        turn: Turn,
    },
}

/// A turn in the course of a daemon's deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Turn {
    /// The deployment gets a status, for example `IN_PROGRESS`.
    Status(String),
    /// The batch of this number, from 1, begins.
    Batch(u64),
    /// The bake time begins.
    BakeStart,
}

/// A turn that has happened.
#[derive(Clone, Debug)]
pub(crate) struct SeenTurn {
    pub(crate) scope: Scope,
    pub(crate) daemon_arn: String,
    pub(crate) turn: Turn,
}

impl SeenTurn {
    /// The turn that an event of the world tells of; `None` when it tells of something else.
    pub(crate) fn of(event: &WorldEvent) -> Option<Self> {
        let Detail::Other(detail) = &event.detail else {
            return None;
        };
        let text = |name: &str| detail.get(name).and_then(Value::as_str).map(str::to_owned);
        let turn = match event.kind {
            Kind::Deployment => Turn::Status(text("status")?),
            Kind::BatchBegin => Turn::Batch(detail.get("batch")?.as_u64()?),
            Kind::BakeBegin => Turn::BakeStart,
            _ => return None,
        };
        Some(Self {
            scope: Scope::clone(&event.scope),
            daemon_arn: text("daemonArn")?,
            turn,
        })
    }
}

impl Condition {
    pub(super) fn at_ms(&self) -> Option<i64> {
        match self {
            Self::At(ms) => Some(*ms),
            Self::Daemon { .. } => None,
        }
    }

    pub(super) fn is_met_by(&self, seen: &SeenTurn) -> bool {
        match self {
            Self::At(_) => false,
            Self::Daemon { scope, daemon, turn } => {
                let name = seen.daemon_arn.rsplit('/').next().unwrap_or_default();
                let is_daemon = daemon.matches(name) || daemon.matches(&seen.daemon_arn);
                *scope == seen.scope && *turn == seen.turn && is_daemon
            }
        }
    }

    fn render(&self) -> Value {
        match self {
            Self::At(ms) => json!({"at": timestamp::render(*ms)}),
            Self::Daemon { daemon, turn, .. } => {
                let daemon = daemon.to_string();
                match turn {
                    Turn::Status(status) => json!({"daemon": daemon, "deployment": status}),
                    Turn::Batch(number) => json!({"daemon": daemon, "batch": number}),
                    Turn::BakeStart => json!({"daemon": daemon, "bake": "start"}),
                }
            }
        }
    }
}

/// Something that happens to the world from outside the client under test.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Action {
    /// A call made as another principal.
    Call {
        /// Account and region of the caller.
        scope: Scope,
        /// Operation name.
        operation: String,
        /// Request body.
        #[serde(with = "crate::stored::json")]
        body: Map<String, Value>,
    },
    /// An alarm changes its state.
    Alarm {
        /// Account and region of the alarm.
        scope: Scope,
        /// Name of the alarm.
        name: String,
        /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
        state: String,
    },
    /// Something in the world begins to go wrong.
    World {
        /// Account and region of the daemon whose turn it waits for.
        scope: Scope,
        /// The fault.
        fault: WorldFault,
    },
}

impl Action {
    fn render(&self) -> Value {
        match self {
            Self::Call { scope, operation, body } => json!({
                "call": {"operation": operation, "body": body},
                "account": scope.account,
                "region": scope.region,
            }),
            Self::Alarm { scope, name, state } => json!({
                "alarm": name,
                "state": state,
                "account": scope.account,
                "region": scope.region,
            }),
            Self::World { scope, fault } => {
                let mut entry = render_world(fault);
                if let Value::Object(members) = &mut entry {
                    members.insert("account".to_owned(), scope.account.clone().into());
                    members.insert("region".to_owned(), scope.region.clone().into());
                }
                entry
            }
        }
    }
}

fn render_world(fault: &WorldFault) -> Value {
    let named = |effect: &str, window: &Window| {
        json!({
            "effect": effect,
            "capacity_provider": window.provider,
            "after": window.after,
            "count": window.count,
        })
    };
    let (mut entry, parameter) = match fault {
        WorldFault::Image { fault, seconds } => (json!(fault), seconds.map(|seconds| ("seconds", seconds))),
        WorldFault::NoCapacity(window) => (named("no_capacity", window), None),
        WorldFault::SlowDrain { window, factor } => (named("slow_drain", window), Some(("factor", *factor))),
        WorldFault::TagMoved { image } => (json!({"effect": "moved", "image": image}), None),
    };
    if let (Some((name, value)), Value::Object(members)) = (parameter, &mut entry) {
        members.insert(name.to_owned(), value.into());
    }
    entry
}

impl Fault {
    pub(crate) fn render(&self) -> Value {
        match self {
            Self::Request(rule) => rule.render(),
            Self::World(fault) => render_world(fault),
            Self::Action(condition, action) => {
                let mut entry = action.render();
                if let Value::Object(members) = &mut entry {
                    members.insert("when".to_owned(), condition.render());
                }
                entry
            }
        }
    }
}
