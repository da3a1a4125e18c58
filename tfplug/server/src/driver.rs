//! A client without sockets: drives a provider through the RPCs in the order in which Terraform calls
//! them, and demands of the answers what Terraform demands.
//!
//! Every value goes through its bytes on the wire. A broken rule is a panic with the title under
//! which a user would see it, so a test needs no assertion of its own for them. Errors that the
//! provider reports are data: they come back as diagnostics.
//!
//! ```text
//! let driver = Driver::new(provider);
//! driver.configure(config).await;
//! let planned = driver.plan("toy_thing", &Stored::nothing(), config).await;
//! let applied = driver.apply(planned).await;
//! let refreshed = driver.refresh("toy_thing", &applied.stored).await;
//! ```

mod rules;
mod wire;

use std::sync::Arc;

use tfplug_core::{Diagnostics, Path, Provider, Value, json, test_support::proposed_new};

use self::{rules::demand, wire::Wire};
use crate::{
    proto::tfplugin6 as proto,
    service::{Managed, Service},
};

/// Drives one process of a provider. Clones drive the same one, for instance to [`Driver::stop`] it.
#[derive(Clone)]
pub struct Driver {
    service: Service,
}

/// What a state file holds of an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored {
    /// Attributes; null if there is no object.
    pub state: Value,
    /// Private bytes.
    pub private: Vec<u8>,
    /// Identity; null if there is none.
    pub identity: Value,
    /// Whether the next plan replaces the object, because its creation failed half-way.
    pub tainted: bool,
}

impl Stored {
    /// No object.
    pub fn nothing() -> Self {
        Self::default()
    }
}

/// What a plan does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A new object.
    Create,
    /// A change in place.
    Update,
    /// The object is deleted and created anew.
    Replace,
    /// Nothing.
    NoOp,
    /// The object is deleted.
    Destroy,
}

/// A plan.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Resource type.
    pub type_name: String,
    /// What it does.
    pub action: Action,
    /// What there was.
    pub prior: Stored,
    /// Configuration.
    pub config: Value,
    /// Planned state. Of a replacement, that of the new object.
    pub state: Value,
    /// Private bytes on their way to the apply.
    pub private: Vec<u8>,
    /// Planned identity.
    pub identity: Value,
    /// Paths that replace the object, as far as they count.
    pub requires_replace: Vec<Path>,
    /// Messages. After an error the rest means nothing.
    pub diagnostics: Diagnostics,
}

/// What is stored after a call, and what the provider had to say.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What the client stores.
    pub stored: Stored,
    /// Messages.
    pub diagnostics: Diagnostics,
}

/// One answered plan, before the client draws conclusions.
struct Proposal {
    state: Value,
    requires_replace: Vec<Path>,
    private: Vec<u8>,
    identity: Value,
    diagnostics: Diagnostics,
}

impl Driver {
    /// A new process, not configured.
    pub fn new(provider: Arc<dyn Provider>) -> Self {
        Self { service: Service::new(provider) }
    }

    /// Validates and takes a provider configuration. Members left out are null.
    pub async fn configure(&self, config: Value) -> Diagnostics {
        let config = self.service.provider().schema().block.complete(config);
        let config = Some(wire::dynamic(&config, self.service.provider_type()));
        let request = proto::validate_provider_config::Request { config: config.clone() };
        let mut diagnostics = wire::diagnostics(&self.service.handle(request).await.diagnostics);
        if diagnostics.has_error() {
            return diagnostics;
        }
        let request = proto::configure_provider::Request {
            config,
            terraform_version: "1.11.4".to_owned(),
            client_capabilities: None,
        };
        diagnostics.extend(wire::diagnostics(&self.service.handle(request).await.diagnostics));
        diagnostics
    }

