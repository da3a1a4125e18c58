//! Sentences of the guides `rollouts-and-rollbacks` and `why-a-plan-shows-this` that no other case holds.
//! `docs/dev/guides.md` says which case holds which sentence.

use std::time::Duration;

use aws_sdk_ecs::types::{DaemonAlarmConfiguration, DaemonDeploymentConfiguration};
use daemons::tags::IgnoredTags;
use terraform_provider_ecs::tags::TagRules;
use tfplug_core::{Path, Value};
use tfplug_server::driver::{Action, Stored};

use crate::support::{DAEMON, DEFINITION, REGION, World, arn, definition, deployment, driver, expect_no_error, text};

fn flag(name: &str, value: bool) -> Value {
    Value::object([(name, Value::from(value))])
}

fn timeouts(update: &str) -> Value {
    Value::object([("timeouts", Value::object([("update", Value::from(update))]))])
}

fn alarms(names: &[&str], enable: bool) -> Value {
    let names = Value::list(names.iter().map(|name| Value::from(*name)));
    Value::list([Value::object([("alarm_names", names), ("enable", enable.into())])])
}

#[tokio::test(start_paused = true)]
async fn another_place_is_another_daemon() {
    let world = World::new(1).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let elsewhere = |text: String| Value::from(text.replace(REGION, "eu-west-1"));
    let moved = [
        ("region", Value::from("eu-west-1")),
        ("cluster_arn", elsewhere(arn("cluster/prod"))),
        ("daemon_task_definition_arn", elsewhere(world.definition_arn())),
        (
            "capacity_provider_arns",
            Value::set_of([elsewhere(arn("capacity-provider/fleet"))]),
        ),
    ];
    for (argument, change) in [
        ("name", Value::object([("name", Value::from("other"))])),
        (
            "cluster_arn",
            Value::object([("cluster_arn", Value::from(arn("cluster/other")))]),
        ),
        ("region", Value::object(moved)),
    ] {
        let planned = world.driver.plan(DAEMON, &stored, world.daemon(change)).await;
        expect_no_error(&planned.diagnostics);
        assert_eq!(planned.action, Action::Replace, "{argument}");
        assert!(
            planned.requires_replace.contains(&Path::attribute(argument)),
            "{argument}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn another_order_sends_nothing() {
    let world = World::new(1).await;
    let with = |names: &[&str]| deployment([("alarms", alarms(names, true))]);
    let stored = world.settled(&Stored::nothing(), world.daemon(with(&["a", "b"]))).await;
    let other = world.daemon(with(&["b", "a"]));
    let planned = world.driver.plan(DAEMON, &stored, other.clone()).await;
    assert_eq!(planned.state.get("deployment_arn"), stored.state.get("deployment_arn"));
    world.settled(&stored, other).await;
    assert_eq!(world.count("UpdateDaemon"), 0);
}

#[tokio::test(start_paused = true)]
async fn an_apply_waits_for_the_bake_time() {
    let world = World::new(1).await;
    let took = async |bake: i64| {
        let mut config = deployment([("bake_time_in_minutes", bake.into())]);
        config.insert("name", format!("baked-{bake}").into());
        let started = tokio::time::Instant::now();
        world.settled(&Stored::nothing(), world.daemon(config)).await;
        started.elapsed()
    };
    let (without, with) = (took(0).await, took(30).await);
    assert!(
        without < Duration::from_mins(30) && with >= Duration::from_mins(30),
        "{without:?} {with:?}"
    );
}

/// An alarm that is not watched rolls nothing back, although it goes off.
#[tokio::test(start_paused = true)]
async fn an_alarm_that_is_not_watched_is_no_matter() {
    let world = World::new(2).await;
    let with = |critical: bool| {
        let mut config = deployment([
            ("bake_time_in_minutes", 30_i64.into()),
            ("alarms", alarms(&["errors"], false)),
        ]);
        config.insert("critical", critical.into());
        world.daemon(config)
    };
    let stored = world.settled(&Stored::nothing(), with(true)).await;
    world.post_fault(&serde_json::json!({
        "alarm": "errors", "state": "ALARM", "when": { "daemon": "agent", "bake": "start" }
    }));
    world.settled(&stored, with(false)).await;
}

#[tokio::test(start_paused = true)]
async fn a_rollback_is_told_until_another_deployment_takes_its_place() {
    let mut world = World::new(4).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    world.image_fault("broken:*");
    world.define("broken:2").await;
    let mut stored = world.apply(&stored, world.daemon(Value::Null)).await.stored;
    for _ in 0..2 {
        let refreshed = world.refresh(&stored).await;
        assert!(text(&refreshed.diagnostics).contains("Daemon agent was rolled back"));
        stored = refreshed.stored;
    }
    world.define("agent:3").await;
    let stored = world.settled(&stored, world.daemon(Value::Null)).await;
    assert_eq!(text(&world.refresh(&stored).await.diagnostics), "");
}

/// Revisions from before an import or a replacement are not known by their content.
#[tokio::test(start_paused = true)]
async fn contents_before_an_import_or_a_replacement_are_not_known() {
    for how in ["import", "replace"] {
        let mut world = World::new(0).await;
        world.define("agent:2").await;
        world.definition = if how == "import" {
            world.driver.import(DEFINITION, &world.definition_arn()).await.stored
        } else {
            let nothing = Stored::nothing();
            world
                .driver
                .plan_and_apply(DEFINITION, &nothing, definition("agent:2"))
                .await
                .stored
        };
        let before = world.count("RegisterDaemonTaskDefinition");
        world.define("agent:1").await;
        assert_eq!(world.count("RegisterDaemonTaskDefinition"), before + 1, "{how}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_import_shows_timeouts_and_triggers_once() {
    let world = World::new(1).await;
    world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let triggers = Value::object([("triggers", Value::object([("build", Value::from("1"))]))]);
    for (extra, updates) in [(timeouts("8h"), 0), (triggers, 1)] {
        let imported = world.driver.import(DAEMON, &arn("daemon/prod/agent")).await.stored;
        let config = world.daemon(extra);
        let planned = world.driver.plan(DAEMON, &imported, config.clone()).await;
        assert_eq!(planned.action, Action::Update);
        let before = world.count("UpdateDaemon");
        world.settled(&imported, config).await;
        assert_eq!(world.count("UpdateDaemon") - before, updates);
    }
}

/// Arguments that only Terraform knows touch nothing in ECS.
#[tokio::test(start_paused = true)]
async fn what_only_terraform_knows_touches_nothing() {
    let world = World::new(1).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let reads = ["Describe", "List", "GetCallerIdentity"];
    let changes = || {
        let journal = world.emulator.journal().into_iter();
        let is_read = |operation: &str| reads.iter().any(|prefix| operation.starts_with(prefix));
        journal
            .filter(|entry| !entry["operation"].as_str().is_some_and(is_read))
            .count()
    };
    let before = changes();
    let stored = world
        .settled(&stored, world.daemon(flag("wait_for_deployment", false)))
        .await;
    world.settled(&stored, world.daemon(timeouts("8h"))).await;
    let mut kept = definition("agent:1");
    kept.insert("skip_destroy", true.into());
    let planned = world.driver.plan(DEFINITION, &world.definition, kept).await;
    assert_eq!(planned.action, Action::Update);
    expect_no_error(&world.driver.apply(planned).await.diagnostics);
    assert_eq!(changes(), before);
}

#[tokio::test(start_paused = true)]
async fn a_rollout_under_way_is_told_with_the_time_of_its_beginning() {
    let world = World::new(8).await;
    let hasty = world.daemon(flag("wait_for_deployment", false));
    let outcome = world.apply(&Stored::nothing(), hasty.clone()).await;
    let refreshed = world.refresh(&outcome.stored).await;
    insta::assert_snapshot!(text(&refreshed.diagnostics));
    let planned = world.driver.plan(DAEMON, &refreshed.stored, hasty).await;
    assert_eq!(
        planned.action,
        Action::NoOp,
        "what is being brought counts as the daemon's"
    );
    // One that waits says nothing: the apply will.
    world.settle();
    assert_eq!(text(&world.refresh(&refreshed.stored).await.diagnostics), "");
}

#[tokio::test(start_paused = true)]
async fn deployment_settings_without_a_record_are_not_known_to_an_import() {
    let knobs = serde_json::json!({ "deployment_retention": "none" });
    let world = World::with_knobs(1, serde_json::from_value(knobs).unwrap()).await;
    expect_no_error(
        &world
            .apply(&Stored::nothing(), world.daemon(Value::Null))
            .await
            .diagnostics,
    );
    let imported = world.driver.import(DAEMON, &arn("daemon/prod/agent")).await;
    insta::assert_snapshot!(text(&imported.diagnostics));
}

/// The block `alarms` inside a block that is written, as the outer one.
#[tokio::test(start_paused = true)]
async fn an_alarms_block_that_is_not_written_comes_as_a_whole() {
    let world = World::new(0).await;
    let config = world.daemon(deployment([("drain_percent", 50_i64.into())]));
    let stored = world.settled(&Stored::nothing(), config.clone()).await;
    let watched = DaemonAlarmConfiguration::builder()
        .alarm_names("a")
        .enable(true)
        .build();
    let live = DaemonDeploymentConfiguration::builder()
        .drain_percent(50.0)
        .alarms(watched)
        .build();
    let update = world.other.update_daemon().daemon_arn(arn("daemon/prod/agent"));
    let update = update.daemon_task_definition_arn(world.definition_arn());
    let update = update.capacity_provider_arns(arn("capacity-provider/fleet"));
    update.deployment_configuration(live).send().await.unwrap();
    world.settle();
    let drifted = world.refresh(&stored).await.stored;
    let live = drifted.state.get("deployment_configuration").elements().next().unwrap();
    assert_eq!(live.get("alarms").elements().count(), 1);
    let planned = world.driver.plan(DAEMON, &drifted, config.clone()).await;
    let after = planned.state.get("deployment_configuration").elements().next().unwrap();
    assert_eq!(after.get("alarms").elements().count(), 0);
    world.settled(&drifted, config).await;
}

fn knobs(name: &str, value: &str) -> ecs_emulator::knobs::Knobs {
    serde_json::from_value(serde_json::json!({ name: value })).unwrap()
}

/// The fleet is on no single revision: the state says so, and the plan is not empty.
#[tokio::test(start_paused = true)]
async fn an_update_that_is_stopped_or_cannot_be_rolled_back_leaves_a_failure() {
    let mut deleted = World::with_knobs(2, knobs("rollback_to_deleted_definition", "fails")).await;
    let stored = deleted.settled(&Stored::nothing(), deleted.daemon(Value::Null)).await;
    let good = deleted.other.delete_daemon_task_definition();
    good.daemon_task_definition(deleted.definition_arn())
        .send()
        .await
        .unwrap();

    // Without a revision that has ever run, an update ends as the first rollout has.
    let mut first = World::with_knobs(2, knobs("first_deployment_failure", "stopped")).await;
    first.image_fault("broken:*");
    first.define("broken:1").await;
    let failed = first.apply(&Stored::nothing(), first.daemon(Value::Null)).await.stored;
    let untainted = Stored {
        tainted: false,
        ..failed
    };

    deleted.image_fault("broken:*");
    for (world, stored, status) in [
        (&mut deleted, stored, "ROLLBACK_FAILED: "),
        (&mut first, untainted, "STOPPED: "),
    ] {
        world.define("broken:2").await;
        let config = world.daemon(Value::Null);
        let outcome = world.apply(&stored, config.clone()).await;
        assert!(outcome.diagnostics.has_error());
        let refreshed = world.refresh(&outcome.stored).await;
        let told = text(&refreshed.diagnostics);
        assert!(told.starts_with("warning: Rollout of daemon agent failed"), "{told}");
        let refreshed = refreshed.stored;
        let failure = refreshed.state.get("rollout_failure").as_str().unwrap_or_default();
        assert!(failure.starts_with(status), "{status} {failure}");
        assert_eq!(
            world.driver.plan(DAEMON, &refreshed, config).await.action,
            Action::Update
        );
    }
}

/// Reads lag behind writes: an answer with the deployment before is not believed.
#[tokio::test(start_paused = true)]
async fn an_older_answer_keeps_the_state() {
    let world = World::new(2).await;
    let before = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let stored = world.settled(&before, world.daemon(flag("critical", false))).await;
    let older = before.state.get("deployment_arn").as_str().unwrap().to_owned();
    let stale = driver(
        world
            .emulator
            .sdk_config_tampered("AKIASTALE", REGION, move |operation, body| {
                if operation == "DescribeDaemon" {
                    body["daemon"]["deploymentArn"] = older.as_str().into();
                }
            }),
    );
    let refreshed = stale.refresh(DAEMON, &stored).await;
    insta::assert_snapshot!(text(&refreshed.diagnostics));
    assert_eq!(refreshed.stored.state, stored.state);
    let asked = world.requests("DescribeDaemon").len();
    stale.refresh(DAEMON, &stored).await;
    assert!(
        world.requests("DescribeDaemon").len() - asked > 1,
        "it is not asked again"
    );
}

/// One answer that a daemon is not there may be stale; three in a row are believed.
#[tokio::test(start_paused = true)]
async fn a_daemon_counts_as_deleted_after_three_answers() {
    for (refused, is_there) in [(1, true), (2, true), (3, false)] {
        let world = World::new(0).await;
        let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
        world.post_fault(&serde_json::json!({
            "operation": "DescribeDaemon", "count": refused, "must_fire": true,
            "effect": {"error": {"type": "DaemonNotFoundException", "message": "gone", "status": 400}},
        }));
        let refreshed = world.refresh(&stored).await;
        assert_eq!(!refreshed.stored.state.is_null(), is_there, "{refused}");
        world.expect_fired();
    }
}

#[tokio::test(start_paused = true)]
async fn the_list_of_retained_revisions_is_empty_after_a_move() {
    let mut world = World::new(0).await;
    world.define("agent:2").await;
    let there = serde_json::json!({
        "arn": world.definition_arn(), "family": "agent", "region": REGION, "revision": 2, "tags": null, "tags_all": {}
    });
    let source = (
        "registry.terraform.io/hashicorp/aws",
        "aws_ecs_daemon_task_definition",
        0,
    );
    let moved = world.driver.move_state(source, &there.to_string(), DEFINITION).await;
    expect_no_error(&moved.diagnostics);
    let refreshed = world.driver.refresh(DEFINITION, &moved.stored).await.stored;
    let imported = world.driver.import(DEFINITION, &world.definition_arn()).await.stored;
    for stored in [refreshed, imported] {
        let retained = stored.state.get("retained_revision_arns");
        assert_eq!(retained.elements().count(), 0, "{retained:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn tags_of_another_system_are_left_alone() {
    let world = World::new(0).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let tag = aws_sdk_ecs::types::Tag::builder().key("cost-centre").value("7").build();
    let request = world.other.tag_resource().resource_arn(arn("daemon/prod/agent"));
    request.tags(tag).send().await.unwrap();
    let ignoring = world.driver_with(TagRules {
        ignored: IgnoredTags {
            prefixes: vec!["cost-".to_owned()],
            ..IgnoredTags::default()
        },
        ..TagRules::default()
    });
    for (driver, action) in [(&world.driver, Action::Update), (&ignoring, Action::NoOp)] {
        let refreshed = driver.refresh(DAEMON, &stored).await.stored;
        let planned = driver.plan(DAEMON, &refreshed, world.daemon(Value::Null)).await;
        assert_eq!(planned.action, action);
    }
}
