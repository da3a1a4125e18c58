//! The action `ecs_daemon_wait_for_deployment`: the end of the latest deployment of a daemon, whoever has started it.

use daemons::course::Course;
use tfplug_core::{Action, BoxFuture, Cancel, Diagnostic, Diagnostics, Schema, Sink, Value};

use super::{
    follow,
    target::{self, Target},
};
use crate::session::SharedSession;

/// `ecs_daemon_wait_for_deployment`.
pub(super) struct WaitForDeployment {
    session: SharedSession,
    schema: Schema,
}

impl WaitForDeployment {
    pub(super) fn new(session: SharedSession) -> Self {
        let description = "Waits until the latest deployment of a daemon has ended, whoever has started it, and fails if it was rolled \
            back or stopped. For daemons of other configurations, and for `wait_for_deployment = false`.";
        Self {
            session,
            schema: target::schema(description, Vec::new()),
        }
    }

    async fn wait(
        &self,
        config: &Value,
        progress: &dyn Sink<String>,
        cancel: &Cancel,
    ) -> Result<Diagnostics, Diagnostic> {
        let session = self.session.get()?;
        let target = Target::of(config)?;
        let writer = target.writer(&session, cancel)?;
        let live = target::live(&session, &writer).await?;
        if live.rollout.is_none() {
            let text = format!(
                "ECS has no record of the latest deployment of {}, so its end cannot be read.",
                target.arn
            );
            return Err(Diagnostic::error(
                format!("End of the rollout of daemon {} is not known", target.arn.name),
                text,
            )
            .at(target::daemon_path()));
        }
        Ok(follow::follow(&writer, &live.deployment_arn, Course::of(&live), progress).await)
    }
}

impl Action for WaitForDeployment {
    fn type_name(&self) -> &'static str {
        "ecs_daemon_wait_for_deployment"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn invoke<'a>(
        &'a self,
        config: Value,
        progress: &'a dyn Sink<String>,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async move {
            self.wait(&config, progress, cancel)
                .await
                .unwrap_or_else(Diagnostics::from)
        })
    }
}
