//! Updating a daemon.
//!
//! # Flow
//! 1. Observe, whatever changes: a daemon that is gone is told as such, before anything is sent. 2. Tags,
//!    because `propagate_tags` copies them when tasks start. 3. If the live settings already are the planned
//!    ones, nothing is sent; if they are not those of the state, someone else changed them, and each setting
//!    that is overwritten is named. Otherwise `UpdateDaemon` with every member. 4. Wait for its deployment, or
//!    for the one under way that brings what is wanted. 5. Read back.
//!
//! # Guarantees
//! `UpdateDaemon` has no token. It is repeated by the SDK on throttling only; after a timeout, a reset
//! or a 5xx the daemon is looked at first, and a deployment that carries what was sent is adopted, so
//! that one intended change makes one deployment.

use aws::{Failure, FailureKind};
use daemons::{
    absent, answered, name,
    observe::{Observed, Rollout},
    settings::Settings,
    tagging,
    wait::{self, Budget},
};
use tfplug_core::{
    Cancel, Diagnostic, Value,
    resource::{ApplyRequest, ApplyResponse},
};

use super::{
    apply::{Apply, Awaited, Rolled},
    create::not_visible_yet,
    drift_blocks::DriftBlocks,
    messages,
    plan::{self, Change, DELETE_IN_PROGRESS, sends_update},
    state,
    values::{self, differing},
};
use crate::{diagnostic::ToDiagnostic, session::Session};

/// The call that starts a rollout.
const UPDATE: &str = "UpdateDaemon";
/// Tries of `UpdateDaemon` after answers that were lost or roles that are not visible yet.
const TRIES: u32 = 24;
/// Looks for a deployment whose announcement was lost, before the call is repeated.
const LOOKS: u32 = 5;

/// Brings the daemon to the planned value.
pub(super) async fn update(session: &Session, request: &ApplyRequest, cancel: &Cancel) -> ApplyResponse {
    let arn = match state::arn(&request.prior) {
        Ok(arn) => arn,
        Err(diagnostic) => return prior_state(request, diagnostic),
    };
    let budget = Budget::of(plan::timeout(&request.planned, Change::Update));
    let mut apply = Apply::new(session, arn, budget, cancel);
    let live = match find(&apply, request).await {
        Ok(live) => live,
        Err(diagnostic) => return failed(apply, request, request.prior.clone(), diagnostic).await,
    };
    if let Err(diagnostic) = update_tags(&apply, request).await {
        return prior_state(request, diagnostic);
    }
    let changed = if sends_update(&request.prior, &request.planned) {
        change_settings(&mut apply, request, *live).await
    } else {
        Ok(as_found(request, *live))
    };
    match changed {
        Ok(Changed::RollsOut(deployment) | Changed::Lost(deployment)) => {
            finish(apply, request, &deployment, Awaited::Later).await
        }
        Ok(Changed::Found(rollout)) => follow(apply, request, &rollout).await,
        Ok(Changed::Already(deployment)) => {
            let fallback = state::created_value(&request.planned, &apply.arn, Some(&deployment), plan::ACTIVE);
            apply.answer_planned(&request.planned, fallback).await
        }
        // The tags have arrived, the settings have not.
        Err(diagnostic) => failed(apply, request, with_new_tags(request), diagnostic).await,
    }
}

/// What an update meets: the daemon as it is before anything is sent.
async fn find(apply: &Apply<'_>, request: &ApplyRequest) -> Result<Box<Observed>, Diagnostic> {
    let known = state::known(&request.prior);
    let live = apply.observe(known.as_ref()).await;
    let live = live.map_err(|unreadable| messages::unreadable_diagnostic(&apply.arn, &unreadable))?;
    let live = live.ok_or_else(|| messages::gone_before_update(&apply.arn))?;
    if live.status == DELETE_IN_PROGRESS {
        return Err(messages::deleted_before_update(&apply.arn));
    }
    Ok(live)
}

/// The answer of an update that failed before its rollout: what is there, in the spelling of `state`.
async fn failed(mut apply: Apply<'_>, request: &ApplyRequest, state: Value, diagnostic: Diagnostic) -> ApplyResponse {
    apply.diagnostics.push(diagnostic);
    let notes = DriftBlocks::from_private(&request.private);
    apply
        .answer_observed(&state.clone(), notes, &request.prior, state)
        .await
}

