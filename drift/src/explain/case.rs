//! Everything that is known of one daemon, and what it comes to.

use std::{fmt, sync::Arc};

use aws::Failure;
use aws_sdk_ecs::types::{DaemonDeployment, DaemonRevision};

use super::{Call, Definitions, History, proposal::Proposal, sequence, time};
use crate::{
    observe::Live,
    report::{Finding, Group},
    setting::{Datum, Marked, Setting, SettingValue},
    source::{TagScope, Want, Wanted},
};

/// Options by which a scan looks at things.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// True if tags are compared.
    pub tags: bool,
    /// Tags of others, beside those that sources name.
    pub tag_scope: TagScope,
    /// True if a setting that a source leaves out is meant to be at its default, also where an import may have left it out.
    pub assume_defaults: bool,
    /// Findings that rules ignore, so that no repair touches what they are about.
    pub ignored: Ignored,
}

/// Findings that are ignored.
#[derive(Clone, Default)]
pub struct Ignored(Option<Arc<Test>>);

type Test = dyn Fn(&Finding) -> bool + Send + Sync;

impl Ignored {
    /// Those for which a test holds.
    pub fn new(covers: impl Fn(&Finding) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(covers)))
    }

    /// True if a finding is one of them.
    pub fn covers(&self, finding: &Finding) -> bool {
        self.0.as_ref().is_some_and(|covers| covers(finding))
    }
}

impl fmt::Debug for Ignored {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Ignored").finish_non_exhaustive()
    }
}

/// Everything that is known of one daemon.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The wanted state.
    pub wanted: &'a Wanted,
    /// The live state.
    pub live: &'a Live,
    /// The past; read only when [`needs_history`](super::needs_history) says so.
    pub history: Option<&'a History>,
    /// The reason why the past was not read, or not all of it, although it was asked for.
    pub unread: Option<&'a Failure>,
    /// Task definitions of the account and region.
    pub definitions: &'a Definitions,
    /// Calls of `UpdateDaemon` for this daemon that `CloudTrail` recorded, if it was asked.
    pub trail: Option<&'a [Call]>,
    /// The options of the scan.
    pub options: &'a Options,
}

/// Only which daemon it is about: the answers of ECS hold sensitive values, and know no marks.
impl fmt::Debug for Case<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about = self.wanted.arn.to_string();
        formatter
            .debug_struct("Case")
            .field("about", &about)
            .finish_non_exhaustive()
    }
}

/// The result of a case.
#[derive(Clone, Debug, Default)]
pub struct Explained {
    /// The findings.
    pub findings: Vec<Finding>,
    /// The deployments that caused them.
    pub groups: Vec<Group>,
    /// What a repair can send; none if there are no findings, or the daemon is about to go.
    pub proposal: Option<Box<Proposal>>,
}

/// A setting that is not as wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The setting.
    pub setting: Setting,
    /// The wanted value.
    pub wanted: SettingValue,
    /// The live value.
    pub live: SettingValue,
}

/// True if the source names a deployment that is neither the latest nor on record.
pub(super) fn is_off_record(wanted: &Wanted, live: &Live) -> bool {
    let source = wanted.deployment_arn.as_deref().filter(|arn| !arn.is_empty());
    source.is_some_and(|source| live.deployment(source).is_none() && live.detail.deployment_arn() != Some(source))
}

/// True if the latest deployment is the one that created the daemon.
pub(super) fn is_first_deployment(live: &Live) -> bool {
    live.latest()
        .is_some_and(|latest| sequence::creates(latest, &live.detail))
}

/// True if no deployment is on record any more, and the daemon was never updated: it says so itself (assumed: each update
/// changes `updatedAt`), and the one revision that runs was made with it.
pub(super) fn is_untouched(live: &Live) -> bool {
    // To the instant: an update may follow the creation within a second.
    let times = live.detail.updated_at().zip(live.detail.created_at());
    let was_updated = times.is_none_or(|(updated, created)| updated != created);
    let revision = running(live);
    live.latest().is_none() && !was_updated && revision.is_some_and(|revision| is_first_revision(live, revision))
}

