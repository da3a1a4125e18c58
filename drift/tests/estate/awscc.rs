//! Daemons of hashicorp/awscc: a state of it has what was applied, and its own plan sees nothing of what differs.

use ecs_drift::report::{ExitPolicy, code};
use serde_json::{Value as Json, json};

use crate::{
    configured::configuration,
    support::{Made, World, arn, lines, state},
};

/// The state that hashicorp/awscc leaves.
fn awscc(made: &Made) -> Json {
    let own = &made.state;
    let block = &own["deployment_configuration"][0];
    let values = json!({
        "name": own["name"], "daemon_name": own["name"], "daemon_arn": own["arn"], "cluster_arn": own["cluster_arn"],
        "daemon_task_definition_arn": own["daemon_task_definition_arn"], "deployment_arn": own["deployment_arn"],
        "capacity_provider_arns": own["capacity_provider_arns"], "enable_ecs_managed_tags": own["enable_ecs_managed_tags"],
        "enable_execute_command": own["enable_execute_command"], "propagate_tags": own["propagate_tags"],
        "deployment_configuration": {
            "drain_percent": block["drain_percent"], "bake_time_in_minutes": block["bake_time_in_minutes"],
            "alarms": {"alarm_names": block["alarms"][0]["alarm_names"], "enable": block["alarms"][0]["enable"]},
        },
        "tags": [],
    });
    state("awscc_ecs_daemon", &[&values])
}

#[tokio::test(start_paused = true)]
async fn a_reset_of_a_daemon_of_awscc_is_found_and_its_own_apply_is_not_offered() {
    let mut world = World::new(0).await;
    let made = world.make_special("agent").await;
    let at_risk = "at-risk [certain warning] critical (not-recorded) -> false: `critical` is not at its default, and the source cannot hold it: \
                   its next update resets it.";
    assert_eq!(lines(&world.scan_documents(&[awscc(&made)]).await), at_risk);
    let mut text = format!(
        "resource \"awscc_ecs_daemon\" \"agent\" {{\n  daemon_name = \"agent\"\n  cluster_arn = \"{}\"\n  deployment_configuration = \
         {{ drain_percent = 75 }}\n}}\n",
        arn("cluster/prod")
    );
    world.configuration = Some(configuration(&text, ""));
    let report = world.scan_documents(&[awscc(&made)]).await;
    insta::assert_snapshot!(lines(&report).replace(at_risk, "").trim(), @"pending-change [certain note] deployment_configuration.drain_percent 75 -> 50: The next apply is about to change `deployment_configuration.drain_percent`: what the configuration has was never live.");
    text.push_str(&text.replace("\"agent\"", "\"gone\""));
    world.configuration = Some(configuration(&text, ""));
    let report = world.scan_documents(&[awscc(&made)]).await;
    assert!(
        lines(&report).contains("missing [certain warning]"),
        "{}",
        lines(&report)
    );
    world.configuration = None;
    world.update_bare(&made, |update| update.critical(false)).await;
    world.settle();
    let report = world.scan_documents(&[awscc(&made)]).await;
    insta::assert_snapshot!(lines(&report).replace(at_risk, "").trim(), @r#"
    default-revert [likely error] deployment_configuration.alarms.alarm_names ["high","low"] -> []: `deployment_configuration.alarms.alarm_names` went back to its default, as if a call that sent critical had left it out.
    default-revert [likely error] deployment_configuration.alarms.enable true -> false: `deployment_configuration.alarms.enable` went back to its default, as if a call that sent critical had left it out.
    default-revert [likely error] deployment_configuration.bake_time_in_minutes 5 -> 0: `deployment_configuration.bake_time_in_minutes` went back to its default, as if a call that sent critical had left it out.
    default-revert [likely error] deployment_configuration.drain_percent 50 -> 25: `deployment_configuration.drain_percent` went back to its default, as if a call that sent critical had left it out.
    default-revert [likely error] enable_ecs_managed_tags true -> false: `enable_ecs_managed_tags` went back to its default, as if a call that sent critical had left it out.
    default-revert [likely error] enable_execute_command true -> false: `enable_execute_command` went back to its default, as if a call that sent critical had left it out.
    default-revert [likely error] propagate_tags "DAEMON" -> "NONE": `propagate_tags` went back to its default, as if a call that sent critical had left it out.
    "#);
    let commands = report.findings.iter().flat_map(|finding| &finding.next_step.commands);
    let commands: Vec<&str> = commands.map(|command| command.text.as_str()).collect();
    assert!(
        commands
            .iter()
            .all(|command| command.starts_with("aws ecs update-daemon")),
        "{commands:?}"
    );
    assert!(!commands.is_empty());
    assert_eq!(code(&report, ExitPolicy::default()), 2);
}
