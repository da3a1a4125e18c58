//! A daemon as the four reading operations show it, as one value: the only place that interprets
//! their answers. Create, read, update, import and the drift reconciler all see a daemon through it.
//!
//! # Which record counts
//!
//! `DescribeDaemon` names neither the settings nor, during a rollout, which of its revisions is meant.
//! The status of its latest deployment decides:
//!
//! | deployment | settings of the revision | deployment configuration |
//! |---|---|---|
//! | `PENDING`, `IN_PROGRESS`, `SUCCESSFUL`, unknown to us | target | of the deployment |
//! | `STOP_REQUESTED`, `ROLLBACK_*` with a target to roll back to | rollback target | of the deployment |
//! | `STOPPED`, or `ROLLBACK_FAILED` without one | target | of the deployment |
//! | record expired | the only current revision, or the newest | the state's, else absent |
//!
//! A rolled back daemon is what runs, so that the next plan proposes the change again. Answers that
//! contradict each other (a revision that is not there yet, a daemon older than the state) are *torn*:
//! the caller reads again; nothing is guessed.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{
    DaemonDeployment, DaemonDeploymentConfiguration, DaemonDeploymentStatus as Status, DaemonDetail, DaemonRevision,
    DaemonStatus,
};

use super::{
    settings::{Deployment, Settings},
    unknown::{self, UnknownMember},
};

/// The answers, as they came.
#[derive(Clone, Debug)]
pub struct Answers {
    /// `DescribeDaemon`.
    pub daemon: DaemonDetail,
    /// `DescribeDaemonDeployments` of the latest deployment and of the one in the state.
    pub deployments: Vec<DaemonDeployment>,
    /// `DescribeDaemonRevisions` of [`revisions_needed`].
    pub revisions: Vec<DaemonRevision>,
    /// `ListTagsForResource`; `None` when it does not know the daemon yet.
    pub tags: Option<BTreeMap<String, String>>,
    /// Settings in the answers that this version does not know.
    pub unknown_members: unknown::Members,
}

/// The knowledge from before: the settings in the state and the deployment that made them.
#[derive(Clone, Debug)]
pub struct Known {
    /// Deployment in the state.
    pub deployment_arn: String,
    /// Revision that counted when the state was written. A guess that saves a round trip; a wrong one costs nothing else.
    pub revision_arn: Option<String>,
    /// Settings in the state.
    pub settings: Settings,
    /// True if this very apply made the deployment, so that not seeing it is a stale answer.
    pub just_made: bool,
}

/// A daemon as observed.
#[derive(Clone, Debug)]
pub struct Observed {
    /// `ACTIVE` or `DELETE_IN_PROGRESS`.
    pub status: String,
    /// Latest deployment.
    pub deployment_arn: String,
    /// Revision that counts.
    pub revision_arn: Option<String>,
    /// Settings that count.
    pub settings: Settings,
    /// True if the deployment configuration is on record; otherwise it is the state's or unknown.
    pub deployment_is_on_record: bool,
    /// True if the deployment configuration is known at all, from a record or from the state.
    pub deployment_is_known: bool,
    /// The latest deployment, unless its record has expired.
    pub rollout: Option<Rollout>,
    /// Tags as they are.
    pub tags: BTreeMap<String, String>,
    /// Instances that run the daemon, by provider ARN.
    pub instances: BTreeMap<String, i64>,
    /// Current revisions, where there are several and nothing says which one counts.
    pub ambiguous_revisions: Vec<String>,
    /// Settings of the deployment and the revision that count which this version does not know; the
    /// next update would reset them.
    pub unknown_members: BTreeSet<UnknownMember>,
}

/// Answers that contradict each other; reading again helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Torn {
    /// A revision that counts is not readable yet.
    RevisionMissing(String),
    /// The daemon names a deployment older than the one in the state.
    BackInTime {
        /// Deployment that the answer names.
        answered: String,
        /// Newer deployment in the state.
        known: String,
    },
    /// The daemon is there, but its tags are not yet.
    TagsMissing,
    /// The daemon names no deployment and no revision.
    Empty,
    /// A record lacks a member that settings are read from.
    MemberMissing {
        /// ARN of the record.
        record: String,
        /// Name of the member in the API.
        member: &'static str,
    },
}

