//! Invariants of every world at every moment, counted by code of its own.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::api::{Call, Scope, View};
use crate::records::Records;
use crate::records::daemon::{Daemon, Deployment, Purpose, Status};
use crate::records::fleet::{Instance, InstanceStatus};
use crate::records::task::{Task, TaskStatus};
use crate::simulation::daemons::progress;
use crate::world::World;
use crate::world::tests::workload_invariants;

/// Every violation in the world as a readable line; none in a right world.
pub(crate) fn check(world: &World) -> Vec<String> {
    let mut violations = Vec::new();
    for (scope, records) in world.scopes() {
        registered_with_daemons(world, records, &mut violations);
        one_task_of_a_known_revision(records, &mut violations);
        critical_daemons_are_there(records, &mut violations);
        batches_are_kept(records, &mut violations);
        slots_and_tasks_agree(records, &mut violations);
        work_is_kept_up(world, records, &mut violations);
        counts_are_right(world, scope, records, &mut violations);
        workload_invariants::check(world, scope, records, &mut violations);
    }
    violations
}

fn running<'a>(records: &'a Records, instance: &Instance, daemon: &str) -> Vec<&'a Task> {
    let tasks = records.tasks.values();
    tasks
        .filter(|task| task.instance == Some(instance.key) && task.daemon().is_some_and(|ours| **ours == *daemon))
        .filter(|task| task.status == TaskStatus::Running)
        .collect()
}

/// Tasks of daemons that have not stopped, each with its daemon and revision.
fn daemon_tasks(records: &Records) -> impl Iterator<Item = (&Task, &str, &str)> {
    let alive = records.tasks.values().filter(|task| task.is_alive());
    alive.filter_map(|task| Some((task, &**task.daemon()?, &**task.revision()?)))
}

fn is_critical(records: &Records, revision: &str) -> bool {
    records.revisions.get(revision).unwrap().settings.critical
}

/// An instance becomes ACTIVE only with each critical daemon running, in the revision that is its goal.
fn registered_with_daemons(world: &World, records: &Records, violations: &mut Vec<String>) {
    let just = |instance: &&Instance| {
        // Instances placed by hand are ACTIVE from the start.
        let placed = instance.registered_at == instance.activated_at;
        instance.status == InstanceStatus::Active && instance.activated_at == Some(world.now_ms()) && !placed
    };
    for instance in records.instances.values().filter(just) {
        for daemon in records
            .daemons
            .values()
            .filter(|daemon| *daemon.cluster == *instance.cluster)
        {
            let Some(goal) = daemon.goal_of_new().filter(|goal| goal.includes(&instance.provider)) else {
                continue;
            };
            if daemon.updated_at == world.now_ms() || !is_critical(records, &goal.revision) {
                continue;
            }
            let tasks = running(records, instance, &daemon.arn);
            if tasks.len() != 1 || tasks[0].revision().is_none_or(|revision| **revision != *goal.revision) {
                violations.push(format!("{} became ACTIVE without {}", instance.ec2_id, daemon.name));
            }
        }
    }
}

/// The knowledge of deployments about their instances equals what a look at every instance gives.
fn work_is_kept_up(world: &World, records: &Records, violations: &mut Vec<String>) {
    for lookout in records.lookouts.all() {
        let deployment = records.deployments.get(&*lookout.arn).unwrap();
        let Some(mut known) = lookout.work.clone() else {
            continue;
        };
        let mut right = progress::work(records, world.knobs(), deployment);
        for key in &lookout.touched {
            known.forget(*key);
            right.forget(*key);
        }
        if known.aim == right.aim && known != right {
            violations.push(format!("{} knows {known:?} but it is {right:?}", lookout.arn));
        }
    }
}

