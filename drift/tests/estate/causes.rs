//! A closer look at rows 13, 15 and 17 to 20, and 22: what their lines and evidence, which `rows` holds, do not show.

use aws_sdk_ecs::{
    operation::update_daemon::builders::UpdateDaemonInputBuilder,
    types::{DaemonDeploymentConfiguration, DaemonPropagateTags},
};
use ecs_drift::source::{IgnoreTags, TagScope};
use ecs_emulator::knobs::{AfterRollback, Knobs, RevisionsOrder};
use serde_json::json;

use crate::{
    plants,
    support::{World, arn, evidence, hashicorp, lines, merge, plan, state},
};

#[tokio::test(start_paused = true)]
async fn what_one_call_left_out_is_one_group_with_one_repair() {
    let planted = plants::cause("a minimal update", &Knobs::default()).await;
    let report = planted.scan().await;
    assert_eq!(report.groups.len(), 1);
    let culprit = planted.world.latest(&planted.made).await;
    assert_eq!(report.groups[0].deployment_arn, culprit);
    assert_eq!(report.groups[0].findings.len(), report.findings.len());
    let since = report.findings[0].since.unwrap();
    assert!(report.findings.iter().all(|finding| finding.since == Some(since)));
    let commands = &report.findings[0].next_step.commands;
    insta::assert_snapshot!("one_repair", &commands[1].text);
}

/// The update with one difference in its deployment configuration and everything else repeated.
fn reconfigured(
    update: UpdateDaemonInputBuilder,
    change: fn(&mut DaemonDeploymentConfiguration),
) -> UpdateDaemonInputBuilder {
    let mut configuration = update.get_deployment_configuration().clone().unwrap();
    change(&mut configuration);
    update.deployment_configuration(configuration)
}

#[tokio::test(start_paused = true)]
async fn each_setting_that_is_changed_outside_is_found_alone() {
    let cases: [(&str, fn(_) -> _); 7] = [
        ("capacity_provider_arns", |update: UpdateDaemonInputBuilder| {
            update.capacity_provider_arns(arn("capacity-provider/empty"))
        }),
        ("critical", |update| update.critical(true)),
        ("enable_ecs_managed_tags", |update| {
            update.enable_ecs_managed_tags(false)
        }),
        ("enable_execute_command", |update| update.enable_execute_command(false)),
        ("propagate_tags", |update| {
            update.propagate_tags(DaemonPropagateTags::None)
        }),
        ("deployment_configuration.drain_percent", |update| {
            reconfigured(update, |configuration| configuration.drain_percent = Some(60.0))
        }),
        ("deployment_configuration.alarms.alarm_names", |update| {
            reconfigured(update, |configuration| {
                let alarms = configuration.alarms.as_mut().unwrap();
                alarms.alarm_names = Some(vec!["high".to_owned()]);
            })
        }),
    ];
    for (setting, change) in cases {
        let world = World::new(3).await;
        let made = world.make_special("agent").await;
        world.update(&made, change).await;
        world.settle();
        let report = world.scan(&[&made]).await;
        let found: Vec<_> = report
            .findings
            .iter()
            .map(|finding| (finding.cause.id(), finding.setting.as_deref()))
            .collect();
        assert_eq!(found, [("changed-outside", Some(setting))], "{}", lines(&report));
    }
}