/// The course of a deployment, in the words of messages.
#[derive(Clone, Debug, PartialEq)]
pub struct Rollout {
    /// ARN of the deployment.
    pub arn: String,
    /// Status.
    pub status: Status,
    /// ECS's reason of the status.
    pub reason: Option<String>,
    /// The reason of the rollback.
    pub rollback_reason: Option<String>,
    /// Failures counted and the threshold of the circuit breaker.
    pub breaker: Option<(i32, i32)>,
    /// Alarms that went off.
    pub triggered_alarms: Vec<String>,
    /// Revision it was to bring.
    pub target: Option<String>,
    /// Revision it went back to.
    pub rollback_target: Option<String>,
    /// Counts of the target revision by provider: running, without daemon, draining.
    pub counts: BTreeMap<String, Counts>,
    /// Time of its creation, in seconds since 1970.
    pub created_at: Option<f64>,
}

/// Instances of one provider in a deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Running the target revision.
    pub running: i32,
    /// Registered without the daemon, which only happens when it is not critical.
    pub without_daemon: i32,
    /// Being drained.
    pub draining: i32,
}

/// Revisions that [`observe`] needs the content of.
pub fn revisions_needed(daemon: &DaemonDetail, deployments: &[DaemonDeployment]) -> Vec<String> {
    match latest(daemon, deployments).and_then(counting_revision) {
        Some(revision) => vec![revision],
        None => daemon
            .current_revisions()
            .iter()
            .filter_map(|revision| revision.arn().map(str::to_owned))
            .collect(),
    }
}

/// The daemon, seen through all answers at once.
pub fn observe(answers: &Answers, known: Option<&Known>) -> Result<Observed, Torn> {
    let Answers {
        daemon,
        deployments,
        revisions,
        tags,
        unknown_members,
    } = answers;
    if daemon.status() == Some(&DaemonStatus::DeleteInProgress) {
        return Ok(leaving(answers, known));
    }
    let deployment_arn = daemon.deployment_arn().unwrap_or_default().to_owned();
    if let Some(known) = known {
        check_time(&deployment_arn, known, deployments)?;
    }
    let deployment = latest(daemon, deployments);
    let (revision, ambiguous_revisions) = pick_revision(daemon, deployment, revisions)?;
    let records = [daemon.deployment_arn(), revision.daemon_revision_arn()];
    let records = records.into_iter().flatten();
    let configured = deployment.map(configuration).transpose()?;
    let deployment_configuration = configured
        .map(Deployment::of_record)
        .or_else(|| known.map(|known| known.settings.deployment_configuration.clone()))
        .unwrap_or_else(Deployment::defaults);
    let settings = Settings::of_revision(
        revision,
        task_definition(revision)?.to_owned(),
        providers(daemon, deployment, known),
        deployment_configuration,
    );
    Ok(Observed {
        status: daemon
            .status()
            .map(|status| status.as_str().to_owned())
            .unwrap_or_default(),
        deployment_arn,
        revision_arn: revision.daemon_revision_arn().map(str::to_owned),
        settings,
        deployment_is_on_record: configured.is_some(),
        deployment_is_known: configured.is_some() || known.is_some(),
        rollout: deployment.map(Rollout::of),
        tags: tags.clone().ok_or(Torn::TagsMissing)?,
        instances: instances(daemon),
        ambiguous_revisions,
        unknown_members: unknown_members.of(records),
    })
}

