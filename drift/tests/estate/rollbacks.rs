//! Rollbacks that went back to what somebody else had done before.

use std::sync::Arc;

use ecs_drift::scan::CloudTrail;
use serde_json::json;

use crate::support::{World, evidence, lines, state};

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
