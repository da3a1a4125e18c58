//! The resource `ecs_daemon_task_definition`.
//!
//! Revisions are immutable, and daemons roll back to earlier ones. So a change registers a new
//! revision in place and keeps the old one until the resource is destroyed.
//!
//! | file | question it answers |
//! |---|---|
//! | `table`, `container_table` | which attributes are there, and what are they called in the API? |
//! | `rules` | which configurations are wrong as a whole? |
//! | `plan` | what does a plan show, and does an apply register a revision? |
//! | `contents` | which retained revision has the planned content? |
//! | `retained` | which of them are still there? |
//! | `api` | how are revisions registered, described, deleted? |
//! | `state` | how do they become the value in the state? |

pub(crate) mod api;
mod container_table;
mod contents;
pub(crate) mod plan;
mod retained;
mod rules;
mod state;
pub mod table;

use daemons::{absent, arn::RevisionArn, tagging, tags::TagChanges};
use futures_util::{StreamExt, stream};
use tfplug_core::{
    BoxFuture, Cancel, Diagnostic, Diagnostics, IdentitySchema, Resource, Schema, Value,
    resource::{
        ApplyRequest, ApplyResponse, ImportRequest, ImportResponse, MoveRequest, MoveResponse, Plan, ReadRequest,
        ReadResponse,
    },
};

pub(crate) use self::state::found;
use self::{
    contents::Contents,
    plan::{ACTIVE, Destination},
    table::{TABLE, name},
};
use crate::{
    diagnostic::ToDiagnostic,
    identity,
    interrupt::ByClient,
    move_from_aws::Sources,
    session::{Session, SharedSession},
    tags,
};

/// Revisions deleted at the same time.
const DELETES_AT_ONCE: usize = 4;

/// The resource.
pub struct TaskDefinitionResource {
    session: SharedSession,
    schema: Schema,
    identity: IdentitySchema,
}

impl TaskDefinitionResource {
    /// The resource on a shared session.
    pub fn new(session: SharedSession) -> Self {
        let description = "A task definition for managed daemons. A change registers a new revision in place, unless the argument says otherwise; earlier revisions are kept as rollback targets until the resource is destroyed.";
        Self {
            session,
            schema: Schema {
                version: 0,
                block: TABLE.block(description),
            },
            identity: identity::schema("ARN of the current revision."),
        }
    }

    async fn read_revision(&self, request: &ReadRequest) -> Result<ReadResponse, Diagnostic> {
        let session = self.session.get()?;
        let arn = parse(&request.state)?;
        let trying = format!("read daemon task definition {}", arn.family);
        let client = session.aws.ecs(&arn.arn.region);
        let found = api::read(&client, &session.poll, &arn.to_string()).await;
        let found = found.map_err(|error| error.diagnostic(&trying, &arn.to_string()))?;
        let is_import = request.state.get(name::FAMILY).is_null();
        let Some((revision, live_tags)) = found else {
            let diagnostics = session.check_account(&arn.arn).await?;
            let gone = if is_import {
                ReadResponse::default()
            } else {
                forgotten(request)
            };
            return Ok(ReadResponse { diagnostics, ..gone });
        };
        let state = state::read_value(&request.state, &arn, &revision, live_tags.as_ref(), &session.tags);
        let read = read_answer(state, &arn, request.private.clone());
        Ok(retained::drop_deleted(&client, &session.poll, &arn, read).await)
    }

    async fn register(
        &self,
        session: &Session,
        request: &ApplyRequest,
        cancel: &Cancel,
    ) -> Result<ApplyResponse, Diagnostic> {
        let planned = &request.planned;
        let region = planned
            .get(name::REGION)
            .as_str()
            .unwrap_or(session.aws.region())
            .to_owned();
        let (once, reader) = (session.aws.ecs_unrepeatable(&region), session.aws.ecs(&region));
        let family = planned.get(name::FAMILY).as_str().unwrap_or_default();
        let tags = tags::known(planned.get(name::TAGS_ALL));
        let registered = api::register(&once, &reader, &session.poll, planned, &tags, &ByClient(cancel)).await;
        let registered = registered
            .map_err(|error| error.diagnostic(&format!("register daemon task definition {family}"), family))?;
        let arn = RevisionArn::parse(&registered.arn).and_then(|arn| fitting(arn, session, &region, request));
        let arn = arn.map_err(|problem| unexpected(&problem))?;
        tracing::info!(%arn, "revision registered");
        let retained = plan::retained_after(&request.prior, None);
        let state = state::registered_value(planned, &arn, retained);
        let mut response = moved_on(request, state, &arn);
        response.diagnostics.extend(
            registered
                .twin
                .filter(|twin| !owns(&response.state, twin))
                .map(|twin| same_content(&arn, &twin)),
        );
        Ok(response)
    }