/// The settings that the call of a deployment asked for, whatever became of it; none if its revision is not on record.
pub fn asked(deployment: &DaemonDeployment, revisions: &[DaemonRevision]) -> Option<Settings> {
    let target = deployment.target_daemon_revision()?;
    let mut revisions = revisions.iter();
    let revision = revisions.find(|revision| revision.daemon_revision_arn() == target.arn())?;
    let configured = deployment.deployment_configuration();
    Some(Settings::of_revision(
        revision,
        revision.daemon_task_definition_arn().unwrap_or_default().to_owned(),
        target_providers(deployment),
        configured.map_or_else(Deployment::defaults, Deployment::of_record),
    ))
}

/// The configuration of a record. What is known from before must not stand in for it: the record would seem to agree
/// with whatever is wanted.
fn configuration(deployment: &DaemonDeployment) -> Result<&DaemonDeploymentConfiguration, Torn> {
    let missing = |member| Torn::MemberMissing {
        record: deployment.daemon_deployment_arn().unwrap_or_default().to_owned(),
        member,
    };
    // Without a status it cannot be said whether anything is still going on.
    deployment.status().ok_or_else(|| missing("status"))?;
    deployment
        .deployment_configuration()
        .ok_or_else(|| missing("deploymentConfiguration"))
}

fn task_definition(revision: &DaemonRevision) -> Result<&str, Torn> {
    let arn = revision.daemon_task_definition_arn().filter(|arn| !arn.is_empty());
    arn.ok_or_else(|| Torn::MemberMissing {
        record: revision.daemon_revision_arn().unwrap_or_default().to_owned(),
        member: "daemonTaskDefinitionArn",
    })
}

/// A daemon that goes away. Its deployment has no target and its revisions vanish one by one, so the
/// settings stay what they were.
fn leaving(answers: &Answers, known: Option<&Known>) -> Observed {
    let daemon = &answers.daemon;
    Observed {
        status: DaemonStatus::DeleteInProgress.as_str().to_owned(),
        deployment_arn: match known {
            Some(known) => known.deployment_arn.clone(),
            None => daemon.deployment_arn().unwrap_or_default().to_owned(),
        },
        revision_arn: None,
        settings: known.map_or_else(Settings::unknown, |known| known.settings.clone()),
        deployment_is_on_record: false,
        deployment_is_known: known.is_some(),
        rollout: None,
        tags: answers.tags.clone().unwrap_or_default(),
        instances: instances(daemon),
        ambiguous_revisions: Vec::new(),
        unknown_members: BTreeSet::new(),
    }
}

fn latest<'a>(daemon: &DaemonDetail, deployments: &'a [DaemonDeployment]) -> Option<&'a DaemonDeployment> {
    let arn = daemon.deployment_arn()?;
    deployments
        .iter()
        .find(|deployment| deployment.daemon_deployment_arn() == Some(arn))
}

/// The revision that the table in the module documentation names; `None` without a record.
fn counting_revision(deployment: &DaemonDeployment) -> Option<String> {
    let target = || deployment.target_daemon_revision().and_then(|revision| revision.arn());
    let arn = if counts_as_rolled_back(deployment) {
        rollback_target(deployment).or_else(target)
    } else {
        target()
    };
    arn.map(str::to_owned)
}

/// True if the rollback target is what counts.
fn counts_as_rolled_back(deployment: &DaemonDeployment) -> bool {
    matches!(
        deployment.status(),
        Some(Status::StopRequested | Status::RollbackInProgress | Status::RollbackSuccessful | Status::RollbackFailed)
    ) && rollback_target(deployment).is_some()
}

fn rollback_target(deployment: &DaemonDeployment) -> Option<&str> {
    if let Some(arn) = deployment
        .rollback()
        .and_then(|rollback| rollback.rollback_target_daemon_revision_arn())
    {
        return Some(arn);
    }
    // A deployment that is about to roll back has no rollback yet; its only source is where it goes.
    match (deployment.status(), deployment.source_daemon_revisions()) {
        (Some(Status::StopRequested), [source]) => source.arn(),
        _ => None,
    }
}

