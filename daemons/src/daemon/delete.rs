//! Deleting a daemon: started once, then awaited until ECS does not know the daemon any more, because
//! capacity providers and clusters refuse to go while instances still drain.

use tfplug_core::{
    Cancel, Diagnostic, Value,
    resource::{ApplyRequest, ApplyResponse},
};

use super::{
    apply::Apply,
    fetch, messages,
    plan::{self, Change},
    table::name,
};
use crate::{
    arn::DaemonArn,
    aws::failure::Failure,
    session::Session,
    wait::{self, Budget, Ended},
};

/// Deletes the daemon of the prior state.
pub(super) async fn delete(session: &Session, request: &ApplyRequest, cancel: &Cancel) -> ApplyResponse {
    let arn = match DaemonArn::parse(request.prior.get(name::ARN).as_str().unwrap_or_default()) {
        Ok(arn) => arn,
        Err(error) => return kept(request, Diagnostic::error("Invalid ARN in the state", error)),
    };
    let budget = Budget::of(plan::timeout(&request.prior, Change::Delete));
    let apply = Apply::new(session, arn, budget, cancel);
    match drain(&apply).await {
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
    if let Err(error) = apply.client.delete_daemon().daemon_arn(&arn).send().await {
        let failure = Failure::from_sdk("DeleteDaemon", error);
        if fetch::is_absent(&failure) {
            return Ok(());
        }
        if !has_begun(&failure) {
            return Err(failed(&failure));
        }
    }
    let gone = wait::until(
        apply.poll().schedule(),
        apply.budget,
        apply.cancel,
        || fetch::describe_daemon(&apply.client, &apply.arn),
        |daemon| daemon.is_none().then_some(()),
    );
    gone.await.map_err(|ended| match ended {
        Ended::Cancelled => messages::delete_interrupted(&apply.arn),
        Ended::TimedOut => messages::timed_out("deleting", &apply.arn, apply.budget.total(), None),
        Ended::Failed(failure) => failed(&failure),
    })
}

/// Whether a refusal says that the deletion is under way already.
fn has_begun(failure: &Failure) -> bool {
    failure.is_code("DaemonNotActiveException")
        || (failure.is_code("InvalidParameterException") && failure.mentions("deletion is ongoing"))
}
