//! The data source `ecs_daemon_task_definition`: one revision, by its ARN or by family and number.

use daemons::{arn::RevisionArn, tagging};
use tfplug_core::{
    Attribute, Diagnostic, Diagnostics, Mode, Type, Value,
    typed::{FromValue, ToValue},
};

use super::source::{self, Reading, computed};
use crate::{
    attributes::rules::{between, length, parsed},
    diagnostic::ToDiagnostic,
    session::Session,
    task_definition::{
        api,
        plan::ACTIVE,
        table::{TABLE, name},
    },
};

/// `ecs_daemon_task_definition`.
pub(super) struct TaskDefinition;

/// What to look for.
#[derive(FromValue)]
pub(super) struct Arguments {
    arn: Option<String>,
    family: Option<String>,
    revision: Option<i64>,
    region: Option<String>,
}

#[derive(ToValue)]
struct Facts {
    arn: String,
    revision: i64,
    status: String,
    region: String,
    tags: Value,
}

impl Reading for TaskDefinition {
    const NAME: &'static str = "ecs_daemon_task_definition";
    const DESCRIPTION: &'static str =
        "A revision of a daemon task definition: one that is named, or the latest active one of a family.";
    type Arguments = Arguments;
    type Answer = Value;

    fn attributes() -> Vec<Attribute> {
        let mut attributes = vec![
            Attribute::new(
                name::ARN,
                Type::String,
                Mode::OptionalComputed,
                "ARN of the revision, with its number. Excludes `family`.",
            )
            .validate(parsed(
                RevisionArn::parse,
                "the ARN of a daemon task definition with its revision",
            )),
            Attribute::new(
                name::FAMILY,
                Type::String,
                Mode::OptionalComputed,
                "Family. Without `revision`, its latest active revision is read. Excludes `arn`.",
            )
            .validate(length(1, 255)),
            Attribute::new(
                name::REVISION,
                Type::Number,
                Mode::OptionalComputed,
                "Number of the revision within `family`.",
            )
            .validate(between(1, i64::from(i32::MAX))),
        ];
        attributes.extend(
            TABLE
                .answered()
                .into_iter()
                .filter(|answered| answered.name != name::FAMILY),
        );
        attributes.extend([
            computed(
                name::STATUS,
                Type::String,
                "`ACTIVE`, `DELETE_IN_PROGRESS` or `DELETED`.",
            ),
            computed(
                name::TAGS,
                Type::map(Type::String),
                "Tags of the revision, without those that the provider ignores; null unless it is active.",
            ),
        ]);
        attributes
    }

    fn validate(config: &Value) -> Diagnostics {
        let mut diagnostics = source::one_of(config, &[name::ARN, name::FAMILY]);
        diagnostics.extend(source::needs(config, name::REVISION, name::FAMILY));
        diagnostics
    }

    async fn read(session: &Session, arguments: Arguments) -> Result<Value, Diagnostics> {
        let region = arguments.region.as_deref();
        let (id, arn) = match (&arguments.arn, &arguments.family, arguments.revision) {
            (Some(text), ..) => {
                let arn = RevisionArn::parse(text);
                (
                    text.clone(),
                    Some(arn.map_err(|error| Diagnostic::error("Invalid ARN of a task definition", error))?),
                )
            }
            (None, family, Some(revision)) => (format!("{}:{revision}", family.as_deref().unwrap_or_default()), None),
            (None, family, None) => (family.clone().unwrap_or_default(), None),
        };
        let region = source::region(session, region, arn.as_ref().map(|arn| arn.arn.region.as_str()))?;
        let reader = session.reader(&region);
        let found = api::describe(reader.client(), &id).await;
        let found = found.map_err(|error| error.diagnostic("read a daemon task definition", &id))?;
        let Some(found) = found else {
            if let Some(arn) = &arn {
                session.check_account(&arn.arn).await?;
            }
            return Err(not_found(&id, &region).into());
        };
        let mut tags = Value::Null;
        if found.status == ACTIVE {
            let live = tagging::list(reader.client(), &found.arn).await;
            let live =
                live.map_err(|failure| failure.diagnostic("read the tags of a daemon task definition", &found.arn))?;
            tags = session.tags.read_all(&live);
        }
        Ok(value(&found, region, tags))
    }
}

fn value(found: &api::Revision, region: String, tags: Value) -> Value {
    let facts = Facts {
        arn: found.arn.clone(),
        revision: found.number,
        status: found.status.clone(),
        region,
        tags,
    };
    let mut value = facts.to_value();
    for (leaf, _) in TABLE.api_leaves() {
        value.insert(leaf.name, found.content.get(leaf.name).clone());
    }
    value
}

fn not_found(id: &str, region: &str) -> Diagnostic {
    let what = if id.contains(':') {
        format!("ECS has no daemon task definition `{id}` in {region}.")
    } else {
        format!("ECS has no active revision of the daemon task definition `{id}` in {region}.")
    };
    Diagnostic::error("Daemon task definition not found", what)
}