/// Reading must not go back in time: an answer older than the state is stale.
fn check_time(answered: &str, known: &Known, deployments: &[DaemonDeployment]) -> Result<(), Torn> {
    if answered == known.deployment_arn {
        return Ok(());
    }
    let record = |arn: &str| {
        let mut deployments = deployments.iter();
        deployments.find(|deployment| deployment.daemon_deployment_arn() == Some(arn))
    };
    let is_back_in_time = match (record(answered), record(&known.deployment_arn)) {
        (Some(now), Some(before)) => now.created_at().is_some() && now.created_at() < before.created_at(),
        (Some(_), None) => known.just_made,
        // Records expire in the order in which they were made, or the newer one is not visible yet.
        (None, Some(_)) => true,
        (None, None) => false,
    };
    if is_back_in_time {
        return Err(Torn::BackInTime {
            answered: answered.to_owned(),
            known: known.deployment_arn.clone(),
        });
    }
    Ok(())
}

fn pick_revision<'a>(
    daemon: &DaemonDetail,
    deployment: Option<&DaemonDeployment>,
    revisions: &'a [DaemonRevision],
) -> Result<(&'a DaemonRevision, Vec<String>), Torn> {
    let find = |arn: &str| {
        let found = revisions
            .iter()
            .find(|revision| revision.daemon_revision_arn() == Some(arn));
        found.ok_or_else(|| Torn::RevisionMissing(arn.to_owned()))
    };
    if let Some(arn) = deployment.and_then(counting_revision) {
        return Ok((find(&arn)?, Vec::new()));
    }
    let current: Vec<&str> = daemon
        .current_revisions()
        .iter()
        .filter_map(|revision| revision.arn())
        .collect();
    let found = current.iter().map(|arn| find(arn)).collect::<Result<Vec<_>, _>>()?;
    let newest = found
        .into_iter()
        .max_by(|one, other| one.created_at().cmp(&other.created_at()))
        .ok_or(Torn::Empty)?;
    let ambiguous = if current.len() > 1 {
        current.into_iter().map(str::to_owned).collect()
    } else {
        Vec::new()
    };
    Ok((newest, ambiguous))
}

/// The capacity providers. ECS seems to leave out providers without instances, so within one
/// deployment, whose settings cannot change, a shorter list means "not reported".
fn providers(daemon: &DaemonDetail, deployment: Option<&DaemonDeployment>, known: Option<&Known>) -> BTreeSet<String> {
    let state = known.map(|known| &known.settings.capacity_provider_arns);
    let reported = match deployment {
        Some(deployment) if counts_as_rolled_back(deployment) => rollback_providers(deployment),
        Some(deployment) => target_providers(deployment),
        None => BTreeSet::new(),
    };
    let same_deployment = known.is_some_and(|known| Some(known.deployment_arn.as_str()) == daemon.deployment_arn());
    let rolled_back = deployment.is_some_and(counts_as_rolled_back);
    if let Some(state) = state
        && same_deployment
        && !rolled_back
    {
        return if reported.is_subset(state) {
            state.clone()
        } else {
            reported
        };
    }
    if rolled_back && !reported.is_empty() {
        return reported;
    }
    let union: BTreeSet<String> = reported
        .into_iter()
        .chain(current_providers(daemon))
        .chain(deployment.into_iter().flat_map(rollback_providers))
        .collect();
    match state {
        Some(state) if union.is_empty() => state.clone(),
        _ => union,
    }
}

fn target_providers(deployment: &DaemonDeployment) -> BTreeSet<String> {
    let target = deployment.target_daemon_revision();
    let providers = target.map(|revision| revision.capacity_providers()).unwrap_or_default();
    providers
        .iter()
        .filter_map(|provider| provider.arn().map(str::to_owned))
        .collect()
}

fn rollback_providers(deployment: &DaemonDeployment) -> BTreeSet<String> {
    if let Some(rollback) = deployment.rollback() {
        return rollback.rollback_capacity_providers().iter().cloned().collect();
    }
    // Nothing of a rollback is on record yet; where it goes has providers of its own.
    let source = match (deployment.status(), deployment.source_daemon_revisions()) {
        (Some(Status::StopRequested), [source]) => source.capacity_providers(),
        _ => &[],
    };
    source
        .iter()
        .filter_map(|provider| provider.arn().map(str::to_owned))
        .collect()
}