/// The revision that counts, if there is no doubt which one does.
pub(super) fn running(live: &Live) -> Option<&DaemonRevision> {
    let is_clear = live.observed.ambiguous_revisions.is_empty();
    live.revisions.first().filter(|_| is_clear)
}

/// True if a revision was made by the call that created the daemon.
pub(super) fn is_first_revision(live: &Live, revision: &DaemonRevision) -> bool {
    let times = revision.created_at().zip(live.detail.created_at());
    times.is_some_and(|(revision, daemon)| !time::is_later(revision, daemon))
}

/// True if the latest deployment brings a revision that is older than itself. Every update makes a new revision, so
/// only a rollback does that.
pub(super) fn has_old_target(live: &Live) -> bool {
    let Some(latest) = live.latest() else { return false };
    let target = latest.target_daemon_revision().and_then(|revision| revision.arn());
    let revision = live
        .revisions
        .iter()
        .find(|revision| revision.daemon_revision_arn() == target);
    match (revision.and_then(|revision| revision.created_at()), latest.created_at()) {
        (Some(revision), Some(deployment)) => {
            revision.as_secs_f64() + time::SAME_CALL_SECONDS < deployment.as_secs_f64()
        }
        _ => false,
    }
}

impl Case<'_> {
    /// The live value of a setting.
    pub(super) fn live_value(&self, setting: Setting) -> SettingValue {
        self.wanted.mark(setting, setting.read(&self.live.observed.settings))
    }

    /// A deployment that caused something, with the call that made it if the answer of that call is on record.
    pub(super) fn group(&self, deployment: &DaemonDeployment) -> Group {
        self.group_by(
            deployment,
            self.call(deployment.daemon_deployment_arn().unwrap_or_default()),
        )
    }

    /// The recorded call whose answer names a deployment.
    pub(super) fn call(&self, deployment_arn: &str) -> Option<&Call> {
        self.trail?.iter().find(|call| call.made(deployment_arn))
    }

    /// A deployment that caused something, with the call that made it.
    pub(super) fn group_by(&self, deployment: &DaemonDeployment, call: Option<&Call>) -> Group {
        let target = deployment.target_daemon_revision().and_then(|revision| revision.arn());
        Group {
            deployment_arn: deployment.daemon_deployment_arn().unwrap_or_default().to_owned(),
            daemon_arn: self.wanted.arn.to_string(),
            revision_arn: target.map(str::to_owned),
            created_at: deployment.created_at().and_then(time::timestamp),
            status: deployment.status().map(|status| status.as_str().to_owned()),
            event: call.map(|call| call.event.clone()),
            findings: Vec::new(),
        }
    }

    /// A text that is the value of a setting or a part of it, today or at another time.
    pub(super) fn text_of<'a>(&self, setting: Setting, text: &'a str) -> Marked<&'a str> {
        Marked::new(text, self.wanted.is_sensitive(setting))
    }

    /// The name of a capacity provider, by its ARN.
    pub(super) fn provider<'a>(&self, arn: &'a str) -> Marked<&'a str> {
        self.text_of(Setting::CapacityProviders, arn.rsplit('/').next().unwrap_or(arn))
    }

    /// ARN of the wanted task definition, to look it up.
    pub(super) fn wanted_definition(&self) -> Option<String> {
        match self.wanted.datum(Setting::TaskDefinition)?.expose() {
            Datum::Text(arn) => Some(arn.clone()),
            _ => None,
        }
    }

    /// True if a difference may be one only because nobody knows what was meant.
    pub(super) fn is_doubtful(&self, setting: Setting) -> bool {
        let is_silent = self.wanted.want(setting) == Some(&Want::ImplicitDefault);
        is_silent && !self.wanted.defaults_are_meant && !self.options.assume_defaults
    }
}
