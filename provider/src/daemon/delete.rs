//! Deleting a daemon: started once, then awaited until ECS does not know the daemon any more, because
//! capacity providers and clusters refuse to go while instances still drain.

use aws::Failure;
use aws_sdk_ecs::types::{DaemonDetail, DaemonStatus};
use daemons::{
    absent, describe, name,
    wait::{self, Budget, Ended},
};
use tfplug_core::{
    Cancel, Diagnostic, Value,
    resource::{ApplyRequest, ApplyResponse},
};

use super::{
    apply::Apply,
    messages,
    plan::{self, Change},
    state,
};
use crate::{diagnostic::ToDiagnostic, session::Session};

/// Deletes the daemon of the prior state.
pub(super) async fn delete(session: &Session, request: &ApplyRequest, cancel: &Cancel) -> ApplyResponse {
    let arn = match state::arn(&request.prior) {
        Ok(arn) => arn,
        Err(diagnostic) => return kept(request, diagnostic),
    };
    let budget = Budget::of(plan::timeout(&request.prior, Change::Delete));
    let apply = Apply::new(session, arn, budget, cancel);
    let leaves_already = request.prior.get(name::STATUS).as_str() == Some(plan::DELETE_IN_PROGRESS);
    let drained = if leaves_already {
        // Its name may belong to a successor by now, which must not be deleted.
        await_departure(&apply, is_gone_or_succeeded).await
    } else {
        drain(&apply).await
    };
    match drained {
        Ok(()) => ApplyResponse {
            state: Value::Null,
            ..ApplyResponse::default()
        },
        Err(diagnostic) => kept(request, diagnostic),
    }
}

/// A delete that did not end keeps the prior state: the object is still there.
fn kept(request: &ApplyRequest, diagnostic: Diagnostic) -> ApplyResponse {
    ApplyResponse {
        state: request.prior.clone(),
        private: request.private.clone(),
        identity: request.identity.clone(),
        diagnostics: diagnostic.into(),
    }
}

async fn drain(apply: &Apply<'_>) -> Result<(), Diagnostic> {
    let arn = apply.arn.to_string();
    let failed = |failure: &Failure| failure.diagnostic(&format!("delete daemon {}", apply.arn.name), &arn);
    let call = async {
        let sent = apply.client.delete_daemon().daemon_arn(&arn).send().await;
        sent.map_err(|error| Failure::from_sdk("DeleteDaemon", error))
    };
    if let Err(failure) = wait::finish("DeleteDaemon", &apply.interrupt, call).await {
        if absent::is_daemon(&failure) {
            return apply.session.check_account(&apply.arn.arn).await.map(drop);
        }
        if !has_begun(&failure) {
            return Err(failed(&failure));
        }
    }
    // A stale answer may still call it active, so only its absence counts.
    await_departure(apply, |daemon| daemon.is_none()).await
}

fn is_gone_or_succeeded(daemon: Option<&DaemonDetail>) -> bool {
    daemon.is_none_or(|daemon| daemon.status() != Some(&DaemonStatus::DeleteInProgress))
}

/// Waits until `is_over` holds for what ECS says of the name.
async fn await_departure(apply: &Apply<'_>, is_over: fn(Option<&DaemonDetail>) -> bool) -> Result<(), Diagnostic> {
    let gone = wait::until(
        apply.poll().schedule(),
        apply.budget,
        &apply.interrupt,
        || describe::daemon(&apply.client, &apply.arn),
        |daemon| is_over(daemon.as_ref()).then_some(()),
    );
    gone.await.map_err(|ended| match ended {
        Ended::Cancelled => messages::delete_interrupted(&apply.arn),
        Ended::TimedOut => messages::delete_timed_out(&apply.arn, apply.budget.total()),
        Ended::Failed(failure) => {
            failure.diagnostic(&format!("delete daemon {}", apply.arn.name), &apply.arn.to_string())
        }
    })
}

/// Whether a refusal says that the deletion is under way already.
fn has_begun(failure: &Failure) -> bool {
    failure.is_code("DaemonNotActiveException")
        || (failure.is_code("InvalidParameterException") && failure.mentions("deletion is ongoing"))
}
