//! The arguments that all actions have, and the calls on the daemon that they name.

use std::time::Duration;

use daemons::{arn::DaemonArn, name, observe::Observed, wait::Budget, writer::Writer};
use tfplug_core::{Attribute, Block, Cancel, Diagnostic, Mode, Path, Schema, Type, Value, typed::FromValue};

use crate::{
    attributes::rules::parsed,
    daemon::{messages, plan::DELETE_IN_PROGRESS},
    duration,
    interrupt::ByClient,
    session::Session,
};

const DAEMON_ARN: &str = "daemon_arn";
const TIMEOUT: &str = "timeout";

/// The time for an action that says nothing of it.
const DEFAULT_TIMEOUT: Duration = Duration::from_hours(2);

/// A daemon, and the time for what is done with it.
pub(super) struct Target {
    pub(super) arn: DaemonArn,
    timeout: Duration,
}

#[derive(FromValue)]
struct Arguments {
    daemon_arn: String,
    timeout: Option<String>,
}

/// The schema of an action with further arguments.
pub(super) fn schema(description: &str, more: Vec<Attribute>) -> Schema {
    let mut attributes = vec![
        Attribute::new(DAEMON_ARN, Type::String, Mode::Required, "ARN of the daemon.").validate(parsed(
            DaemonArn::parse,
            "an ARN of the form `arn:PARTITION:ecs:REGION:ACCOUNT:daemon/CLUSTER/NAME`",
        )),
        Attribute::new(
            TIMEOUT,
            Type::String,
            Mode::Optional,
            "How long to wait, as a Go duration such as `90m` or `1h30m`. Defaults to `2h`.",
        )
        .validate(parsed(duration::parse, "a Go duration such as `90m` or `1h30m`")),
    ];
    attributes.extend(more);
    Schema {
        version: 0,
        block: Block {
            attributes,
            description: description.to_owned(),
            ..Block::default()
        },
    }
}

impl Target {
    /// The target of a configuration that is wholly known.
    pub(super) fn of(config: &Value) -> Result<Self, Diagnostic> {
        if config.is_null() {
            let text = "The action has no block `config`, which names the daemon with `daemon_arn`.";
            return Err(Diagnostic::error("Missing block", text));
        }
        let arguments = Arguments::from_value(config).map_err(|error| error.diagnostic("Invalid argument"))?;
        let wrong =
            |argument: &str, error: String| Diagnostic::error("Invalid argument", error).at(Path::attribute(argument));
        let arn = DaemonArn::parse(&arguments.daemon_arn).map_err(|error| wrong(DAEMON_ARN, error))?;
        let timeout = arguments.timeout.as_deref().map(duration::parse).transpose();
        let timeout = timeout.map_err(|error| wrong(TIMEOUT, error))?;
        Ok(Self {
            arn,
            timeout: timeout.unwrap_or(DEFAULT_TIMEOUT),
        })
    }

    /// The calls on the daemon.
    pub(super) fn writer<'a>(&self, session: &Session, cancel: &'a Cancel) -> Result<Writer<ByClient<'a>>, Diagnostic> {
        let region = &self.arn.arn.region;
        session
            .check_region(region)
            .map_err(|problem| Diagnostic::error("Unknown region", problem).at(Path::attribute(DAEMON_ARN)))?;
        Ok(Writer {
            reader: session.reader(region),
            once: session.aws.ecs_unrepeatable(region),
            poll: session.poll,
            budget: Budget::of(self.timeout),
            interrupt: ByClient(cancel),
            arn: self.arn.clone(),
        })
    }
}

/// The daemon as it is, unless it is gone or goes away: neither leaves anything to do or to wait for.
pub(super) async fn live(session: &Session, writer: &Writer<ByClient<'_>>) -> Result<Box<Observed>, Diagnostic> {
    let arn = &writer.arn;
    let live = writer.observe(None).await;
    let live = live.map_err(|unreadable| messages::unreadable_diagnostic(arn, &unreadable))?;
    match live {
        None => Err(not_found(session, arn).await),
        Some(live) if live.status == DELETE_IN_PROGRESS => {
            let text = format!("{arn} is being deleted.");
            Err(Diagnostic::error(format!("Daemon {} goes away", arn.name), text).at(daemon_path()))
        }
        Some(live) => Ok(live),
    }
}

/// Name of the argument that names the daemon, for messages about it.
pub(super) fn daemon_path() -> Path {
    Path::attribute(DAEMON_ARN)
}

/// The daemon that an action names is not there.
async fn not_found(session: &Session, arn: &DaemonArn) -> Diagnostic {
    if let Err(diagnostic) = session.check_account(&arn.arn).await {
        return diagnostic;
    }
    let text = format!(
        "ECS has no daemon `{}` in the cluster `{}`. Looked for: {arn}.",
        arn.name, arn.cluster
    );
    Diagnostic::error("Daemon not found", text).at(daemon_path())
}

/// The attribute that says whether an action waits.
pub(super) fn wait_attribute() -> Attribute {
    Attribute::new(
        name::WAIT,
        Type::Bool,
        Mode::Optional,
        "Whether to wait until the rollout has ended, and to fail when it is rolled back. Defaults to `true`.",
    )
}
