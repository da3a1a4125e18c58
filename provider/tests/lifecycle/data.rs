//! The data sources: what each answers as a whole, and what it says where it has nothing to answer.

use std::sync::Mutex;

use ecs_emulator::knobs::Knobs;
use terraform_provider_ecs::tree;
use tfplug_core::Value;
use tfplug_server::driver::Stored;

use crate::support::{DEFINITION, REGION, World, arn, definition, deployment, driver, expect_no_error, normal, text};

/// A world with a daemon away from its defaults, whose second rollout was rolled back.
async fn rolled_back() -> (World, Stored) {
    let mut world = World::new(4).await;
    let alarms = Value::object([("alarm_names", Value::list(["errors".into()])), ("enable", true.into())]);
    let mut config = deployment([("drain_percent", 50.into()), ("alarms", Value::list([alarms]))]);
    config.insert("enable_execute_command", true.into());
    config.insert("tags", Value::object([("team", Value::from("platform"))]));
    let stored = world.settled(&Stored::nothing(), world.daemon(config.clone())).await;
    world.image_fault("broken:*");
    world.define("broken:2").await;
    let failed = world.apply(&stored, world.daemon(config)).await;
    assert!(failed.diagnostics.has_error());
    (world, failed.stored)
}

async fn read(world: &World, type_name: &str, arguments: Value) -> Value {
    let (value, diagnostics) = world.driver.read_data(type_name, arguments).await;
    expect_no_error(&diagnostics);
    value
}

