//! Deleting a daemon: started once, then awaited until ECS does not know the daemon any more.

use daemons::{arn::DaemonArn, delete::Deleted, name, wait::Ended};
use tfplug_core::{
    Cancel, Diagnostic, Value,
    resource::{ApplyRequest, ApplyResponse},
};

use super::{
    apply::Apply,
    creations::Creations,
    messages,
    plan::{self, Change},
    state, values,
};
use crate::{diagnostic::ToDiagnostic, session::Session};

/// Deletes the daemon of the prior state. One that did not go keeps the state: the object is still there.
pub(super) async fn delete(
    session: &Session,
    creations: &Creations,
    request: &ApplyRequest,
    cancel: &Cancel,
) -> ApplyResponse {
    match remove(session, &request.prior, cancel).await {
        Ok(arn) => {
            creations.forget(&arn);
            ApplyResponse::default()
        }
        Err(diagnostic) => ApplyResponse::unchanged(request, diagnostic),
    }
}

/// The ARN of the daemon that is gone.
async fn remove(session: &Session, prior: &Value, cancel: &Cancel) -> Result<DaemonArn, Diagnostic> {
    let arn = state::arn(prior)?;
    let settings = values::settings_of(prior).map_err(|error| error.diagnostic())?;
    let timeout = plan::timeout(prior, &settings, Change::Delete);
    let apply = Apply::new(session, arn, timeout, cancel);
    let is_leaving = prior.get(name::STATUS).as_str() == Some(plan::DELETE_IN_PROGRESS);
    let deleted = if is_leaving {
        // Its name may belong to a successor by now, which must not be deleted.
        apply.writer.await_deletion().await
    } else {
        apply.writer.delete().await
    };
    match deleted {
        Ok(Deleted::Gone) => {}
        Ok(Deleted::NothingThere) => drop(session.check_account(&apply.arn().arn).await?),
        Err(ended) => return Err(told(&apply, ended)),
    }
    Ok(apply.arn().clone())
}

fn told(apply: &Apply<'_>, ended: Ended) -> Diagnostic {
    let arn = apply.arn();
    match ended {
        Ended::Cancelled => messages::delete_interrupted(arn),
        Ended::TimedOut => messages::delete_timed_out(arn, apply.writer.budget.total()),
        Ended::Failed(failure) => failure.diagnostic(&format!("delete daemon {}", arn.name), &arn.to_string()),
    }
}
