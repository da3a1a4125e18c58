//! Plans, in the order of calls that the client has for a create, an update, a replacement and a
//! destruction.

use tfplug_core::{Diagnostics, Value, test_support::proposed_new};

use super::{
    Action, Driver, Planned, Proposal, Stored,
    rules::{self, demand},
    wire::{self, Wire},
};
use crate::proto::tfplugin6 as proto;

impl Driver {
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
        let before = if prior.tainted {
            Stored::nothing()
        } else {
            prior.clone()
        };
        let mut proposal = self.propose(&wire, &before, &planned.config).await;
        planned.requires_replace = rules::effective_paths(wire.schema(), &before.state, &proposal);
        planned.action = rules::action(prior, &proposal.state, &planned.requires_replace);
        if planned.action == Action::Replace && !prior.tainted && !proposal.diagnostics.has_error() {
            let anew = Stored {
                private: proposal.private,
                identity: proposal.identity,
                ..Stored::nothing()
            };
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

    pub(super) async fn propose(&self, wire: &Wire<'_>, prior: &Stored, config: &Value) -> Proposal {
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
        let response = self.ask(request.clone()).await;
        // Terraform makes each plan again when it applies, not always with the provider configured again.
        demand(
            "the same plan for the same request",
            response == self.ask(request).await,
            &response,
        );
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
}
