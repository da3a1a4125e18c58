//! Rows 13, 15 and 17 to 20, and 22: one cause for each setting that differs.

use aws_sdk_ecs::types::{DaemonPropagateTags, Tag};
use ecs_emulator::knobs::{AfterRollback, DeploymentRetention, Knobs, RevisionsOrder};
use serde_json::json;

use crate::support::{World, arn, deployment, evidence, hashicorp, lines, merge, state};

#[tokio::test(start_paused = true)]
async fn what_a_minimal_update_leaves_out_went_back_to_its_default() {
    let world = World::new(3).await;
    let made = world.make_special("agent").await;
    let culprit = world.update_bare(&made, |update| update).await;
    world.settle();
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @r#"
default-revert [likely error] critical false -> true: `critical` went back to its default, as if a call had left it out.
default-revert [likely error] deployment_configuration.alarms.alarm_names ["high","low"] -> []: `deployment_configuration.alarms.alarm_names` went back to its default, as if a call had left it out.
default-revert [likely error] deployment_configuration.alarms.enable true -> false: `deployment_configuration.alarms.enable` went back to its default, as if a call had left it out.
default-revert [likely error] deployment_configuration.bake_time_in_minutes 5 -> 0: `deployment_configuration.bake_time_in_minutes` went back to its default, as if a call had left it out.
default-revert [likely error] deployment_configuration.drain_percent 50 -> 25: `deployment_configuration.drain_percent` went back to its default, as if a call had left it out.
default-revert [likely error] enable_ecs_managed_tags true -> false: `enable_ecs_managed_tags` went back to its default, as if a call had left it out.
default-revert [likely error] enable_execute_command true -> false: `enable_execute_command` went back to its default, as if a call had left it out.
default-revert [likely error] propagate_tags "DAEMON" -> "NONE": `propagate_tags` went back to its default, as if a call had left it out.
"#);
    insta::assert_snapshot!(evidence(&report, "default-revert"), @r#"
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Since this deployment the setting is `true`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Up to this deployment it was as wanted.
"#);
    assert_eq!(report.groups.len(), 1);
    assert_eq!(report.groups[0].deployment_arn, culprit);
    assert_eq!(report.groups[0].findings.len(), report.findings.len());
    let since = report.findings[0].since.unwrap();
    assert!(report.findings.iter().all(|finding| finding.since == Some(since)));
    let commands = &report.findings[0].next_step.commands;
    insta::assert_snapshot!(commands[1].text, @r#"aws ecs update-daemon --region eu-central-1 --cli-input-json '{"capacityProviderArns":["arn:aws:ecs:eu-central-1:123456789012:capacity-provider/fleet"],"critical":false,"daemonArn":"arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent","daemonTaskDefinitionArn":"arn:aws:ecs:eu-central-1:123456789012:daemon-task-definition/agent:1","deploymentConfiguration":{"alarms":{"alarmNames":["high","low"],"enable":true},"bakeTimeInMinutes":5,"drainPercent":50.0},"enableECSManagedTags":true,"enableExecuteCommand":true,"propagateTags":"DAEMON"}'"#);
}

#[tokio::test(start_paused = true)]
async fn one_setting_alone_at_its_default_may_have_been_set_to_it() {
    let world = World::new(3).await;
    let made = world
        .make_with(
            "agent",
            |create| create.enable_execute_command(true),
            &json!({"enable_execute_command": true}),
        )
        .await;
    world.update_bare(&made, |update| update).await;
    world.settle();
    insta::assert_snapshot!(lines(&world.scan(&[&made]).await), @"default-revert [possible error] enable_execute_command true -> false: `enable_execute_command` went back to its default, as if a call had left it out.");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_kept_other_settings_set_this_one() {
    let world = World::new(3).await;
    let made = world.make_special("agent").await;
    world.update(&made, |update| update.critical(true)).await;
    world.settle();
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @"changed-outside [likely warning] critical false -> true: `critical` was set to its default by a call that kept deploymentConfiguration, enableECSManagedTags, enableExecuteCommand, propagateTags.");
}

#[tokio::test(start_paused = true)]
async fn each_setting_that_is_changed_outside_is_found_alone() {
    let cases: [(&str, fn(_) -> _); 7] = [
        (
            "capacity_provider_arns",
            |update: aws_sdk_ecs::operation::update_daemon::builders::UpdateDaemonInputBuilder| {
                update.capacity_provider_arns(arn("capacity-provider/empty"))
            },
        ),
        ("critical", |update| update.critical(true)),
        ("enable_ecs_managed_tags", |update| {
            update.enable_ecs_managed_tags(false)
        }),
        ("enable_execute_command", |update| update.enable_execute_command(false)),
        ("propagate_tags", |update| {
            update.propagate_tags(DaemonPropagateTags::None)
        }),
        ("deployment_configuration.drain_percent", |update| {
            update.deployment_configuration(deployment(60.0, 5, &["high", "low"], true))
        }),
        ("deployment_configuration.alarms.alarm_names", |update| {
            update.deployment_configuration(deployment(50.0, 5, &["high"], true))
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
async fn another_task_definition_is_told_apart() {
    let world = World::new(3).await;
    let made = world.make("agent").await;
    let newer = world.define("agent").await;
    world
        .update(&made, |update| update.daemon_task_definition_arn(newer))
        .await;
    world.settle();
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @r#"task-definition [certain warning] daemon_task_definition_arn "daemon-task-definition/agent:1" -> "daemon-task-definition/agent:2": A newer revision was rolled out outside of the source."#);
    insta::assert_snapshot!(evidence(&report, "task-definition"), @r#"
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Since this deployment the setting is `daemon-task-definition/agent:2`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Up to this deployment it was as wanted.
ListDaemonTaskDefinitions daemon-task-definition/agent:2 @time: Registered by arn:aws:iam::123456789012:user/emulator.
"#);
    let other = world.define("other").await;
    world
        .update(&made, |update| update.daemon_task_definition_arn(other))
        .await;
    world.settle();
    insta::assert_snapshot!(lines(&world.scan(&[&made]).await), @r#"
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
async fn a_flag_that_hashicorp_never_sent_was_never_applied() {
    let world = World::new(3).await;
    let made = world.make("agent").await;
    let mut wanted = made.clone();
    merge(&mut wanted.state, &json!({"enable_execute_command": true}));
    let report = world.scan_documents(&[hashicorp(&wanted)]).await;
    insta::assert_snapshot!(lines(&report), @"never-applied [certain warning] enable_execute_command true -> false: The wanted value of `enable_execute_command` was never rolled out.");
    insta::assert_snapshot!(evidence(&report, "never-applied"), @"ListDaemonDeployments daemon/prod/agent: None of the 1 deployments since 2026-01-01T00:00:00Z had it.");
}

#[tokio::test(start_paused = true)]
async fn a_rollback_takes_back_what_was_wanted_in_both_forms_of_it() {
    for knob in [AfterRollback::Failed, AfterRollback::New] {
        let knobs = Knobs {
            after_rollback_deployment_arn: knob,
            ..Knobs::default()
        };
        let world = World::with_knobs(3, knobs).await;
        let mut made = world.make("agent").await;
        let broken = world.define_with("agent", "broken:1").await;
        world.image_fault("broken:*");
        let failed = world
            .update(&made, |update| update.daemon_task_definition_arn(broken.clone()))
            .await;
        world.settle();
        merge(
            &mut made.state,
            &json!({"daemon_task_definition_arn": broken, "deployment_arn": failed}),
        );
        let report = world.scan(&[&made]).await;
        let found: Vec<_> = report.findings.iter().map(|finding| finding.cause.id()).collect();
        assert_eq!(found, ["rolled-back", "rollback"], "{knob:?}\n{}", lines(&report));
        let rollback = &report.findings[1];
        assert_eq!(rollback.group.as_deref(), Some(failed.as_str()), "{knob:?}");
        assert_eq!(
            serde_json::to_value(&rollback.next_step.repair).unwrap(),
            json!({"unless": {"flag": "--after-rollback"}})
        );
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_past_what_is_wanted_stands_in_for_it() {
    let knobs = Knobs {
        deployment_retention: DeploymentRetention::LatestOnly,
        ..Knobs::default()
    };
    let world = World::with_knobs(3, knobs).await;
    let made = world.make_special("agent").await;
    world.update_bare(&made, |update| update).await;
    world.settle();
    let report = world.scan(&[&made]).await;
    let causes: std::collections::BTreeSet<_> = report
        .findings
        .iter()
        .map(|finding| format!("{} {:?}", finding.cause.id(), finding.confidence))
        .collect();
    assert_eq!(
        causes.into_iter().collect::<Vec<_>>(),
        ["default-revert Possible"],
        "{}",
        lines(&report)
    );
}

#[tokio::test(start_paused = true)]
async fn the_order_of_revisions_and_omitted_providers_change_nothing() {
    for (order, omit) in [(RevisionsOrder::NewestFirst, true), (RevisionsOrder::OldestFirst, true)] {
        let knobs = Knobs {
            current_revisions_order: order,
            omit_empty_providers: omit,
            ..Knobs::default()
        };
        let world = World::with_knobs(3, knobs).await;
        let create = |create: aws_sdk_ecs::operation::create_daemon::builders::CreateDaemonFluentBuilder| {
            create.capacity_provider_arns(arn("capacity-provider/empty"))
        };
        let providers =
            json!({"capacity_provider_arns": [arn("capacity-provider/empty"), arn("capacity-provider/fleet")]});
        let made = world.make_with("agent", create, &providers).await;
        assert_eq!(lines(&world.scan(&[&made]).await), "");
    }
}

#[tokio::test(start_paused = true)]
async fn tags_differ_without_time_and_caller() {
    let world = World::new(0).await;
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let mut made = world
        .make_with(
            "agent",
            |create| create.tags(tag("team", "platform")).tags(tag("keep", "1")),
            &json!({}),
        )
        .await;
    merge(&mut made.state, &json!({"tags_all": {"team": "platform", "keep": "1"}}));
    assert_eq!(lines(&world.scan(&[&made]).await), "");
    let call = world.other.tag_resource().resource_arn(&made.arn);
    call.tags(tag("team", "search"))
        .tags(tag("extra", "x"))
        .send()
        .await
        .unwrap();
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @r#"tags [certain warning] tags_all {"team":"platform"} -> {"extra":"x","team":"search"}: These tags differ: extra, team."#);
    assert_eq!((report.findings[0].since, &report.findings[0].group), (None, &None));
    let commands: Vec<&str> = report.findings[0]
        .next_step
        .commands
        .iter()
        .map(|command| command.text.as_str())
        .collect();
    insta::assert_snapshot!(commands.join("\n"), @r#"
terraform apply -target='ecs_daemon.agent'
aws ecs tag-resource --region eu-central-1 --resource-arn arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent --tags '[{"key":"team","value":"platform"}]'
aws ecs untag-resource --region eu-central-1 --resource-arn arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent --tag-keys 'extra'
"#);
    let mut world = world;
    world.options.explain.tag_rules.ignore_keys = vec!["extra".to_owned(), "team".to_owned()];
    assert_eq!(lines(&world.scan(&[&made]).await), "");
    world.options.explain.tags = false;
    world.options.explain.tag_rules = daemons::tags::TagRules::default();
    assert_eq!(
        lines(&world.scan(&[&made]).await),
        "",
        "tags are looked at only when asked for"
    );
}

#[tokio::test(start_paused = true)]
async fn a_plan_tells_pending_changes_from_drift() {
    let world = World::new(3).await;
    let made = world.make("agent").await;
    let mut before = made.state.clone();
    world.update(&made, |update| update.enable_execute_command(true)).await;
    world.settle();
    let mut after = before.clone();
    merge(&mut before, &json!({"enable_execute_command": true}));
    merge(
        &mut after,
        &json!({"critical": false, "daemon_task_definition_arn": null}),
    );
    let plan = json!({
        "format_version": "1.2", "terraform_version": "1.15.5", "planned_values": {},
        "resource_drift": [{"address": "ecs_daemon.agent", "type": "ecs_daemon", "change": {"actions": ["update"], "before": made.state, "after": before}}],
        "resource_changes": [{"address": "ecs_daemon.agent", "mode": "managed", "type": "ecs_daemon", "name": "agent",
            "change": {"actions": ["update"], "before": before, "after": after,
                       "after_unknown": {"daemon_task_definition_arn": true}, "before_sensitive": {}, "after_sensitive": {}}}],
    });
    insta::assert_snapshot!(lines(&world.scan_documents(&[plan]).await), @r#"
pending-change [certain note] critical false -> true: The plan is about to change `critical`.
pending-change [certain note] daemon_task_definition_arn (unknown-until-apply) -> "daemon-task-definition/agent:1": What the plan wants of `daemon_task_definition_arn` is not known before it is applied.
changed-outside [likely warning] enable_execute_command false -> true: `enable_execute_command` was set to `true` by a call outside of the source.
"#);
}

#[tokio::test(start_paused = true)]
async fn what_hashicorp_leaves_out_is_a_note_unless_defaults_are_assumed() {
    let mut world = World::new(3).await;
    let mut made = world.make("agent").await;
    world.update(&made, |update| update.enable_execute_command(true)).await;
    world.settle();
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

/// A trail that recorded one call, with these members.
struct Recorded(&'static str, Vec<&'static str>);

impl ecs_drift::scan::Trail for Recorded {
    fn is_asked(&self) -> bool {
        true
    }

    async fn updates(
        &self,
        _access: &ecs_drift::scan::Access,
        region: &str,
        since: jiff::Timestamp,
    ) -> Result<ecs_drift::scan::Events, ecs_drift::report::Problem> {
        assert_eq!(region, crate::support::REGION);
        let event = ecs_drift::report::TrailEvent {
            event_id: "event-1".to_owned(),
            event_name: "UpdateDaemon".to_owned(),
            // The query begins a minute before the deployment.
            event_time: since + jiff::SignedDuration::from_secs(59),
            principal: "arn:aws:iam::123456789012:user/jo".to_owned(),
            user_agent: None,
            members: self.1.iter().map(|member| (*member).to_owned()).collect(),
        };
        Ok([(self.0.to_owned(), vec![event])].into())
    }
}

#[tokio::test(start_paused = true)]
async fn a_recorded_call_tells_who_and_what_was_left_out() {
    let world = World::new(3).await;
    let made = world
        .make_with(
            "agent",
            |create| create.enable_execute_command(true),
            &json!({"enable_execute_command": true}),
        )
        .await;
    world.update_bare(&made, |update| update).await;
    world.settle();
    let document = state("ecs_daemon", &[&made.state]);
    let arn: &'static str = made.arn.clone().leak();
    let left_out = Recorded(arn, vec!["daemonArn"]);
    let report = world.scan_with(&left_out, std::slice::from_ref(&document)).await;
    insta::assert_snapshot!(lines(&report), @"default-revert [recorded error] enable_execute_command true -> false: A call of arn:aws:iam::123456789012:user/jo left `enable_execute_command` out, so that it went back to its default.");
    assert_eq!(report.groups[0].event.as_ref().unwrap().event_id, "event-1");
    let set = Recorded(arn, vec!["daemonArn", "enableExecuteCommand"]);
    let report = world.scan_with(&set, &[document]).await;
    insta::assert_snapshot!(lines(&report), @"changed-outside [recorded warning] enable_execute_command true -> false: A call of arn:aws:iam::123456789012:user/jo set `enable_execute_command` to `false`.");
}
