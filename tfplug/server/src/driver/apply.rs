//! Applies: each change is planned once more, then made.

use tfplug_core::{Diagnostics, Value};

use super::{
    Action, Driver, Outcome, Planned, Proposal, Stored,
    rules::{self, demand},
    wire::{self, Wire},
};
use crate::proto::tfplugin6 as proto;

impl Driver {
    /// Applies a plan.
    pub async fn apply(&self, planned: Planned) -> Outcome {
        let config = planned.config.clone();
        self.apply_with(planned, config).await
    }

    /// Applies a plan with the configuration as it is known by then. The provider plans again first.
    pub async fn apply_with(&self, planned: Planned, config: Value) -> Outcome {
        demand(
            "plan to apply without errors",
            !planned.diagnostics.has_error(),
            &planned.diagnostics,
        );
        let wire = self.wire(&planned.type_name);
        let config = wire.complete(&config);
        match planned.action {
            Action::NoOp => Outcome {
                stored: planned.prior,
                diagnostics: Diagnostics::new(),
            },
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
                let mut outcome = self
                    .plan_again_and_apply(&wire, planned, Stored::nothing(), config)
                    .await;
                outcome.diagnostics.extend(deleted.diagnostics);
                outcome
            }
        }
    }

    /// Plans and applies. Errors of the plan end it, and what there was stays.
    pub async fn plan_and_apply(&self, type_name: &str, prior: &Stored, config: Value) -> Outcome {
        let planned = self.plan(type_name, prior, config).await;
        if planned.diagnostics.has_error() {
            return Outcome {
                stored: prior.clone(),
                diagnostics: planned.diagnostics,
            };
        }
        self.apply(planned).await
    }

    /// Plans the destruction and does it.
    pub async fn destroy(&self, type_name: &str, prior: &Stored) -> Outcome {
        let planned = self.plan_destroy(type_name, prior).await;
        if planned.diagnostics.has_error() {
            return Outcome {
                stored: prior.clone(),
                diagnostics: planned.diagnostics,
            };
        }
        let warnings = planned.diagnostics.clone();
        let mut outcome = self.apply(planned).await;
        outcome.diagnostics.extend(warnings);
        outcome
    }

    async fn plan_again_and_apply(&self, wire: &Wire<'_>, planned: Planned, prior: Stored, config: Value) -> Outcome {
        let diagnostics = self.validate(&planned.type_name, &config).await;
        if diagnostics.has_error() {
            return Outcome {
                stored: prior,
                diagnostics,
            };
        }
        // A tainted or replaced object is gone by now; nothing of it reaches the new one.
        let again = self.propose(wire, &prior, &config).await;
        if again.diagnostics.has_error() {
            return Outcome {
                stored: prior,
                diagnostics: again.diagnostics,
            };
        }
        rules::consistent_plans(wire.schema(), &planned.state, &again.state);
        self.change(wire, prior, again, &config).await
    }

    pub(super) async fn change(&self, wire: &Wire<'_>, prior: Stored, plan: Proposal, config: &Value) -> Outcome {
        let request = proto::apply_resource_change::Request {
            type_name: wire.type_name().to_owned(),
            prior_state: Some(wire.value(&prior.state)),
            planned_state: Some(wire.value(&plan.state)),
            config: Some(wire.value(config)),
            planned_private: plan.private,
            planned_identity: wire.identity(&plan.identity),
            ..proto::apply_resource_change::Request::default()
        };
        let response = self.ask(request).await;
        let diagnostics = wire::diagnostics(&response.diagnostics);
        let state = wire.read(response.new_state.as_ref());
        rules::valid_result(wire.schema(), &plan.state, &state, &diagnostics);
        let failed = diagnostics.has_error();
        if failed && state.is_null() {
            return Outcome {
                stored: prior,
                diagnostics,
            };
        }
        let identity = wire.read_identity(response.new_identity.as_ref());
        demand(
            "Provider returned invalid identity",
            identity.is_wholly_known(),
            &identity,
        );
        let tainted = failed && prior.state.is_null() && !state.is_null();
        Outcome {
            stored: Stored {
                state,
                private: response.private,
                identity,
                tainted,
            },
            diagnostics,
        }
    }

    pub(super) async fn delete(&self, wire: &Wire<'_>, prior: &Stored, private: Vec<u8>) -> Outcome {
        let plan = Proposal {
            state: Value::Null,
            requires_replace: Vec::new(),
            private,
            identity: prior.identity.clone(),
            diagnostics: Diagnostics::new(),
        };
        self.change(wire, prior.clone(), plan, &Value::Null).await
    }
}
