//! The data source `ecs_daemon_deployment`: one deployment, by its ARN, or the latest of a daemon.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::{DaemonDeployment, DaemonDeploymentRevisionDetail};
use daemons::{
    arn::{DaemonArn, RecordArn},
    describe, name,
    settings::{Deployment as Configuration, Settings},
};
use tfplug_core::{
    Attribute, AttributeType, Diagnostic, Diagnostics, Mode, Nesting, Type, Value,
    typed::{FromValue, ToValue},
};

use super::{
    source::{self, Reading, computed},
    times,
};
use crate::{
    attributes::rules::parsed,
    daemon::{table::TABLE, values},
    diagnostic::ToDiagnostic,
    session::Session,
};

/// Name of the argument and attribute with the daemon.
const DAEMON_ARN: &str = "daemon_arn";

/// `ecs_daemon_deployment`.
pub(super) struct Deployment;

/// What to look for.
#[derive(FromValue)]
pub(super) struct Arguments {
    arn: Option<String>,
    daemon_arn: Option<String>,
    region: Option<String>,
}

/// A deployment.
#[derive(ToValue)]
pub(super) struct Answer {
    arn: String,
    daemon_arn: String,
    cluster_arn: String,
    region: String,
    status: Option<String>,
    status_reason: Option<String>,
    target_daemon_revision_arn: Option<String>,
    source_daemon_revision_arns: BTreeSet<String>,
    capacity_providers: Vec<Instances>,
    deployment_configuration: Value,
    circuit_breaker: Vec<CircuitBreaker>,
    alarms: Vec<Alarms>,
    rollback: Vec<Rollback>,
    created_at: Option<String>,
    started_at: Option<String>,
    stopped_at: Option<String>,
    finished_at: Option<String>,
}

#[derive(ToValue)]
struct Instances {
    arn: Option<String>,
    running_instance_count: Option<i32>,
    without_daemon_instance_count: Option<i32>,
    draining_instance_count: Option<i32>,
}

#[derive(ToValue)]
struct CircuitBreaker {
    status: Option<String>,
    failure_count: i32,
    threshold: i32,
}

#[derive(ToValue)]
struct Alarms {
    status: Option<String>,
    alarm_names: Vec<String>,
    triggered_alarm_names: Vec<String>,
}

#[derive(ToValue)]
struct Rollback {
    reason: Option<String>,
    started_at: Option<String>,
    target_daemon_revision_arn: Option<String>,
    capacity_provider_arns: BTreeSet<String>,
}

impl Reading for Deployment {
    const NAME: &'static str = "ecs_daemon_deployment";
    const DESCRIPTION: &'static str = "A deployment of a managed daemon: how far it is, or how it has ended and why.";
    type Arguments = Arguments;
    type Answer = Answer;

    fn attributes() -> Vec<Attribute> {
        let mut attributes = vec![
            Attribute::new(
                name::ARN,
                Type::String,
                Mode::OptionalComputed,
                "ARN of the deployment. Excludes `daemon_arn`.",
            )
            .validate(parsed(
                RecordArn::parse_deployment,
                "an ARN of the form `arn:PARTITION:ecs:REGION:ACCOUNT:daemon-deployment/CLUSTER/NAME/ID`",
            )),
            Attribute::new(
                DAEMON_ARN,
                Type::String,
                Mode::OptionalComputed,
                "ARN of the daemon, for its latest deployment. Excludes `arn`.",
            )
            .validate(parsed(
                DaemonArn::parse,
                "an ARN of the form `arn:PARTITION:ecs:REGION:ACCOUNT:daemon/CLUSTER/NAME`",
            )),
            computed(name::CLUSTER_ARN, Type::String, "ARN of the cluster."),
            computed(
                name::STATUS,
                Type::String,
                "Status, for example `IN_PROGRESS`, `SUCCESSFUL`, `STOPPED` or `ROLLBACK_SUCCESSFUL`.",
            ),
            computed(
                "status_reason",
                Type::String,
                "Reason of the status, in the words of ECS.",
            ),
            computed(
                "target_daemon_revision_arn",
                Type::String,
                "ARN of the revision that it brings.",
            ),
            computed(
                "source_daemon_revision_arns",
                Type::set(Type::String),
                "ARNs of the revisions that it replaces.",
            ),
        ];
        attributes.extend(
            TABLE
                .answered()
                .into_iter()
                .filter(|answered| answered.name == name::DEPLOYMENT_CONFIGURATION),
        );
        attributes.extend([capacity_providers(), circuit_breaker(), alarms(), rollback()]);
        attributes.extend(moments());
        attributes
    }