    /// Validates a configuration of a resource. Members left out are null.
    pub async fn validate(&self, type_name: &str, config: &Value) -> Diagnostics {
        let wire = self.wire(type_name);
        let capabilities =
            proto::ClientCapabilities { write_only_attributes_allowed: true, ..proto::ClientCapabilities::default() };
        let request = proto::validate_resource_config::Request {
            type_name: type_name.to_owned(),
            config: Some(wire.value(&wire.complete(config))),
            client_capabilities: Some(capabilities),
        };
        wire::diagnostics(&self.service.handle(request).await.diagnostics)
    }

    /// Plans a create, update or replacement. Members that `config` leaves out are null.
    pub async fn plan(&self, type_name: &str, prior: &Stored, config: Value) -> Planned {
        let wire = self.wire(type_name);
        let config = wire.complete(&config);
        let mut planned = Planned {
            type_name: type_name.to_owned(),
            action: Action::NoOp,
            prior: prior.clone(),
            config,
            state: Value::Null,
            private: Vec::new(),
            identity: Value::Null,
            requires_replace: Vec::new(),
            diagnostics: Diagnostics::new(),
        };
        planned.diagnostics = self.validate(type_name, &planned.config).await;
        if planned.diagnostics.has_error() {
            return planned;
        }
        let before = if prior.tainted { Stored::nothing() } else { prior.clone() };
        let mut proposal = self.propose(&wire, &before, &planned.config).await;
        planned.requires_replace = rules::effective_paths(wire.schema(), &before.state, &proposal);
        planned.action = rules::action(prior, &proposal.state, &planned.requires_replace);
        if planned.action == Action::Replace && !prior.tainted && !proposal.diagnostics.has_error() {
            let anew = Stored { private: proposal.private, identity: proposal.identity, ..Stored::nothing() };
            let first = proposal.diagnostics;
            proposal = self.propose(&wire, &anew, &planned.config).await;
            proposal.diagnostics.extend(first);
        }
        planned.state = proposal.state;
        planned.private = proposal.private;
        planned.identity = proposal.identity;
        planned.diagnostics.extend(proposal.diagnostics);
        planned
    }

    /// Applies a plan.
    pub async fn apply(&self, planned: Planned) -> Outcome {
        let config = planned.config.clone();
        self.apply_with(planned, config).await
    }

    /// Applies a plan with the configuration as it is known by then. The provider plans again first.
    pub async fn apply_with(&self, planned: Planned, config: Value) -> Outcome {
        demand("plan to apply without errors", !planned.diagnostics.has_error(), &planned.diagnostics);
        let wire = self.wire(&planned.type_name);
        let config = wire.complete(&config);
        match planned.action {
            Action::NoOp => Outcome { stored: planned.prior, diagnostics: Diagnostics::new() },
            Action::Destroy => self.delete(&wire, &planned.prior, planned.private).await,
            Action::Create | Action::Update => {
                let prior = planned.prior.clone();
                self.plan_again_and_apply(&wire, planned, prior, config).await
            }
            Action::Replace => {
                let deleted = self.delete(&wire, &planned.prior, planned.private.clone()).await;
                if deleted.diagnostics.has_error() {
                    return deleted;
                }
                let mut outcome = self.plan_again_and_apply(&wire, planned, Stored::nothing(), config).await;
                outcome.diagnostics.extend(deleted.diagnostics);
                outcome
            }
        }
    }

    /// Plans and applies. Errors of the plan end it, and what there was stays.
    pub async fn plan_and_apply(&self, type_name: &str, prior: &Stored, config: Value) -> Outcome {
        let planned = self.plan(type_name, prior, config).await;
        if planned.diagnostics.has_error() {
            return Outcome { stored: prior.clone(), diagnostics: planned.diagnostics };
        }
        self.apply(planned).await
    }

