//! Creating a daemon.
//!
//! # Flow
//! 1. Describe the ARN that cluster and name give. There already: refused, with the import block.
//!    Being deleted: awaited. 2. `CreateDaemon`, with one client token for all tries.
//! 3. Wait for the first rollout. 4. Read back.
//!
//! # Guarantees
//! An error of a create taints the daemon, and Terraform then drains the fleet twice. So once
//! `CreateDaemon` has answered, only a failed first rollout and a spent budget are errors; everything
//! else is a warning beside the fullest state.

use aws::{Failure, FailureKind};
use aws_sdk_ecs::{
    operation::create_daemon::CreateDaemonOutput,
    types::{DaemonDetail, DaemonStatus},
};
use daemons::{
    absent, answered,
    arn::{Arn, DaemonArn},
    describe, name,
    settings::Settings,
    tagging,
    wait::{self, Budget, Ended},
};
use tfplug_core::{
    Cancel, Diagnostic, Diagnostics, Value,
    resource::{ApplyRequest, ApplyResponse},
};

use super::{
    apply::{Apply, Awaited, Rolled},
    drift_blocks::DriftBlocks,
    messages,
    plan::{self, ACTIVE, Change, DELETE_IN_PROGRESS},
    state, values,
};
use crate::{diagnostic::ToDiagnostic, session::Session, tags};

/// The call that makes a daemon.
const CREATE: &str = "CreateDaemon";
/// Looks for a daemon that must be there, before its absence is believed.
const LOOKS: u32 = 4;
/// Tries of a call that fails because something made just before is not visible yet.
const PROPAGATION_TRIES: u32 = 24;

/// Creates the daemon that is planned.
pub(super) async fn create(session: &Session, request: &ApplyRequest, cancel: &Cancel) -> ApplyResponse {
    let planned = &request.planned;
    let (arn, settings) = match prepare(planned) {
        Ok(prepared) => prepared,
        Err(diagnostic) => return refused(diagnostic),
    };
    let budget = Budget::of(plan::timeout(planned, Change::Create));
    let mut apply = Apply::new(session, arn, budget, cancel);
    if let Err(diagnostic) = make_room(&apply).await {
        return refused(diagnostic);
    }
    let created = match send(&mut apply, planned, settings).await {
        Ok(created) => created,
        Err(diagnostic) => {
            apply.diagnostics.push(diagnostic);
            return ApplyResponse {
                diagnostics: apply.diagnostics,
                ..ApplyResponse::default()
            };
        }
    };
    let fallback = state::created_value(planned, &apply.arn, created.deployment_arn.as_deref(), &created.status);
    let wanted = plan::waits(planned);
    let rolled = match &created.deployment_arn {
        Some(deployment) if wanted => apply.roll_out(deployment, Awaited::First).await,
        None if wanted => {
            apply.diagnostics.push(messages::first_rollout_unknown(&apply.arn));
            Rolled::AsPlanned
        }
        _ => Rolled::AsPlanned,
    };
    match rolled {
        Rolled::AsPlanned => apply.answer_planned(planned, fallback).await,
        Rolled::Failed | Rolled::TimedOut => {
            let made = fallback.clone();
            apply
                .answer_observed(planned, DriftBlocks::default(), &made, fallback)
                .await
        }
    }
}

/// The little that is known right after the call.
struct Created {
    deployment_arn: Option<String>,
    status: String,
}

fn refused(diagnostic: Diagnostic) -> ApplyResponse {
    ApplyResponse {
        diagnostics: Diagnostics::from(diagnostic),
        ..ApplyResponse::default()
    }
}

