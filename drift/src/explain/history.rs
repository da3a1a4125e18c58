//! The deployments of a daemon in order, each with the settings that it brought and those that counted
//! after it.

use aws_sdk_ecs::{
    primitives::DateTime,
    types::{DaemonDeployment, DaemonDetail, DaemonRevision},
};
use daemons::daemon::{
    observe::{self, Answers},
    settings::{Deployment, Settings},
    unknown::Members,
};

use super::time;
use crate::setting::{Datum, Setting};

/// What happened to a daemon.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Deployments that are on record with their revisions, oldest first.
    pub past: Vec<Past>,
    /// Whether this is everything since the daemon was created.
    pub is_complete: bool,
}

/// One deployment of the past.
#[derive(Clone, Debug)]
pub struct Past {
    /// The record.
    pub deployment: DaemonDeployment,
    /// Settings that the call asked for.
    pub asked: Option<Settings>,
    /// Settings that counted after it: those asked for, or those that a rollback went back to.
    pub effective: Option<Settings>,
}

impl History {
    /// From the records of a daemon. `listed` is how many deployments ECS lists.
    pub fn new(
        detail: &DaemonDetail,
        deployments: Vec<DaemonDeployment>,
        revisions: &[DaemonRevision],
        listed: usize,
    ) -> Self {
        // Records outlive a daemon; those of an earlier daemon of the same name are not its past.
        let is_own = |deployment: &DaemonDeployment| match (deployment.created_at(), detail.created_at()) {
            (Some(deployment), Some(daemon)) => !time::is_later(daemon, deployment),
            _ => true,
        };
        let described = deployments.len();
        let mut own: Vec<DaemonDeployment> = deployments.into_iter().filter(is_own).collect();
        own.sort_by(|one, other| one.created_at().cmp(&other.created_at()));
        let begins_with_daemon = match (own.first().and_then(DaemonDeployment::created_at), detail.created_at()) {
            (Some(first), Some(daemon)) => first.as_secs_f64() <= daemon.as_secs_f64() + time::NEAR_SECONDS,
            _ => false,
        };
        let past: Vec<Past> = own
            .into_iter()
            .map(|deployment| Past::new(detail, deployment, revisions))
            .collect();
        let is_read = past.iter().all(|past| past.effective.is_some());
        // A list that is older than the daemon's own answer lacks what matters most.
        let has_latest = past.iter().any(|past| Some(past.arn()) == detail.deployment_arn());
        Self {
            past,
            is_complete: begins_with_daemon && has_latest && is_read && described == listed,
        }
    }

    /// The deployment of an ARN.
    pub fn find(&self, arn: &str) -> Option<&Past> {
        self.past.iter().find(|past| past.arn() == arn)
    }

    /// Whether a deployment had a setting for which a test holds, by request or by effect.
    pub fn ever(&self, setting: Setting, is_met: impl Fn(&Datum) -> bool) -> bool {
        let all = self
            .past
            .iter()
            .flat_map(|past| past.asked.iter().chain(&past.effective));
        all.map(|settings| setting.read(settings)).any(|datum| is_met(&datum))
    }

    /// The oldest deployment after which a setting stays different from what a test accepts, and the one before it.
    pub fn culprit(&self, setting: Setting, is_met: impl Fn(&Datum) -> bool) -> Option<(&Past, Option<&Past>)> {
        let known = |past: &&Past| past.effective.is_some();
        let past: Vec<&Past> = self.past.iter().filter(known).collect();
        let met = |past: &&Past| {
            let datum = past.effective.as_ref().map(|settings| setting.read(settings));
            datum.is_some_and(|datum| is_met(&datum))
        };
        let index = past.iter().rposition(met).map_or(0, |last_met| last_met + 1);
        let before = index.checked_sub(1).and_then(|before| past.get(before).copied());
        past.get(index).map(|culprit| (*culprit, before))
    }
}

impl Past {
    fn new(detail: &DaemonDetail, deployment: DaemonDeployment, revisions: &[DaemonRevision]) -> Self {
        let effective = effective(detail, &deployment, revisions);
        let asked = asked(&deployment, revisions);
        Self {
            deployment,
            asked,
            effective,
        }
    }

    /// ARN of the deployment.
    pub fn arn(&self) -> &str {
        self.deployment.daemon_deployment_arn().unwrap_or_default()
    }

    /// When it began.
    pub fn created_at(&self) -> Option<&DateTime> {
        self.deployment.created_at()
    }

    /// Revision that it brought.
    pub fn target(&self) -> Option<&str> {
        self.deployment
            .target_daemon_revision()
            .and_then(|revision| revision.arn())
    }
}

/// The settings after a deployment: what `observe` says of the daemon as it was then.
fn effective(detail: &DaemonDetail, deployment: &DaemonDeployment, revisions: &[DaemonRevision]) -> Option<Settings> {
    let daemon = DaemonDetail::builder()
        .set_daemon_arn(detail.daemon_arn().map(str::to_owned))
        .set_deployment_arn(deployment.daemon_deployment_arn().map(str::to_owned))
        .build();
    let answers = Answers {
        daemon,
        deployments: vec![deployment.clone()],
        revisions: revisions.to_vec(),
        tags: Some(std::collections::BTreeMap::new()),
        unknown_members: Members::default(),
    };
    observe::observe(&answers, None).ok().map(|observed| observed.settings)
}

/// The settings that the call asked for, whatever became of it.
fn asked(deployment: &DaemonDeployment, revisions: &[DaemonRevision]) -> Option<Settings> {
    let target = deployment.target_daemon_revision()?;
    let revision = revisions
        .iter()
        .find(|revision| revision.daemon_revision_arn() == target.arn())?;
    let defaults = Settings::unknown();
    let providers = target
        .capacity_providers()
        .iter()
        .filter_map(|provider| provider.arn().map(str::to_owned));
    Some(Settings {
        task_definition_arn: revision.daemon_task_definition_arn().unwrap_or_default().to_owned(),
        capacity_provider_arns: providers.collect(),
        deployment: deployment
            .deployment_configuration()
            .map_or_else(Deployment::defaults, Deployment::from_api),
        propagate_tags: revision.propagate_tags().cloned().unwrap_or(defaults.propagate_tags),
        enable_ecs_managed_tags: revision
            .enable_ecs_managed_tags()
            .unwrap_or(defaults.enable_ecs_managed_tags),
        enable_execute_command: revision
            .enable_execute_command()
            .unwrap_or(defaults.enable_execute_command),
        critical: revision.critical().unwrap_or(defaults.critical),
    })
}
