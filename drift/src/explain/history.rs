//! The deployments of a daemon in order, each with the settings that it brought and those that counted
//! after it.

use aws_sdk_ecs::{
    primitives::DateTime,
    types::{DaemonDeployment, DaemonDeploymentStatus as Status, DaemonDetail, DaemonRevision},
};
use daemons::{
    observe::{self, Answers},
    settings::Settings,
    unknown::Members,
};

use super::{sequence, time};
use crate::setting::{Datum, Setting};

/// The past of a daemon.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Deployments that are on record with their revisions, oldest first as far as the records tell.
    pub past: Vec<Past>,
    /// Those of an earlier daemon under the same ARN, which records outlive: the daemon was deleted and created again.
    pub earlier: Vec<Past>,
    /// True if this is everything since the daemon was created.
    pub is_complete: bool,
    /// True if a deployment is listed that is not on record, or has no time, so that neighbours may be none.
    pub has_gaps: bool,
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
    /// Its place in the order. Those that share one began at the same instant, and nothing tells which was first.
    place: usize,
    /// True if it is itself a rollback: every call makes a new revision, so that only ECS brings an older one.
    pub is_rollback: bool,
}

/// Numbers of deployments of a daemon.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// Those that ECS lists.
    pub all: usize,
    /// Those whose records were asked for, the newest of them.
    pub asked: usize,
}

impl History {
    /// From the records of a daemon.
    pub fn new(
        detail: &DaemonDetail,
        deployments: Vec<DaemonDeployment>,
        revisions: &[DaemonRevision],
        listed: Listed,
    ) -> Self {
        // Records outlive a daemon; those of an earlier daemon of the same name are not its past.
        let described = deployments.len();
        let (own, earlier): (Vec<_>, Vec<_>) = deployments
            .into_iter()
            .partition(|deployment| sequence::is_own(deployment, detail));
        let are_timed = own.iter().all(|deployment| deployment.created_at().is_some());
        let own = sequence::in_order(detail, own);
        let begins_with_daemon = own.first().is_some_and(|(_, first)| sequence::creates(first, detail));
        let pasts = |ordered: Vec<(usize, DaemonDeployment)>| -> Vec<Past> {
            let ordered = ordered.into_iter();
            ordered
                .map(|(place, deployment)| Past::new(detail, place, deployment, revisions))
                .collect()
        };
        let past = pasts(own);
        let is_read = past.iter().all(|past| past.effective.is_some());
        // A list that is older than the daemon's own answer lacks what matters most.
        let has_latest = past.iter().any(|past| Some(past.arn()) == detail.deployment_arn());
        Self {
            past,
            earlier: pasts(sequence::in_order(detail, earlier)),
            is_complete: begins_with_daemon && has_latest && is_read && described == listed.all,
            has_gaps: described < listed.asked || !are_timed,
        }
    }

    /// The deployment of an ARN.
    pub fn find(&self, arn: &str) -> Option<&Past> {
        self.past.iter().find(|past| past.arn() == arn)
    }

    /// True if a deployment had a setting for which a test holds, by request or by effect.
    pub fn ever(&self, setting: Setting, is_met: impl Fn(&Datum) -> bool) -> bool {
        self.past.iter().any(|past| past.has(setting, &is_met))
    }

    /// The latest deployment of an earlier daemon that had a setting for which a test holds.
    pub fn ever_before(&self, setting: Setting, is_met: impl Fn(&Datum) -> bool) -> Option<&Past> {
        self.earlier.iter().rev().find(|past| past.has(setting, &is_met))
    }

    /// True if the records of the earlier daemon reach back to its creation and hold what it had.
    pub(super) fn knows_earlier(&self) -> bool {
        let begins = self.earlier.first().is_some_and(|first| {
            let replaced = first.deployment.source_daemon_revisions();
            replaced.is_empty()
        });
        // A deletion brings nothing.
        let mut read = self.earlier.iter().filter(|past| past.target().is_some());
        begins && !self.has_gaps && read.all(|past| past.effective.is_some())
    }

    /// True if the live value of a setting is the one with which the daemon was created: no later deployment brought it.
    pub(super) fn is_of_creation(&self, setting: Setting, live: &Datum) -> bool {
        let culprit = self.culprit(setting, live, |_| false);
        let first = self.past.first().map(Past::arn);
        culprit.is_none_or(|culprit| !culprit.is_one_of_several && Some(culprit.past.arn()) == first)
    }

    /// The deployments before and after one.
    pub(super) fn neighbours(&self, past: &Past) -> (Option<&Past>, Option<&Past>) {
        let place = self.past.iter().position(|one| one.arn() == past.arn());
        let at = |place: Option<usize>| self.past.get(place?);
        (
            at(place.and_then(|place| place.checked_sub(1)).filter(|_| !self.has_gaps)),
            at(place.map(|place| place + 1)),
        )
    }