fn current_providers(daemon: &DaemonDetail) -> impl Iterator<Item = String> {
    let providers = daemon
        .current_revisions()
        .iter()
        .flat_map(|revision| revision.capacity_providers());
    providers.filter_map(|provider| provider.arn().map(str::to_owned))
}

fn instances(daemon: &DaemonDetail) -> BTreeMap<String, i64> {
    let mut instances = BTreeMap::new();
    for provider in daemon
        .current_revisions()
        .iter()
        .flat_map(|revision| revision.capacity_providers())
    {
        if let Some(arn) = provider.arn() {
            let count = i64::from(provider.running_count()) + i64::from(provider.without_daemon_count());
            *instances.entry(arn.to_owned()).or_default() += count;
        }
    }
    instances
}

impl Rollout {
    /// Counts per provider in one line.
    pub fn progress(&self) -> String {
        let counts = self.counts.iter().map(|(provider, counts)| {
            let name = provider.rsplit('/').next().unwrap_or(provider);
            format!(
                "{name}: {} running, {} without daemon, {} draining",
                counts.running, counts.without_daemon, counts.draining
            )
        });
        counts.collect::<Vec<_>>().join("; ")
    }

    /// The facts of a deployment record.
    pub fn of(deployment: &DaemonDeployment) -> Self {
        let target = deployment.target_daemon_revision();
        let providers = target.map(|revision| revision.capacity_providers()).unwrap_or_default();
        let counts = providers.iter().filter_map(|provider| {
            let counts = Counts {
                running: provider.running_instance_count().unwrap_or_default(),
                without_daemon: provider.without_daemon_instance_count().unwrap_or_default(),
                draining: provider.draining_instance_count().unwrap_or_default(),
            };
            Some((provider.arn()?.to_owned(), counts))
        });
        Self {
            arn: deployment.daemon_deployment_arn().unwrap_or_default().to_owned(),
            status: deployment.status().cloned().unwrap_or(Status::Pending),
            reason: deployment.status_reason().map(str::to_owned),
            rollback_reason: deployment
                .rollback()
                .and_then(|rollback| rollback.reason())
                .map(str::to_owned),
            breaker: deployment
                .circuit_breaker()
                .map(|breaker| (breaker.failure_count(), breaker.threshold())),
            triggered_alarms: deployment
                .alarms()
                .map(|alarms| alarms.triggered_alarm_names().to_vec())
                .unwrap_or_default(),
            target: target.and_then(|revision| revision.arn()).map(str::to_owned),
            rollback_target: rollback_target(deployment).map(str::to_owned),
            counts: counts.collect(),
            created_at: deployment
                .created_at()
                .map(aws_sdk_ecs::primitives::DateTime::as_secs_f64),
        }
    }

    /// True if ECS is still at work on it. A status that we do not know counts as work.
    pub fn is_in_progress(&self) -> bool {
        !matches!(
            self.status,
            Status::Successful | Status::Stopped | Status::RollbackSuccessful | Status::RollbackFailed
        )
    }

    /// True if it went back, or is going back, to an earlier revision.
    pub fn is_rolled_back(&self) -> bool {
        match self.status {
            Status::RollbackInProgress | Status::RollbackSuccessful | Status::RollbackFailed => true,
            Status::StopRequested => self.rollback_target.is_some(),
            _ => false,
        }
    }

    /// Status and reason if it left the fleet on no single revision.
    pub fn failure(&self) -> Option<String> {
        if !matches!(self.status, Status::Stopped | Status::RollbackFailed) {
            return None;
        }
        let reason = self.rollback_reason.as_ref().or(self.reason.as_ref());
        Some(match reason {
            Some(reason) => format!("{}: {reason}", self.status.as_str()),
            None => self.status.as_str().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests;
