//! The calls of a task definition: register, describe, delete.
//!
//! `RegisterDaemonTaskDefinition` has no token and each call makes a revision. So it is repeated by
//! the SDK on throttling only; after an answer that was lost the newest revision of the family is
//! looked at first, and adopted if it has the same content.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use aws::Failure;
use aws_sdk_ecs::{
    Client,
    operation::register_daemon_task_definition::{
        RegisterDaemonTaskDefinitionInput, builders::RegisterDaemonTaskDefinitionInputBuilder,
    },
    types::{DaemonContainerDefinition, DaemonTaskDefinition},
};
use daemons::{
    absent,
    arn::RevisionArn,
    patience,
    poll::Poll,
    sending::Sending,
    tagging,
    wait::{Budget, Interrupt},
};
use futures_util::future::join;
use tfplug_core::Value;

use super::{plan::ACTIVE, table::TABLE};
use crate::{
    diagnostic::ToDiagnostic,
    wire::{self, WireError},
};

/// The call that makes a revision.
const REGISTER: &str = "RegisterDaemonTaskDefinition";
/// Time for all tries of a registration.
const LONGEST: Duration = Duration::from_mins(10);

/// A revision as the service reports it.
#[derive(Clone, Debug)]
pub(crate) struct Revision {
    /// ARN with the number.
    pub arn: String,
    /// Number.
    pub number: i64,
    /// `ACTIVE`, `DELETE_IN_PROGRESS` or `DELETED`.
    pub status: String,
    /// Content as a canonical Terraform object.
    pub content: Value,
}

/// Describes by family, by family and revision, or by ARN; `None` when unknown.
pub(crate) async fn describe(client: &Client, id: &str) -> Result<Option<Revision>, ApiError> {
    const OPERATION: &str = "DescribeDaemonTaskDefinition";
    let answer = match client
        .describe_daemon_task_definition()
        .daemon_task_definition(id)
        .send()
        .await
    {
        Ok(answer) => answer,
        Err(error) => {
            let failure = Failure::from_sdk(OPERATION, error);
            return if absent::is_task_definition(&failure) {
                Ok(None)
            } else {
                Err(failure.into())
            };
        }
    };
    let Some(definition) = answer.daemon_task_definition else {
        return Err(Failure::unfit(OPERATION, "it has no `daemonTaskDefinition`").into());
    };
    if !is_asked_for(id, definition.daemon_task_definition_arn().unwrap_or_default()) {
        return Err(Failure::unfit(OPERATION, "it is about another task definition").into());
    }
    match misfit(&definition) {
        Some(why) => Err(Failure::unfit(OPERATION, why).into()),
        None => revision(&definition).map(Some),
    }
}

/// A member that a definition lacks, or a contradiction in it. One that is being deleted may lack its
/// content.
fn misfit(definition: &DaemonTaskDefinition) -> Option<&'static str> {
    let arn = RevisionArn::parse(definition.daemon_task_definition_arn()?).ok()?;
    if definition.family() != Some(&arn.family) {
        return Some("its `family` is not that of its ARN");
    }
    if i64::from(definition.revision()) != arn.revision {
        return Some("its `revision` is not that of its ARN");
    }
    let Some(status) = definition.status() else {
        return Some("it has no `status`");
    };
    if status.as_str() != ACTIVE {
        return None;
    }
    let containers = definition.container_definitions();
    let names: BTreeSet<&str> = containers.iter().filter_map(|container| container.name()).collect();
    if containers.is_empty() || names.len() < containers.len() {
        return Some("it has no containers, or some without a name of their own");
    }
    let lacks_image = |container: &DaemonContainerDefinition| container.image().is_empty();
    containers
        .iter()
        .any(lacks_image)
        .then_some("a container has no `image`")
}

/// True if the ARN of an answer is that of a family, a revision of it, or an ARN.
fn is_asked_for(id: &str, arn: &str) -> bool {
    let Ok(answered) = RevisionArn::parse(arn) else {
        return false;
    };
    match id.rsplit_once(':') {
        _ if id.starts_with("arn:") => id == arn,
        Some((family, number)) => answered.family == family && answered.revision.to_string() == number,
        None => answered.family == id,
    }
}

/// Describes a revision together with its tags, which only an active one has. One answer that denies
/// it may be stale, and believing it would register the same content again.
pub(crate) async fn read(client: &Client, poll: &Poll, arn: &str) -> Result<Option<Reading>, ApiError> {
    let mut schedule = poll.retry_schedule();
    for _ in 1..patience::ABSENT_READS {
        let (revision, tags) = join(describe(client, arn), tagging::list_if_visible(client, arn)).await;
        match revision? {
            Some(revision) if revision.status != ACTIVE => return Ok(Some((revision, None))),
            Some(revision) => {
                if let Some(tags) = tags? {
                    return Ok(Some((revision, Some(tags))));
                }
            }
            None => {}
        }
        tokio::time::sleep(schedule.next_delay()).await;
    }
    match describe(client, arn).await? {
        Some(revision) if revision.status == ACTIVE => Ok(Some((revision, Some(tagging::list(client, arn).await?)))),
        other => Ok(other.map(|revision| (revision, None))),
    }
}

/// A revision and, unless it is deleted, its tags.
pub(crate) type Reading = (Revision, Option<BTreeMap<String, String>>);