    fn validate(config: &Value) -> Diagnostics {
        source::one_of(config, &[name::ARN, DAEMON_ARN])
    }

    async fn read(session: &Session, arguments: Arguments) -> Result<Answer, Diagnostics> {
        let region = arguments.region.as_deref();
        let arn = match (&arguments.arn, &arguments.daemon_arn) {
            (Some(arn), _) => arn.clone(),
            (None, daemon) => latest(session, daemon.as_deref().unwrap_or_default(), region).await?,
        };
        let parsed = RecordArn::parse_deployment(&arn)
            .map_err(|error| Diagnostic::error("Invalid ARN of a deployment", error))?;
        source::region(session, region, Some(&parsed.arn.region))?;
        let reader = session.reader(&parsed.arn.region);
        let found = describe::deployments(reader.client(), vec![arn.clone()]).await;
        let found = found.map_err(|failure| failure.diagnostic("read a daemon deployment", &arn))?;
        if let Some(found) = found.first() {
            return Ok(Answer::of(&parsed, &found.record));
        }
        session.check_account(&parsed.arn).await?;
        Err(not_found(&arn).into())
    }
}

/// The latest deployment of a daemon.
async fn latest(session: &Session, daemon_arn: &str, region: Option<&str>) -> Result<String, Diagnostic> {
    let daemon = DaemonArn::parse(daemon_arn).map_err(|error| Diagnostic::error("Invalid ARN of a daemon", error))?;
    source::region(session, region, Some(&daemon.arn.region))?;
    let reader = session.reader(&daemon.arn.region);
    let detail = describe::daemon(reader.client(), &daemon).await;
    let detail = detail.map_err(|failure| failure.diagnostic("read a daemon", daemon_arn))?;
    let Some(detail) = detail else {
        session.check_account(&daemon.arn).await?;
        return Err(super::daemon::not_found(&daemon));
    };
    let none = || {
        Diagnostic::error(
            "Daemon without a deployment",
            format!("ECS names no deployment of {daemon_arn}."),
        )
    };
    detail.deployment_arn.ok_or_else(none)
}

impl Answer {
    fn of(arn: &RecordArn, record: &DaemonDeployment) -> Self {
        let target = record.target_daemon_revision();
        let sources = record
            .source_daemon_revisions()
            .iter()
            .filter_map(|revision| revision.arn());
        let configuration = record.deployment_configuration().map(Configuration::of_record);
        Self {
            arn: arn.to_string(),
            daemon_arn: arn.daemon.to_string(),
            cluster_arn: arn.daemon.cluster_arn().to_string(),
            region: arn.arn.region.clone(),
            status: record.status().map(|status| status.as_str().to_owned()),
            status_reason: record.status_reason().map(str::to_owned),
            target_daemon_revision_arn: target.and_then(|revision| revision.arn()).map(str::to_owned),
            source_daemon_revision_arns: sources.map(str::to_owned).collect(),
            capacity_providers: target.map(instances).unwrap_or_default(),
            deployment_configuration: configuration.map_or(Value::Null, spelled),
            circuit_breaker: record.circuit_breaker().map(CircuitBreaker::of).into_iter().collect(),
            alarms: record.alarms().map(Alarms::of).into_iter().collect(),
            rollback: record.rollback().map(Rollback::of).into_iter().collect(),
            created_at: times::text(record.created_at()),
            started_at: times::text(record.started_at()),
            stopped_at: times::text(record.stopped_at()),
            finished_at: times::text(record.finished_at()),
        }
    }
}

/// A deployment configuration as the resource has it.
fn spelled(configuration: Configuration) -> Value {
    let settings = Settings {
        deployment_configuration: configuration,
        ..Settings::unknown()
    };
    values::spelled_out(&settings)
        .get(name::DEPLOYMENT_CONFIGURATION)
        .clone()
}

fn instances(target: &DaemonDeploymentRevisionDetail) -> Vec<Instances> {
    let providers = target.capacity_providers().iter();
    providers
        .map(|provider| Instances {
            arn: provider.arn().map(str::to_owned),
            running_instance_count: provider.running_instance_count(),
            without_daemon_instance_count: provider.without_daemon_instance_count(),
            draining_instance_count: provider.draining_instance_count(),
        })
        .collect()
}

