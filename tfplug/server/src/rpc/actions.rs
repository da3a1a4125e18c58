//! `ValidateActionConfig`, `PlanAction` and `InvokeAction`. The provider has no actions.

use std::iter::empty;

use tfplug_core::Diagnostics;

use crate::{
    convert,
    proto::tfplugin6::{
        self as proto,
        invoke_action::{self, event::Completed, event::Type},
        plan_action, validate_action_config,
    },
    rpc::{Answer, Rpc, Subject},
    service::{Service, unknown},
};

const KIND: &str = "action type";

impl Rpc for validate_action_config::Request {
    const NAME: &'static str = "ValidateActionConfig";
    type Response = validate_action_config::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Action(&self.type_name)
    }

    async fn answer(self, _: &Service) -> Result<Self::Response, Diagnostics> {
        Err(unknown(KIND, &self.type_name, empty()))
    }
}

impl Rpc for plan_action::Request {
    const NAME: &'static str = "PlanAction";
    type Response = plan_action::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Action(&self.action_type)
    }

    async fn answer(self, _: &Service) -> Result<Self::Response, Diagnostics> {
        Err(unknown(KIND, &self.action_type, empty()))
    }
}

impl Rpc for invoke_action::Request {
    const NAME: &'static str = "InvokeAction";
    type Response = invoke_action::Event;

    fn subject(&self) -> Subject<'_> {
        Subject::Action(&self.action_type)
    }

    async fn answer(self, _: &Service) -> Result<Self::Response, Diagnostics> {
        Err(unknown(KIND, &self.action_type, empty()))
    }
}

/// The one event of an action that cannot start: it has completed with an error.
impl Answer for invoke_action::Event {
    fn add(&mut self, diagnostics: &Diagnostics) {
        let mut all = self.diagnostics().to_vec();
        all.extend(convert::diagnostics(diagnostics));
        self.r#type = Some(Type::Completed(Completed { diagnostics: all }));
    }

    fn diagnostics(&self) -> &[proto::Diagnostic] {
        match &self.r#type {
            Some(Type::Completed(completed)) => &completed.diagnostics,
            _ => &[],
        }
    }
}
