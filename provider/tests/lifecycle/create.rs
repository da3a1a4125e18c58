//! Creating, importing and destroying a daemon when nothing goes wrong, and when the name is taken.

use daemons::arn::Arn;
use tfplug_core::Value;
use tfplug_server::driver::{Action, Stored};

use crate::support::{DAEMON, DEFINITION, REGION, World, arn, driver, errors, expect_no_error, normal, text};

#[tokio::test(start_paused = true)]
async fn what_was_created_plans_nothing_and_reads_back_the_same() {
    let world = World::new(12).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    assert_eq!(stored.state.get("status").as_str(), Some("ACTIVE"));
    assert_eq!(world.count("CreateDaemon"), 1);
    assert_eq!(world.count("UpdateDaemon"), 0);
}

/// The daemon is made, so it is no error that nothing can be waited for; once more would be refused.
#[tokio::test(start_paused = true)]
async fn a_creation_whose_deployment_nothing_names_is_told() {
    let world = World::new(2).await;
    let silent = driver(
        world
            .emulator
            .sdk_config_tampered("AKIASILENT", REGION, |operation, body| {
                let answer = if operation == "DescribeDaemon" {
                    &mut body["daemon"]
                } else {
                    body
                };
                if let Some(members) = answer.as_object_mut() {
                    members.remove("deploymentArn");
                }
            }),
    );
    let outcome = silent
        .plan_and_apply(DAEMON, &Stored::nothing(), world.daemon(Value::Null))
        .await;
    expect_no_error(&outcome.diagnostics);
    insta::assert_snapshot!(text(&outcome.diagnostics), @"warning: First rollout not awaited: ECS has created the daemon arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent but names no deployment of it, so there was nothing to wait for. Look at the daemon with `aws ecs describe-daemon`; the next plan reads it again.");
    assert!(!outcome.stored.tainted);
    assert_eq!(world.count("CreateDaemon"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_import_reads_what_was_created() {
    let world = World::new(3).await;
    let config = world.daemon(Value::object([("critical", Value::from(false))]));
    let stored = world.settled(&Stored::nothing(), config.clone()).await;
    let imported = world
        .driver
        .import(DAEMON, stored.state.get("arn").as_str().unwrap())
        .await;
    expect_no_error(&imported.diagnostics);
    assert_eq!(imported.stored, stored);
    let by_identity = world.driver.import_by_identity(DAEMON, &stored.identity).await;
    assert_eq!(by_identity.stored, stored);
    assert_eq!(
        world.driver.plan(DAEMON, &imported.stored, config).await.action,
        Action::NoOp
    );
}

#[tokio::test(start_paused = true)]
async fn a_wrong_import_id_is_refused_with_the_form_expected() {
    let world = World::new(0).await;
    let outcome = world.driver.import(DAEMON, "prod/agent").await;
    insta::assert_snapshot!(errors(&outcome.diagnostics), @"error: Invalid import id: `prod/agent` is not the ARN of a daemon: expected `arn:PARTITION:ecs:REGION:ACCOUNT:daemon/CLUSTER/NAME`.");
}

#[tokio::test(start_paused = true)]
async fn an_existing_name_is_refused_with_the_import_block() {
    let world = World::new(0).await;
    world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let later = world.restarted();
    let planned = later.plan(DAEMON, &Stored::nothing(), world.daemon(Value::Null)).await;
    let outcome = later.apply(planned).await;
    assert!(
        outcome.stored.state.is_null(),
        "nothing was created, so nothing may be stored"
    );
    insta::assert_snapshot!(errors(&outcome.diagnostics), @r#"
    error: Daemon agent exists already: The cluster prod has a daemon of this name. To manage it here, import it:

    import {
      to = ecs_daemon.NAME
      id = "arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent"
    }

    with NAME being the name of this resource. If the daemon is another resource of this configuration that is to be replaced, remove `create_before_destroy` from it: names are unique in a cluster.
    "#);
    assert_eq!(world.count("CreateDaemon"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_this_process_has_created_is_not_offered_for_import() {
    let world = World::new(0).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let outcome = world.apply(&Stored::nothing(), world.daemon(Value::Null)).await;
    assert!(outcome.stored.state.is_null());
    insta::assert_snapshot!(errors(&outcome.diagnostics), @"error: Daemon agent exists already (at name): This run has created it in the cluster prod, and names are unique in a cluster. If another resource of the configuration is the same daemon, give one of them another `name` or another `cluster_arn`. If this resource is to be replaced, remove `create_before_destroy` from it.");
    let destroyed = world.driver.destroy(DAEMON, &stored).await;
    expect_no_error(&destroyed.diagnostics);
    world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    assert_eq!(world.count("CreateDaemon"), 2);
}

#[tokio::test(start_paused = true)]
async fn of_two_resources_that_are_one_daemon_only_one_creates_it() {
    let world = World::new(1).await;
    let config = world.daemon(Value::Null);
    let nothing = Stored::nothing();
    let planned = || world.driver.plan(DAEMON, &nothing, config.clone());
    let (first, second) = (planned().await, planned().await);
    world.post_fault(&serde_json::json!({ "operation": "CreateDaemon", "effect": "slow", "seconds": 1.0 }));
    let (first, second) = tokio::join!(world.driver.apply(first), world.driver.apply(second));
    expect_no_error(&first.diagnostics);
    assert!(second.stored.state.is_null());
    insta::assert_snapshot!(errors(&second.diagnostics), @"error: Two resources are daemon agent (at name): Another resource of this run is creating a daemon of the same name in the cluster prod. Names are unique in a cluster: give one of the resources another `name` or another `cluster_arn`.");
    assert_eq!(world.count("CreateDaemon"), 1);
}

#[tokio::test(start_paused = true)]
async fn destroy_returns_when_the_daemon_is_gone() {
    let world = World::new(12).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let refreshed = world.refresh(&stored).await;
    let outcome = world.driver.destroy(DAEMON, &refreshed.stored).await;
    insta::assert_snapshot!(normal(&crate::support::text(&outcome.diagnostics)), @"warning: Destroying daemon agent drains instances: 12 instances of 1 capacity provider will be drained and replaced by instances without the daemon.");
    assert!(outcome.stored.state.is_null());
    assert_eq!(world.daemons(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_predecessor_that_is_being_deleted_is_awaited() {
    let world = World::new(12).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let daemon = stored.state.get("arn").as_str().unwrap();
    world.other.delete_daemon().daemon_arn(daemon).send().await.unwrap();
    let leaving = world.refresh(&stored).await;
    assert_eq!(leaving.stored.state.get("status").as_str(), Some("DELETE_IN_PROGRESS"));
    let planned = world
        .driver
        .plan(DAEMON, &leaving.stored, world.daemon(Value::Null))
        .await;
    assert_eq!(planned.action, Action::Replace);
    let outcome = world.driver.apply(planned).await;
    expect_no_error(&outcome.diagnostics);
    assert_eq!(outcome.stored.state.get("status").as_str(), Some("ACTIVE"));
    assert_eq!(world.count("CreateDaemon"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_daemon_deleted_outside_is_created_again() {
    let world = World::new(0).await;
    let config = world.daemon(Value::Null);
    let stored = world.settled(&Stored::nothing(), config.clone()).await;
    world
        .other
        .delete_daemon()
        .daemon_arn(stored.state.get("arn").as_str().unwrap())
        .send()
        .await
        .unwrap();
    world.settle();
    let gone = world.refresh(&stored).await;
    assert!(gone.stored.state.is_null());
    world.settled(&gone.stored, config).await;
}

/// With `create_before_destroy` the old object is destroyed when its successor has taken the name.
#[tokio::test(start_paused = true)]
async fn a_destroy_of_what_was_leaving_spares_its_successor() {
    let world = World::new(2).await;
    let config = world.daemon(Value::Null);
    let stored = world.settled(&Stored::nothing(), config.clone()).await;
    let daemon = stored.state.get("arn").as_str().unwrap();
    world.other.delete_daemon().daemon_arn(daemon).send().await.unwrap();
    let leaving = world.refresh(&stored).await.stored;
    world.settle();
    world.settled(&Stored::nothing(), config).await;
    let outcome = world.driver.destroy(DAEMON, &leaving).await;
    expect_no_error(&outcome.diagnostics);
    assert_eq!(world.count("DeleteDaemon"), 1, "only the outside one");
    assert_eq!(world.daemons(), 1);
}

#[tokio::test(start_paused = true)]
async fn credentials_of_another_account_do_not_say_that_it_is_gone() {
    let world = World::new(0).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let elsewhere = world.driver_as("210987654321");
    let refreshed = elsewhere.refresh(DAEMON, &stored).await;
    assert_eq!(refreshed.stored, stored);
    assert!(refreshed.diagnostics.has_error());
    let definition = elsewhere.refresh(crate::support::DEFINITION, &world.definition).await;
    assert!(definition.diagnostics.has_error());
    let destroyed = elsewhere.destroy(DAEMON, &stored).await;
    assert!(destroyed.diagnostics.has_error());
    // Where ECS answers that it does not know the daemon, the account tells why.
    let arn = Arn::parse(&arn("daemon/prod/agent")).unwrap();
    let refused = world.session_as("210987654321").check_account(&arn).await.unwrap_err();
    insta::assert_snapshot!(refused.detail, @"arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent is in account 123456789012, but the provider's credentials belong to account 210987654321. Use credentials of account 123456789012; the object is not taken for deleted.");
    assert!(world.session_as("123456789012").check_account(&arn).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn state_of_the_official_resource_is_taken_over() {
    let world = World::new(0).await;
    let config = world.daemon(Value::object([("critical", Value::from(false))]));
    let stored = world.settled(&Stored::nothing(), config.clone()).await;
    let text = |name: &str| stored.state.get(name).as_str().unwrap().to_owned();
    let there = serde_json::json!({
        "arn": text("arn"), "name": "agent", "cluster_arn": text("cluster_arn"), "status": "ACTIVE",
        "daemon_task_definition_arn": text("daemon_task_definition_arn"), "deployment_arn": text("deployment_arn"),
        "capacity_provider_arns": [arn("capacity-provider/fleet")],
        "deployment_configuration": [], "enable_execute_command": null, "region": crate::support::REGION,
        "tags": null, "tags_all": {}, "timeouts": null, "something_new": 1
    });
    let source = ("registry.terraform.io/hashicorp/aws", "aws_ecs_daemon", 0);
    let moved = world.driver.move_state(source, &there.to_string(), DAEMON).await;
    expect_no_error(&moved.diagnostics);
    let refreshed = world.refresh(&moved.stored).await.stored;
    assert_eq!(refreshed, stored);
    assert_eq!(world.driver.plan(DAEMON, &refreshed, config).await.action, Action::NoOp);
}

/// Its state has values that nobody has compared with ECS, so only the ARN is taken.
#[tokio::test(start_paused = true)]
async fn state_of_the_cloud_control_provider_is_taken_over() {
    let world = World::new(0).await;
    let config = world.daemon(Value::object([("critical", Value::from(false))]));
    let stored = world.settled(&Stored::nothing(), config.clone()).await;
    let arn_of = |stored: &Stored| stored.state.get("arn").as_str().unwrap().to_owned();
    let source = |type_name| ("registry.terraform.io/hashicorp/awscc", type_name, 0);
    let there = serde_json::json!({
        "id": arn_of(&stored), "daemon_arn": arn_of(&stored), "daemon_name": "agent",
        "deployment_configuration": { "drain_percent": 99 }, "tags": [{ "key": "a", "value": "b" }]
    });
    let moved = world
        .driver
        .move_state(source("awscc_ecs_daemon"), &there.to_string(), DAEMON)
        .await;
    expect_no_error(&moved.diagnostics);
    let refreshed = world.refresh(&moved.stored).await.stored;
    assert_eq!(refreshed, stored);
    assert_eq!(world.driver.plan(DAEMON, &refreshed, config).await.action, Action::NoOp);
    let there = serde_json::json!({ "daemon_task_definition_arn": world.definition_arn(), "family": "agent" });
    let source = source("awscc_ecs_daemon_task_definition");
    let moved = world.driver.move_state(source, &there.to_string(), DEFINITION).await;
    let refreshed = world.driver.refresh(DEFINITION, &moved.stored).await.stored;
    assert_eq!(arn_of(&refreshed), arn_of(&world.definition));
    let config = crate::support::definition("agent:1");
    assert_eq!(
        world.driver.plan(DEFINITION, &refreshed, config).await.action,
        Action::NoOp
    );
    let refused = world
        .driver
        .move_state(source, r#"{ "id": "agent|1" }"#, DEFINITION)
        .await;
    insta::assert_snapshot!(errors(&refused.diagnostics), @"error: Unable to move resource state: The state of awscc_ecs_daemon_task_definition has no ARN in `daemon_task_definition_arn` or `id`.");
}