/// Never two tasks of a daemon on an instance, never of a revision that nobody wants.
fn one_task_of_a_known_revision(records: &Records, violations: &mut Vec<String>) {
    let mut seen: BTreeMap<(Option<u64>, &str), usize> = BTreeMap::new();
    for (task, owner, revision) in daemon_tasks(records) {
        *seen.entry((task.instance, owner)).or_default() += 1;
        let Some(daemon) = records.daemons.get(owner) else {
            violations.push(format!("{} outlives its daemon", task.birth.arn));
            continue;
        };
        let deployment = records.deployments.get(&daemon.deployment).unwrap();
        let goals = deployment
            .sources
            .iter()
            .chain(&deployment.target)
            .chain(&daemon.goal)
            .chain(&daemon.good);
        if !goals.into_iter().any(|goal| goal.revision == revision) {
            violations.push(format!("{} is of a revision that is no longer wanted", task.birth.arn));
        }
    }
    violations.extend(
        seen.into_iter()
            .filter(|(_, n)| *n > 1)
            .map(|(place, n)| format!("{n} tasks on {place:?}")),
    );
}

/// An instance in service lacks a critical daemon only while it waits for its batch or the daemon is launched again.
fn critical_daemons_are_there(records: &Records, violations: &mut Vec<String>) {
    for instance in records
        .instances
        .values()
        .filter(|instance| instance.status == InstanceStatus::Active)
    {
        for daemon in records
            .daemons
            .values()
            .filter(|daemon| *daemon.cluster == *instance.cluster)
        {
            let Some(goal) = daemon.goal_of_new().filter(|goal| goal.includes(&instance.provider)) else {
                continue;
            };
            let slot = instance.slots.get(daemon.arn.as_str());
            let up_to_date = slot.is_some_and(|slot| *slot.revision == *goal.revision);
            let relaunched = slot.is_some_and(|slot| slot.due.is_some() || slot.task.is_some());
            let relaunched = relaunched || instance.impaired;
            let there = !running(records, instance, &daemon.arn).is_empty();
            let excused = if up_to_date {
                relaunched
            } else {
                !is_settled(records, daemon)
            };
            if is_critical(records, &goal.revision) && !there && !excused {
                violations.push(format!("{} is without {}", instance.ec2_id, daemon.name));
            }
        }
    }
}

fn is_settled(records: &Records, daemon: &Daemon) -> bool {
    let deployment = records.deployments.get(&daemon.deployment).unwrap();
    matches!(deployment.status.name(), "SUCCESSFUL" | "ROLLBACK_SUCCESSFUL")
}

/// One deployment never drains more instances at once than its batch allows.
fn batches_are_kept(records: &Records, violations: &mut Vec<String>) {
    for deployment in records.deployments.values() {
        let drains = |instance: &&Instance| {
            instance
                .drain
                .as_ref()
                .and_then(|drain| drain.deployment())
                .is_some_and(|arn| **arn == *deployment.arn)
        };
        let draining = records.instances.values().filter(drains);
        let draining = draining
            .filter(|instance| instance.status == InstanceStatus::Draining)
            .count();
        // Before the first batch of a rollback, those that drain are the last batch of the rollout: its size was fixed by
        // another number of instances.
        let of_rollout = deployment.status == Status::RollbackInProgress && deployment.batches.number == 0;
        if draining > deployment.batches.limit() && !of_rollout {
            violations.push(format!("{} drains {draining} instances at once", deployment.arn));
        }
    }
}

fn slots_and_tasks_agree(records: &Records, violations: &mut Vec<String>) {
    for (task, daemon, revision) in daemon_tasks(records) {
        let instance = task.instance.and_then(|instance| records.instances.get(&instance));
        let slot = instance.and_then(|instance| instance.slots.get(daemon));
        if slot.is_none_or(|slot| slot.task != Some(task.key) || *slot.revision != *revision) {
            violations.push(format!("{} runs outside its place", task.birth.arn));
        }
    }
    for instance in records.instances.values() {
        let leaving = matches!(
            instance.status,
            InstanceStatus::Deregistering | InstanceStatus::Launching
        );
        if leaving && !instance.slots.is_empty() && instance.tasks.is_empty() {
            violations.push(format!(
                "{} is {} with daemons",
                instance.ec2_id,
                instance.status.name()
            ));
        }
    }
}

