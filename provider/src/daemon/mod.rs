//! The resource `ecs_daemon`.
//!
//! | file | question it answers |
//! |---|---|
//! | `table` | which attributes are there, and what are they called in the API? |
//! | `rules` | which configurations are wrong as a whole? |
//! | `plan` | what does a plan show, and does an update send anything? |
//! | `fleet` | how many instances does a plan drain? |
//! | `creations` | do two resources create the same daemon? |
//! | `values` | how do settings become Terraform's values, and back? |
//! | `state` | how does an observed daemon become the value in the state? |
//! | `notes`, `drift_blocks`, `settled` | what is remembered beside the state, which blocks are in it only because of drift, and is the description enough to read the daemon? |
//! | `wanted` | what is an apply asked for? |
//! | `create`, `update`, `delete` | in which order do things happen, and what is left when they fail? |
//! | `decision` | does an update send, wait or leave things as they are? |
//! | `apply`, `rollout`, `answer` | what do these share: the calls, the wait, the answers? |
//! | `messages`, `rollout_messages`, `reasons` | what do people read, also of a rollout and of why it failed? |
//! | `more` | which messages have a link to a guide? |

mod answer;
mod apply;
mod create;
mod creations;
mod decision;
mod delete;
mod drift_blocks;
mod fleet;
pub(crate) mod messages;
mod more;
mod notes;
pub(crate) mod plan;
pub(crate) mod reasons;
mod rollout;
pub(crate) mod rollout_messages;
mod rules;
mod settled;
mod state;
pub mod table;
mod update;
pub mod values;
mod wanted;

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use daemons::{
    arn::DaemonArn,
    fetch::{self, Fetched, Unreadable},
    name,
    observe::{Observed, Torn},
};
use tfplug_core::{
    BoxFuture, Cancel, Diagnostic, Diagnostics, IdentitySchema, Resource, Schema, Value,
    resource::{
        ApplyRequest, ApplyResponse, ImportRequest, ImportResponse, MoveRequest, MoveResponse, Plan, ReadRequest,
        ReadResponse,
    },
};

pub(crate) use self::state::found;
use self::{creations::Creations, fleet::Fleets, notes::Notes, table::TABLE};
use crate::{
    identity,
    interrupt::ByClient,
    move_from_aws::Sources,
    session::{Session, SharedSession},
};

/// The resource.
pub struct DaemonResource {
    session: SharedSession,
    schema: Schema,
    identity: IdentitySchema,
    /// Instances as the last reading saw them: a plan says how many it drains.
    fleets: Fleets,
    /// Daemons that this process creates.
    creations: Creations,
    /// Unknown settings that this process has warned of: an estate of daemons says it once.
    warned_of: Mutex<BTreeSet<String>>,
}

impl DaemonResource {
    /// The resource on a shared session.
    pub fn new(session: SharedSession) -> Self {
        let description = "An Amazon ECS managed daemon: one task on every managed instance of its capacity providers.";
        Self {
            session,
            schema: Schema {
                version: 0,
                block: TABLE.block(description),
            },
            identity: identity::schema("ARN of the daemon."),
            fleets: Fleets::default(),
            creations: Creations::default(),
            warned_of: Mutex::default(),
        }
    }

    async fn read_daemon(&self, request: &ReadRequest, cancel: &Cancel) -> Result<ReadResponse, Diagnostic> {
        let session = self.session.get()?;
        let arn = state::arn(&request.state)?;
        let reader = session.reader(&arn.arn.region);
        let known = state::known_by_read(&request.state, &Notes::from_private(&request.private));
        match fetch::fetch(&reader, &session.poll, &arn, known.as_ref(), &ByClient(cancel)).await {
            Ok(Fetched::Gone) => {
                let diagnostics = session.check_account(&arn.arn).await?;
                Ok(ReadResponse {
                    diagnostics,
                    ..ReadResponse::default()
                })
            }
            Ok(Fetched::Daemon(observed)) => self.answer(&session, &arn, request, &observed),
            // Reading must not go back in time: the state is newer than what ECS answers.
            Err(Unreadable::Torn(torn @ Torn::BackInTime { .. })) => {
                let cause = messages::unreadable_diagnostic(&arn, &Unreadable::Torn(torn));
                let told = Diagnostic::warning(cause.summary, cause.detail);
                Ok(ReadResponse::unchanged(request, told))
            }
            Err(unreadable) => Err(messages::unreadable_diagnostic(&arn, &unreadable)),
        }
    }