    async fn change(
        &self,
        session: &Session,
        request: &ApplyRequest,
        cancel: &Cancel,
    ) -> Result<ApplyResponse, Diagnostic> {
        match Destination::of(&request.prior, &request.planned, &request.private) {
            Destination::Register | Destination::NotKnownYet => return self.register(session, request, cancel).await,
            Destination::Take(taken) => return take(session, request, &taken).await,
            Destination::Stay => {}
        }
        let arn = parse(&request.prior)?;
        let changes = session
            .tags
            .changes(request.prior.get(name::TAGS_ALL), request.planned.get(name::TAGS_ALL));
        if !changes.is_empty() && active(session, &arn).await?.is_none() {
            return Err(gone_before_update(&arn));
        }
        tag(session, &arn, changes).await?;
        let mut state = request.planned.clone();
        for attribute in [name::ARN, name::REVISION, name::STATUS, name::RETAINED] {
            if state.get(attribute).is_unknown() {
                state.insert(attribute, request.prior.get(attribute).clone());
            }
        }
        Ok(apply_answer(state.unknown_as_null(), &arn, request.private.clone()))
    }

    async fn delete_all(&self, session: &Session, prior: &Value) -> Result<Vec<(String, Diagnostic)>, Diagnostic> {
        let arn = parse(prior)?;
        let client = session.aws.ecs(&arn.arn.region);
        let retained = prior
            .get(name::RETAINED)
            .elements()
            .filter_map(|arn| arn.as_str().map(str::to_owned));
        let all: Vec<String> = retained.chain([arn.to_string()]).collect();
        let results = stream::iter(all)
            .map(|arn| {
                let client = client.clone();
                async move { api::delete(&client, &arn).await.map_err(|failure| (arn, failure)) }
            })
            .buffered(DELETES_AT_ONCE)
            .collect::<Vec<_>>()
            .await;
        if results.contains(&Ok(api::Deletion::NothingThere)) {
            session.check_account(&arn.arn).await?;
        }
        let failed = results.into_iter().filter_map(Result::err);
        Ok(failed
            .map(|(arn, failure)| (arn.clone(), failure.diagnostic("delete a revision", &arn)))
            .collect())
    }
}

async fn tag(session: &Session, arn: &RevisionArn, changes: TagChanges) -> Result<(), Diagnostic> {
    let client = session.aws.ecs(&arn.arn.region);
    let sent = tagging::send(&client, &arn.to_string(), changes).await;
    sent.map_err(|failure| {
        if absent::is_tagged_object(&failure) {
            return gone_before_update(arn);
        }
        failure.diagnostic(&format!("tag daemon task definition {}", arn.family), &arn.to_string())
    })
}

/// The ARN of a registration, if it is of what was registered: of the family and region that were asked for and, as far
/// as it is known, of the own account.
fn fitting(arn: RevisionArn, session: &Session, region: &str, request: &ApplyRequest) -> Result<RevisionArn, String> {
    let family = request.planned.get(name::FAMILY).as_str().unwrap_or_default();
    let prior = RevisionArn::parse(request.prior.get(name::ARN).as_str().unwrap_or_default()).ok();
    let prior = prior.map(|prior| prior.arn).filter(|prior| prior.region == region);
    let account = prior
        .map(|prior| prior.account)
        .or_else(|| session.aws.known_account_id());
    let is_own = account.is_none_or(|account| account == arn.arn.account);
    if arn.family == family && arn.arn.region == region && is_own {
        return Ok(arn);
    }
    Err(format!(
        "The answer names {arn}, which is not of the family `{family}` in this account and region."
    ))
}

fn unexpected(problem: &str) -> Diagnostic {
    Diagnostic::error(
        "Unexpected answer of ECS",
        format!(
            "{problem} A revision may have been registered all the same; the next apply that registers the same content \
             names it."
        ),
    )
}

/// The revision that an apply is about to use; none if it was deleted since the plan. ECS goes on taking tags of one
/// that is being deleted, so their answer says nothing of it.
async fn active(session: &Session, arn: &RevisionArn) -> Result<Option<api::Reading>, Diagnostic> {
    let (client, text) = (session.aws.ecs(&arn.arn.region), arn.to_string());
    let found = api::read(&client, &session.poll, &text).await;
    let found = found.map_err(|error| error.diagnostic(&format!("read revision {arn}"), &text))?;
    Ok(found.filter(|(revision, _)| revision.status == ACTIVE))
}