fn revision(definition: &DaemonTaskDefinition) -> Result<Revision, ApiError> {
    let tree = wire::to_api(DaemonTaskDefinition::SCHEMA, definition)?;
    Ok(Revision {
        arn: definition.daemon_task_definition_arn().unwrap_or_default().to_owned(),
        number: i64::from(definition.revision()),
        status: definition
            .status()
            .map(|status| status.as_str().to_owned())
            .unwrap_or_default(),
        content: TABLE.to_value(&tree),
    })
}

/// A revision that was registered.
#[derive(Clone, Debug)]
pub(super) struct Registered {
    /// ARN of the new revision.
    pub arn: String,
    /// The revision that was the family's newest before, if it has the same content.
    pub twin: Option<String>,
}

/// Registers the content of a planned value.
pub(super) async fn register(
    once: &Client,
    reader: &Client,
    poll: &Poll,
    planned: &Value,
    tags: &BTreeMap<String, String>,
    interrupt: &impl Interrupt,
) -> Result<Registered, ApiError> {
    let family = planned.get(super::table::name::FAMILY).as_str().unwrap_or_default();
    // What was just registered may be handed back without its empty values.
    let same_content = |revision: &Revision| TABLE.trace(&revision.content) == TABLE.trace(planned);
    let before = describe(reader, family).await?;
    let newest_before = before.as_ref().map_or(0, |newest| newest.number);
    let twin = before.filter(same_content).map(|newest| newest.arn);
    let request = request(planned, tags)?;
    let call = || async {
        let sent = request.clone().send_with(once).await;
        let answer = sent.map_err(|error| Failure::from_sdk(REGISTER, error))?;
        registered(family, answer.daemon_task_definition_arn)
    };
    let look = || async {
        let newest = describe(reader, family).await.ok().flatten()?;
        (newest.number > newest_before && same_content(&newest)).then_some(newest.arn)
    };
    let sending = Sending {
        operation: REGISTER,
        patience: patience::REGISTER,
        schedule: poll.retry_schedule(),
        budget: Budget::of(LONGEST),
        interrupt,
    };
    let arn = sending.send(call, look).await?;
    Ok(Registered { arn, twin })
}

/// The ARN of a new revision, which must be one of the family: the next plan begins with it.
fn registered(family: &str, answered: Option<String>) -> Result<String, Failure> {
    match answered.map(|arn| (RevisionArn::parse(&arn), arn)) {
        Some((Ok(parsed), arn)) if parsed.family == family => Ok(arn),
        Some(_) => Err(Failure::unfit(REGISTER, "it is not about a revision of the family")),
        None => Err(Failure::unfit(REGISTER, "it has no `daemonTaskDefinitionArn`")),
    }
}

fn request(
    planned: &Value,
    tags: &BTreeMap<String, String>,
) -> Result<RegisterDaemonTaskDefinitionInputBuilder, WireError> {
    let tree = TABLE.to_api(planned);
    let input = wire::from_api(RegisterDaemonTaskDefinitionInput::SCHEMA, &tree, |source| {
        RegisterDaemonTaskDefinitionInput::deserialize(source)
    })?;
    let tags = tagging::api_tags(tags);
    Ok(RegisterDaemonTaskDefinitionInputBuilder::default()
        .set_family(input.family)
        .set_task_role_arn(input.task_role_arn)
        .set_execution_role_arn(input.execution_role_arn)
        .set_container_definitions(input.container_definitions)
        .set_cpu(input.cpu)
        .set_memory(input.memory)
        .set_volumes(input.volumes)
        .set_pid_mode(input.pid_mode)
        .set_ipc_mode(input.ipc_mode)
        .set_tags((!tags.is_empty()).then_some(tags)))
}

/// The outcome of the deletion of a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deletion {
    /// It goes away now, or did so already.
    UnderWay,
    /// ECS does not know it.
    NothingThere,
}

/// Deletes one revision. One that is gone or going already is done; an answer about another one proves nothing.
pub(super) async fn delete(client: &Client, arn: &str) -> Result<Deletion, Failure> {
    const OPERATION: &str = "DeleteDaemonTaskDefinition";
    let request = client.delete_daemon_task_definition().daemon_task_definition(arn);
    match request.send().await {
        Ok(answer) if answer.daemon_task_definition_arn() == Some(arn) => Ok(Deletion::UnderWay),
        Ok(_) => Err(Failure::unfit(OPERATION, format!("it is not about {arn}"))),
        Err(error) => {
            let failure = Failure::from_sdk(OPERATION, error);
            if failure.is_code("ClientException") && failure.mentions("being deleted") {
                Ok(Deletion::UnderWay)
            } else if absent::is_task_definition(&failure) {
                Ok(Deletion::NothingThere)
            } else {
                Err(failure)
            }
        }
    }
}

/// A call failed, or an answer does not fit the table.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// The call failed.
    #[error("{}", .0.message)]
    Failed(Failure),
    /// Our table is wrong.
    #[error(transparent)]
    Wire(#[from] WireError),
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl ApiError {
    /// As a diagnostic.
    pub(crate) fn diagnostic(&self, trying: &str, resource: &str) -> tfplug_core::Diagnostic {
        match self {
            Self::Failed(failure) => failure.diagnostic(trying, resource),
            Self::Wire(error) => error.diagnostic(),
        }
    }
}
