//! After 90 days no deployment is on record. What the revision that runs still proves is said, and no more.

use std::time::Duration;

use ecs_drift::{baseline_recording::Selection, repair};
use ecs_emulator::knobs::{DeploymentRetention, Knobs};
use serde_json::json;

use crate::{
    baselines, plants, reconcile,
    support::{World, evidence, hashicorp, lines, state},
};

/// The findings of a plant 91 days later, and the evidence of a cause.
async fn later(plant: &str, cause: &str) -> String {
    let knobs = Knobs {
        deployment_retention: DeploymentRetention::Days90,
        ..Knobs::default()
    };
    let planted = plants::cause(plant, &knobs).await;
    planted.world.emulator.advance(Duration::from_hours(91 * 24));
    let report = planted.scan().await;
    let finding = report.findings.iter().find(|finding| finding.cause.id() == cause);
    let since = finding.and_then(|finding| finding.since).is_some();
    format!(
        "{}\n{}\nsince is told: {since}",
        lines(&report),
        evidence(&report, cause)
    )
}

#[tokio::test(start_paused = true)]
async fn settings_that_went_back_together_are_still_taken_for_left_out() {
    insta::assert_snapshot!(later("a minimal update", "default-revert").await, @r#"
not-readable [certain note]: The record of the latest deployment is gone. Drain percent, bake time and alarms can be said neither to be as wanted nor to differ.
default-revert [possible error] critical false -> true: `critical` went back to its default, as if a call had left it out.
default-revert [possible error] enable_ecs_managed_tags true -> false: `enable_ecs_managed_tags` went back to its default, as if a call had left it out.
default-revert [possible error] enable_execute_command true -> false: `enable_execute_command` went back to its default, as if a call had left it out.
default-revert [possible error] propagate_tags "DAEMON" -> "NONE": `propagate_tags` went back to its default, as if a call had left it out.
ListDaemonDeployments daemon/prod/agent: No deployment is on record that could have changed it.
DescribeDaemonRevisions daemon-revision/prod/agent/ID @time: The revision that runs has `true`. The call that made it brought the value, or one before it.
since is told: true
"#);
}

#[tokio::test(start_paused = true)]
async fn what_is_as_the_daemon_was_created_was_changed_by_nothing_that_lasts() {
    insta::assert_snapshot!(later("a state edited by hand", "never-applied").await, @r#"
not-readable [certain note]: The record of the latest deployment is gone. Drain percent, bake time and alarms can be said neither to be as wanted nor to differ.
never-applied [possible warning] enable_execute_command true -> false: `enable_execute_command` is as the daemon was created: the wanted value was never rolled out, or its rollout went back.
ListDaemonDeployments daemon/prod/agent: No deployment is on record that could have changed it.
DescribeDaemonRevisions daemon-revision/prod/agent/ID @time: The revision that runs was made with the daemon, and has `false`.
since is told: true
"#);
}

#[tokio::test(start_paused = true)]
async fn another_value_is_dated_by_the_revision() {
    insta::assert_snapshot!(later("another value", "changed-outside").await, @r#"
not-readable [certain note]: The record of the latest deployment is gone. Drain percent, bake time and alarms can be said neither to be as wanted nor to differ.
changed-outside [possible warning] enable_execute_command false -> true: `enable_execute_command` was changed outside; the record of the call is gone.
ListDaemonDeployments daemon/prod/agent: No deployment is on record that could have changed it.
DescribeDaemonRevisions daemon-revision/prod/agent/ID @time: The revision that runs has `true`. The call that made it brought the value, or one before it.
since is told: true
"#);
}

/// A rollout that failed is no value that was never sent.
#[tokio::test(start_paused = true)]
async fn a_rollback_that_is_on_no_record_is_not_taken_for_a_change_that_is_known() {
    insta::assert_snapshot!(later("a rollout of ours that failed", "task-definition").await, @r#"
not-readable [certain note]: The record of the latest deployment is gone. Drain percent, bake time and alarms can be said neither to be as wanted nor to differ.
task-definition [possible warning] daemon_task_definition_arn "daemon-task-definition/agent:2" -> "daemon-task-definition/agent:1": `daemon_task_definition_arn` was changed outside; the record of the call is gone.
ListDaemonDeployments daemon/prod/agent: No deployment is on record that could have changed it.
DescribeDaemonRevisions daemon-revision/prod/agent/ID @time: The revision that runs was made with the daemon, and has `daemon-task-definition/agent:1`.
since is told: true
"#);
}

/// A daemon that was deleted and created again without its settings, and of which no deployment is on record, by a source of
/// the first one.
async fn made_anew(of_baseline: bool) -> String {
    let world = World::new(0).await;
    let made = world.make_special("agent").await;
    let document = if of_baseline {
        let recording = baselines::recorded(&world, Selection::default()).await;
        baselines::document(&toml::to_string_pretty(&recording.baseline).unwrap())
    } else {
        state("ecs_daemon", &[&made.state])
    };
    world.emulator.advance(Duration::from_mins(10));
    world.delete(&made).await;
    world.settle();
    world.make("agent").await;
    world.settle();
    let none = json!({"deployment_retention": "none"});
    world.emulator.control("POST", "knobs", Some(none)).unwrap();
    let report = world.scan_documents(std::slice::from_ref(&document)).await;
    let plan = reconcile::plan(&world, &[document], &repair::Selection::default()).await;
    format!("{}\n{}", lines(&report), reconcile::told(&plan))
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_was_created_again_is_told_without_a_record() {
    insta::assert_snapshot!(made_anew(false).await, @r#"
    recreated [likely warning]: The daemon was deleted and created again.
    not-readable [certain note]: The record of the latest deployment is gone. Drain percent, bake time and alarms can be said neither to be as wanted nor to differ.
    changed-outside [likely warning] critical false -> true: `critical` is `true` since the daemon was created again, outside of the source.
    changed-outside [likely warning] enable_ecs_managed_tags true -> false: `enable_ecs_managed_tags` is `false` since the daemon was created again, outside of the source.
    changed-outside [likely warning] enable_execute_command true -> false: `enable_execute_command` is `false` since the daemon was created again, outside of the source.
    changed-outside [likely warning] propagate_tags "DAEMON" -> "NONE": `propagate_tags` is `NONE` since the daemon was created again, outside of the source.
      refused agent: changed-outside: [--recreated] The daemon was deleted and created again. Apply the configuration; do not refresh the state alone.
    "#);
    insta::assert_snapshot!(made_anew(true).await, @r#"
    recreated [certain warning]: The daemon was deleted and created again.
    not-readable [certain note]: The record of the latest deployment is gone. Drain percent, bake time and alarms can be said neither to be as wanted nor to differ.
    changed-outside [likely warning] critical false -> true: `critical` is `true` since the daemon was created again, outside of the source.
    changed-outside [likely warning] enable_ecs_managed_tags true -> false: `enable_ecs_managed_tags` is `false` since the daemon was created again, outside of the source.
    changed-outside [likely warning] enable_execute_command true -> false: `enable_execute_command` is `false` since the daemon was created again, outside of the source.
    changed-outside [likely warning] propagate_tags "DAEMON" -> "NONE": `propagate_tags` is `NONE` since the daemon was created again, outside of the source.
      refused agent: changed-outside: [--recreated] The daemon was deleted and created again. Repair what differs, or record the baseline anew.
    "#);
}

/// What neither ECS nor the source has on record is put to its default by no call that nobody allowed.
#[tokio::test(start_paused = true)]
async fn what_nobody_has_on_record_is_not_reset() {
    let mut world = World::new(0).await;
    let made = world.make_special("agent").await;
    let mut document = hashicorp(&made);
    document["values"]["root_module"]["resources"][0]["values"]["deployment_configuration"] = json!([]);
    world.emulator.advance(Duration::from_mins(10));
    world.update(&made, |update| update.enable_execute_command(false)).await;
    world.settle();
    world.options.repairs = true;
    let none = json!({"deployment_retention": "none"});
    world.emulator.control("POST", "knobs", Some(none)).unwrap();
    let report = world.scan_documents(std::slice::from_ref(&document)).await;
    let differing = report
        .findings
        .iter()
        .filter(|finding| finding.setting.as_deref() == Some("enable_execute_command"));
    let steps: Vec<String> = differing
        .map(|finding| {
            format!(
                "{} ({} commands)",
                finding.next_step.text,
                finding.next_step.commands.len()
            )
        })
        .collect();
    insta::assert_snapshot!(steps.join("\n"), @"Write down in the configuration what it leaves out of `deployment_configuration`. No command is offered: ECS has no record of it, and the call would put it to its default. (0 commands)");
    let documents = [document];
    let plan = reconcile::plan(&world, &documents, &repair::Selection::default()).await;
    insta::assert_snapshot!(reconcile::told(&plan), @"  refused agent: changed-outside: [--assume-defaults] Neither ECS nor the source has drain percent, bake time or alarms on record, and the call would put them to their defaults.");
    world.options.explain.assume_defaults = true;
    let allowed = repair::Allowed {
        assume_defaults: true,
        ..repair::Allowed::default()
    };
    let plan = reconcile::plan(&world, &documents, &reconcile::selection(allowed)).await;
    insta::assert_snapshot!(reconcile::told(&plan), @r"
    Update agent: changed-outside; 0 instances, 0 at a time, 0 batches, 0 minutes of baking
      enable_execute_command false -> true
      deployment_configuration.drain_percent not on record -> 25
      deployment_configuration.bake_time_in_minutes not on record -> 0
      deployment_configuration.alarms.alarm_names not on record -> []
      deployment_configuration.alarms.enable not on record -> false
      keeps critical false: the source cannot hold it
    ");
}
