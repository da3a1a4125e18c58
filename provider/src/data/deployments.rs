//! The data source `ecs_daemon_deployments`: the deployments of a daemon, the newest first.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::{DaemonDeploymentStatus, DaemonDeploymentSummary};
use daemons::{
    absent,
    arn::DaemonArn,
    list::{self, DeploymentFilter},
    name,
};
use tfplug_core::{
    Attribute, AttributeType, Diagnostic, Diagnostics, Mode, Nesting, Type,
    typed::{FromValue, ToValue},
};

use super::{
    daemon, deployment,
    source::{self, Reading, computed},
    times,
};
use crate::{
    attributes::rules::{each_of, not_empty, parsed},
    diagnostic::ToDiagnostic,
    session::Session,
};

/// The statuses of deployments.
const STATUSES: &[&str] = &[
    "PENDING",
    "IN_PROGRESS",
    "SUCCESSFUL",
    "STOP_REQUESTED",
    "STOPPED",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_SUCCESSFUL",
    "ROLLBACK_FAILED",
];

/// `ecs_daemon_deployments`.
pub(super) struct Deployments;

/// The deployments to list.
#[derive(FromValue)]
pub(super) struct Arguments {
    daemon_arn: String,
    statuses: Option<BTreeSet<String>>,
    created_after: Option<String>,
    region: Option<String>,
}

/// The deployments that were found.
#[derive(ToValue)]
pub(super) struct Answer {
    daemon_arn: String,
    statuses: Option<BTreeSet<String>>,
    created_after: Option<String>,
    region: String,
    arns: Vec<String>,
    deployments: Vec<Listed>,
}

#[derive(ToValue)]
struct Listed {
    arn: Option<String>,
    status: Option<String>,
    status_reason: Option<String>,
    target_daemon_revision_arn: Option<String>,
    created_at: Option<String>,
    started_at: Option<String>,
    stopped_at: Option<String>,
    finished_at: Option<String>,
}

impl Reading for Deployments {
    const NAME: &'static str = "ecs_daemon_deployments";
    const DESCRIPTION: &'static str = "The deployments of a managed daemon that ECS has a record of, the newest first.";
    type Arguments = Arguments;
    type Answer = Answer;

    fn attributes() -> Vec<Attribute> {
        let mut attributes = vec![
            computed(name::ARN, Type::String, "ARN of the deployment."),
            computed(name::STATUS, Type::String, "Status."),
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
        ];
        attributes.extend(deployment::moments());
        let nesting = Nesting::List;
        let deployments = AttributeType::Nested { nesting, attributes };
        vec![
            Attribute::new("daemon_arn", Type::String, Mode::Required, "ARN of the daemon.").validate(parsed(
                DaemonArn::parse,
                "an ARN of the form `arn:PARTITION:ecs:REGION:ACCOUNT:daemon/CLUSTER/NAME`",
            )),
            Attribute::new(
                "statuses",
                Type::set(Type::String),
                Mode::Optional,
                "Only deployments of one of these statuses.",
            )
            .validate(not_empty())
            .validate(each_of(STATUSES)),
            Attribute::new(
                "created_after",
                Type::String,
                Mode::Optional,
                "Only deployments created after this time, by RFC 3339.",
            )
            .validate(parsed(times::parse, "a time such as `2026-01-31T12:00:00Z`")),
            computed("arns", Type::list(Type::String), "ARNs of the deployments."),
            Attribute::with_type(
                "deployments",
                deployments,
                Mode::Computed,
                "The deployments, in the order of `arns`.",
            ),
        ]
    }

    async fn read(session: &Session, arguments: Arguments) -> Result<Answer, Diagnostics> {
        let daemon = DaemonArn::parse(&arguments.daemon_arn);
        let daemon = daemon.map_err(|error| Diagnostic::error("Invalid ARN of a daemon", error))?;
        let region = source::region(session, arguments.region.as_deref(), Some(&daemon.arn.region))?;
        let created_after = arguments.created_after.as_deref().map(times::parse).transpose();
        let filter = DeploymentFilter {
            statuses: arguments
                .statuses
                .iter()
                .flatten()
                .map(|status| DaemonDeploymentStatus::from(status.as_str()))
                .collect(),
            created_after: created_after.map_err(|error| Diagnostic::error("Invalid time", error))?,
        };
        let mut listed = match list::deployments(session.reader(&region).client(), &arguments.daemon_arn, &filter).await
        {
            Ok(listed) => listed,
            Err(failure) if absent::is_daemon(&failure) => {
                session.check_account(&daemon.arn).await?;
                return Err(daemon::not_found(&daemon).into());
            }
            Err(failure) => {
                return Err(failure
                    .diagnostic("list daemon deployments", &arguments.daemon_arn)
                    .into());
            }
        };
        listed.sort_by(|one, other| other.created_at().cmp(&one.created_at()));
        Ok(Answer {
            daemon_arn: arguments.daemon_arn,
            statuses: arguments.statuses,
            created_after: arguments.created_after,
            region,
            arns: listed
                .iter()
                .filter_map(|listed| listed.daemon_deployment_arn().map(str::to_owned))
                .collect(),
            deployments: listed.iter().map(Listed::of).collect(),
        })
    }
}

impl Listed {
    fn of(summary: &DaemonDeploymentSummary) -> Self {
        Self {
            arn: summary.daemon_deployment_arn().map(str::to_owned),
            status: summary.status().map(|status| status.as_str().to_owned()),
            status_reason: summary.status_reason().map(str::to_owned),
            target_daemon_revision_arn: summary.target_daemon_revision_arn().map(str::to_owned),
            created_at: times::text(summary.created_at()),
            started_at: times::text(summary.started_at()),
            stopped_at: times::text(summary.stopped_at()),
            finished_at: times::text(summary.finished_at()),
        }
    }
}
