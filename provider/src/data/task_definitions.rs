//! The data source `ecs_daemon_task_definitions`: revisions of task definitions, by family, prefix and status.

use aws_sdk_ecs::types::{DaemonTaskDefinitionStatusFilter, DaemonTaskDefinitionSummary, SortOrder};
use daemons::{
    arn::RevisionArn,
    list::{self, TaskDefinitionFilter},
};
use tfplug_core::{
    Attribute, AttributeType, Diagnostic, Diagnostics, Mode, Nesting, Path, Type, Value,
    typed::{FromValue, ToValue},
};

use super::{
    source::{self, Reading, computed},
    times,
};
use crate::{
    attributes::rules::{length, one_of},
    diagnostic::ToDiagnostic,
    session::Session,
    task_definition::table::name,
};

const FAMILY_PREFIX: &str = "family_prefix";

/// `ecs_daemon_task_definitions`.
pub(super) struct TaskDefinitions;

/// The revisions to list.
#[derive(FromValue)]
pub(super) struct Arguments {
    family: Option<String>,
    family_prefix: Option<String>,
    status: Option<String>,
    sort: Option<String>,
    latest_only: Option<bool>,
    region: Option<String>,
}

/// The revisions that were found.
#[derive(ToValue)]
pub(super) struct Answer {
    family: Option<String>,
    family_prefix: Option<String>,
    status: Option<String>,
    sort: Option<String>,
    latest_only: Option<bool>,
    region: String,
    arns: Vec<String>,
    task_definitions: Vec<Listed>,
}

#[derive(ToValue)]
struct Listed {
    arn: Option<String>,
    family: Option<String>,
    revision: Option<i64>,
    status: Option<String>,
    registered_at: Option<String>,
    registered_by: Option<String>,
    delete_requested_at: Option<String>,
}

impl Reading for TaskDefinitions {
    const NAME: &'static str = "ecs_daemon_task_definitions";
    const DESCRIPTION: &'static str =
        "Revisions of daemon task definitions, in the order of family and revision. An empty list is no error.";
    type Arguments = Arguments;
    type Answer = Answer;

    fn attributes() -> Vec<Attribute> {
        let nesting = Nesting::List;
        let attributes = vec![
            computed(name::ARN, Type::String, "ARN of the revision, with its number."),
            computed(name::FAMILY, Type::String, "Family."),
            computed(
                name::REVISION,
                Type::Number,
                "Number of the revision within its family.",
            ),
            computed(
                name::STATUS,
                Type::String,
                "`ACTIVE`, `DELETE_IN_PROGRESS` or `DELETED`.",
            ),
            computed("registered_at", Type::String, "Time of its registration, by RFC 3339."),
            computed(
                "registered_by",
                Type::String,
                "ARN of the principal that registered it.",
            ),
            computed(
                "delete_requested_at",
                Type::String,
                "Time at which its deletion began, by RFC 3339; null if it did not.",
            ),
        ];
        let revisions = AttributeType::Nested { nesting, attributes };
        vec![
            Attribute::new(
                name::FAMILY,
                Type::String,
                Mode::Optional,
                "Only revisions of this family. Excludes `family_prefix`.",
            )
            .validate(length(1, 255)),
            Attribute::new(
                FAMILY_PREFIX,
                Type::String,
                Mode::Optional,
                "Only revisions of families whose name begins like this. Excludes `family`.",
            )
            .validate(length(1, 255)),
            Attribute::new(
                name::STATUS,
                Type::String,
                Mode::Optional,
                "Only revisions of this status, or those of every status. Defaults to `ACTIVE`.",
            )
            .validate(one_of(&["ACTIVE", "DELETE_IN_PROGRESS", "ALL"])),
            Attribute::new(
                "sort",
                Type::String,
                Mode::Optional,
                "Order by family and revision. Defaults to `ASC`.",
            )
            .validate(one_of(&["ASC", "DESC"])),
            Attribute::new(
                "latest_only",
                Type::Bool,
                Mode::Optional,
                "Whether to list only the revision of each family that was registered last. Defaults to `false`.",
            ),
            computed("arns", Type::list(Type::String), "ARNs of the revisions."),
            Attribute::with_type(
                "task_definitions",
                revisions,
                Mode::Computed,
                "The revisions, in the order of `arns`.",
            ),
        ]
    }

    fn validate(config: &Value) -> Diagnostics {
        let is_given = |name| config.get(name).is_present();
        if !is_given(name::FAMILY) || !is_given(FAMILY_PREFIX) {
            return Diagnostics::new();
        }
        let text = "Give `family` for one family, or `family_prefix` for several.";
        Diagnostic::error("Conflicting arguments", text)
            .at(Path::attribute(FAMILY_PREFIX))
            .into()
    }

    async fn read(session: &Session, arguments: Arguments) -> Result<Answer, Diagnostics> {
        let region = source::region(session, arguments.region.as_deref(), None)?;
        let filter = TaskDefinitionFilter {
            family: arguments.family.clone(),
            family_prefix: arguments.family_prefix.clone(),
            latest_only: arguments.latest_only == Some(true),
            status: arguments.status.as_deref().map(DaemonTaskDefinitionStatusFilter::from),
            sort: arguments.sort.as_deref().map(SortOrder::from),
        };
        let listed = list::task_definitions(session.reader(&region).client(), &filter).await;
        let listed = listed.map_err(|failure| failure.diagnostic("list daemon task definitions", &region))?;
        Ok(Answer {
            family: arguments.family,
            family_prefix: arguments.family_prefix,
            status: arguments.status,
            sort: arguments.sort,
            latest_only: arguments.latest_only,
            region,
            arns: listed
                .iter()
                .filter_map(|listed| listed.arn().map(str::to_owned))
                .collect(),
            task_definitions: listed.iter().map(Listed::of).collect(),
        })
    }
}

impl Listed {
    fn of(summary: &DaemonTaskDefinitionSummary) -> Self {
        let arn = summary.arn().and_then(|arn| RevisionArn::parse(arn).ok());
        Self {
            arn: summary.arn().map(str::to_owned),
            family: arn.as_ref().map(|arn| arn.family.clone()),
            revision: arn.map(|arn| arn.revision),
            status: summary.status().map(|status| status.as_str().to_owned()),
            registered_at: times::text(summary.registered_at()),
            registered_by: summary.registered_by().map(str::to_owned),
            delete_requested_at: times::text(summary.delete_requested_at()),
        }
    }
}