    fn answer(
        &self,
        session: &Session,
        arn: &DaemonArn,
        request: &ReadRequest,
        observed: &Observed,
    ) -> Result<ReadResponse, Diagnostic> {
        let before = Notes::from_private(&request.private);
        let mut notes = before.clone();
        let state = state::read_value(&request.state, arn, observed, &session.tags, &mut notes);
        let is_import = request.state.get(name::NAME).is_null();
        if is_import && observed.status == plan::DELETE_IN_PROGRESS {
            return Err(messages::import_of_deleted(arn));
        }
        let is_another = request.state.get(name::DEPLOYMENT_ARN) != state.get(name::DEPLOYMENT_ARN);
        self.fleets.note(arn.to_string(), observed.instances.clone());
        let mut diagnostics = Diagnostics::new();
        diagnostics.extend(messages::read_warnings(arn, observed));
        diagnostics.extend(self.unknown_settings(arn, observed));
        Ok(ReadResponse {
            state,
            private: notes.after_read(&before, is_another).to_private(),
            identity: identity::of(&arn.to_string()),
            diagnostics,
        })
    }

    /// The warning about settings that this version does not know, unless it was given before.
    fn unknown_settings(&self, arn: &DaemonArn, observed: &Observed) -> Option<Diagnostic> {
        let mut warned_of = self.warned_of.lock().unwrap_or_else(PoisonError::into_inner);
        let members = observed.unknown_members.iter().map(|member| member.path.as_str());
        let news: Vec<&str> = members.filter(|path| warned_of.insert((*path).to_owned())).collect();
        (!news.is_empty()).then(|| messages::unknown_settings(arn, &news))
    }
}

impl Resource for DaemonResource {
    fn type_name(&self) -> &'static str {
        "ecs_daemon"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn identity_schema(&self) -> Option<&IdentitySchema> {
        Some(&self.identity)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        rules::check(config)
    }

    fn modify_plan(&self, plan: &mut Plan) {
        if !plan.is_destroy() {
            plan::modify(plan, self.session.get().ok().as_ref());
        }
        plan.diagnostics.extend(self.fleets.warning(plan));
    }

    fn read<'a>(&'a self, request: ReadRequest, cancel: &'a Cancel) -> BoxFuture<'a, ReadResponse> {
        Box::pin(async move {
            let read = self.read_daemon(&request, cancel).await;
            read.unwrap_or_else(|diagnostic| ReadResponse::unchanged(&request, diagnostic))
        })
    }

    fn create<'a>(&'a self, request: ApplyRequest, cancel: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async move {
            match self.session.get_for_change() {
                Ok(session) => create::create(&session, &self.creations, &request, cancel).await,
                Err(diagnostic) => ApplyResponse::failed(diagnostic),
            }
        })
    }

    fn update<'a>(&'a self, request: ApplyRequest, cancel: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async move {
            match self.session.get_for_change() {
                Ok(session) => update::update(&session, &request, cancel).await,
                Err(diagnostic) => ApplyResponse::unchanged(&request, diagnostic),
            }
        })
    }

    fn delete<'a>(&'a self, request: ApplyRequest, cancel: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async move {
            match self.session.get_for_change() {
                Ok(session) => delete::delete(&session, &self.creations, &request, cancel).await,
                Err(diagnostic) => ApplyResponse::unchanged(&request, diagnostic),
            }
        })
    }

    fn import<'a>(&'a self, request: ImportRequest, _cancel: &'a Cancel) -> BoxFuture<'a, ImportResponse> {
        Box::pin(async move {
            let text = identity::imported(&request);
            match DaemonArn::parse(&text) {
                Ok(arn) => {
                    let mut state = self.schema.block.empty_config();
                    state.insert(name::ARN, arn.to_string().into());
                    ImportResponse {
                        state,
                        identity: identity::of(&text),
                        ..ImportResponse::default()
                    }
                }
                Err(error) => ImportResponse::failed(Diagnostic::error("Invalid import id", error)),
            }
        })
    }

    fn move_state(&self, request: MoveRequest) -> MoveResponse {
        const SOURCES: Sources = Sources {
            aws: "aws_ecs_daemon",
            awscc: "awscc_ecs_daemon",
            awscc_arn: "daemon_arn",
        };
        let mut response = SOURCES.take(&self.schema, self.type_name(), &request);
        if !response.diagnostics.has_error() {
            state::fill_client_defaults(&mut response.state);
        }
        response
    }
}