impl CircuitBreaker {
    fn of(record: &aws_sdk_ecs::types::DaemonCircuitBreaker) -> Self {
        Self {
            status: record.status().map(|status| status.as_str().to_owned()),
            failure_count: record.failure_count(),
            threshold: record.threshold(),
        }
    }
}

impl Alarms {
    fn of(record: &aws_sdk_ecs::types::DaemonDeploymentAlarms) -> Self {
        Self {
            status: record.status().map(|status| status.as_str().to_owned()),
            alarm_names: record.alarm_names().to_vec(),
            triggered_alarm_names: record.triggered_alarm_names().to_vec(),
        }
    }
}

impl Rollback {
    fn of(record: &aws_sdk_ecs::types::DaemonRollback) -> Self {
        Self {
            reason: record.reason().map(str::to_owned),
            started_at: times::text(record.started_at()),
            target_daemon_revision_arn: record.rollback_target_daemon_revision_arn().map(str::to_owned),
            capacity_provider_arns: record.rollback_capacity_providers().iter().cloned().collect(),
        }
    }
}

/// A structure of the record: a list of one, as the resource has its blocks.
fn structure(name: &str, attributes: Vec<Attribute>, description: &str) -> Attribute {
    let nesting = Nesting::List;
    Attribute::with_type(
        name,
        AttributeType::Nested { nesting, attributes },
        Mode::Computed,
        description,
    )
}

fn capacity_providers() -> Attribute {
    let attributes = vec![
        computed(name::ARN, Type::String, "ARN of the capacity provider."),
        computed(
            "running_instance_count",
            Type::Number,
            "Instances that run the target revision.",
        ),
        computed(
            "without_daemon_instance_count",
            Type::Number,
            "Instances that were started without the daemon, which happens only where it is not critical.",
        ),
        computed(
            "draining_instance_count",
            Type::Number,
            "Instances that are being drained.",
        ),
    ];
    structure("capacity_providers", attributes, "The fleet, by capacity provider.")
}

fn circuit_breaker() -> Attribute {
    let attributes = vec![
        computed(
            name::STATUS,
            Type::String,
            "`MONITORING`, `MONITORING_COMPLETE`, `TRIGGERED` or `DISABLED`.",
        ),
        computed("failure_count", Type::Number, "Tasks of the daemon that failed to run."),
        computed("threshold", Type::Number, "Failures that roll the deployment back."),
    ];
    structure("circuit_breaker", attributes, "The circuit breaker.")
}

fn alarms() -> Attribute {
    let attributes = vec![
        computed(
            name::STATUS,
            Type::String,
            "`MONITORING`, `MONITORING_COMPLETE`, `TRIGGERED` or `DISABLED`.",
        ),
        computed(
            "alarm_names",
            Type::list(Type::String),
            "Names of the alarms that are watched.",
        ),
        computed(
            "triggered_alarm_names",
            Type::list(Type::String),
            "Names of those that went off.",
        ),
    ];
    structure("alarms", attributes, "The alarms that roll the deployment back.")
}

fn rollback() -> Attribute {
    let attributes = vec![
        computed("reason", Type::String, "Reason of the rollback, in the words of ECS."),
        computed("started_at", Type::String, "Time of its beginning, by RFC 3339."),
        computed(
            "target_daemon_revision_arn",
            Type::String,
            "ARN of the revision that it goes back to.",
        ),
        computed(
            "capacity_provider_arns",
            Type::set(Type::String),
            "ARNs of the capacity providers that it goes back to.",
        ),
    ];
    structure("rollback", attributes, "The rollback; empty where there is none.")
}

/// The times of a deployment.
pub(super) fn moments() -> Vec<Attribute> {
    vec![
        computed("created_at", Type::String, "Time of its creation, by RFC 3339."),
        computed(
            "started_at",
            Type::String,
            "Time at which it began to replace instances, by RFC 3339.",
        ),
        computed(
            "stopped_at",
            Type::String,
            "Time at which it was stopped, by RFC 3339; null if it was not.",
        ),
        computed(
            "finished_at",
            Type::String,
            "Time of its end, by RFC 3339; null while it goes on.",
        ),
    ]
}

fn not_found(arn: &str) -> Diagnostic {
    Diagnostic::error(
        "Daemon deployment not found",
        format!(
            "ECS has no record of the deployment {arn}. Records of deployments expire; `ecs_daemon_deployments` lists those that are left."
        ),
    )
}
