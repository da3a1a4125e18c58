//! Inputs that disagree, baselines, and both forms of state against a live estate.

use serde_json::json;

use crate::support::{World, arn, lines, merge, state};

#[tokio::test(start_paused = true)]
async fn a_daemon_on_which_inputs_disagree_is_an_error_and_not_looked_at() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    let mut other = made.clone();
    merge(&mut other.state, &json!({"critical": false}));
    let documents = [
        state("ecs_daemon", &[&made.state]),
        state("ecs_daemon", &[&other.state]),
    ];
    let report = world.scan_documents(&documents).await;
    insta::assert_snapshot!(lines(&report), @"error: Inputs disagree: `ecs_daemon.agent` of input-0 and `ecs_daemon.agent` of input-1 want different things of arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent. Take it out of one of them.");
    assert_eq!(
        ecs_drift::report::code(&report, ecs_drift::report::ExitPolicy::default()),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn a_baseline_compares_what_it_records_and_knows_a_recreated_daemon() {
    let world = World::new(3).await;
    let made = world.make("agent").await;
    let baseline = |created_at: &str| {
        json!({
            "schema_version": "1.0", "recorded_at": "2026-01-01T00:00:00Z", "tool_version": "0.1.0",
            "daemon": [{"arn": made.arn, "account": "123456789012", "region": "eu-central-1", "created_at": created_at,
                "settings": {"daemon_task_definition_arn": arn("daemon-task-definition/agent:1"), "critical": false}}],
        })
    };
    insta::assert_snapshot!(lines(&world.scan_documents(&[baseline("2027-01-01T00:00:00Z")]).await), @"never-applied [certain warning] critical false -> true: The wanted value of `critical` was never rolled out.");
    insta::assert_snapshot!(lines(&world.scan_documents(&[baseline("2025-01-01T00:00:00Z")]).await), @r#"
recreated [certain warning]: The daemon was deleted and created again.
never-applied [certain warning] critical false -> true: The wanted value of `critical` was never rolled out.
"#);
}
