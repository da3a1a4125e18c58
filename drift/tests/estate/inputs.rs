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
changed-outside [certain warning] critical false -> true: `critical` is `true` since the daemon was created again, outside of the source.
"#);
}

#[tokio::test(start_paused = true)]
async fn a_daemon_without_an_arn_is_unread_and_the_others_are_scanned() {
    let world = World::new(0).await;
    let (whole, mut broken) = (world.make("agent").await, world.make("broken").await);
    merge(&mut broken.state, &json!({"arn": null}));
    world.update(&whole, |update| update.critical(false)).await;
    world.settle();
    let folder = tempfile::tempdir().unwrap();
    let document = state("ecs_daemon", &[&whole.state, &broken.state]);
    std::fs::write(folder.path().join("state.json"), document.to_string()).unwrap();
    let inputs = ecs_drift::engine::Inputs {
        specs: &[ecs_drift::source::InputSpec::at("state.json")],
        folder: folder.path(),
        reading: ecs_drift::source::ReadOptions::default(),
        accounts: &[],
        profile: None,
        configuration: None,
    };
    let (report, _) = ecs_drift::engine::run(&world, &ecs_drift::scan::NoTrail, inputs, &world.options).await;
    insta::assert_snapshot!(lines(&report), @r#"
changed-outside [likely warning] critical true -> false: `critical` was set to `false` by a call outside of the source.
unreadable [certain error]: The input does not say enough to look at the daemon.
"#);
    assert_eq!(report.unread, ["ecs_daemon.broken"]);
    insta::assert_snapshot!(report.findings[1].evidence[0].text, @"Invalid ARN in the input. `ecs_daemon.broken` has no ARN of a daemon, which is `arn:PARTITION:ecs:REGION:ACCOUNT:daemon/CLUSTER/NAME`.");
    let code = |strict| {
        let policy = ecs_drift::report::ExitPolicy {
            strict,
            ..ecs_drift::report::ExitPolicy::default()
        };
        ecs_drift::report::code(&report, policy)
    };
    assert_eq!((code(false), code(true)), (2, 4));
}
