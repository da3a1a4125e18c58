//! Updating a daemon: read, decide, send, wait, answer.
//!
//! # Flow
//! 1. Read, whatever changes: a daemon that is gone is told as such, before anything is sent. 2. Tags, because
//!    `propagate_tags` copies them when tasks start. 3. Decide ([`decision`]), and send all settings
//!    or nothing. 4. Wait for the deployment that brings them. 5. Read back, and answer.
//!
//! # Guarantees
//! One intended change makes one deployment: `daemons::writer` adopts the one whose answer was lost. A setting that
//! another caller has changed meanwhile and that is overwritten is named.

use daemons::{
    absent, name,
    observe::{KnownRevision, Observed, Rollout},
    tagging,
};
use tfplug_core::{
    Cancel, Diagnostic, Value,
    resource::{ApplyRequest, ApplyResponse},
};

use super::{
    apply::Apply,
    decision::{self, Step},
    messages,
    notes::{Notes, Redeployment},
    plan::{ACTIVE, DELETE_IN_PROGRESS},
    rollout::{Awaited, Followed, Rolled},
    state::Facts,
    wanted::Update,
};
use crate::{diagnostic::ToDiagnostic, session::Session};

/// Brings the daemon to the planned value.
pub(super) async fn update(session: &Session, request: &ApplyRequest, cancel: &Cancel) -> ApplyResponse {
    let update = match Update::of(request) {
        Ok(update) => update,
        Err(diagnostic) => return ApplyResponse::unchanged(request, diagnostic),
    };
    let mut apply = Apply::new(session, update.arn.clone(), update.wanted.timeout, cancel);
    match bring(&mut apply, &update).await {
        Ok(brought) => answer(apply, &update, brought).await,
        Err(stopped) => answer_stopped(apply, &update, stopped).await,
    }
}

/// The result of an update.
struct Brought {
    /// Deployment that brings it, or has brought it.
    deployment: String,
    /// Revision that counted before, and may still count.
    before: Option<KnownRevision>,
    rolled: Rolled,
}

/// The error that ended an update before its rollout, and the state that it has brought by then.
struct Stopped {
    diagnostic: Diagnostic,
    state: Value,
}

async fn bring(apply: &mut Apply<'_>, update: &Update<'_>) -> Result<Brought, Stopped> {
    let at = |state: Value| move |diagnostic| Stopped { diagnostic, state };
    let live = find(apply, update).await.map_err(at(update.prior.clone()))?;
    send_tags(apply, update).await.map_err(at(update.prior.clone()))?;
    let followed = match decision::decide(update, &live) {
        Step::Send => send(apply, update, &live).await.map_err(at(update.with_new_tags()))?,
        Step::Follow(followed) => followed,
        Step::Nothing => {
            return Ok(Brought {
                before: live.revision(),
                deployment: live.deployment_arn,
                rolled: Rolled::AsPlanned,
            });
        }
    };
    let rolled = apply.follow(&followed, update.wanted.waits).await;
    // A rollout that was seen to arrive has replaced it.
    let arrived = rolled == Rolled::AsPlanned && update.wanted.waits;
    Ok(Brought {
        before: live.revision().filter(|_| !arrived),
        deployment: followed.deployment,
        rolled,
    })
}

/// The daemon as it is before anything is sent.
async fn find(apply: &Apply<'_>, update: &Update<'_>) -> Result<Box<Observed>, Diagnostic> {
    let live = apply.writer.observe(update.known.as_ref()).await;
    let live = live.map_err(|unreadable| messages::unreadable_diagnostic(&update.arn, &unreadable))?;
    let live = live.ok_or_else(|| messages::gone_before_update(&update.arn))?;
    if live.status == DELETE_IN_PROGRESS {
        return Err(messages::deleted_before_update(&update.arn));
    }
    Ok(live)
}