    /// The culprit that brought the live value of a setting. Rollbacks, and calls that were rolled back, brought nothing that
    /// is live, but for what is a deployment's own: it stays that of the latest one, whatever became of it.
    pub fn culprit(&self, setting: Setting, live: &Datum, is_met: impl Fn(&Datum) -> bool) -> Option<Culprit<'_>> {
        let value = |past: &Past| past.effective.as_ref().map(|settings| setting.read(settings));
        let is_live = |past: &&Past| value(past).as_ref() == Some(live);
        let mut lasting: Vec<&Past> = self.past.iter().filter(|past| past.lasts(setting)).collect();
        // Where the order is open, the value came as late as it can have come.
        lasting.sort_by_key(|past| (past.place, !is_live(past)));
        let begins = |place: &usize| {
            let before = place.checked_sub(1).and_then(|before| lasting.get(before));
            !before.is_some_and(is_live)
        };
        let mut places = (0..lasting.len()).rev();
        let place = places.find(|place| lasting.get(*place).is_some_and(is_live) && begins(place))?;
        let past = lasting.get(place).copied()?;
        let before = place.checked_sub(1).and_then(|before| lasting.get(before).copied());
        let of_place = |past: &Past| -> Vec<&Past> {
            let all = lasting.iter().copied();
            all.filter(|other| other.place == past.place).collect()
        };
        let earlier = before.map(of_place).unwrap_or_default();
        if of_place(past).len() > 1 || earlier.iter().any(is_live) {
            return Some(Culprit::among_several(past));
        }
        let met = |past: &&Past| value(past).as_ref().is_some_and(&is_met);
        let left = lasting.iter().take(place).rposition(met).map(|last_met| last_met + 1);
        let first = left.and_then(|left| lasting.get(left).copied());
        let first = first.filter(|first| first.arn() != past.arn() && of_place(first).len() == 1);
        Some(Culprit {
            past,
            before: before.filter(|before| before.effective.is_some() && !self.has_gaps),
            first,
            was_met: left.is_some(),
            is_one_of_several: false,
            is_before_open: earlier
                .iter()
                .any(|one| before.is_some_and(|before| one.effective != before.effective)),
        })
    }
}

/// The call that brought the live value of a setting, as far as the records tell.
#[derive(Clone, Copy, Debug)]
pub struct Culprit<'a> {
    /// The oldest deployment since which the setting is what it is.
    pub past: &'a Past,
    /// The one before it, which had another value. None if the records do not prove that it was the one before; then an
    /// earlier call may have brought the value.
    pub before: Option<&'a Past>,
    /// The deployment after which the setting was no longer as wanted, where that was an earlier one.
    pub first: Option<&'a Past>,
    /// True if the setting was as wanted before it.
    pub was_met: bool,
    /// Set if one of several that began at the same instant may have brought the value as well, and nothing tells which.
    pub is_one_of_several: bool,
    /// Set if another deployment than `before` may have been the one before, since they began at the same instant. None of
    /// them had the value, but they differ.
    pub is_before_open: bool,
}

impl<'a> Culprit<'a> {
    /// One that is not proven to be it: `past` is the last that it can have been.
    fn among_several(past: &'a Past) -> Self {
        Self {
            past,
            before: None,
            first: None,
            was_met: false,
            is_one_of_several: true,
            is_before_open: false,
        }
    }
}

impl Past {
    fn new(detail: &DaemonDetail, place: usize, deployment: DaemonDeployment, revisions: &[DaemonRevision]) -> Self {
        let effective = effective(detail, &deployment, revisions);
        let asked = observe::asked(&deployment, revisions);
        let target = deployment.target_daemon_revision().and_then(|target| target.arn());
        let revision = revisions
            .iter()
            .find(|revision| revision.daemon_revision_arn() == target);
        let times = revision
            .and_then(|revision| revision.created_at())
            .zip(deployment.created_at());
        Self {
            is_rollback: times.is_some_and(|(revision, began)| time::is_later(began, revision)),
            place,
            deployment,
            asked,
            effective,
        }
    }

    /// True if it had a setting for which a test holds, by request or by effect.
    fn has(&self, setting: Setting, is_met: impl Fn(&Datum) -> bool) -> bool {
        let mut all = self.asked.iter().chain(&self.effective);
        all.any(|settings| is_met(&setting.read(settings)))
    }

    /// True if the value that it brought of a setting stayed.
    fn lasts(&self, setting: Setting) -> bool {
        setting.is_of_deployment() || !self.is_undone()
    }

    /// True if nothing of the revision that the call asked for is left: it was rolled back, or it is a rollback.
    pub(super) fn is_undone(&self) -> bool {
        let was_rolled_back = matches!(
            self.deployment.status(),
            Some(Status::RollbackInProgress | Status::RollbackSuccessful | Status::RollbackFailed)
        );
        self.is_rollback || was_rolled_back
    }

    /// ARN of the deployment.
    pub fn arn(&self) -> &str {
        self.deployment.daemon_deployment_arn().unwrap_or_default()
    }

    /// Time at which it began.
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
