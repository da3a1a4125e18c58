//! `UpdateDaemon`. It has no token, and each one that is carried out replaces instances.

use aws::Failure;

use crate::{
    answered,
    observe::{Observed, Rollout},
    patience,
    settings::Settings,
    wait::Interrupt,
    writer::Writer,
};

const UPDATE: &str = "UpdateDaemon";

impl<I: Interrupt> Writer<I> {
    /// Sends all settings, and answers the deployment that brings them. `before` is the daemon as it was just before: a
    /// newer deployment with these settings is the one whose answer was lost.
    pub async fn update(&self, settings: &Settings, before: &Observed) -> Result<String, Failure> {
        let arn = self.arn.to_string();
        let call = || async {
            let sent = settings.clone().update_request(&arn).send_with(&self.once).await;
            let answer = sent.map_err(|error| Failure::from_sdk(UPDATE, error))?;
            answered::deployment(UPDATE, &self.arn, answer.deployment_arn)
        };
        let look = || async {
            let now = self.observe(None).await.ok().flatten()?;
            (is_newer(&now, before) && carries(&now, settings)).then_some(now.deployment_arn)
        };
        self.sending(UPDATE, patience::UPDATE).send(call, look).await
    }
}

fn is_newer(now: &Observed, before: &Observed) -> bool {
    let created_at = |observed: &Observed| observed.rollout.as_ref().and_then(|rollout| rollout.created_at);
    now.deployment_arn != before.deployment_arn
        && match (created_at(now), created_at(before)) {
            (Some(now), Some(before)) => now > before,
            _ => true,
        }
}

/// True if a deployment is the one that was asked for. One that was rolled back meanwhile is, too: its settings are no
/// longer to be seen, and sending them again would only fail again. What ECS does not report (providers without instances,
/// an expired record) speaks neither for nor against it.
fn carries(now: &Observed, sent: &Settings) -> bool {
    if now.rollout.as_ref().is_some_and(Rollout::is_rolled_back) {
        return true;
    }
    let mut live = now.settings.clone();
    if live.capacity_provider_arns.is_subset(&sent.capacity_provider_arns) {
        live.capacity_provider_arns.clone_from(&sent.capacity_provider_arns);
    }
    if !now.deployment_is_on_record {
        live.deployment_configuration = sent.deployment_configuration.clone();
    }
    live.differing(sent).is_empty()
}