async fn send_tags(apply: &Apply<'_>, update: &Update<'_>) -> Result<(), Diagnostic> {
    let (before, planned) = (
        update.prior.get(name::TAGS_ALL),
        update.wanted.value.get(name::TAGS_ALL),
    );
    let changes = apply.session.tags.changes(before, planned);
    let sent = tagging::send(apply.writer.client(), &update.arn.to_string(), changes).await;
    sent.map_err(|failure| {
        if absent::is_tagged_object(&failure) {
            return messages::gone_before_update(&update.arn);
        }
        failure.diagnostic(&format!("tag daemon {}", update.arn.name), &update.arn.to_string())
    })
}

/// Sends all settings, and says whose were overwritten.
async fn send(apply: &mut Apply<'_>, update: &Update<'_>, live: &Observed) -> Result<Followed, Diagnostic> {
    let sent = apply.writer.update(&update.wanted.settings, live).await;
    let deployment = sent.map_err(|failure| {
        // A stale answer had still called it active.
        if failure.is_code("DaemonNotActiveException") {
            return messages::deleted_before_update(&update.arn);
        }
        failure.diagnostic(&format!("update daemon {}", update.arn.name), &update.arn.to_string())
    })?;
    tracing::info!(daemon = %update.arn, %deployment, "settings updated");
    if let Some(rollout) = live.rollout.as_ref().filter(|rollout| rollout.is_in_progress()) {
        apply.diagnostics.push(messages::superseded(&update.arn, rollout));
    }
    apply.diagnostics.extend(overwritten(update, live));
    Ok(Followed::started(deployment, Awaited::Later))
}

/// The settings that another caller has changed since the state was written, and that the update has changed again.
fn overwritten(update: &Update<'_>, live: &Observed) -> Option<Diagnostic> {
    let known = update.known.as_ref()?;
    if live.rollout.as_ref().is_some_and(Rollout::is_rolled_back) {
        return None;
    }
    let sent = update.wanted.settings.differing(&live.settings);
    let mut changed = known.settings.differing(&live.settings);
    changed.retain(|setting| sent.contains(setting));
    (!changed.is_empty()).then(|| messages::overwritten(&update.arn, &changed))
}

async fn answer(apply: Apply<'_>, update: &Update<'_>, brought: Brought) -> ApplyResponse {
    let facts = Facts {
        deployment_arn: Some(&brought.deployment),
        status: ACTIVE,
        failed: brought.rolled.failed(),
    };
    let redeployment = redeployment(update, &brought);
    if brought.rolled == Rolled::AsPlanned {
        return apply
            .answer_planned(&update.wanted, &facts, brought.before.as_ref(), redeployment)
            .await;
    }
    let mut spelling = facts.value(update.wanted.value, &update.arn);
    if facts.failed.is_some() {
        // A redeployment that was asked for and did not arrive is asked for again.
        spelling.insert(name::TRIGGERS, update.prior.get(name::TRIGGERS).clone());
    }
    let known = facts.known(&update.wanted.settings, brought.before.as_ref(), false);
    let notes = Notes {
        redeployment,
        ..Notes::default()
    };
    apply
        .answer_observed(&spelling, notes, known.as_ref(), update.with_new_tags())
        .await
}

/// The redeployment that `triggers` asked for, now or in an apply that did not see its end.
fn redeployment(update: &Update<'_>, brought: &Brought) -> Option<Redeployment> {
    if !update.redeploys {
        return update.notes.redeployment.clone();
    }
    Some(Redeployment {
        deployment: brought.deployment.clone(),
        revision: brought.before.as_ref().map(|revision| revision.arn.clone()),
        before: update.prior.get(name::TRIGGERS).clone(),
    })
}

/// The daemon after an update that stopped before its rollout.
async fn answer_stopped(mut apply: Apply<'_>, update: &Update<'_>, stopped: Stopped) -> ApplyResponse {
    apply.diagnostics.push(stopped.diagnostic);
    let notes = update.notes.clone();
    apply
        .answer_observed(&stopped.state.clone(), notes, update.known.as_ref(), stopped.state)
        .await
}
