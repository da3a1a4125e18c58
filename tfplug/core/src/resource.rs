//! Managed resources: the trait, and the requests and answers that it exchanges with the server.
//!
//! The small required part is what every resource has; import, move, upgrade and plan rules have
//! defaults that say "not supported" or change nothing. All values handed in have been decoded
//! against the schema, so implementations never see a value of the wrong type.

use crate::{
    cancel::Cancel,
    diagnostic::{Diagnostic, Diagnostics},
    future::BoxFuture,
    path::Path,
    schema::{IdentitySchema, Schema},
    value::Value,
};

/// A managed resource.
pub trait Resource: Send + Sync {
    /// Type name, with the provider's prefix.
    fn type_name(&self) -> &'static str;

    /// Schema.
    fn schema(&self) -> &Schema;

    /// Identity schema, where the resource has one.
    fn identity_schema(&self) -> Option<&IdentitySchema> {
        None
    }

    /// True if the identity may change in an update.
    fn identity_is_mutable(&self) -> bool {
        false
    }

    /// Rules beyond the schema. Runs after the schema's own rules; unknown values must not fail.
    fn validate(&self, config: &Value) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Rules over the whole plan, after defaults and the marking of unknown values. Also runs for
    /// a destroy, where it may only add diagnostics and private bytes.
    fn modify_plan(&self, plan: &mut Plan) {
        let _ = plan;
    }

    /// Brings the attributes that an older schema version stored to the form of the current one. Called only when the
    /// stored version differs. Nothing has types on either side: lists, sets and tuples are lists, objects are maps.
    fn upgrade(&self, version: i64, raw: Value) -> Result<Value, Diagnostics> {
        let _ = raw;
        Err(Diagnostic::error(
            "Unable to upgrade resource state",
            format!(
                "The state of {} was written by schema version {version}, which this provider does not know. \
                 Use the provider version that wrote the state, or one newer than this.",
                self.type_name()
            ),
        )
        .into())
    }

    /// Reads the remote object. A null state says that it is gone.
    fn read<'a>(&'a self, request: ReadRequest, cancel: &'a Cancel) -> BoxFuture<'a, ReadResponse>;

    /// Creates the object.
    fn create<'a>(&'a self, request: ApplyRequest, cancel: &'a Cancel) -> BoxFuture<'a, ApplyResponse>;

    /// Changes the object in place.
    fn update<'a>(&'a self, request: ApplyRequest, cancel: &'a Cancel) -> BoxFuture<'a, ApplyResponse>;

    /// Deletes the object. Without an error the answered state is null.
    fn delete<'a>(&'a self, request: ApplyRequest, cancel: &'a Cancel) -> BoxFuture<'a, ApplyResponse>;

    /// Finds an existing object by what the user typed or by identity. The answer needs only what
    /// [`Resource::read`] needs to fill in the rest.
    fn import<'a>(&'a self, request: ImportRequest, cancel: &'a Cancel) -> BoxFuture<'a, ImportResponse> {
        let _ = (request, cancel);
        let type_name = self.type_name();
        Box::pin(async move {
            ImportResponse::failed(Diagnostic::error(
                "Resource import not implemented",
                format!("{type_name} does not support import."),
            ))
        })
    }

    /// Takes over the state of another resource type.
    fn move_state(&self, request: MoveRequest) -> MoveResponse {
        MoveResponse {
            diagnostics: Diagnostic::error(
                "Unable to move resource state",
                format!(
                    "{} cannot take over the state of {}.",
                    self.type_name(),
                    request.source_type_name
                ),
            )
            .into(),
            ..MoveResponse::default()
        }
    }
}

/// A plan on its way through the pipeline.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Configuration; null for a destroy.
    pub config: Value,
    /// State before; null for a create.
    pub prior: Value,
    /// State after, as far as it is known; null for a destroy.
    pub planned: Value,
    /// Paths whose change replaces the object.
    pub requires_replace: Vec<Path>,
    /// Private bytes that travel from the plan to the apply.
    pub private: Vec<u8>,
    /// Identity; null where there is none yet.
    pub identity: Value,
    /// Messages.
    pub diagnostics: Diagnostics,
}

impl Plan {
    /// True if the object is to be created.
    pub fn is_create(&self) -> bool {
        self.prior.is_null() && !self.planned.is_null()
    }

    /// True if the object is to be changed in place or left alone.
    pub fn is_update(&self) -> bool {
        !self.prior.is_null() && !self.planned.is_null()
    }

    /// True if the object is to be destroyed.
    pub fn is_destroy(&self) -> bool {
        self.planned.is_null()
    }

