//! Actions, as they are planned and invoked.

use tfplug_core::{Diagnostics, Value};
use tokio_stream::StreamExt;

use super::{
    Driver, Invoked,
    rules::demand,
    wire::{self, broken},
};
use crate::{
    proto::tfplugin6::{self as proto, invoke_action, invoke_action::event::Type},
    service::Invocable,
};

impl Driver {
    /// Validates and plans an action. Members that `config` leaves out are null; null is an action without a block
    /// `config`.
    pub async fn plan_action(&self, type_name: &str, config: Value) -> Diagnostics {
        let config = Some(self.action_config(type_name, config));
        let request = proto::validate_action_config::Request {
            type_name: type_name.to_owned(),
            config: config.clone(),
        };
        let mut diagnostics = wire::diagnostics(&self.service.handle(request).await.diagnostics);
        if diagnostics.has_error() {
            return diagnostics;
        }
        let request = proto::plan_action::Request {
            action_type: type_name.to_owned(),
            config,
            client_capabilities: Some(proto::ClientCapabilities::default()),
        };
        let response = self.ask(request).await;
        demand(
            "plan of an action, which is not put off",
            response.deferred.is_none(),
            &response,
        );
        diagnostics.extend(wire::diagnostics(&response.diagnostics));
        diagnostics
    }

    /// Invokes an action, which is not planned again before. Needs a tokio runtime.
    pub async fn invoke(&self, type_name: &str, config: Value) -> Invoked {
        demand("known configuration to invoke with", config.is_wholly_known(), &config);
        let request = invoke_action::Request {
            action_type: type_name.to_owned(),
            config: Some(self.action_config(type_name, config)),
            client_capabilities: Some(proto::ClientCapabilities::default()),
        };
        self.demand_configured("InvokeAction");
        let mut events = self.service.stream(request);
        let mut progress = Vec::new();
        while let Some(event) = events.next().await {
            match event.r#type {
                Some(Type::Progress(line)) => progress.push(line.message),
                Some(Type::Completed(completed)) => {
                    let after = events.next().await;
                    demand("nothing after the conclusion of an action", after.is_none(), &after);
                    return Invoked {
                        progress,
                        diagnostics: wire::diagnostics(&completed.diagnostics),
                    };
                }
                None => broken("event of an action", &"it has no type"),
            }
        }
        broken("end of an action", &"it was not concluded")
    }

    fn action_config(&self, type_name: &str, config: Value) -> proto::DynamicValue {
        let Invocable { action, config: ty } = self
            .service
            .invocable(type_name)
            .unwrap_or_else(|error| broken("action", &error));
        wire::dynamic(&action.schema().block.complete(config), ty)
    }
}
