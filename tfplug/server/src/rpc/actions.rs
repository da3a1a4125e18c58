//! `ValidateActionConfig`, `PlanAction` and `InvokeAction`.
//!
//! An action that is invoked ends with one event that says how it went, whatever happens: clients wait for it, and one
//! crashes on an event without a type. An action goes on when its client is gone, because what it has begun is not
//! undone by that.

use tfplug_core::{BoxFuture, Diagnostics, Sink};

use crate::{
    convert,
    proto::tfplugin6::{
        self as proto,
        invoke_action::{
            self,
            event::{Completed, Progress, Type},
        },
        plan_action, validate_action_config,
    },
    rpc::{
        Answer, LOOK_BEFORE, Rpc, Subject,
        inner_config::InnerConfig,
        stream::{Events, StreamedRpc},
    },
    service::{Invocable, Service},
};

impl Rpc for validate_action_config::Request {
    const NAME: &'static str = "ValidateActionConfig";
    type Response = validate_action_config::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Action(&self.type_name)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let invocable = service.invocable(&self.type_name)?;
        let rules = |config: &_| invocable.action.validate(config);
        Ok(validate_action_config::Response {
            diagnostics: config(invocable).validate(self.config.as_ref(), rules)?,
        })
    }
}

/// The capabilities of the client change nothing: an action is never put off.
impl Rpc for plan_action::Request {
    const NAME: &'static str = "PlanAction";
    const AFTER_PANIC: &'static str = "";
    type Response = plan_action::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Action(&self.action_type)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let invocable = service.invocable(&self.action_type)?;
        let config = config(invocable).read(self.config.as_ref())?;
        let diagnostics = invocable.action.plan(config, &service.cancel()).await;
        Ok(plan_action::Response {
            diagnostics: convert::diagnostics(&diagnostics),
            deferred: None,
        })
    }
}

impl StreamedRpc for invoke_action::Request {
    const NAME: &'static str = "InvokeAction";
    const AFTER_PANIC: &'static str = LOOK_BEFORE;
    const CONCLUDES: bool = true;
    type Event = invoke_action::Event;

    fn subject(&self) -> Subject<'_> {
        Subject::Action(&self.action_type)
    }

    async fn answer(self, service: &Service, events: &Events<Self::Event>) -> Result<Diagnostics, Diagnostics> {
        let cancel = service.cancel();
        let invocable = service.invocable(&self.action_type)?;
        let config = config(invocable).read_known(self.config.as_ref())?;
        Ok(invocable.action.invoke(config, &Lines(events), &cancel).await)
    }
}

fn config(invocable: &Invocable) -> InnerConfig<'_> {
    InnerConfig {
        schema: invocable.action.schema(),
        ty: &invocable.config,
        what: format!("configuration of the action `{}`", invocable.action.type_name()),
    }
}

/// The receiver of lines about the progress.
struct Lines<'a>(&'a Events<invoke_action::Event>);

impl Sink<String> for Lines<'_> {
    fn send(&self, part: String) -> BoxFuture<'_, bool> {
        let message = convert::plain(&part);
        Box::pin(self.0.send(invoke_action::Event {
            r#type: Some(Type::Progress(Progress { message })),
        }))
    }
}

/// The last event of an action.
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