/// What there is to wait for.
enum Changed {
    /// A deployment brings the settings.
    RollsOut(String),
    /// They are wanted, but the deployment that was to bring them goes on or ended badly.
    Found(Box<Rollout>),
    /// They are not there, although nothing is to be sent: the plan was made before the deployment that was to bring
    /// them went back. That deployment has the truth.
    Lost(String),
    /// They are there, brought by this deployment.
    Already(String),
}

/// What an update that sends no settings is about: it has the truth of the rollout it finds, since
/// the user must not take its success for that of the rollout.
fn as_found(request: &ApplyRequest, live: Observed) -> Changed {
    let live_value = values::value_of(&live.settings);
    let is_wanted = differing(&request.planned, &live_value).is_empty();
    match live.rollout {
        Some(rollout) if is_wanted && (rollout.is_in_progress() || rollout.failure().is_some()) => {
            Changed::Found(Box::new(rollout))
        }
        _ if !is_wanted => {
            let sent = request
                .prior
                .get(name::DEPLOYMENT_ARN)
                .as_str()
                .filter(|arn| !arn.is_empty());
            Changed::Lost(sent.map_or(live.deployment_arn, str::to_owned))
        }
        _ => Changed::Already(live.deployment_arn),
    }
}

/// Waits for a rollout that was found, or says what goes on.
async fn follow(mut apply: Apply<'_>, request: &ApplyRequest, rollout: &Rollout) -> ApplyResponse {
    if plan::waits(&request.planned) {
        let awaited = if rollout.is_rolled_back() {
            Awaited::Return
        } else {
            Awaited::Later
        };
        return finish(apply, request, &rollout.arn, awaited).await;
    }
    apply.diagnostics.push(messages::not_awaited(&apply.arn, rollout));
    let fallback = state::created_value(&request.planned, &apply.arn, Some(&rollout.arn), plan::ACTIVE);
    apply.answer_planned(&request.planned, fallback).await
}

fn prior_state(request: &ApplyRequest, diagnostic: Diagnostic) -> ApplyResponse {
    ApplyResponse {
        state: request.prior.clone(),
        private: request.private.clone(),
        identity: request.identity.clone(),
        diagnostics: diagnostic.into(),
    }
}

fn with_new_tags(request: &ApplyRequest) -> Value {
    let mut state = request.prior.clone();
    for tags in [name::TAGS, name::TAGS_ALL] {
        state.insert(tags, request.planned.get(tags).unknown_as_null());
    }
    state
}

async fn finish(mut apply: Apply<'_>, request: &ApplyRequest, deployment: &str, awaited: Awaited) -> ApplyResponse {
    let planned = &request.planned;
    let fallback = state::created_value(planned, &apply.arn, Some(deployment), plan::ACTIVE);
    let rolled = if plan::waits(planned) {
        apply.roll_out(deployment, awaited).await
    } else {
        Rolled::AsPlanned
    };
    match rolled {
        Rolled::AsPlanned => apply.answer_planned(planned, fallback).await,
        Rolled::Failed | Rolled::TimedOut => {
            let mut spelling = planned.clone();
            if matches!(rolled, Rolled::Failed) {
                // A redeployment that was asked for and did not arrive is asked for again.
                spelling.insert(name::TRIGGERS, request.prior.get(name::TRIGGERS).clone());
            }
            apply
                .answer_observed(&spelling, DriftBlocks::default(), &fallback, with_new_tags(request))
                .await
        }
    }
}

async fn update_tags(apply: &Apply<'_>, request: &ApplyRequest) -> Result<(), Diagnostic> {
    let tags = &apply.session.tags;
    let changes = tags.changes(request.prior.get(name::TAGS_ALL), request.planned.get(name::TAGS_ALL));
    let sent = tagging::send(&apply.client, &apply.arn.to_string(), changes).await;
    sent.map_err(|failure| {
        if absent::is_tagged_object(&failure) {
            return messages::gone_before_update(&apply.arn);
        }
        failure.diagnostic(&format!("tag daemon {}", apply.arn.name), &apply.arn.to_string())
    })
}

/// Makes the settings the planned ones. Answers the deployment to wait for, if there is one.
async fn change_settings(apply: &mut Apply<'_>, request: &ApplyRequest, live: Observed) -> Result<Changed, Diagnostic> {
    let planned = values::settings_of(&request.planned).map_err(|error| error.diagnostic())?;
    let live_value = values::value_of(&live.settings);
    let asked_for = plan::triggers_differ(&request.prior, &request.planned);
    let broken = live
        .rollout
        .as_ref()
        .is_some_and(|rollout| rollout.failure().is_some() || (rollout.is_rolled_back() && rollout.is_in_progress()));
    if differing(&request.planned, &live_value).is_empty() && !asked_for && !broken && live.deployment_is_on_record {
        tracing::info!(daemon = %apply.arn, "the settings are the planned ones already; nothing is sent");
        return Ok(as_found(request, live));
    }
    let deployment = send(apply, &planned, &request.planned, &live).await?;
    warn_about_others(apply, request, &live, &live_value);
    tracing::info!(daemon = %apply.arn, changed = ?plan::changed_settings(&request.prior, &request.planned), %deployment, "settings updated");
    Ok(Changed::RollsOut(deployment))
}

