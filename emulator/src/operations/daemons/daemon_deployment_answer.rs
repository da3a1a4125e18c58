//! The deployment structure of answers, and which deployments are still on record.

use serde_json::{Value, json};

use crate::knobs::DeploymentRetention;
use crate::operations::shared::answer::{optional_time, structure, timestamp};
use crate::operations::shared::operation::Reading;
use crate::records::arn;
use crate::records::counts::{Census, Draining, Subject};
use crate::records::daemon::{Deployment, Goal, Purpose};

/// 90 days in milliseconds.
const DAYS_90: i64 = 90 * 24 * 3_600_000;

/// True if the record of a deployment can still be read (knob `deployment_retention`).
pub(in crate::operations) fn is_on_record(reading: &Reading<'_>, deployment: &Deployment) -> bool {
    if !deployment.status.is_final() {
        return true;
    }
    let daemon = reading.records.daemons.get(&deployment.daemon);
    match reading.knobs.deployment_retention {
        DeploymentRetention::ForEver => true,
        DeploymentRetention::Days90 => deployment.finished_at.is_none_or(|at| reading.now - at < DAYS_90),
        DeploymentRetention::LatestOnly => daemon.is_some_and(|daemon| daemon.deployment == deployment.arn),
        DeploymentRetention::None => false,
    }
}

/// A deployment in full.
pub(in crate::operations) fn deployment(reading: &Reading<'_>, deployment: &Deployment) -> Value {
    let daemon = reading.records.daemons.get(&deployment.daemon);
    let subject = Subject {
        daemon: &deployment.daemon,
        cluster: &deployment.cluster,
        goal: daemon.and_then(|daemon| daemon.goal.as_ref()),
    };
    let census = Census::of(reading.records, subject);
    let revision = |goal: &Goal| revision(reading, &census, goal);
    structure(json!({
        "daemonDeploymentArn": deployment.arn,
        "clusterArn": deployment.cluster_arn,
        "status": deployment.status.name(),
        "statusReason": deployment.reason,
        "targetDaemonRevision": deployment.target.as_ref().map(revision),
        "sourceDaemonRevisions": deployment.sources.iter().map(revision).collect::<Vec<_>>(),
        "circuitBreaker": {
            "failureCount": deployment.failures,
            "status": breaker_status(deployment),
            "threshold": deployment.threshold,
        },
        "alarms": {
            "status": alarms_status(deployment),
            "alarmNames": deployment.configuration.alarm_names,
            "triggeredAlarmNames": deployment.triggered_alarms,
        },
        "rollback": rollback(reading, deployment),
        "deploymentConfiguration": deployment.configuration.answer(),
        "createdAt": timestamp(deployment.created_at),
        "startedAt": optional_time(deployment.started_at),
        "stoppedAt": optional_time(deployment.stopped_at),
        "finishedAt": optional_time(deployment.finished_at),
    }))
}

/// A deployment as lists show it.
pub(in crate::operations) fn summary(deployment: &Deployment) -> Value {
    structure(json!({
        "daemonDeploymentArn": deployment.arn,
        "daemonArn": deployment.daemon,
        "clusterArn": deployment.cluster_arn,
        "status": deployment.status.name(),
        "statusReason": deployment.reason,
        "targetDaemonRevisionArn": deployment.target.as_ref().map(|goal| &goal.revision),
        "createdAt": timestamp(deployment.created_at),
        "startedAt": optional_time(deployment.started_at),
        "stoppedAt": optional_time(deployment.stopped_at),
        "finishedAt": optional_time(deployment.finished_at),
    }))
}

fn revision(reading: &Reading<'_>, census: &Census<'_>, goal: &Goal) -> Value {
    let (mut running, mut without, mut draining, mut providers) = (0, 0, 0, Vec::new());
    for provider in &goal.providers {
        let tally = census.tally(&goal.revision, provider, Draining::Apart);
        running += tally.running;
        without += tally.without;
        draining += tally.draining;
        if tally.total() > 0 || !reading.knobs.omit_empty_providers {
            providers.push(json!({
                "arn": arn::ecs(reading.scope, &format!("capacity-provider/{provider}")),
                "runningInstanceCount": tally.running,
                "withoutDaemonInstanceCount": tally.without,
                "drainingInstanceCount": tally.draining,
            }));
        }
    }
    json!({
        "arn": goal.revision,
        "capacityProviders": providers,
        "totalRunningInstanceCount": running,
        "totalWithoutDaemonInstanceCount": without,
        "totalDrainingInstanceCount": draining,
    })
}

fn breaker_status(deployment: &Deployment) -> &'static str {
    if deployment.purpose == Purpose::Deletion {
        "DISABLED"
    } else if deployment.breaker_triggered {
        "TRIGGERED"
    } else if deployment.status.is_final() {
        "MONITORING_COMPLETE"
    } else {
        "MONITORING"
    }
}

fn alarms_status(deployment: &Deployment) -> &'static str {
    if deployment.purpose == Purpose::Deletion || !deployment.configuration.alarms_enabled {
        "DISABLED"
    } else if !deployment.triggered_alarms.is_empty() {
        "TRIGGERED"
    } else if deployment.status.is_final() {
        "MONITORING_COMPLETE"
    } else {
        "MONITORING"
    }
}

fn rollback(reading: &Reading<'_>, deployment: &Deployment) -> Value {
    let Some(rollback) = &deployment.rollback else {
        return Value::Null;
    };
    let providers = rollback.target.providers.iter();
    let arns: Vec<String> = providers
        .map(|provider| arn::ecs(reading.scope, &format!("capacity-provider/{provider}")))
        .collect();
    json!({
        "reason": rollback.reason,
        "startedAt": timestamp(rollback.started_at),
        "rollbackTargetDaemonRevisionArn": rollback.target.revision,
        "rollbackCapacityProviders": arns,
    })
}
