//! Watches of a deployment while it runs: the circuit breaker over failed launches, and alarms.
//! Either one stops the deployment and sends the daemon back.

use serde_json::json;

use crate::api::{ApiError, ErrorKind};
use crate::knobs::{BreakerCounts, FailedFirstDeployment, Precleared};
use crate::records::alarm::{Alarm, AlarmState};
use crate::records::arn::last_part;
use crate::records::daemon::{Purpose, Stage, Status};
use crate::records::events::Kind;
use crate::records::must::Must;
use crate::simulation::region::Region;
use crate::simulation::timing;

/// A failure of which a deployment is told.
pub(in crate::simulation) enum Failed<'a> {
    /// A task of its daemon.
    Task,
    /// An instance that another daemon, by its ARN, keeps from registering.
    Blocked(&'a str),
    /// A machine that could not be had.
    Machine,
}

impl Failed<'_> {
    /// The reason for which the circuit breaker triggered.
    fn reason(&self, failures: u32) -> String {
        match self {
            Self::Task => format!("The circuit breaker triggered: {failures} daemon tasks failed to run."),
            Self::Blocked(blocker) => format!(
                "The circuit breaker triggered: {failures} launches failed. Container instances cannot take the place of \
                 others because daemon {} fails to run on them.",
                last_part(blocker)
            ),
            Self::Machine => {
                format!("The circuit breaker triggered: {failures} container instances could not be launched.")
            }
        }
    }

    /// The reason for which the way back failed.
    fn reason_of_rollback(&self) -> String {
        match self {
            Self::Task => "The rollback failed: tasks of the rollback target failed to run.".to_owned(),
            Self::Blocked(blocker) => {
                let name = last_part(blocker);
                format!("The rollback failed: daemon {name} fails to run on new container instances.")
            }
            Self::Machine => "The rollback failed: container instances could not be launched.".to_owned(),
        }
    }
}

impl Region<'_> {
    /// Charges a failed launch to the deployment that the daemon names, if it is that deployment's revision.
    pub(in crate::simulation) fn charge_failure(&mut self, daemon: &str, revision: &str, what: &Failed<'_>) {
        let critical = self
            .records
            .revisions
            .get(&revision.to_owned())
            .is_none_or(|each| each.settings.critical);
        if !critical && self.shared.knobs.breaker_counts == BreakerCounts::CriticalOnly {
            return;
        }
        let Some(arn) = self
            .records
            .daemons
            .get(&daemon.to_owned())
            .map(|daemon| daemon.deployment.clone())
        else {
            return;
        };
        let deployment = self.records.deployments.get(&arn);
        let ours = deployment
            .and_then(|deployment| deployment.aim())
            .is_some_and(|aim| aim.revision == revision);
        if ours {
            self.charge(&arn, what);
        }
    }

    /// Charges a failure to a deployment: of a daemon task of its own, or of an instance that another daemon blocks.
    pub(super) fn charge(&mut self, arn: &str, what: &Failed<'_>) {
        let deployment = self.records.deployments.quiet(arn).must("deployment", arn);
        match (deployment.status, deployment.purpose) {
            (Status::Pending | Status::InProgress, purpose) => {
                deployment.failures += 1;
                if deployment.failures < deployment.threshold {
                    return;
                }
                if purpose == Purpose::Deletion {
                    return self.delete_in_place(arn);
                }
                deployment.breaker_triggered = true;
                let failures = deployment.failures;
                let reason = what.reason(failures);
                self.note_trigger(arn, Kind::BreakerTriggered, None);
                self.stop_for_rollback(arn, &reason);
            }
            (Status::RollbackInProgress, _) => {
                deployment.rollback_failures += 1;
                if deployment.rollback_failures < deployment.threshold {
                    return;
                }
                self.fail_rollback(arn, &what.reason_of_rollback());
            }
            _ => {}
        }
    }

    /// Sets an alarm and lets the deployments see it that watch it.
    pub(crate) fn set_alarm(&mut self, name: &str, state: &str) -> Result<(), ApiError> {
        let Some(parsed) = AlarmState::parse(state) else {
            let text = format!("An alarm is in state OK, ALARM or INSUFFICIENT_DATA, not {state}.");
            return Err(ApiError::new(ErrorKind::InvalidParameterException, text));
        };
        self.change_alarm(name, parsed, "Set by a control call.", None);
        Ok(())
    }

    /// Changes the state of an alarm, which may not have had one, and lets the deployments see it that watch it.
    pub(crate) fn change_alarm(&mut self, name: &str, state: AlarmState, reason: &str, data: Option<&str>) {
        let now = self.now();
        let before = self.records.alarms.remove(name);
        let changed_at = before.as_ref().filter(|alarm| alarm.state == state);
        let alarm = Alarm {
            state,
            reason: reason.to_owned(),
            reason_data: data.map(str::to_owned),
            updated_at: now,
            changed_at: changed_at.map_or(now, |alarm| alarm.changed_at),
            definition: before.and_then(|alarm| alarm.definition),
        };
        self.records.alarms.insert(name.to_owned(), alarm);
        self.note(Kind::Alarm, json!({ "alarm": name, "state": state.name() }));
        if state == AlarmState::Alarm {
            self.alarm_raised(name);
        } else if self.shared.knobs.alarm_precleared == Precleared::Counts {
            for deployment in self.records.deployments.quiet_values() {
                deployment.ignored_alarms.remove(name);
            }
        }
    }

    fn alarm_raised(&mut self, name: &str) {
        let watching: Vec<String> = self
            .records
            .deployments
            .values()
            .filter(|each| each.purpose == Purpose::Rollout && each.configuration.alarms_enabled)
            .filter(|each| matches!(each.status, Status::Pending | Status::InProgress))
            .filter(|each| each.configuration.alarm_names.iter().any(|watched| watched == name))
            .filter(|each| !each.ignored_alarms.contains(name))
            .map(|each| each.arn.clone())
            .collect();
        for arn in watching {
            if let Some(deployment) = self.records.deployments.quiet(&arn) {
                deployment.triggered_alarms.insert(name.to_owned());
            }
            self.note_trigger(&arn, Kind::AlarmTriggered, Some(name));
            self.stop_for_rollback(&arn, &format!("Alarm {name} went to ALARM during the deployment."));
        }
    }

    /// Halts a rollout. From now on new instances get what the rollback goes to.
    fn stop_for_rollback(&mut self, arn: &str, reason: &str) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let daemon_arn = deployment.daemon.clone();
        let target = deployment.target.as_ref().map(|goal| goal.revision.clone());
        let good = self
            .records
            .daemons
            .get(&daemon_arn)
            .and_then(|daemon| daemon.good.clone());
        let fallback = good.filter(|good| Some(&good.revision) != target.as_ref());
        if let Some(deployment) = self.records.deployments.quiet(arn) {
            deployment.fallback.clone_from(&fallback);
        }
        self.set_status(arn, Status::StopRequested, reason);
        self.enter_after(arn, Stage::Stopping, timing::STOP);
        if fallback.is_some() {
            self.set_goal(&daemon_arn, fallback.as_ref());
        } else if self.shared.knobs.failed_first_deployment == FailedFirstDeployment::Withdrawn {
            self.withdraw(&daemon_arn);
        }
    }

    fn note_trigger(&mut self, arn: &str, kind: Kind, alarm: Option<&str>) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let detail = json!({
            "daemon": last_part(&deployment.daemon),
            "daemonArn": deployment.daemon,
            "deploymentArn": arn,
            "failures": deployment.failures,
            "threshold": deployment.threshold,
            "alarm": alarm,
        });
        self.note(kind, detail);
    }
}