    /// Plans the destruction.
    pub async fn plan_destroy(&self, type_name: &str, prior: &Stored) -> Planned {
        let wire = self.wire(type_name);
        let proposal = self.propose(&wire, prior, &Value::Null).await;
        Planned {
            type_name: type_name.to_owned(),
            action: Action::Destroy,
            prior: prior.clone(),
            config: Value::Null,
            state: proposal.state,
            private: proposal.private,
            identity: prior.identity.clone(),
            requires_replace: Vec::new(),
            diagnostics: proposal.diagnostics,
        }
    }

    /// Plans the destruction and does it.
    pub async fn destroy(&self, type_name: &str, prior: &Stored) -> Outcome {
        let planned = self.plan_destroy(type_name, prior).await;
        if planned.diagnostics.has_error() {
            return Outcome { stored: prior.clone(), diagnostics: planned.diagnostics };
        }
        let warnings = planned.diagnostics.clone();
        let mut outcome = self.apply(planned).await;
        outcome.diagnostics.extend(warnings);
        outcome
    }

    /// Reads the object, through the upgrade that every stored object passes.
    pub async fn refresh(&self, type_name: &str, stored: &Stored) -> Outcome {
        let wire = self.wire(type_name);
        let raw = json::encode(&stored.state, &wire.managed.state).unwrap_or_else(|error| wire::broken("stored state", &error));
        let upgraded = match self.upgrade(type_name, wire.schema().version, &raw).await {
            Ok(state) => state,
            Err(diagnostics) => return Outcome { stored: stored.clone(), diagnostics },
        };
        let outcome = self.read(&wire, Stored { state: upgraded, ..stored.clone() }).await;
        Outcome { stored: Stored { tainted: stored.tainted, ..outcome.stored }, diagnostics: outcome.diagnostics }
    }

    /// Brings raw attributes of any schema version to the current one.
    pub async fn upgrade(
        &self,
        type_name: &str,
        version: i64,
        raw: &serde_json::Value,
    ) -> Result<Value, Diagnostics> {
        let wire = self.wire(type_name);
        let request = proto::upgrade_resource_state::Request {
            type_name: type_name.to_owned(),
            version,
            raw_state: Some(proto::RawState { json: raw.to_string().into_bytes(), ..proto::RawState::default() }),
        };
        let response = self.service.handle(request).await;
        let diagnostics = wire::diagnostics(&response.diagnostics);
        if diagnostics.has_error() {
            return Err(diagnostics);
        }
        let state = wire.read(response.upgraded_state.as_ref());
        demand("Invalid resource state upgrade", state.is_present() && state.is_wholly_known(), &state);
        Ok(state)
    }

    /// Imports by what a user types, and reads.
    pub async fn import(&self, type_name: &str, id: &str) -> Outcome {
        self.import_by(type_name, id, &Value::Null).await
    }

    /// Imports by identity, and reads.
    pub async fn import_by_identity(&self, type_name: &str, identity: &Value) -> Outcome {
        self.import_by(type_name, "", identity).await
    }

    async fn import_by(&self, type_name: &str, id: &str, identity: &Value) -> Outcome {
        let wire = self.wire(type_name);
        let request = proto::import_resource_state::Request {
            type_name: type_name.to_owned(),
            id: id.to_owned(),
            client_capabilities: None,
            identity: wire.identity(identity),
        };
        let response = self.service.handle(request).await;
        let diagnostics = wire::diagnostics(&response.diagnostics);
        if diagnostics.has_error() {
            return Outcome { diagnostics, ..Outcome::default() };
        }
        let [imported] = response.imported_resources.as_slice() else {
            wire::broken("import", &"it returned not exactly one resource")
        };
        demand("Import returned another type", imported.type_name == type_name, &imported.type_name);
        let stored = Stored {
            state: wire.read(imported.state.as_ref()),
            private: imported.private.clone(),
            identity: wire.read_identity(imported.identity.as_ref()),
            tainted: false,
        };
        demand("Import returned null resource", stored.state.is_present(), &stored);
        let mut outcome = self.read(&wire, stored).await;
        if !outcome.diagnostics.has_error() {
            demand("Cannot import non-existent remote object", outcome.stored.state.is_present(), &outcome);
        }
        outcome.diagnostics.extend(diagnostics);
        outcome
    }

