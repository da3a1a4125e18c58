//! Creating a daemon.
//!
//! # Flow
//! 1. Look at the ARN that cluster and name give. There already: refused, with the import block. Being deleted: awaited.
//!    2. Create. 3. Wait for the first rollout. 4. Read back, and answer.
//!
//! # Guarantees
//! An error of a create taints the daemon, and Terraform then drains the fleet twice. So once ECS has created the daemon,
//! only a failed first rollout and a spent budget are errors; everything else is a warning beside the fullest state.

use aws::Failure;
use daemons::{
    arn::{Arn, DaemonArn},
    create::{Created, Creation, NotCreated, Occupied},
    name,
    wait::Ended,
};
use tfplug_core::{
    Cancel, Diagnostic, Value,
    resource::{ApplyRequest, ApplyResponse},
};

use super::{
    apply::Apply,
    creations::{Creations, Twin},
    messages,
    notes::Notes,
    plan::Change,
    rollout::{Awaited, Followed, Rolled},
    rollout_messages,
    state::Facts,
    wanted::Wanted,
};
use crate::{diagnostic::ToDiagnostic, session::Session, tags};

/// Creates the daemon that is planned.
pub(super) async fn create(
    session: &Session,
    creations: &Creations,
    request: &ApplyRequest,
    cancel: &Cancel,
) -> ApplyResponse {
    let (wanted, arn) = match prepare(&request.planned) {
        Ok(prepared) => prepared,
        Err(diagnostic) => return ApplyResponse::failed(diagnostic),
    };
    let mut apply = Apply::new(session, arn, wanted.timeout, cancel);
    let created = match send_once(creations, &mut apply, &wanted).await {
        Ok(created) => created,
        Err(diagnostic) => return ApplyResponse::failed(diagnostic),
    };
    let rolled = first_rollout(&mut apply, &created, wanted.waits).await;
    let facts = Facts {
        deployment_arn: created.deployment_arn.as_deref(),
        status: created.status.as_str(),
        failed: rolled.failed(),
    };
    if rolled == Rolled::AsPlanned {
        return apply.answer_planned(&wanted, &facts, None, None).await;
    }
    let known = facts.known(&wanted.settings, None, false);
    let value = facts.value(wanted.value, apply.arn());
    apply
        .answer_observed(&value.clone(), Notes::default(), known.as_ref(), value)
        .await
}

async fn first_rollout(apply: &mut Apply<'_>, created: &Created, waits: bool) -> Rolled {
    if let Some(deployment) = &created.deployment_arn {
        let first = Followed::started(deployment.clone(), Awaited::First);
        return apply.follow(&first, waits).await;
    }
    let told = waits.then(|| rollout_messages::first_rollout_unknown(apply.arn()));
    apply.diagnostics.extend(told);
    Rolled::AsPlanned
}

fn prepare(planned: &Value) -> Result<(Wanted<'_>, DaemonArn), Diagnostic> {
    let wanted = Wanted::of(planned, Change::Create)?;
    let daemon_name = planned.get(name::NAME).as_str().unwrap_or_default();
    let cluster = match planned.get(name::CLUSTER_ARN).as_str() {
        Some(text) => Arn::parse_kind(text, "ecs", "cluster/"),
        // Without a cluster ECS takes the one named `default`, in the account and region of the providers.
        None => match wanted.settings.capacity_provider_arns.first() {
            Some(provider) => Arn::parse(provider).map(|provider| provider.sibling("cluster/default")),
            None => Err("`capacity_provider_arns` is empty.".to_owned()),
        },
    };
    let cluster = cluster.map_err(|error| Diagnostic::error("Invalid cluster of the daemon", error))?;
    Ok((wanted, DaemonArn::in_cluster(&cluster, daemon_name)))
}

/// Two creations at once would both find the name free, and both take the daemon of the first for theirs.
async fn send_once(creations: &Creations, apply: &mut Apply<'_>, wanted: &Wanted<'_>) -> Result<Created, Diagnostic> {
    let arn = apply.arn().clone();
    let creating = creations.begin(&arn).map_err(|Twin| messages::created_twice(&arn))?;
    let exists = if creating.has_earlier() {
        messages::created_before
    } else {
        messages::exists
    };
    let created = send(apply, wanted, exists).await?;
    creating.done();
    Ok(created)
}

async fn send(
    apply: &mut Apply<'_>,
    wanted: &Wanted<'_>,
    exists: fn(&DaemonArn) -> Diagnostic,
) -> Result<Created, Diagnostic> {
    apply.writer.free_name().await.map_err(|occupied| match occupied {
        Occupied::Exists => exists(apply.arn()),
        Occupied::Leaving(ended) => leaving(apply, ended),
        Occupied::Unreadable(failure) => not_looked_for(apply.arn(), &failure),
    })?;
    let creation = Creation {
        settings: &wanted.settings,
        cluster_arn: wanted.value.get(name::CLUSTER_ARN).as_str(),
        tags: &tags::known(wanted.value.get(name::TAGS_ALL)),
    };
    let arn = apply.arn().clone();
    let created = apply.writer.create(creation).await.map_err(|reason| match reason {
        NotCreated::Exists => exists(&arn),
        NotCreated::Failed(failure) => failure.diagnostic(&format!("create daemon {}", arn.name), &arn.to_string()),
    })?;
    let untagged = created.untagged.as_ref();
    apply
        .diagnostics
        .extend(untagged.map(|failure| messages::not_tagged(&arn, failure)));
    Ok(created)
}

fn leaving(apply: &Apply<'_>, ended: Ended) -> Diagnostic {
    let arn = apply.arn();
    match ended {
        Ended::Cancelled => messages::interrupted_before_create(arn),
        Ended::TimedOut => messages::predecessor_stays(arn, apply.writer.budget.total()),
        Ended::Failed(failure) => not_looked_for(arn, &failure),
    }
}

fn not_looked_for(arn: &DaemonArn, failure: &Failure) -> Diagnostic {
    failure.diagnostic(&format!("look for daemon {}", arn.name), &arn.to_string())
}
