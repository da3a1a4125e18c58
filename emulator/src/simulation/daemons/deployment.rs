//! The life of a deployment record: opened by an operation, overtaken, ended.

use std::collections::BTreeSet;

use serde_json::json;

use crate::knobs::{Concurrency, EmptyProvider};
use crate::records::alarm::AlarmState;
use crate::records::arn::last_part;
use crate::records::daemon::{Batches, Daemon, Deployment, Goal, Purpose, Stage, Status};
use crate::records::daemon_settings::Configuration;
use crate::records::events::Kind;
use crate::records::must::Must;
use crate::records::pending_work::Lookout;
use crate::records::queue::Due;
use crate::seeded::{self, Span};
use crate::simulation::region::Region;
use crate::simulation::timing;

/// The order for a new deployment.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) purpose: Purpose,
    /// None for a deletion.
    pub(crate) target: Option<Goal>,
    /// The revisions on the instances.
    pub(crate) sources: Vec<Goal>,
    pub(crate) configuration: Configuration,
}

impl Region<'_> {
    /// Opens a deployment of a daemon and answers its ARN. The caller has ended the one before and
    /// puts the ARN and the goal into the daemon.
    pub(crate) fn open_deployment(&mut self, daemon: &Daemon, opening: Opening) -> String {
        let arn = self.deployment_arn(daemon);
        let serial = self.next("deployment");
        let in_alarm = |name: &&String| {
            let alarm = self.records.alarms.get(*name);
            alarm.is_some_and(|alarm| alarm.state == AlarmState::Alarm)
        };
        let ignored_alarms = opening
            .configuration
            .alarm_names
            .iter()
            .filter(in_alarm)
            .cloned()
            .collect();
        let deployment = Deployment {
            arn: arn.clone(),
            daemon: daemon.arn.clone(),
            cluster: daemon.cluster.clone(),
            cluster_arn: daemon.cluster_arn.clone(),
            serial,
            purpose: opening.purpose,
            status: Status::Pending,
            reason: "The deployment waits to be started.".to_owned(),
            stage: Stage::Pending,
            due: None,
            target: opening.target,
            sources: opening.sources,
            configuration: opening.configuration,
            batches: Batches::default(),
            baked: false,
            failures: 0,
            rollback_failures: 0,
            threshold: self.shared.knobs.breaker_threshold.get(),
            breaker_triggered: false,
            ignored_alarms,
            triggered_alarms: BTreeSet::new(),
            fallback: None,
            rollback: None,
            created_at: self.now(),
            started_at: None,
            stopped_at: None,
            finished_at: None,
        };
        let write = self.write();
        self.records.deployments.insert(arn.clone(), deployment, write);
        self.note_deployment(&arn);
        self.schedule_start(&arn);
        arn
    }

    fn deployment_arn(&mut self, daemon: &Daemon) -> String {
        let n = self.next(&format!("deployment of {}", daemon.arn));
        let id = seeded::alphanumeric_id(self.shared.seed, &format!("deployment of {}", daemon.arn), n, 21);
        self.arn(&format!("daemon-deployment/{}/{}/{id}", daemon.cluster, daemon.name))
    }

    fn schedule_start(&mut self, arn: &str) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let empty = !self.has_instances(deployment);
        let span = match deployment.purpose {
            Purpose::Deletion => timing::DELETION,
            Purpose::Rollout if empty => timing::NOTHING_TO_DO,
            Purpose::Rollout => timing::PENDING,
        };
        let at_once = empty && self.shared.knobs.empty_provider == EmptyProvider::AtOnce;
        if at_once && deployment.purpose == Purpose::Rollout {
            self.finish_empty(arn);
        } else {
            self.enter_after(arn, Stage::Pending, span);
        }
    }

    /// Puts a deployment into a stage that ends by itself after a drawn time.
    pub(super) fn enter_after(&mut self, arn: &str, stage: Stage, span: Span) {
        let n = self
            .records
            .deployments
            .get(&arn.to_owned())
            .map_or(0, |d| d.batches.number as u64);
        let at = self.now() + self.draw(arn, span, n);
        self.enter_until(arn, stage, at);
    }

    /// Puts a deployment into a stage that ends by itself at that time.
    pub(super) fn enter_until(&mut self, arn: &str, stage: Stage, at: i64) {
        if let Some(deployment) = self.records.deployments.quiet(arn) {
            deployment.stage = stage;
            deployment.due = Some(at);
            self.queue(at, Due::Deployment(arn.to_owned()));
            self.follow(arn);
        }
    }

    /// Puts a deployment into a stage without a timer.
    pub(super) fn enter(&mut self, arn: &str, stage: Stage) {
        if let Some(deployment) = self.records.deployments.quiet(arn) {
            deployment.stage = stage;
            deployment.due = None;
            self.follow(arn);
        }
    }

    /// Notes whether a deployment looks at the fleet now, and forgets its work when it has ended.
    fn follow(&mut self, arn: &str) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let (serial, purpose, cluster) = (deployment.serial, deployment.purpose, deployment.cluster.clone());
        let looking = matches!(deployment.stage, Stage::Rolling | Stage::Queued);
        let over = deployment.stage == Stage::Over;
        let cluster = self.records.name(&cluster);
        if over {
            self.records.lookouts.remove(&cluster, serial);
        } else if let Some(lookout) = self.records.lookouts.get_mut(&cluster, serial) {
            lookout.looking = looking;
        } else {
            let lookout = Lookout {
                arn: self.records.name(arn),
                purpose,
                looking,
                work: None,
                touched: Vec::new(),
            };
            self.records.lookouts.insert(cluster.clone(), serial, lookout);
        }
        // One that has ended may have kept others waiting.
        let serially = self.shared.knobs.concurrent_deployments == Concurrency::Serial;
        self.stir(&cluster, Some(serial).filter(|_| !(over && serially)));
    }

    /// Changes the status that readers see, and the times that go with it.
    pub(super) fn set_status(&mut self, arn: &str, status: Status, reason: impl Into<String>) {
        let (now, write) = (self.now(), self.write());
        let deployment = self.records.deployments.change(arn, write).must("deployment", arn);
        deployment.status = status;
        deployment.reason = reason.into();
        match status {
            Status::InProgress => deployment.started_at = Some(now),
            Status::StopRequested | Status::Stopped => {
                deployment.stopped_at.get_or_insert(now);
            }
            _ => {}
        }
        if status.is_final() {
            deployment.started_at.get_or_insert(now);
            deployment.finished_at = Some(now);
            deployment.stage = Stage::Over;
            deployment.due = None;
            deployment.batches.open = false;
        }
        self.follow(arn);
        self.note_deployment(arn);
    }

    /// Ends the daemon's running deployment, if one runs, since a later call takes its place.
    /// Stops the daemon's running deployments. Their work that has begun on single instances goes on.
    pub(crate) fn overtake(&mut self, daemon: &Daemon, reason: &str) {
        let running: Vec<String> = self
            .records
            .deployments
            .values()
            .filter(|deployment| deployment.daemon == daemon.arn && !deployment.status.is_final())
            .map(|deployment| deployment.arn.clone())
            .collect();
        for arn in running {
            self.set_status(&arn, Status::Stopped, reason);
        }
    }

    /// True if any instance is the deployment's business.
    pub(super) fn has_instances(&self, deployment: &Deployment) -> bool {
        self.records
            .instances_of(&deployment.cluster)
            .any(|instance| instance.is_up() && deployment.concerns(&instance.provider))
    }

    fn note_deployment(&mut self, arn: &str) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let target = deployment.target.as_ref().map(|goal| goal.revision.clone());
        let detail = json!({
            "daemon": last_part(&deployment.daemon),
            "daemonArn": deployment.daemon,
            "deploymentArn": deployment.arn,
            "status": deployment.status.name(),
            "reason": deployment.reason,
            "targetDaemonRevisionArn": target,
        });
        self.note(Kind::Deployment, detail);
    }
}
