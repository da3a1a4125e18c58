//! Rollbacks that went back to what somebody else had done before.

use std::sync::Arc;

use ecs_drift::{report::Report, scan::CloudTrail};
use serde_json::json;

use crate::{
    plants::denied,
    support::{Made, World, evidence, lines, state},
};

/// The rollback of an update of the wanted settings kept what a bare call before it had reset.
#[tokio::test(start_paused = true)]
async fn a_reset_that_a_rollback_went_back_to_is_the_cause() {
    let world = World::new(2).await;
    let made = world
        .make_wanted("agent", &json!({"enable_execute_command": true}))
        .await;
    world.update_bare(&made, |update| update).await;
    world.settle();
    let broken = world.define_with("broken", "broken:1").await;
    world.image_fault("broken:*");
    world
        .update(&made, |update| update.daemon_task_definition_arn(broken))
        .await;
    world.settle();
    let trail = CloudTrail::new(&world, Arc::clone(&world.options.counters));
    let documents = [state("ecs_daemon", &[&made.state])];
    let report = world.scan_with(&trail, &documents).await;
    insta::assert_snapshot!(lines(&report), @r#"
rolled-back [certain warning]: The latest rollout failed and was rolled back.
default-revert [recorded error] enable_execute_command true -> false: A call of arn:aws:iam::123456789012:user/emulator left `enable_execute_command` out, so that it went back to its default.
"#);
    let told = evidence(&report, "default-revert");
    let told = told.lines().filter(|line| !line.starts_with("CloudTrail"));
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r#"
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Since this deployment the setting is `false`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Until then it was `true`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: This deployment was to bring the wanted value and was rolled back.
"#);
    let steps: Vec<&str> = report
        .findings
        .iter()
        .map(|finding| finding.next_step.text.as_str())
        .collect();
    insta::assert_snapshot!(steps.join("\n"), @r#"
Other settings than the wanted ones were rolled back: the wanted ones can be sent; remove the reason before the others are.
Apply the configuration, or send all settings in one call. It drains and replaces 2 instances, up to 1 at a time.
"#);
    let calls = report.findings.iter().flat_map(|finding| &finding.next_step.commands);
    let mut calls = calls.filter(|command| command.text.starts_with("aws ecs update-daemon"));
    assert!(calls.any(|call| call.text.contains("\"enableExecuteCommand\":true")));
}

/// Daemons whose rollout of an image that cannot be pulled was rolled back.
async fn broken(world: &World, count: usize) -> Vec<Made> {
    let mut made = Vec::new();
    for index in 0..count {
        made.push(world.make_wanted(&format!("agent-{index:02}"), &json!({})).await);
    }
    world.settle();
    let definition = world.define_with("broken", "broken:1").await;
    world.image_fault("broken:*");
    for daemon in &made {
        let definition = definition.clone();
        world
            .update(daemon, |update| update.daemon_task_definition_arn(definition))
            .await;
    }
    world.settle();
    made
}

/// What a report tells of tasks, the daemons of which it does, and the calls for it.
fn of_tasks(report: &Report) -> (Vec<String>, usize, [u64; 2]) {
    let facts = report.findings.iter().flat_map(|finding| &finding.evidence);
    let facts: Vec<&str> = facts
        .filter(|fact| ["ListTasks", "DescribeTasks"].contains(&fact.from.as_str()))
        .map(|fact| fact.text.as_str())
        .collect();
    let count = facts.len();
    let mut told: Vec<String> = facts.into_iter().map(str::to_owned).collect();
    told.dedup();
    let calls = ["ListTasks", "DescribeTasks"].map(|operation| {
        let calls = report.statistics.api_calls.get(operation);
        calls.copied().unwrap_or_default()
    });
    (told, count, calls)
}

/// Twelve failed, ten are asked about; whoever may not be asked is asked once, and says what would tell more.
#[tokio::test(start_paused = true)]
async fn why_tasks_stopped_is_told_of_a_few_daemons() {
    let world = World::new(2).await;
    let made = broken(&world, 12).await;
    let states: Vec<_> = made.iter().map(|made| &made.state).collect();
    let documents = [state("ecs_daemon", &states)];
    let report = world.scan_documents(&documents).await;
    assert_eq!(lines(&report).matches("rolled-back").count(), 12);
    let told = "Tasks stopped with TaskFailedToStart: CannotPullContainerError: the image could not be pulled.";
    assert_eq!(of_tasks(&report), (vec![told.to_owned()], 10, [10, 10]));

    world.fault(&denied("DescribeTasks"));
    let told = "The reasons of the tasks that stopped could not be read: allow the IAM actions `ecs:ListTasks` and \
                `ecs:DescribeTasks` to have them told here.";
    let (facts, count, _) = of_tasks(&world.scan_documents(&documents).await);
    assert_eq!((facts, count), (vec![told.to_owned()], 1));
    world.fault(&denied("ListTasks"));
    let report = world.scan_documents(&documents).await;
    assert_eq!(of_tasks(&report).1, 1);
    assert!(
        report.errors.is_empty() && report.warnings.is_empty(),
        "{:?}",
        report.errors
    );
}
