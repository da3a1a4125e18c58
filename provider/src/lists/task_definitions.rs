//! The list resource `ecs_daemon_task_definition`: active revisions of task definitions.

use daemons::{
    arn::RevisionArn,
    list::{self, TaskDefinitionFilter},
};
use futures_util::{StreamExt, stream};
use tfplug_core::{
    Attribute, BoxFuture, Cancel, Diagnostic, Diagnostics, ListResource, Mode, Path, Schema, Sink, Type, Value,
    list::{ListRequest, Listed},
    typed::FromValue,
};

use super::shared;
use crate::{
    attributes::rules::length,
    diagnostic::ToDiagnostic,
    identity,
    session::{Session, SharedSession},
    task_definition::{self, api, table::name},
};

const FAMILY_PREFIX: &str = "family_prefix";

/// Revisions that are read at the same time.
const READS_AT_ONCE: usize = 10;

/// `ecs_daemon_task_definition`.
pub(super) struct TaskDefinitions {
    session: SharedSession,
    schema: Schema,
}

#[derive(FromValue)]
struct Arguments {
    family: Option<String>,
    family_prefix: Option<String>,
    all_revisions: Option<bool>,
    region: Option<String>,
}

impl TaskDefinitions {
    pub(super) fn new(session: SharedSession) -> Self {
        let attributes = vec![
            Attribute::new(
                name::FAMILY,
                Type::String,
                Mode::Optional,
                "Only this family. Excludes `family_prefix`.",
            )
            .validate(length(1, 255)),
            Attribute::new(
                FAMILY_PREFIX,
                Type::String,
                Mode::Optional,
                "Only families whose name begins like this. Excludes `family`.",
            )
            .validate(length(1, 255)),
            Attribute::new(
                "all_revisions",
                Type::Bool,
                Mode::Optional,
                "Whether to list every active revision of a family. A resource has one revision and makes the next ones, so only the \
                 latest of each family is listed unless this is `true`.",
            ),
        ];
        let description = "Active revisions of daemon task definitions, in the order of family and revision: the latest of each family.";
        Self {
            session,
            schema: shared::schema(description, attributes),
        }
    }

    async fn found(&self, request: &ListRequest, found: &dyn Sink<Listed>, cancel: &Cancel) -> Result<(), Diagnostics> {
        let session = self.session.get()?;
        let config = shared::config(&self.schema, &request.config);
        let arguments = Arguments::from_value(&config).map_err(|error| error.diagnostic("Invalid argument"))?;
        let region = arguments.region.unwrap_or_else(|| session.aws.region().to_owned());
        session
            .check_region(&region)
            .map_err(|problem| Diagnostic::error("Unknown region", problem).at(Path::attribute(name::REGION)))?;
        let filter = TaskDefinitionFilter {
            family: arguments.family,
            family_prefix: arguments.family_prefix,
            latest_only: arguments.all_revisions != Some(true),
            ..TaskDefinitionFilter::default()
        };
        let reader = session.reader(&region);
        let revisions = list::task_definitions(reader.client(), &filter).await;
        let revisions = revisions.map_err(|failure| failure.diagnostic("list daemon task definitions", &region))?;
        let arns = revisions
            .iter()
            .filter_map(|listed| RevisionArn::parse(listed.arn()?).ok());
        let wanted: Vec<RevisionArn> = arns.take(request.limit.unwrap_or(usize::MAX)).collect();
        let include = request.include_resource;
        let listed = stream::iter(wanted)
            .map(|arn| listed(&session, arn, include))
            .buffered(READS_AT_ONCE);
        shared::hand_over(listed, found, cancel).await;
        Ok(())
    }
}

/// One revision; none if it is deleted meanwhile.
async fn listed(session: &Session, arn: RevisionArn, include: bool) -> Option<Listed> {
    let text = arn.to_string();
    let mut listed = Listed {
        identity: identity::of(&text),
        display_name: format!("{}:{}", arn.family, arn.revision),
        ..Listed::default()
    };
    if include {
        let reader = session.reader(&arn.arn.region);
        match api::read(reader.client(), &session.poll, &text).await {
            Ok(Some((revision, tags))) => {
                listed.resource = task_definition::found(&arn, &revision, tags.as_ref(), &session.tags);
            }
            Ok(None) => return None,
            Err(error) => return Some(shared::unread(error.diagnostic("read a daemon task definition", &text))),
        }
    }
    Some(listed)
}

impl ListResource for TaskDefinitions {
    fn type_name(&self) -> &'static str {
        "ecs_daemon_task_definition"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        if !config.get(name::FAMILY).is_present() || !config.get(FAMILY_PREFIX).is_present() {
            return Diagnostics::new();
        }
        let text = "Give `family` for one family, or `family_prefix` for several.";
        Diagnostic::error("Conflicting arguments", text)
            .at(Path::attribute(FAMILY_PREFIX))
            .into()
    }

    fn list<'a>(
        &'a self,
        request: ListRequest,
        found: &'a dyn Sink<Listed>,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async move { self.found(&request, found, cancel).await.err().unwrap_or_default() })
    }
}
