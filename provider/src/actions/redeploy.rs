//! The action `ecs_daemon_redeploy`: a whole `UpdateDaemon` with the settings that the daemon has.
//!
//! ECS starts a deployment for each update, also for one that changes nothing; that is the only way to roll a daemon anew.
//! What cannot be read cannot be sent, and ECS would reset it, so nothing is sent then.

use daemons::{course::Course, name, observe::Observed};
use tfplug_core::{Action, BoxFuture, Cancel, Diagnostic, Diagnostics, Schema, Sink, Value, typed::FromValue};

use super::{
    follow,
    target::{self, Target},
};
use crate::{diagnostic::ToDiagnostic, session::SharedSession};

/// `ecs_daemon_redeploy`.
pub(super) struct Redeploy {
    session: SharedSession,
    schema: Schema,
}

#[derive(FromValue)]
struct Arguments {
    wait_for_deployment: Option<bool>,
}

impl Redeploy {
    pub(super) fn new(session: SharedSession) -> Self {
        let description = "Rolls a daemon out anew with unchanged settings, for example after its image or a secret that it reads has \
            changed. Every instance is drained and replaced, in batches of the daemon's `drain_percent`. A rollout that is under way \
            is taken over.";
        Self {
            session,
            schema: target::schema(description, vec![target::wait_attribute()]),
        }
    }

    async fn redeploy(
        &self,
        config: &Value,
        progress: &dyn Sink<String>,
        cancel: &Cancel,
    ) -> Result<Diagnostics, Diagnostic> {
        let session = self.session.get_for_change()?;
        let target = Target::of(config)?;
        let arguments = Arguments::from_value(config).map_err(|error| error.diagnostic("Invalid argument"))?;
        let writer = target.writer(&session, cancel)?;
        let live = target::live(&session, &writer).await?;
        refuse(&target, &live)?;
        let deployment = writer.update(&live.settings, &live).await;
        let deployment = deployment.map_err(|failure| {
            failure.diagnostic(&format!("update daemon {}", target.arn.name), &target.arn.to_string())
        })?;
        tracing::info!(daemon = %target.arn, %deployment, "redeployed");
        progress.send(format!("Started deployment {deployment}")).await;
        if arguments.wait_for_deployment == Some(false) {
            return Ok(Diagnostics::new());
        }
        Ok(follow::follow(&writer, &deployment, Course::of(&live), progress).await)
    }
}

/// The reasons to send nothing.
fn refuse(target: &Target, live: &Observed) -> Result<(), Diagnostic> {
    let name = &target.arn.name;
    let no = |text: String| {
        Err(Diagnostic::error(format!("Daemon {name} cannot be redeployed"), text).at(target::daemon_path()))
    };
    if !live.deployment_is_on_record {
        return no(format!(
            "ECS no longer has the record of the latest deployment of {}, which `{}` is read from. An update without it would reset \
             it to the defaults. Apply the configuration of the daemon with a change of `triggers` instead.",
            target.arn,
            name::DEPLOYMENT_CONFIGURATION
        ));
    }
    if !live.unknown_members.is_empty() {
        let unknown: Vec<String> = live
            .unknown_members
            .iter()
            .map(|member| format!("`{}`", member.path))
            .collect();
        return no(format!(
            "The daemon has settings that this provider version does not know: {}. An update without them would reset them. Use a \
             provider version that knows them.",
            unknown.join(", ")
        ));
    }
    if !live.ambiguous_revisions.is_empty() {
        return no(format!(
            "Several revisions of {} are current, and nothing says whose settings to send: {}.",
            target.arn,
            live.ambiguous_revisions.join(", ")
        ));
    }
    Ok(())
}

impl Action for Redeploy {
    fn type_name(&self) -> &'static str {
        "ecs_daemon_redeploy"
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
            self.redeploy(&config, progress, cancel)
                .await
                .unwrap_or_else(Diagnostics::from)
        })
    }
}