    /// Moves the state of another type, given as that provider wrote it.
    pub async fn move_state(
        &self,
        source: (&str, &str, i64),
        raw: &serde_json::Value,
        target_type_name: &str,
    ) -> Outcome {
        let wire = self.wire(target_type_name);
        let (address, type_name, version) = source;
        let request = proto::move_resource_state::Request {
            source_provider_address: address.to_owned(),
            source_type_name: type_name.to_owned(),
            source_schema_version: version,
            source_state: Some(proto::RawState { json: raw.to_string().into_bytes(), ..proto::RawState::default() }),
            target_type_name: target_type_name.to_owned(),
            ..proto::move_resource_state::Request::default()
        };
        let response = self.service.handle(request).await;
        let diagnostics = wire::diagnostics(&response.diagnostics);
        let stored = Stored {
            state: wire.read(response.target_state.as_ref()),
            private: response.target_private,
            identity: wire.read_identity(response.target_identity.as_ref()),
            tainted: false,
        };
        if !diagnostics.has_error() {
            demand("Provider returned invalid value", stored.state.is_present(), &stored);
        }
        Outcome { stored, diagnostics }
    }

    /// The configuration that the provider suggests for a stored object.
    pub async fn generate_config(&self, type_name: &str, stored: &Stored) -> Value {
        let wire = self.wire(type_name);
        let request = proto::generate_resource_config::Request {
            type_name: type_name.to_owned(),
            state: Some(wire.value(&stored.state)),
        };
        let response = self.service.handle(request).await;
        demand("generated configuration without errors", response.diagnostics.is_empty(), &response.diagnostics);
        wire.read(response.config.as_ref())
    }

    /// Validates and reads a data source. Members that `config` leaves out are null.
    pub async fn read_data(&self, type_name: &str, config: Value) -> (Value, Diagnostics) {
        let data = self.service.data(type_name).unwrap_or_else(|error| wire::broken("type", &error));
        let config = Some(wire::dynamic(&data.source.schema().block.complete(config), &data.value));
        let request =
            proto::validate_data_resource_config::Request { type_name: type_name.to_owned(), config: config.clone() };
        let mut diagnostics = wire::diagnostics(&self.service.handle(request).await.diagnostics);
        if diagnostics.has_error() {
            return (Value::Null, diagnostics);
        }
        let request = proto::read_data_source::Request {
            type_name: type_name.to_owned(),
            config,
            ..proto::read_data_source::Request::default()
        };
        let response = self.service.handle(request).await;
        diagnostics.extend(wire::diagnostics(&response.diagnostics));
        let value = wire::value(response.state.as_ref(), &data.value);
        if !diagnostics.has_error() {
            demand("Provider produced invalid object", value.is_present() && value.is_wholly_known(), &value);
        }
        (value, diagnostics)
    }

    /// Cuts running calls short, as Ctrl-C does.
    pub async fn stop(&self) {
        let response = self.service.handle(proto::stop_provider::Request {}).await;
        demand("stop without an error", response.error.is_empty(), &response.error);
    }

    async fn plan_again_and_apply(&self, wire: &Wire<'_>, planned: Planned, prior: Stored, config: Value) -> Outcome {
        let diagnostics = self.validate(&planned.type_name, &config).await;
        if diagnostics.has_error() {
            return Outcome { stored: prior, diagnostics };
        }
        // A tainted or replaced object is gone by now; nothing of it reaches the new one.
        let again = self.propose(wire, &prior, &config).await;
        if again.diagnostics.has_error() {
            return Outcome { stored: prior, diagnostics: again.diagnostics };
        }
        rules::consistent_plans(wire.schema(), &planned.state, &again.state);
        self.change(wire, prior, again, &config).await
    }