/// The whole answer. Its moments depend on the pauses between looks, which are random.
fn snapshot(name: &str, answer: &Value) {
    let answer = normal(&serde_json::to_string_pretty(&tree::to_json(answer)).unwrap());
    insta::with_settings!({ filters => vec![(r#""\d{4}-\d\d-\d\dT[^"]*Z""#, r#""TIME""#)] }, {
        insta::assert_snapshot!(name, answer);
    });
}

fn by<V: Into<Value>>(name: &str, value: V) -> Value {
    Value::object([(name, value.into())])
}

#[tokio::test(start_paused = true)]
async fn each_answers_everything() {
    let (world, stored) = rolled_back().await;
    let daemon = stored.state.get("arn").clone();
    let deployment = stored.state.get("deployment_arn").clone();
    let found = read(&world, "ecs_daemon", by("arn", daemon.clone())).await;
    snapshot("data_daemon", &found);
    let revision = found.get("revision_arn").clone();
    let named = Value::object([
        ("name", "agent".into()),
        ("cluster_arn", Value::from(arn("cluster/prod"))),
    ]);
    assert_eq!(read(&world, "ecs_daemon", named).await, found);
    for setting in [
        "enable_execute_command",
        "deployment_configuration",
        "capacity_provider_arns",
        "rollout_failure",
    ] {
        assert_eq!(found.get(setting), stored.state.get(setting), "{setting}");
    }
    let revision = read(&world, "ecs_daemon_revision", by("arn", revision)).await;
    snapshot("data_revision", &revision);
    let one = read(&world, "ecs_daemon_deployment", by("arn", deployment)).await;
    snapshot("data_deployment", &one);
    assert_eq!(
        read(&world, "ecs_daemon_deployment", by("daemon_arn", daemon.clone())).await,
        one
    );
    let all = read(&world, "ecs_daemon_deployments", by("daemon_arn", daemon)).await;
    snapshot("data_deployments", &all);
    let definition = read(&world, "ecs_daemon_task_definition", by("family", "agent")).await;
    snapshot("data_task_definition", &definition);
    assert_eq!(
        definition.get("container_definition"),
        world.definition.state.get("container_definition")
    );
    for other in [
        by("arn", world.definition_arn()),
        Value::object([("family", Value::from("agent")), ("revision", 2.into())]),
    ] {
        assert_eq!(read(&world, "ecs_daemon_task_definition", other).await, definition);
    }
    let definitions = read(&world, "ecs_daemon_task_definitions", by("family_prefix", "ag")).await;
    snapshot("data_task_definitions", &definitions);
}

#[tokio::test(start_paused = true)]
async fn daemons_of_a_cluster_are_found_by_name_and_provider() {
    let world = World::new(2).await;
    for (name, provider) in [("log-a", "fleet"), ("log-b", "empty"), ("trace", "fleet")] {
        let mut config = world.daemon(by("name", name));
        config.insert(
            "capacity_provider_arns",
            Value::set_of([arn(&format!("capacity-provider/{provider}")).into()]),
        );
        world.settled(&Stored::nothing(), config).await;
    }
    let cluster = || Value::from(arn("cluster/prod"));
    let found = async |extra: &[(&str, Value)]| {
        let arguments = Value::object([("cluster_arn", cluster())].into_iter().chain(extra.iter().cloned()));
        let answer = read(&world, "ecs_daemons", arguments).await;
        let names = answer
            .get("names")
            .elements()
            .filter_map(Value::as_str)
            .map(str::to_owned);
        (names.collect::<Vec<_>>(), answer)
    };
    let (names, answer) = found(&[]).await;
    assert_eq!(names, ["log-a", "log-b", "trace"]);
    assert!(answer.get("daemons").is_null());
    assert_eq!(found(&[("name_pattern", "log-?".into())]).await.0, ["log-a", "log-b"]);
    let fleet = Value::set_of([arn("capacity-provider/fleet").into()]);
    assert_eq!(found(&[("capacity_provider_arns", fleet)]).await.0, ["log-a", "trace"]);
    assert_eq!(
        found(&[("name_pattern", "nothing".into())]).await.0,
        Vec::<String>::new()
    );
    let calls = world.count("DescribeDaemonRevisions");
    let (_, answer) = found(&[("with_settings", true.into())]).await;
    snapshot("data_daemons", &answer);
    let calls = world.count("DescribeDaemonRevisions") - calls;
    assert!(calls < 3, "reads share their calls: {calls}");
}

/// More task definitions than a page has.
async fn many_families() -> World {
    let mut world = World::without_definition(0, Knobs::default());
    for number in 0..130 {
        world.definition = Stored::nothing();
        let mut config = definition("agent:1");
        config.insert("family", format!("family-{number:03}").into());
        world.define_as(config).await;
    }
    world
}

#[tokio::test(start_paused = true)]
async fn lists_are_read_to_their_end() {
    let world = many_families().await;
    let listed = read(&world, "ecs_daemon_task_definitions", by("sort", "DESC")).await;
    let arns: Vec<&str> = listed.get("arns").elements().filter_map(Value::as_str).collect();
    assert_eq!(arns.len(), 130);
    assert!(arns[0].ends_with("family-129:1") && arns[129].ends_with("family-000:1"));
    assert_eq!(world.count("ListDaemonTaskDefinitions"), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_told_with_what_was_looked_for() {
    let world = World::new(0).await;
    let check = async |type_name: &str, arguments: Value| {
        let (value, diagnostics) = world.driver.read_data(type_name, arguments).await;
        assert!(value.is_null(), "{type_name}");
        format!("{type_name}: {}\n", normal(&text(&diagnostics)))
    };
    let mut told = String::new();
    let cluster = || ("cluster_arn", Value::from(arn("cluster/prod")));
    told += &check("ecs_daemon", by("arn", arn("daemon/prod/nobody"))).await;
    told += &check("ecs_daemon", Value::object([("name", "nobody".into()), cluster()])).await;
    told += &check("ecs_daemon", by("name", "nobody")).await;
    told += &check("ecs_daemons", by("cluster_arn", arn("cluster/none"))).await;
    told += &check("ecs_daemon_task_definition", by("family", "nobody")).await;
    told += &check(
        "ecs_daemon_task_definition",
        by("arn", arn("daemon-task-definition/agent:9")),
    )
    .await;
    told += &check(
        "ecs_daemon_deployment",
        by("arn", arn("daemon-deployment/prod/nobody/1")),
    )
    .await;
    told += &check("ecs_daemon_deployment", by("daemon_arn", arn("daemon/prod/nobody"))).await;
    told += &check("ecs_daemon_deployments", by("daemon_arn", arn("daemon/prod/nobody"))).await;
    told += &check("ecs_daemon_revision", by("arn", arn("daemon-revision/prod/nobody/1"))).await;
    insta::assert_snapshot!("data_not_found", told);
}

#[tokio::test(start_paused = true)]
async fn arguments_that_do_not_fit_are_refused() {
    let world = World::new(0).await;
    let mut told = String::new();
    let daemon = || Value::from(arn("daemon/prod/agent"));
    let cases: [(&str, Value); 14] = [
        ("ecs_daemon", Value::object::<&str>([])),
        (
            "ecs_daemon",
            Value::object([("arn", daemon()), ("name", "agent".into())]),
        ),
        (
            "ecs_daemon",
            Value::object([("arn", daemon()), ("cluster_arn", arn("cluster/prod").into())]),
        ),
        ("ecs_daemon", by("arn", "agent")),
        (
            "ecs_daemon",
            Value::object([("arn", daemon()), ("region", "us-east-1".into())]),
        ),
        ("ecs_daemons", by("region", "moon-1")),
        ("ecs_daemons", by("capacity_provider_arns", Value::set_of([]))),
        ("ecs_daemon_task_definition", by("revision", 1_i64)),
        (
            "ecs_daemon_task_definition",
            Value::object([("family", "agent".into()), ("revision", Value::from(0_i64))]),
        ),
        (
            "ecs_daemon_task_definitions",
            Value::object([("family", "a".into()), ("family_prefix", Value::from("a"))]),
        ),
        ("ecs_daemon_task_definitions", by("status", "active")),
        (
            "ecs_daemon_deployments",
            Value::object([("daemon_arn", daemon()), ("created_after", "yesterday".into())]),
        ),
        (
            "ecs_daemon_deployments",
            Value::object([("daemon_arn", daemon()), ("statuses", Value::set_of(["DONE".into()]))]),
        ),
        ("ecs_daemon_revision", by("arn", daemon())),
    ];
    for (type_name, arguments) in cases {
        let (value, diagnostics) = world.driver.read_data(type_name, arguments).await;
        assert!(value.is_null(), "{type_name}");
        told.push_str(type_name);
        told.push_str(": ");
        told.push_str(&normal(&text(&diagnostics)));
        told.push('\n');
    }
    insta::assert_snapshot!("data_bad_arguments", told);
    assert_eq!(world.count("DescribeDaemon"), 0);
}

/// A page that names itself as the next one would be read for ever.
#[tokio::test(start_paused = true)]
async fn a_list_that_never_ends_is_refused() {
    let world = many_families().await;
    let token = Mutex::new(None);
    let tampered = driver(
        world
            .emulator
            .sdk_config_tampered("AKIATAMPERED", REGION, move |operation, body| {
                if operation == "ListDaemonTaskDefinitions" {
                    let mut token = token.lock().unwrap();
                    body["nextToken"] = token.get_or_insert_with(|| body["nextToken"].clone()).clone();
                }
            }),
    );
    let (_, diagnostics) = tampered
        .read_data("ecs_daemon_task_definitions", Value::object::<&str>([]))
        .await;
    insta::assert_snapshot!(text(&diagnostics), @"error: Unable to list daemon task definitions: ListDaemonTaskDefinitions for eu-central-1 was answered in a way that cannot be believed: the answer does not fit the question: it names itself as the next page.");
}

/// A configuration of a task definition that its data source answers plans nothing.
#[tokio::test(start_paused = true)]
async fn a_task_definition_that_is_read_has_the_names_of_the_resource() {
    let world = World::new(0).await;
    let found = read(&world, "ecs_daemon_task_definition", by("arn", world.definition_arn())).await;
    let mut config = Value::object([("family", found.get("family").clone())]);
    for name in [
        "container_definition",
        "volume",
        "cpu",
        "memory",
        "pid_mode",
        "ipc_mode",
    ] {
        config.insert(name, found.get(name).clone());
    }
    let planned = world.driver.plan(DEFINITION, &world.definition, config).await;
    assert_eq!(planned.action, tfplug_server::driver::Action::NoOp);
}

/// The settings of a daemon that goes away cannot be read any more, and defaults must not stand in for them.
#[tokio::test(start_paused = true)]
async fn a_daemon_that_goes_away_has_no_settings() {
    let world = World::new(2).await;
    let mut config = deployment([("drain_percent", 50.into())]);
    config.insert("critical", false.into());
    let stored = world.settled(&Stored::nothing(), world.daemon(config)).await;
    let daemon = stored.state.get("arn").as_str().unwrap().to_owned();
    world.other.delete_daemon().daemon_arn(&daemon).send().await.unwrap();
    let found = read(&world, "ecs_daemon", by("arn", daemon)).await;
    assert_eq!(found.get("status").as_str(), Some("DELETE_IN_PROGRESS"));
    for setting in [
        "critical",
        "daemon_task_definition_arn",
        "capacity_provider_arns",
        "deployment_configuration",
    ] {
        assert!(found.get(setting).is_null(), "{setting}");
    }
}

/// An entry that is passed over would count as not there.
#[tokio::test(start_paused = true)]
async fn a_list_with_something_else_in_it_is_refused() {
    let world = World::new(0).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let daemon = || ("daemon_arn", stored.state.get("arn").clone());
    let check = async |type_name: &str, arguments: &[(&str, Value)], member: &'static str, value: serde_json::Value| {
        let tampered = driver(
            world
                .emulator
                .sdk_config_tampered("AKIATAMPERED", REGION, move |operation, body| {
                    if operation.starts_with("List")
                        && let Some(entry) = body.pointer_mut(member)
                    {
                        *entry = value.clone();
                    }
                }),
        );
        let (_, told) = tampered
            .read_data(type_name, Value::object(arguments.iter().cloned()))
            .await;
        let told = text(&told);
        assert!(told.contains("that was not asked for"), "{type_name} {member}: {told}");
    };
    let cluster = [("cluster_arn", Value::from(arn("cluster/prod")))];
    for value in [
        serde_json::Value::Null,
        "agent".into(),
        arn("daemon/other/agent").into(),
    ] {
        check("ecs_daemons", &cluster, "/daemonSummariesList/0/daemonArn", value).await;
    }
    let other = arn("daemon/prod/other").into();
    check(
        "ecs_daemon_deployments",
        &[daemon()],
        "/daemonDeployments/0/daemonArn",
        other,
    )
    .await;
    let other = arn("daemon-task-definition/other:1").into();
    let family = [("family", Value::from("agent"))];
    check(
        "ecs_daemon_task_definitions",
        &family,
        "/daemonTaskDefinitions/0/arn",
        other,
    )
    .await;
}