fn prepare(planned: &Value) -> Result<(DaemonArn, Settings), Diagnostic> {
    let settings = values::settings_of(planned).map_err(|error| error.diagnostic())?;
    let daemon_name = planned.get(name::NAME).as_str().unwrap_or_default();
    let cluster = match planned.get(name::CLUSTER_ARN).as_str() {
        Some(text) => Arn::parse_kind(text, "ecs", "cluster/"),
        // Without a cluster ECS takes the one named `default`, in the account and region of the providers.
        None => settings
            .capacity_provider_arns
            .first()
            .map_or_else(
                || Err("`capacity_provider_arns` is empty.".to_owned()),
                |arn| Arn::parse(arn),
            )
            .map(|provider| provider.sibling("cluster/default")),
    };
    let cluster = cluster.map_err(|error| Diagnostic::error("Invalid cluster of the daemon", error))?;
    Ok((DaemonArn::in_cluster(&cluster, daemon_name), settings))
}

/// Makes sure that no daemon of this name is there; waits for one that is going away.
async fn make_room(apply: &Apply<'_>) -> Result<(), Diagnostic> {
    let trying = format!("look for daemon {}", apply.arn.name);
    let found = describe::daemon(&apply.client, &apply.arn).await;
    let found = found.map_err(|failure| failure.diagnostic(&trying, &apply.arn.to_string()))?;
    let status = found.and_then(|daemon| daemon.status().map(|status| status.as_str().to_owned()));
    match status.as_deref() {
        None => Ok(()),
        Some(DELETE_IN_PROGRESS) => await_predecessor(apply, &trying).await,
        Some(_) => Err(messages::exists(&apply.arn)),
    }
}

async fn await_predecessor(apply: &Apply<'_>, trying: &str) -> Result<(), Diagnostic> {
    tracing::info!(daemon = %apply.arn, "a daemon of this name is being deleted; waiting until it is gone");
    let gone = wait::until(
        apply.poll().schedule(),
        apply.budget,
        &apply.interrupt,
        || describe::daemon(&apply.client, &apply.arn),
        |daemon| daemon.is_none().then_some(()),
    );
    gone.await.map_err(|ended| match ended {
        Ended::Cancelled => messages::interrupted_before_create(&apply.arn),
        Ended::TimedOut => messages::predecessor_stays(&apply.arn, apply.budget.total()),
        Ended::Failed(failure) => failure.diagnostic(trying, &apply.arn.to_string()),
    })
}

/// Sends `CreateDaemon` until it is accepted or refused for good.
async fn send(apply: &mut Apply<'_>, planned: &Value, settings: Settings) -> Result<Created, Diagnostic> {
    // One token for all tries, also those of the SDK: a repeated request makes no second daemon.
    let token: String = std::iter::repeat_with(fastrand::alphanumeric).take(32).collect();
    let mut tags = tagging::api_tags(&tags::known(planned.get(name::TAGS_ALL)));
    let mut schedule = apply.poll().retry_schedule();
    let mut tries = 1;
    loop {
        let request = settings
            .clone()
            .create_request()
            .daemon_name(&apply.arn.name)
            .set_cluster_arn(planned.get(name::CLUSTER_ARN).as_str().map(str::to_owned))
            .set_tags((!tags.is_empty()).then(|| tags.clone()))
            .client_token(&token);
        let call = async {
            let sent = request.send_with(&apply.client).await;
            sent.map_err(|error| Failure::from_sdk(CREATE, error))
        };
        let failure = match wait::finish(CREATE, &apply.interrupt, call).await {
            Ok(answer) => return accepted(apply, planned, &answer, tags.is_empty()).await,
            Err(failure) => failure,
        };
        if failure.is_code("UnsupportedFeatureException") && failure.mentions("tag") && !tags.is_empty() {
            // Some partitions refuse tags on create: create without, then tag.
            tags.clear();
            continue;
        }
        if !not_visible_yet(&failure) || tries >= PROPAGATION_TRIES {
            return after_failure(apply, &failure).await;
        }
        tries += 1;
        if wait::pause(schedule.next_delay(), apply.budget, &apply.interrupt)
            .await
            .is_err()
        {
            return after_failure(apply, &failure).await;
        }
    }
}

/// Whether a failure says that a role or cluster made just before is not visible yet.
pub(super) fn not_visible_yet(failure: &Failure) -> bool {
    absent::is_cluster(failure)
        || (failure.is_code("InvalidParameterException")
            && failure.mentions("unable to assume the service linked role"))
}