/// Goes back to a retained revision, after a look at whether it still is what the plan took it for.
async fn take(session: &Session, request: &ApplyRequest, taken: &RevisionArn) -> Result<ApplyResponse, Diagnostic> {
    let found = active(session, taken).await?;
    let usable = found.filter(|(revision, _)| TABLE.trace(&revision.content) == TABLE.trace(&request.planned));
    let Some((_, live_tags)) = usable else {
        return Ok(without_retained(request, taken));
    };
    let live = session.tags.read_all(&live_tags.unwrap_or_default());
    let changes = session.tags.changes(&live, request.planned.get(name::TAGS_ALL));
    let foreign = foreign(&changes, request.prior.get(name::TAGS_ALL));
    tag(session, taken, changes).await?;
    tracing::info!(arn = %taken, "a retained revision has the content; nothing is registered");
    let retained = plan::retained_after(&request.prior, Some(taken));
    let state = state::registered_value(&request.planned, taken, retained);
    let mut response = moved_on(request, state, taken);
    let told = (!foreign.is_empty()).then(|| tags_removed(taken, &foreign));
    response.diagnostics.extend(told);
    Ok(response)
}

/// The tags to be removed that no plan has shown.
fn foreign(changes: &TagChanges, shown: &Value) -> Vec<String> {
    let mut removed = changes.remove.clone();
    removed.retain(|key| shown.get(key).is_null());
    removed
}

fn tags_removed(taken: &RevisionArn, keys: &[String]) -> Diagnostic {
    let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    Diagnostic::warning(
        format!(
            "Tags of revision {} of daemon task definition {} were removed",
            taken.revision, taken.family
        ),
        format!(
            "The retained revision {taken} was taken again, and has the tags of the plan now. Removed with it, because \
             they are neither in the configuration nor in the state: {}. To keep tags of other callers, name them in \
             `ignore_tags` of the provider block.",
            keys.join(", ")
        ),
    )
}

/// The retained revision that was planned cannot be taken; the next plan registers the content.
fn without_retained(request: &ApplyRequest, taken: &RevisionArn) -> ApplyResponse {
    let mut response = ApplyResponse::unchanged(request, gone_before_update(taken));
    let gone = Value::from(taken.to_string());
    let left = request.prior.get(name::RETAINED).elements().filter(|arn| **arn != gone);
    let left = Value::list(left.cloned());
    response.private = Contents::from_private(&request.private).of(&left).to_private();
    response.state.insert(name::RETAINED, left);
    response
}

/// Deleted between the plan and the apply.
fn gone_before_update(arn: &RevisionArn) -> Diagnostic {
    Diagnostic::error(
        format!(
            "Revision {} of daemon task definition {} is gone",
            arn.revision, arn.family
        ),
        format!("{arn} was deleted since the state was refreshed. Plan again: the content will be registered anew."),
    )
}

/// True if a revision is among those that a destroy deletes.
fn owns(state: &Value, arn: &str) -> bool {
    state
        .get(name::RETAINED)
        .elements()
        .any(|retained| retained.as_str() == Some(arn))
}

/// A run that was cut off between the registration and the state leaves a revision that nobody
/// remembers. It cannot be told from one that somebody else owns, so it is named and not touched.
fn same_content(arn: &RevisionArn, twin: &str) -> Diagnostic {
    Diagnostic::warning(
        format!("Another revision of {} has the same content", arn.family),
        format!(
            "{twin} has the content that was registered now as {arn}, and is not in the state of this resource: a run that \
             was cut off may have left it, or another configuration owns it. If nothing uses it, delete it with \
             `aws ecs delete-daemon-task-definition --daemon-task-definition {twin}`."
        ),
    )
}

fn parse(state: &Value) -> Result<RevisionArn, Diagnostic> {
    let text = state.get(name::ARN).as_str().unwrap_or_default();
    RevisionArn::parse(text).map_err(|error| Diagnostic::error("Invalid ARN in the state", error))
}

fn read_answer(state: Value, arn: &RevisionArn, private: Vec<u8>) -> ReadResponse {
    ReadResponse {
        state,
        private,
        identity: identity::of(&arn.to_string()),
        diagnostics: Diagnostics::new(),
    }
}

/// The answer of an apply that has left the prior revision for another one.
fn moved_on(request: &ApplyRequest, state: Value, arn: &RevisionArn) -> ApplyResponse {
    let contents = Contents::from_private(&request.private);
    let private = contents.after(&request.prior, state.get(name::RETAINED)).to_private();
    apply_answer(state, arn, private)
}