    /// Adds a path to the ones that replace the object.
    pub fn replace_for(&mut self, path: Path) {
        if !self.requires_replace.contains(&path) {
            self.requires_replace.push(path);
        }
    }
}

/// Request of a plan, as the client sends it.
#[derive(Clone, Debug)]
pub struct PlanRequest {
    /// State before.
    pub prior: Value,
    /// The client's own proposal.
    pub proposed: Value,
    /// Configuration.
    pub config: Value,
    /// Private bytes of the state.
    pub private: Vec<u8>,
    /// Identity of the state.
    pub identity: Value,
}

/// Request of [`Resource::read`].
#[derive(Clone, Debug)]
pub struct ReadRequest {
    /// State as last known.
    pub state: Value,
    /// Private bytes of the state.
    pub private: Vec<u8>,
    /// Identity; null in state written before identities existed, and in an import by id.
    pub identity: Value,
}

/// Answer of [`Resource::read`]. Private bytes and identity replace the stored ones, so they are
/// always given.
#[derive(Clone, Debug, Default)]
pub struct ReadResponse {
    /// The object as it is; null when it is gone.
    pub state: Value,
    /// Private bytes.
    pub private: Vec<u8>,
    /// Identity.
    pub identity: Value,
    /// Messages.
    pub diagnostics: Diagnostics,
}

impl ReadResponse {
    /// The answer of a read that learned nothing: everything stays as it was.
    pub fn unchanged(request: &ReadRequest, diagnostics: impl Into<Diagnostics>) -> Self {
        Self {
            state: request.state.clone(),
            private: request.private.clone(),
            identity: request.identity.clone(),
            diagnostics: diagnostics.into(),
        }
    }
}

/// Request of create, update and delete.
#[derive(Clone, Debug)]
pub struct ApplyRequest {
    /// State before; null for a create.
    pub prior: Value,
    /// Planned state; null for a delete.
    pub planned: Value,
    /// Configuration; null for a delete.
    pub config: Value,
    /// Private bytes of the plan.
    pub private: Vec<u8>,
    /// Planned identity.
    pub identity: Value,
}

/// Answer of create, update and delete.
#[derive(Clone, Debug, Default)]
pub struct ApplyResponse {
    /// The object as it is now, as fully as known, also beside an error; null when it is gone.
    pub state: Value,
    /// Private bytes to store.
    pub private: Vec<u8>,
    /// Identity to store.
    pub identity: Value,
    /// Messages.
    pub diagnostics: Diagnostics,
}

impl ApplyResponse {
    /// The answer of a create that made nothing.
    pub fn failed(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostics: diagnostic.into(),
            ..Self::default()
        }
    }

    /// The answer of an update or delete that changed nothing: everything stays as it was.
    pub fn unchanged(request: &ApplyRequest, diagnostics: impl Into<Diagnostics>) -> Self {
        Self {
            state: request.prior.clone(),
            private: request.private.clone(),
            identity: request.identity.clone(),
            diagnostics: diagnostics.into(),
        }
    }
}

/// Request of [`Resource::import`].
#[derive(Clone, Debug)]
pub enum ImportRequest {
    /// By what the user typed.
    Id(String),
    /// By identity.
    Identity(Value),
}

/// Answer of [`Resource::import`].
#[derive(Clone, Debug, Default)]
pub struct ImportResponse {
    /// State with at least what a read needs.
    pub state: Value,
    /// Private bytes for the read that follows.
    pub private: Vec<u8>,
    /// Identity.
    pub identity: Value,
    /// Messages.
    pub diagnostics: Diagnostics,
}

impl ImportResponse {
    /// An import that failed.
    pub fn failed(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostics: diagnostic.into(),
            ..Self::default()
        }
    }
}

/// Request of [`Resource::move_state`].
#[derive(Clone, Debug)]
pub struct MoveRequest {
    /// Fully qualified address of the provider that wrote the state.
    pub source_provider_address: String,
    /// Resource type there.
    pub source_type_name: String,
    /// Schema version there.
    pub source_schema_version: i64,
    /// Attributes as stored, without types: [`json::typed`](crate::json::typed) gives them those of a schema.
    pub source_state: Value,
}

/// Answer of [`Resource::move_state`].
#[derive(Clone, Debug, Default)]
pub struct MoveResponse {
    /// State in our own schema.
    pub state: Value,
    /// Private bytes.
    pub private: Vec<u8>,
    /// Identity.
    pub identity: Value,
    /// Messages.
    pub diagnostics: Diagnostics,
}