/// A create that failed may have been carried out all the same, when the answer was lost; one that was
/// refused may have met a daemon that a stale answer had hidden.
async fn after_failure(apply: &mut Apply<'_>, failure: &Failure) -> Result<Created, Diagnostic> {
    let diagnostic = failure.diagnostic(&format!("create daemon {}", apply.arn.name), &apply.arn.to_string());
    let is_ambiguous = failure.is_ambiguous();
    if !is_ambiguous && failure.kind != FailureKind::Refused {
        return Err(diagnostic);
    }
    // Neither is sure, but the answers that speak of a daemon are worth several looks.
    let looks = if is_ambiguous || failure.mentions("exist") {
        LOOKS
    } else {
        1
    };
    match look(apply, looks).await {
        Some(_) if !is_ambiguous => Err(messages::exists(&apply.arn)),
        // The name was free just before, so a daemon that is there now is the one that was asked for.
        Some(daemon) => {
            tracing::warn!(daemon = %apply.arn, error = %failure.message, "the answer of CreateDaemon was lost; the daemon is there");
            let status = daemon.status().map_or(ACTIVE, |status| status.as_str()).to_owned();
            Ok(Created {
                deployment_arn: daemon.deployment_arn,
                status,
            })
        }
        None => Err(diagnostic),
    }
}

/// The active daemon of this name, looked for until an answer shows it.
async fn look(apply: &Apply<'_>, looks: u32) -> Option<DaemonDetail> {
    let mut schedule = apply.poll().retry_schedule();
    for number in 1..=looks {
        let found = describe::daemon(&apply.client, &apply.arn).await.ok().flatten();
        if let Some(daemon) = found.filter(|daemon| daemon.status() != Some(&DaemonStatus::DeleteInProgress)) {
            return Some(daemon);
        }
        if number < looks {
            tokio::time::sleep(schedule.next_delay()).await;
        }
    }
    None
}

async fn accepted(
    apply: &mut Apply<'_>,
    planned: &Value,
    answer: &CreateDaemonOutput,
    untagged: bool,
) -> Result<Created, Diagnostic> {
    // ECS may answer a duplicate with the daemon that is there. A new daemon is as old as its deployment.
    if is_older_than_its_deployment(apply, answer).await {
        return Err(messages::exists(&apply.arn));
    }
    let tags = tagging::api_tags(&tags::known(planned.get(name::TAGS_ALL)));
    if untagged && !tags.is_empty() {
        let tagged = apply
            .client
            .tag_resource()
            .resource_arn(apply.arn.to_string())
            .set_tags(Some(tags))
            .send()
            .await;
        if let Err(error) = tagged {
            let failure = Failure::from_sdk("TagResource", error);
            apply.diagnostics.push(messages::not_tagged(&apply.arn, &failure));
        }
    }
    let status = answer.status().map_or(ACTIVE, |status| status.as_str()).to_owned();
    let deployment_arn = match answered::deployment(CREATE, &apply.arn, answer.deployment_arn().map(str::to_owned)) {
        Ok(deployment) => Some(deployment),
        // The daemon is made, and its description names its deployment, too.
        Err(_) => look(apply, LOOKS).await.and_then(|daemon| daemon.deployment_arn),
    };
    Ok(Created { deployment_arn, status })
}

/// Seconds by which a daemon may be older than its first deployment.
const BIRTH_SECONDS: f64 = 60.0;

async fn is_older_than_its_deployment(apply: &Apply<'_>, answer: &CreateDaemonOutput) -> bool {
    let (Some(created_at), Some(deployment)) = (answer.created_at(), answer.deployment_arn()) else {
        return false;
    };
    let records = describe::deployments(&apply.client, vec![deployment.to_owned()])
        .await
        .unwrap_or_default();
    let deployed_at = records.first().and_then(|found| found.record.created_at());
    deployed_at.is_some_and(|deployed_at| deployed_at.as_secs_f64() - created_at.as_secs_f64() > BIRTH_SECONDS)
}