fn warn_about_others(apply: &mut Apply<'_>, request: &ApplyRequest, live: &Observed, live_value: &Value) {
    if let Some(rollout) = live.rollout.as_ref().filter(|rollout| rollout.is_in_progress()) {
        apply.diagnostics.push(messages::superseded(&apply.arn, rollout));
    }
    let rolled_back = live.rollout.as_ref().is_some_and(Rollout::is_rolled_back);
    let mut changed_outside = differing(&request.prior, live_value);
    let overwritten = differing(&request.planned, live_value);
    changed_outside.retain(|setting| overwritten.contains(setting));
    if !changed_outside.is_empty() && !rolled_back {
        apply
            .diagnostics
            .push(messages::overwritten(&apply.arn, &changed_outside));
    }
}

/// Sends `UpdateDaemon` until it is accepted, found to be accepted, or refused for good.
async fn send(
    apply: &Apply<'_>,
    settings: &Settings,
    planned: &Value,
    before: &Observed,
) -> Result<String, Diagnostic> {
    let arn = apply.arn.to_string();
    let mut schedule = apply.poll().retry_schedule();
    let mut tries = 1;
    loop {
        let call = async {
            let sent = settings.clone().update_request(&arn).send_with(&apply.once).await;
            sent.map_err(|error| Failure::from_sdk(UPDATE, error))
        };
        let failure = match wait::finish(UPDATE, &apply.interrupt, call).await {
            Ok(answer) => match answered::deployment(UPDATE, &apply.arn, answer.deployment_arn) {
                Ok(deployment) => return Ok(deployment),
                Err(failure) => failure,
            },
            Err(failure) => failure,
        };
        if failure.is_ambiguous()
            && let Some(deployment) = adopt(apply, settings, planned, before).await
        {
            tracing::warn!(daemon = %apply.arn, %deployment, error = %failure.message, "the answer of UpdateDaemon was lost; its deployment is there");
            return Ok(deployment);
        }
        if failure.is_code("DaemonNotActiveException") {
            // A stale answer had still called it active.
            return Err(messages::deleted_before_update(&apply.arn));
        }
        // A success that names no deployment was carried out: once more would be a second rollout.
        let is_carried_out = failure.kind == FailureKind::Unfit;
        let again = (failure.is_ambiguous() && !is_carried_out) || not_visible_yet(&failure);
        let failed = || failure.diagnostic(&format!("update daemon {}", apply.arn.name), &arn);
        if !again || tries >= TRIES {
            return Err(failed());
        }
        tries += 1;
        wait::pause(schedule.next_delay(), apply.budget, &apply.interrupt)
            .await
            .map_err(|_| failed())?;
    }
}

/// The deployment of an update whose answer was lost: newer than the one before, with the settings sent.
async fn adopt(apply: &Apply<'_>, settings: &Settings, planned: &Value, before: &Observed) -> Option<String> {
    let mut schedule = apply.poll().retry_schedule();
    for _ in 0..LOOKS {
        if let Ok(Some(now)) = apply.observe(None).await
            && is_newer(&now, before)
            && carries(&now, settings, planned)
        {
            return Some(now.deployment_arn);
        }
        tokio::time::sleep(schedule.next_delay()).await;
    }
    None
}

fn is_newer(now: &Observed, before: &Observed) -> bool {
    let created_at = |observed: &Observed| observed.rollout.as_ref().and_then(|rollout| rollout.created_at);
    now.deployment_arn != before.deployment_arn
        && match (created_at(now), created_at(before)) {
            (Some(now), Some(before)) => now > before,
            _ => true,
        }
}

/// Whether a deployment is the one that was asked for. One that was rolled back meanwhile is, too: its
/// settings are no longer to be seen, and sending them again would only fail again. What ECS does not
/// report (providers without instances, an expired record) speaks neither for nor against it.
fn carries(now: &Observed, sent: &Settings, planned: &Value) -> bool {
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
    differing(planned, &values::value_of(&live)).is_empty()
}
