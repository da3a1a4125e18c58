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
//! A daemon that was read whole at rest is [settled](Observed::is_settled): its description confirms it, and no record is
//! asked for.
//!
//! A rolled back daemon is what runs, so that the next plan proposes the change again. Answers that
//! contradict each other (a revision that is not there yet, a daemon older than the state) are *torn*:
//! the caller reads again; nothing is guessed.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{DaemonDeployment, DaemonDeploymentConfiguration, DaemonDetail, DaemonRevision, DaemonStatus};

pub(crate) use self::settled::confirmed;
pub use self::{
    answers::{Answers, Known, KnownRevision, Torn},
    counting::revisions_needed,
    rollout::{Counts, Rollout},
};
use self::{
    counting::{latest, pick_revision},
    providers::{providers, target_providers},
};
use super::{
    settings::{Deployment, Settings},
    unknown::UnknownMember,
};

mod answers;
mod counting;
mod providers;
mod rollout;
mod settled;
#[cfg(test)]
mod tests;

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
    /// True if the deployment configuration is on record, or was when a settled daemon was read; otherwise it is the
    /// state's or unknown.
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

impl Observed {
    /// True if the latest deployment was read and has ended well, and its target is all that counts. Settings that this
    /// version does not know prevent it: people are warned of them for as long as they are there. Records are closed by
    /// then, so a daemon without such settings gets none before its next deployment.
    pub fn is_settled(&self) -> bool {
        let rollout = self.rollout.as_ref().zip(self.revision_arn.as_ref());
        self.status == DaemonStatus::Active.as_str()
            && self.deployment_is_on_record
            && rollout.is_some_and(|(rollout, revision)| rollout.has_brought(revision))
            && self.ambiguous_revisions.is_empty()
            && self.unknown_members.is_empty()
    }

    /// The revision that counts, for readings to come.
    pub fn revision(&self) -> Option<KnownRevision> {
        Some(KnownRevision {
            arn: self.revision_arn.clone()?,
            capacity_provider_arns: self.settings.capacity_provider_arns.clone(),
        })
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
    if let Some(known) = known
        && let Some(revision) = confirmed(daemon, known)
    {
        return settled(answers, known, revision);
    }
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
        providers(answers, deployment, revision, known),
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

/// The settings that are on the record of a revision alone; the capacity providers and the deployment configuration are
/// not, and have no value and the defaults.
pub fn of_revision_alone(revision: &DaemonRevision) -> Settings {
    let definition = revision.daemon_task_definition_arn().unwrap_or_default().to_owned();
    Settings::of_revision(revision, definition, BTreeSet::new(), Deployment::defaults())
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

/// A settled daemon that its description has confirmed, as reading everything would show it; only the counts of its
/// deployment are not known.
fn settled(answers: &Answers, known: &Known, revision: &KnownRevision) -> Result<Observed, Torn> {
    Ok(Observed {
        status: DaemonStatus::Active.as_str().to_owned(),
        deployment_arn: known.deployment_arn.clone(),
        revision_arn: Some(revision.arn.clone()),
        settings: known.settings.clone(),
        deployment_is_on_record: true,
        deployment_is_known: true,
        rollout: Some(Rollout::arrived(&known.deployment_arn, &revision.arn)),
        tags: answers.tags.clone().ok_or(Torn::TagsMissing)?,
        instances: instances(&answers.daemon),
        ambiguous_revisions: Vec::new(),
        unknown_members: BTreeSet::new(),
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

/// Reading must not go back in time: an answer older than the state is stale.
fn check_time(answered: &str, known: &Known, deployments: &[DaemonDeployment]) -> Result<(), Torn> {
    let record = |arn: &str| {
        let mut deployments = deployments.iter();
        deployments.find(|deployment| deployment.daemon_deployment_arn() == Some(arn))
    };
    if answered == known.deployment_arn {
        let goes_on = || record(answered).is_some_and(|deployment| Rollout::of(deployment).is_in_progress());
        if known.ended && goes_on() {
            return Err(Torn::BeforeItsEnd(answered.to_owned()));
        }
        return Ok(());
    }
    let is_back_in_time = match (record(answered), record(&known.deployment_arn)) {
        // Of two of the same moment, the one that this apply made is the later one.
        (Some(now), Some(before)) => {
            let (now, before) = (now.created_at(), before.created_at());
            now.is_some() && (now < before || (known.just_made && now == before))
        }
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