/// The counts of answers, against the tasks themselves.
fn counts_are_right(world: &World, scope: &Scope, records: &Records, violations: &mut Vec<String>) {
    for daemon in records.daemons.values() {
        let answer = ask(world, scope, "DescribeDaemon", json!({ "daemonArn": daemon.arn }));
        let revisions = answer["daemon"]["currentRevisions"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let told: u64 = revisions.iter().map(|each| number(each, "totalRunningCount")).sum();
        let ours = records.tasks.values();
        let ours = ours.filter(|task| task.daemon().is_some_and(|ours| **ours == *daemon.arn));
        let counted = ours.filter(|task| task.status == TaskStatus::Running).count() as u64;
        if told != counted {
            violations.push(format!(
                "{} tells of {told} running tasks, there are {counted}",
                daemon.name
            ));
        }
        let without: u64 = revisions
            .iter()
            .map(|each| number(each, "totalWithoutDaemonCount"))
            .sum();
        let lacking = lacking(records, daemon);
        if without != lacking {
            violations.push(format!(
                "{} tells of {without} instances without it, there are {lacking}",
                daemon.name
            ));
        }
    }
    for deployment in records
        .deployments
        .values()
        .filter(|each| each.purpose == Purpose::Rollout)
    {
        target_counts_are_right(world, scope, records, deployment, violations);
    }
}

/// Instances in service that have or are to get the daemon and do not run it.
fn lacking(records: &Records, daemon: &Daemon) -> u64 {
    let in_service = |instance: &&Instance| {
        *instance.cluster == *daemon.cluster
            && matches!(instance.status, InstanceStatus::Active | InstanceStatus::Draining)
    };
    let concerned = |instance: &&Instance| {
        let wanted = daemon
            .goal
            .as_ref()
            .is_some_and(|goal| goal.includes(&instance.provider));
        wanted || instance.slots.contains_key(daemon.arn.as_str())
    };
    let instances = records.instances.values().filter(in_service).filter(concerned);
    instances
        .filter(|instance| running(records, instance, &daemon.arn).is_empty())
        .count() as u64
}

fn target_counts_are_right(
    world: &World,
    scope: &Scope,
    records: &Records,
    deployment: &Deployment,
    violations: &mut Vec<String>,
) {
    let body = json!({ "daemonDeploymentArns": [deployment.arn] });
    let answer = ask(world, scope, "DescribeDaemonDeployments", body);
    let Some(found) = answer["daemonDeployments"].get(0) else {
        return;
    };
    let target = &found["targetDaemonRevision"];
    let providers = &deployment.target.as_ref().unwrap().providers;
    let counted = records.tasks.values().filter(|task| {
        let instance = task.instance.and_then(|instance| records.instances.get(&instance));
        let leaving =
            |status: InstanceStatus| matches!(status, InstanceStatus::Draining | InstanceStatus::Deregistering);
        task.status == TaskStatus::Running
            && task.revision().is_some_and(|revision| target["arn"] == **revision)
            && providers.iter().any(|provider| **provider == *task.birth.provider)
            && instance.is_some_and(|instance| !leaving(instance.status))
    });
    let (told, counted) = (number(target, "totalRunningInstanceCount"), counted.count() as u64);
    if told != counted {
        violations.push(format!(
            "{} tells of {told} running instances, there are {counted}",
            deployment.arn
        ));
    }
}

pub(in crate::world) fn number(answer: &Value, member: &str) -> u64 {
    answer[member]
        .as_u64()
        .unwrap_or_else(|| panic!("{member} is a number in {answer}"))
}

pub(in crate::world) fn ask(world: &World, scope: &Scope, operation: &str, body: Value) -> Value {
    let Value::Object(body) = body else {
        panic!("a body is an object")
    };
    let caller = "invariants".to_owned();
    let call = Call {
        operation: operation.to_owned(),
        scope: scope.clone(),
        caller,
        body,
        view: View::Fresh,
    };
    world
        .ask(&call)
        .unwrap()
        .unwrap_or_else(|error| panic!("{operation}: {error}"))
}
