//! `ValidateActionConfig`, `PlanAction` and `InvokeAction`.
//!
//! An action that is invoked ends with one event that says how it went, whatever happens: clients wait for it, and one
//! crashes on an event without a type. An action goes on when its client is gone, because what it has begun is not
//! undone by that.
//!
//! After a stop no line about the progress is sent. Terraform drops what follows such a line, the conclusion included,
//! and 1.14 and 1.15 crash on it.

use tfplug_core::{BoxFuture, Cancel, Diagnostics, Sink};

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
    const AFTER_PANIC: &'static str = "";
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
        let config = config(invocable).read_whole(self.config.as_ref())?;
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

    async fn answer(
        self,
        service: &Service,
        events: &Events<Self::Event>,
        cancel: &Cancel,
    ) -> Result<Diagnostics, Diagnostics> {
        let invocable = service.invocable(&self.action_type)?;
        let config = config(invocable).read_known(self.config.as_ref())?;
        let lines = Lines { events, cancel };
        Ok(invocable.action.invoke(config, &lines, cancel).await)
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
struct Lines<'a> {
    events: &'a Events<invoke_action::Event>,
    cancel: &'a Cancel,
}

impl Sink<String> for Lines<'_> {
    fn send(&self, part: String) -> BoxFuture<'_, bool> {
        Box::pin(async move {
            let event = invoke_action::Event {
                r#type: Some(Type::Progress(Progress {
                    message: convert::plain(&part),
                })),
            };
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => {
                    tracing::debug!(line = part, "The client was stopped and takes no line about the progress");
                    false
                }
                received = self.events.send(event) => received,
            }
        })
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