    async fn propose(&self, wire: &Wire<'_>, prior: &Stored, config: &Value) -> Proposal {
        let proposed = proposed_new(wire.schema(), &prior.state, config);
        let request = proto::plan_resource_change::Request {
            type_name: wire.type_name().to_owned(),
            prior_state: Some(wire.value(&prior.state)),
            proposed_new_state: Some(wire.value(&proposed)),
            config: Some(wire.value(config)),
            prior_private: prior.private.clone(),
            prior_identity: wire.identity(&prior.identity),
            ..proto::plan_resource_change::Request::default()
        };
        let response = self.service.handle(request.clone()).await;
        demand("the same plan for the same request", response == self.service.handle(request).await, &response);
        let proposal = Proposal {
            state: wire.read(response.planned_state.as_ref()),
            requires_replace: response.requires_replace.iter().map(wire::path).collect(),
            private: response.planned_private,
            identity: wire.read_identity(response.planned_identity.as_ref()),
            diagnostics: wire::diagnostics(&response.diagnostics),
        };
        if !proposal.diagnostics.has_error() {
            rules::valid_plan(wire.schema(), prior, config, &proposal);
        }
        proposal
    }

    async fn change(&self, wire: &Wire<'_>, prior: Stored, plan: Proposal, config: &Value) -> Outcome {
        let request = proto::apply_resource_change::Request {
            type_name: wire.type_name().to_owned(),
            prior_state: Some(wire.value(&prior.state)),
            planned_state: Some(wire.value(&plan.state)),
            config: Some(wire.value(config)),
            planned_private: plan.private,
            planned_identity: wire.identity(&plan.identity),
            ..proto::apply_resource_change::Request::default()
        };
        let response = self.service.handle(request).await;
        let diagnostics = wire::diagnostics(&response.diagnostics);
        let state = wire.read(response.new_state.as_ref());
        rules::valid_result(wire.schema(), &plan.state, &state, &diagnostics);
        let failed = diagnostics.has_error();
        if failed && state.is_null() {
            return Outcome { stored: prior, diagnostics };
        }
        let identity = wire.read_identity(response.new_identity.as_ref());
        demand("Provider returned invalid identity", identity.is_wholly_known(), &identity);
        let tainted = failed && prior.state.is_null() && !state.is_null();
        Outcome { stored: Stored { state, private: response.private, identity, tainted }, diagnostics }
    }

    async fn delete(&self, wire: &Wire<'_>, prior: &Stored, private: Vec<u8>) -> Outcome {
        let plan = Proposal {
            state: Value::Null,
            requires_replace: Vec::new(),
            private,
            identity: prior.identity.clone(),
            diagnostics: Diagnostics::new(),
        };
        self.change(wire, prior.clone(), plan, &Value::Null).await
    }

    async fn read(&self, wire: &Wire<'_>, stored: Stored) -> Outcome {
        let request = proto::read_resource::Request {
            type_name: wire.type_name().to_owned(),
            current_state: Some(wire.value(&stored.state)),
            private: stored.private,
            current_identity: wire.identity(&stored.identity),
            ..proto::read_resource::Request::default()
        };
        let response = self.service.handle(request).await;
        let diagnostics = wire::diagnostics(&response.diagnostics);
        let stored = Stored {
            state: wire.read(response.new_state.as_ref()),
            private: response.private,
            identity: wire.read_identity(response.new_identity.as_ref()),
            tainted: false,
        };
        rules::valid_object(wire.schema(), &stored);
        Outcome { stored, diagnostics }
    }

    fn wire(&self, type_name: &str) -> Wire<'_> {
        Wire::new(self.managed(type_name))
    }

    fn managed(&self, type_name: &str) -> &Managed {
        self.service.managed(type_name).unwrap_or_else(|error| wire::broken("type", &error))
    }
}