#[tokio::test(start_paused = true)]
async fn another_family_is_told_beside_a_newer_revision_of_the_wanted_one() {
    let planted = plants::cause("a newer revision", &Knobs::default()).await;
    let world = &planted.world;
    let other = world.define("other").await;
    world
        .update(&planted.made, |update| update.daemon_task_definition_arn(other))
        .await;
    world.settle();
    insta::assert_snapshot!(lines(&planted.scan().await), @r#"
task-definition [certain warning] daemon_task_definition_arn "daemon-task-definition/agent:1" -> "daemon-task-definition/other:1": Another task definition was rolled out outside of the source.
newer-revision [certain none]: A newer revision of the task definition is registered: daemon-task-definition/agent:2
"#);
}

#[tokio::test(start_paused = true)]
async fn the_culprit_is_the_first_of_several_calls_after_which_a_setting_stayed_different() {
    let world = World::new(3).await;
    let made = world.make_special("agent").await;
    world.update(&made, |update| update.critical(true)).await;
    world.settle();
    world.update(&made, |update| update).await;
    world.settle();
    let culprit = world.update(&made, |update| update.critical(true)).await;
    world.settle();
    world
        .update(&made, |update| update.critical(true).enable_execute_command(false))
        .await;
    world.settle();
    let report = world.scan(&[&made]).await;
    let critical = report
        .findings
        .iter()
        .find(|finding| finding.setting.as_deref() == Some("critical"))
        .unwrap();
    assert_eq!(critical.group.as_deref(), Some(culprit.as_str()));
    assert_eq!(report.groups.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_rollback_takes_back_what_was_wanted_in_both_forms_of_it() {
    for knob in [AfterRollback::Failed, AfterRollback::New] {
        let knobs = Knobs {
            after_rollback_deployment_arn: knob,
            ..Knobs::default()
        };
        let planted = plants::cause("a rollout of ours that failed", &knobs).await;
        let report = planted.scan().await;
        let found: Vec<_> = report.findings.iter().map(|finding| finding.cause.id()).collect();
        assert_eq!(found, ["rolled-back", "rollback"], "{knob:?}\n{}", lines(&report));
        let rollback = &report.findings[1];
        assert_eq!(
            rollback.group.as_deref(),
            planted.made.state["deployment_arn"].as_str(),
            "{knob:?}"
        );
        assert_eq!(
            serde_json::to_value(&rollback.next_step.repair).unwrap(),
            json!({"unless": {"flag": "--after-rollback"}})
        );
    }
}

/// The wanted settings may have been applied to the daemon that was there before.
#[tokio::test(start_paused = true)]
async fn a_daemon_that_was_created_again_is_not_said_to_have_never_had_what_is_wanted() {
    let mut planted = plants::absent("deleted and created", &Knobs::default()).await;
    merge(&mut planted.made.state, &json!({"critical": false}));
    planted.documents = vec![state("ecs_daemon", &[&planted.made.state])];
    let report = planted.scan().await;
    let facts = evidence(&report, "changed-outside");
    insta::assert_snapshot!(format!("{}\n{}", lines(&report), facts.split(" since ").next().unwrap()), @r#"
recreated [certain warning]: The daemon was deleted and created again.
changed-outside [certain warning] critical false -> true: `critical` is `true` since the daemon was created again, outside of the source.
ListDaemonDeployments daemon/prod/agent: The one deployment
"#);
}

/// Drain percentage, bake time and alarms are those of the latest deployment, whatever became of it.
#[tokio::test(start_paused = true)]
async fn what_a_rollout_that_was_rolled_back_left_is_its_own() {
    for knob in [AfterRollback::Failed, AfterRollback::New] {
        let knobs = Knobs {
            after_rollback_deployment_arn: knob,
            ..Knobs::default()
        };
        let planted = plants::rollout("a minimal update whose image does not start", &knobs).await;
        let report = planted.scan().await;
        let (told, facts) = (lines(&report), evidence(&report, "default-revert"));
        assert_eq!(report.groups.len(), 1, "{knob:?}\n{told}");
        insta::allow_duplicates! {
            insta::assert_snapshot!("left_by_a_rollback", &told);
            insta::assert_snapshot!(facts, @r#"
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Since this deployment the setting is `[]`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID: Its rollout was rolled back, which brings back the revision alone: drain percentage, bake time and alarms stay those of the latest deployment.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Until then it was `["high","low"]`.
"#);
        }
        planted.world.fault(&plants::denied("ListDaemonDeployments"));
        let report = planted.scan().await;
        let told = lines(&report);
        let denied = evidence(&report, "changed-outside");
        assert!(
            !told.contains("is gone") && !denied.contains("on record"),
            "{told}\n{denied}"
        );
        assert!(told.contains("the record of the call could not be read"), "{told}");
        assert!(denied.contains("The history could not be read"), "{denied}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_order_of_revisions_and_omitted_providers_change_nothing() {
    for (order, omit) in [(RevisionsOrder::NewestFirst, true), (RevisionsOrder::OldestFirst, true)] {
        let knobs = Knobs {
            current_revisions_order: order,
            omit_empty_providers: omit,
            ..Knobs::default()
        };
        let planted = plants::clean(&knobs).await;
        assert_eq!(lines(&planted.scan().await), "", "{order:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn tags_differ_without_time_and_caller() {
    let mut planted = plants::cause("tags changed", &Knobs::default()).await;
    let report = planted.scan().await;
    assert_eq!((report.findings[0].since, &report.findings[0].group), (None, &None));
    let commands: Vec<&str> = report.findings[0]
        .next_step
        .commands
        .iter()
        .map(|command| command.text.as_str())
        .collect();
    insta::assert_snapshot!(commands.join("\n"), @r#"aws ecs tag-resource --region='eu-central-1' --resource-arn='arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent' --tags='[{"key":"team","value":"platform"}]'"#);
    let explain = &mut planted.world.options.explain;
    explain.tag_scope = TagScope::all_but(IgnoreTags {
        keys: ["extra", "team"].map(str::to_owned).into(),
        ..IgnoreTags::default()
    });
    assert_eq!(lines(&planted.scan().await), "");
    let explain = &mut planted.world.options.explain;
    explain.tags = false;
    explain.tag_scope = TagScope::default();
    assert_eq!(
        lines(&planted.scan().await),
        "",
        "tags are looked at only when asked for"
    );
}

#[tokio::test(start_paused = true)]
async fn a_plan_tells_pending_changes_from_drift() {
    let planted = plants::cause("another value", &Knobs::default()).await;
    let applied = planted.made.state.clone();
    let (mut before, mut after) = (applied.clone(), applied.clone());
    merge(&mut before, &json!({"enable_execute_command": true}));
    merge(
        &mut after,
        &json!({"critical": false, "daemon_task_definition_arn": null}),
    );
    let mut plan = plan(&before, &after, &json!({"daemon_task_definition_arn": true}));
    plan["resource_drift"] = json!([{"address": "ecs_daemon.agent", "type": "ecs_daemon",
        "change": {"actions": ["update"], "before": applied, "after": before}}]);
    insta::assert_snapshot!(lines(&planted.world.scan_documents(&[plan]).await), @r#"
pending-change [certain note] critical false -> true: The plan is about to change `critical`.
pending-change [certain note] daemon_task_definition_arn (unknown-until-apply) -> "daemon-task-definition/agent:1": What the plan wants of `daemon_task_definition_arn` is not known before it is applied.
changed-outside [likely warning] enable_execute_command false -> true: `enable_execute_command` was set to `true` by a call outside of the source.
"#);
}

#[tokio::test(start_paused = true)]
async fn what_hashicorp_leaves_out_is_a_note_unless_defaults_are_assumed() {
    let planted = plants::cause("another value", &Knobs::default()).await;
    let (mut world, mut made) = (planted.world, planted.made);
    merge(
        &mut made.state,
        &json!({"enable_execute_command": null, "propagate_tags": null}),
    );
    insta::assert_snapshot!(lines(&world.scan_documents(&[hashicorp(&made)]).await), @"changed-outside [likely note] enable_execute_command false -> true: `enable_execute_command` was set to `true` by a call outside of the source. The source leaves the setting out, which after an import does not mean that the default is wanted.");
    world.options.explain.assume_defaults = true;
    insta::assert_snapshot!(lines(&world.scan_documents(&[hashicorp(&made)]).await), @"changed-outside [likely warning] enable_execute_command false -> true: `enable_execute_command` was set to `true` by a call outside of the source.");
    // Ours sends every setting, so what it leaves out is meant to be at its default.
    let report = world.scan_documents(&[state("ecs_daemon", &[&made.state])]).await;
    insta::assert_snapshot!(lines(&report), @"changed-outside [likely warning] enable_execute_command false -> true: `enable_execute_command` was set to `true` by a call outside of the source.");
}

/// The condition and each setting that went back with it say what to do in the same words, which an entry tells once.
#[tokio::test(start_paused = true)]
async fn what_to_do_after_a_rollback_is_told_once() {
    for plant in ["a rollout of ours that failed", "failed in the middle"] {
        let planted = match plant {
            "failed in the middle" => plants::rollout(plant, &Knobs::default()).await,
            _ => plants::cause(plant, &Knobs::default()).await,
        };
        let report = planted.scan().await;
        assert!(
            report.findings.iter().any(|finding| finding.cause.id() == "rollback"),
            "{}",
            lines(&report)
        );
        for entry in ecs_drift::report::entries(&report, report.findings.iter()) {
            let told = entry
                .steps()
                .into_iter()
                .filter(|step| step.starts_with("Remove the reason"));
            let told: Vec<&str> = told.collect();
            assert!(told.len() < 2, "{plant}: {told:?}");
        }
    }
}

/// A reset that was repaired and comes back is another incident: the report of the night before does not make it known. A
/// deployment that leaves the value as it is does not make it new.
#[tokio::test(start_paused = true)]
async fn a_reset_that_comes_back_after_its_repair_is_new() {
    let world = World::new(2).await;
    let made = world.make_special("agent").await;
    let reset = async || {
        world.update_bare(&made, |update| update).await;
        world.settle();
    };
    reset().await;
    let first = world.scan(&[&made]).await;
    assert!(!first.findings.is_empty());
    let known_to = |mut night: ecs_drift::report::Report| {
        night.only_new(&first);
        night.findings.iter().all(|finding| !finding.is_open())
    };
    assert!(known_to(world.scan(&[&made]).await), "nothing has happened since");
    reset().await;
    assert!(known_to(world.scan(&[&made]).await), "the value stayed as it was");
    world.update(&made, |repair| repair).await;
    world.settle();
    reset().await;
    assert!(!known_to(world.scan(&[&made]).await), "it was repaired in between");
}