fn apply_answer(state: Value, arn: &RevisionArn, private: Vec<u8>) -> ApplyResponse {
    ApplyResponse {
        state,
        private,
        identity: identity::of(&arn.to_string()),
        diagnostics: Diagnostics::new(),
    }
}

/// A revision that ECS no longer knows stays in the state as deleted: dropping it would forget the
/// retained revisions, which are still there.
fn forgotten(request: &ReadRequest) -> ReadResponse {
    let mut state = request.state.clone();
    state.insert(name::STATUS, "DELETED".into());
    ReadResponse {
        state,
        private: request.private.clone(),
        identity: request.identity.clone(),
        diagnostics: Diagnostics::new(),
    }
}

impl Resource for TaskDefinitionResource {
    fn type_name(&self) -> &'static str {
        "ecs_daemon_task_definition"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn identity_schema(&self) -> Option<&IdentitySchema> {
        Some(&self.identity)
    }

    fn identity_is_mutable(&self) -> bool {
        true
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        rules::check(config)
    }

    fn modify_plan(&self, plan: &mut Plan) {
        if !plan.is_destroy() {
            plan::modify(plan, self.session.get().ok().as_ref());
        }
    }

    fn read<'a>(&'a self, request: ReadRequest, _cancel: &'a Cancel) -> BoxFuture<'a, ReadResponse> {
        Box::pin(async move {
            let read = self.read_revision(&request).await;
            read.unwrap_or_else(|diagnostic| ReadResponse::unchanged(&request, diagnostic))
        })
    }

    fn create<'a>(&'a self, request: ApplyRequest, cancel: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async move {
            let registered = match self.session.get_for_change() {
                Ok(session) => self.register(&session, &request, cancel).await,
                Err(diagnostic) => Err(diagnostic),
            };
            registered.unwrap_or_else(ApplyResponse::failed)
        })
    }

    fn update<'a>(&'a self, request: ApplyRequest, cancel: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async move {
            let changed = match self.session.get_for_change() {
                Ok(session) => self.change(&session, &request, cancel).await,
                Err(diagnostic) => Err(diagnostic),
            };
            changed.unwrap_or_else(|diagnostic| ApplyResponse::unchanged(&request, diagnostic))
        })
    }

    fn delete<'a>(&'a self, request: ApplyRequest, _cancel: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async move {
            if request.prior.get(name::SKIP_DESTROY).as_bool() == Some(true) {
                return ApplyResponse::default();
            }
            let session = match self.session.get_for_change() {
                Ok(session) => session,
                Err(diagnostic) => return ApplyResponse::unchanged(&request, diagnostic),
            };
            match self.delete_all(&session, &request.prior).await {
                Ok(failed) if failed.is_empty() => ApplyResponse::default(),
                Ok(failed) => partly_deleted(&request, failed),
                Err(diagnostic) => ApplyResponse::unchanged(&request, diagnostic),
            }
        })
    }

    fn import<'a>(&'a self, request: ImportRequest, _cancel: &'a Cancel) -> BoxFuture<'a, ImportResponse> {
        Box::pin(async move {
            match RevisionArn::parse(&identity::imported(&request)) {
                Ok(arn) => {
                    let mut state = self.schema.block.empty_config();
                    state.insert(name::ARN, arn.to_string().into());
                    ImportResponse {
                        state,
                        identity: identity::of(&arn.to_string()),
                        ..ImportResponse::default()
                    }
                }
                Err(error) => ImportResponse::failed(Diagnostic::error("Invalid import id", error)),
            }
        })
    }

    fn move_state(&self, request: MoveRequest) -> MoveResponse {
        const SOURCES: Sources = Sources {
            aws: "aws_ecs_daemon_task_definition",
            awscc: "awscc_ecs_daemon_task_definition",
            awscc_arn: "daemon_task_definition_arn",
        };
        let mut response = SOURCES.take(&self.schema, self.type_name(), &request);
        if !response.diagnostics.has_error() {
            state::fill_client_defaults(&mut response.state);
        }
        response
    }
}

/// The state after some revisions could not be deleted.
fn partly_deleted(request: &ApplyRequest, failed: Vec<(String, Diagnostic)>) -> ApplyResponse {
    let left = failed.iter().map(|(arn, _)| Value::from(arn.as_str()));
    let current = request.prior.get(name::ARN).clone();
    let mut state = request.prior.clone();
    state.insert(name::RETAINED, Value::list(left.filter(|arn| *arn != current)));
    let mut diagnostics = Diagnostics::new();
    diagnostics.extend(failed.into_iter().map(|(_, diagnostic)| diagnostic));
    let unchanged = ApplyResponse::unchanged(request, diagnostics);
    ApplyResponse { state, ..unchanged }
}
