//! The world as people read it: clusters with their providers, daemons, deployments, instances, services and tasks.
//! Unlike answers of the API it hides nothing, instances that still boot included.

use serde_json::{Map, Value, json};

use super::workload_view;
use crate::api::Scope;
use crate::records::Records;
use crate::records::arn::last_part;
use crate::records::cluster::{Cluster, Lifecycle};
use crate::records::counts::{Census, Draining, Subject};
use crate::records::daemon::{Daemon, Deployment, Goal};
use crate::records::fleet::Instance;
use crate::records::names::tags_object;
use crate::timestamp;

/// Renders the records of some scopes.
pub(super) fn render<'a>(now: i64, scopes: impl Iterator<Item = (&'a Scope, &'a Records)>) -> Value {
    let scopes: Vec<Value> = scopes.map(|(scope, records)| region(scope, records)).collect();
    json!({ "now": timestamp::render(now), "now_ms": now, "regions": scopes })
}

fn region(scope: &Scope, records: &Records) -> Value {
    let alive = records
        .clusters
        .values()
        .filter(|cluster| cluster.status != Lifecycle::Inactive);
    let clusters: Vec<Value> = alive.map(|each| cluster(records, each)).collect();
    let definitions: Vec<Value> = records
        .definitions
        .values()
        .map(|each| json!({ "arn": each.arn, "status": each.status.name(), "tags": tags_object(&each.tags) }))
        .collect();
    let alarms: Map<String, Value> = records
        .alarms
        .iter()
        .map(|(name, alarm)| (name.clone(), alarm.state.name().into()))
        .collect();
    let settings: Vec<Value> = records
        .account_settings
        .entries()
        .filter_map(|((principal, name), value)| Some((principal, name, value.as_ref()?)))
        .map(|(principal, name, value)| json!({ "principal": principal, "name": name, "value": value }))
        .collect();
    json!({
        "account": scope.account,
        "region": scope.region,
        "account_settings": settings,
        "clusters": clusters,
        "daemon_task_definitions": definitions,
        "task_definitions": workload_view::definitions(records),
        "alarms": alarms,
    })
}

fn cluster(records: &Records, cluster: &Cluster) -> Value {
    let providers: Vec<Value> = records
        .providers
        .values()
        .filter(|provider| provider.status != Lifecycle::Inactive)
        .filter(|provider| provider.cluster() == Some(cluster.name.as_str()))
        .map(|provider| {
            let instances = records
                .instances_of(&cluster.name)
                .filter(|each| *each.provider == *provider.name)
                .count();
            json!({
                "name": provider.name,
                "arn": provider.arn,
                "status": provider.status.name(),
                "instances": instances,
            })
        })
        .collect();
    let daemons = records.daemons.values().filter(|daemon| daemon.cluster == cluster.name);
    let instances = records.instances_of(&cluster.name).map(|each| instance(records, each));
    json!({
        "name": cluster.name,
        "arn": cluster.arn,
        "status": cluster.status.name(),
        "capacity_providers": providers,
        "daemons": daemons.map(|each| daemon(records, each)).collect::<Vec<_>>(),
        "instances": instances.collect::<Vec<_>>(),
        "services": workload_view::services(records, &cluster.name),
        "application_tasks": workload_view::tasks(records, &cluster.name),
    })
}

fn daemon(records: &Records, daemon: &Daemon) -> Value {
    let mut deployments: Vec<&Deployment> = records
        .deployments
        .values()
        .filter(|each| each.daemon == daemon.arn)
        .collect();
    deployments.sort_by_key(|each| each.serial);
    let mut revisions: Vec<_> = records
        .revisions
        .values()
        .filter(|each| each.daemon == daemon.arn)
        .collect();
    revisions.sort_by_key(|each| each.serial);
    let revisions: Vec<Value> = revisions
        .into_iter()
        .map(|each| {
            let mut view = each.settings.view();
            view["arn"] = each.arn.as_str().into();
            view["task_definition"] = last_part(&each.definition_arn).into();
            view
        })
        .collect();
    json!({
        "name": daemon.name,
        "arn": daemon.arn,
        "status": daemon.status(),
        "deployment": daemon.deployment,
        "goal": daemon.goal.as_ref().map(|each| goal(records, each)),
        "rollback_target": daemon.good.as_ref().map(|each| goal(records, each)),
        "tags": tags_object(&daemon.tags),
        "revisions": revisions,
        "deployments": deployments.into_iter().map(|each| deployment(records, daemon, each)).collect::<Vec<_>>(),
    })
}

fn deployment(records: &Records, daemon: &Daemon, deployment: &Deployment) -> Value {
    let batches = &deployment.batches;
    json!({
        "arn": deployment.arn,
        "status": deployment.status.name(),
        "reason": deployment.reason,
        "stage": deployment.stage.name(),
        "due": deployment.due.map(timestamp::render),
        "target": deployment.target.as_ref().map(|each| goal(records, each)),
        "rollback_target": deployment.rollback.as_ref().map(|each| goal(records, &each.target)),
        "counts": deployment.aim().map(|aim| counts(records, daemon, aim)),
        "batch": { "number": batches.number, "of": batches.total, "size": batches.limit(), "running": batches.open },
        "failures": deployment.failures,
        "threshold": deployment.threshold,
        "triggered_alarms": deployment.triggered_alarms,
        "configuration": deployment.configuration.view(),
        "created": timestamp::render(deployment.created_at),
        "finished": deployment.finished_at.map(timestamp::render),
    })
}

fn counts(records: &Records, daemon: &Daemon, aim: &Goal) -> Value {
    let census = Census::of(records, Subject::of(daemon));
    let tallies = aim
        .providers
        .iter()
        .map(|provider| census.tally(&aim.revision, provider, Draining::Apart));
    let (running, without, draining) = tallies.fold((0, 0, 0), |(running, without, draining), tally| {
        (
            running + tally.running,
            without + tally.without,
            draining + tally.draining,
        )
    });
    json!({ "running": running, "without_daemon": without, "draining": draining })
}

fn goal(records: &Records, goal: &Goal) -> Value {
    let definition = records
        .revisions
        .get(&goal.revision)
        .map(|revision| last_part(&revision.definition_arn));
    json!({ "revision": goal.revision, "task_definition": definition, "capacity_providers": goal.providers })
}

fn instance(records: &Records, instance: &Instance) -> Value {
    let tasks: Vec<Value> = instance
        .slots
        .iter()
        .map(|(daemon, slot)| {
            let task = records.slot_task(instance, daemon);
            let definition = records
                .revisions
                .get(&*slot.revision)
                .map(|each| last_part(&each.definition_arn));
            json!({
                "daemon": last_part(daemon),
                "revision": &*slot.revision,
                "task_definition": definition,
                "task": task.map(|task| &*task.birth.arn),
                "status": task.map_or("WAITING", |task| task.status.name()),
                "failures": slot.failures,
            })
        })
        .collect();
    let applications = instance.tasks.iter().filter_map(|key| records.tasks.get(key));
    let applications = applications.map(|task| &*task.birth.arn);
    json!({
        "id": instance.id,
        "arn": &*instance.arn,
        "ec2_instance_id": &*instance.ec2_id,
        "capacity_provider": &*instance.provider,
        "status": instance.status.name(),
        "daemon_tasks": tasks,
        "application_tasks": applications.collect::<Vec<_>>(),
    })
}
