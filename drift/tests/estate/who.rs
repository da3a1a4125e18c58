//! `--who`: `CloudTrail` as the emulator serves it, asked by the real client.

use std::sync::Arc;

use aws_sdk_ecs::{
    operation::{
        create_daemon::builders::CreateDaemonFluentBuilder,
        update_daemon::builders::{UpdateDaemonFluentBuilder, UpdateDaemonInputBuilder},
    },
    types::Tag,
};
use ecs_drift::{
    explain::Call,
    render::{self, Format, render},
    report::{Confidence, Problem, Report, TrailEvent},
    scan::{Access, CloudTrail, Events, Trail, Window},
};
use ecs_emulator::knobs::{DeploymentRetention, Knobs};
use serde_json::{Value as Json, json};

use crate::{
    configured::configuration,
    plants,
    support::{Made, World, deployment, evidence, lines, merge, plan, state},
};

async fn asked(world: &World, made: &[&Made]) -> Report {
    let trail = CloudTrail::new(world, Arc::clone(&world.options.counters));
    let states: Vec<_> = made.iter().map(|made| &made.state).collect();
    world.scan_with(&trail, &[state("ecs_daemon", &states)]).await
}

async fn special(world: &World, name: &str) -> Made {
    let attributes = json!({"enable_execute_command": true, "propagate_tags": "DAEMON"});
    let create = |create: aws_sdk_ecs::operation::create_daemon::builders::CreateDaemonFluentBuilder| {
        create.enable_execute_command(true).propagate_tags("DAEMON".into())
    };
    world.make_with(name, create, &attributes).await
}

#[tokio::test(start_paused = true)]
async fn the_trail_tells_what_was_left_out_and_what_was_set() {
    let world = World::new(0).await;
    let made = special(&world, "agent").await;
    // In one call: one setting is left out, one is set to its default.
    world
        .update_bare(&made, |update| update.propagate_tags("NONE".into()))
        .await;
    world.settle();
    let report = asked(&world, &[&made]).await;
    insta::assert_snapshot!(lines(&report), @r#"
default-revert [recorded error] enable_execute_command true -> false: A call of arn:aws:iam::123456789012:user/emulator left `enable_execute_command` out, so that it went back to its default.
changed-outside [recorded warning] propagate_tags "DAEMON" -> "NONE": A call of arn:aws:iam::123456789012:user/emulator set `propagate_tags` to `NONE`.
"#);
    assert!(
        report
            .findings
            .iter()
            .all(|finding| finding.confidence == Confidence::Recorded)
    );
    let event = report.groups[0].event.as_ref().unwrap();
    let members = [
        "capacityProviderArns",
        "daemonArn",
        "daemonTaskDefinitionArn",
        "propagateTags",
    ];
    assert_eq!(event.members, members);
    assert!(report.warnings.is_empty() && report.errors.is_empty());
    assert_eq!(report.statistics.api_calls.get("LookupEvents"), Some(&1));
}

/// The estate's own pipeline brought the value, and the configuration goes back to the one before.
#[tokio::test(start_paused = true)]
async fn a_caller_is_not_proven_to_be_outside_where_the_state_has_the_value() {
    let mut world = World::new(0).await;
    let made = special(&world, "agent").await;
    let latest = world
        .update_bare(&made, |update| {
            update.propagate_tags("DAEMON".into()).enable_execute_command(false)
        })
        .await;
    world.settle();
    let mut applied = made.clone();
    merge(
        &mut applied.state,
        &json!({"enable_execute_command": false, "deployment_arn": latest}),
    );
    let trail = CloudTrail::new(&world, Arc::clone(&world.options.counters));
    let going_back = plan(&applied.state, &made.state, &json!({}));
    let of_plan = lines(&world.scan_with(&trail, &[going_back]).await);
    let text =
        "resource \"ecs_daemon\" \"agent\" {\n  enable_execute_command = true\n  propagate_tags = \"DAEMON\"\n}\n";
    world.configuration = Some(configuration(text, ""));
    let report = asked(&world, &[&applied]).await;
    insta::assert_snapshot!([of_plan, lines(&report)].join("\n"), @r#"
changed-outside [possible warning] enable_execute_command true -> false: A call of arn:aws:iam::123456789012:user/emulator set `enable_execute_command` to `false`. The state has it, too: a refresh took the change over, or the configuration goes back to an earlier value.
absorbed [possible warning] enable_execute_command true -> false: A call of arn:aws:iam::123456789012:user/emulator set `enable_execute_command` to `false`. The state has it, too: a refresh took the change over, or the configuration goes back to an earlier value.
"#);
    let caller = report.findings[0]
        .evidence
        .iter()
        .find(|fact| fact.from == "CloudTrail");
    assert!(
        caller.is_some_and(|fact| fact.text.contains(" called UpdateDaemon at ")),
        "{caller:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_region_is_asked_once_and_page_by_page() {
    let world = World::new(0).await;
    let mut made = Vec::new();
    for number in 0..3 {
        made.push(special(&world, &format!("agent-{number}")).await);
    }
    for _ in 0..20 {
        for each in &made {
            world.update_bare(each, |update| update).await;
        }
    }
    world.settle();
    let begin = tokio::time::Instant::now();
    let report = asked(&world, &made.iter().collect::<Vec<_>>()).await;
    assert_eq!(report.findings.len(), 6, "{}", lines(&report));
    assert!(
        report
            .findings
            .iter()
            .all(|finding| finding.confidence == Confidence::Recorded)
    );
    assert_eq!(world.calls("LookupEvents"), 2, "60 events are two pages");
    assert!(begin.elapsed().as_millis() >= 500, "at most two calls a second");
}

#[tokio::test(start_paused = true)]
async fn a_trail_that_may_not_be_read_takes_nothing_away() {
    let world = World::new(0).await;
    let made = special(&world, "agent").await;
    world.update_bare(&made, |update| update).await;
    world.settle();
    let alone = world.scan(&[&made]).await;
    world.fault(&json!({"operation": "LookupEvents", "count": null, "effect": {"error": {
        "type": "AccessDeniedException", "message": "not authorized to perform: cloudtrail:LookupEvents", "status": 400}}}));
    let report = asked(&world, &[&made]).await;
    assert_eq!(lines(&report), lines(&alone));
    assert!(report.errors.is_empty() && report.complete);
    let [warning] = report.warnings.as_slice() else {
        panic!("{:?}", report.warnings)
    };
    assert_eq!(warning.summary, "Callers not known");
    assert!(warning.detail.contains("cloudtrail:LookupEvents"), "{}", warning.detail);
}

#[tokio::test(start_paused = true)]
async fn what_cloudtrail_no_longer_has_is_said() {
    let world = World::new(0).await;
    let made = special(&world, "agent").await;
    world.update_bare(&made, |update| update).await;
    world.settle();
    world.emulator.advance(std::time::Duration::from_hours(24 * 91));
    let report = asked(&world, &[&made]).await;
    assert!(!report.findings.is_empty() && report.errors.is_empty());
    assert!(
        report
            .findings
            .iter()
            .all(|finding| finding.confidence != Confidence::Recorded)
    );
    insta::assert_snapshot!(report.warnings[0].summary, @"Callers of 1 deployment in eu-central-1 not on record");
}

/// A trail from the journal of the emulator, of which some is not delivered yet.
struct Late<'a> {
    world: &'a World,
    /// True if answers are recorded, which name deployments.
    with_answers: bool,
    /// Calls, counted from the first, whose events have not arrived.
    missing: &'a [usize],
}

impl Trail for Late<'_> {
    fn is_asked(&self) -> bool {
        true
    }

    async fn calls(&self, _: &Access, _: &str, operation: &str, _: Option<Window>) -> Result<Events, Problem> {
        let mut events = Events::new();
        let journal = self.world.emulator.journal().into_iter();
        let calls = journal.filter(|entry| entry["operation"] == operation);
        for (number, entry) in calls.enumerate().filter(|(number, _)| !self.missing.contains(number)) {
            let event = TrailEvent {
                event_id: format!("event-{number}"),
                event_name: operation.to_owned(),
                event_time: entry["time"].as_str().unwrap().parse().unwrap(),
                principal: format!("caller-{number}"),
                user_agent: None,
                members: Vec::new(),
            };
            let answer = if self.with_answers {
                entry["response"].clone()
            } else {
                Json::Null
            };
            let call = Call::new(event, entry["request"].clone(), &answer);
            let daemon = entry["request"]["daemonArn"].as_str().unwrap().to_owned();
            events.entry(daemon).or_default().push(call);
        }
        Ok(events)
    }
}

/// Wanted drain 30; the first call sets 50, the second 70.
async fn twice() -> (World, Made) {
    let world = World::new(0).await;
    let wanted = json!({"deployment_configuration": [{"drain_percent": 30, "bake_time_in_minutes": 0, "alarms": []}]});
    let create = |create: CreateDaemonFluentBuilder| create.deployment_configuration(deployment(30.0, 0, &[], false));
    let made = world.make_with("agent", create, &wanted).await;
    for drain in [50.0, 70.0] {
        world.emulator.advance(std::time::Duration::from_hours(1));
        let change =
            |update: UpdateDaemonInputBuilder| update.deployment_configuration(deployment(drain, 0, &[], false));
        world.update(&made, change).await;
        world.settle();
    }
    (world, made)
}

async fn late(world: &World, made: &Made, with_answers: bool, missing: &[usize]) -> String {
    let trail = Late {
        world,
        with_answers,
        missing,
    };
    let report = world.scan_with(&trail, &[state("ecs_daemon", &[&made.state])]).await;
    format!("{}\n{}", lines(&report), evidence(&report, "changed-outside"))
}

#[tokio::test(start_paused = true)]
async fn the_culprit_is_who_brought_the_live_value() {
    let (world, made) = twice().await;
    let said = late(&world, &made, true, &[]).await;
    assert_eq!(said, late(&world, &made, false, &[]).await);
    insta::assert_snapshot!(said, @r#"
changed-outside [recorded warning] deployment_configuration.drain_percent 30 -> 70: A call of caller-1 set `deployment_configuration.drain_percent` to `70`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Since this deployment the setting is `70`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Until then it was `50`.
CloudTrail event-1 @time: caller-1 called UpdateDaemon at 2026-01-01T02:00:02.582Z with capacityProviderArns, critical, daemonArn, daemonTaskDefinitionArn, deploymentConfiguration.alarms.alarmNames, deploymentConfiguration.alarms.enable, deploymentConfiguration.bakeTimeInMinutes, deploymentConfiguration.drainPercent, enableECSManagedTags, enableExecuteCommand, propagateTags.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: The setting was first changed from what is wanted by this deployment, to `50`.
CloudTrail event-0 @time: caller-0 called UpdateDaemon at 2026-01-01T01:00:01.249Z with capacityProviderArns, critical, daemonArn, daemonTaskDefinitionArn, deploymentConfiguration.alarms.alarmNames, deploymentConfiguration.alarms.enable, deploymentConfiguration.bakeTimeInMinutes, deploymentConfiguration.drainPercent, enableECSManagedTags, enableExecuteCommand, propagateTags.
"#);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_has_not_arrived_makes_nobody_else_the_culprit() {
    let (world, made) = twice().await;
    let said = late(&world, &made, true, &[1]).await;
    assert_eq!(said, late(&world, &made, false, &[1]).await);
    insta::assert_snapshot!(said, @r#"
changed-outside [likely warning] deployment_configuration.drain_percent 30 -> 70: `deployment_configuration.drain_percent` was set to `70` by a call outside of the source.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Since this deployment the setting is `70`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Until then it was `50`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: The setting was first changed from what is wanted by this deployment, to `50`.
CloudTrail event-0 @time: caller-0 called UpdateDaemon at 2026-01-01T01:00:01.249Z with capacityProviderArns, critical, daemonArn, daemonTaskDefinitionArn, deploymentConfiguration.alarms.alarmNames, deploymentConfiguration.alarms.enable, deploymentConfiguration.bakeTimeInMinutes, deploymentConfiguration.drainPercent, enableECSManagedTags, enableExecuteCommand, propagateTags.
"#);
}

#[tokio::test(start_paused = true)]
async fn calls_in_the_same_minute_are_told_apart() {
    let world = World::new(0).await;
    let made = special(&world, "agent").await;
    let pause = std::time::Duration::from_secs(15);
    world.emulator.advance(pause);
    // The first leaves everything out, the second sets one of two again; the third has not arrived.
    world.update_bare(&made, |update| update).await;
    world.emulator.advance(pause);
    let again = |update: UpdateDaemonFluentBuilder| update.enable_execute_command(true);
    world.update_bare(&made, again).await;
    world.emulator.advance(pause);
    world.update_bare(&made, |update| update).await;
    world.settle();
    for (with_answers, missing) in [(true, &[2][..]), (false, &[2]), (false, &[])] {
        let trail = Late {
            world: &world,
            with_answers,
            missing,
        };
        let report = world.scan_with(&trail, &[state("ecs_daemon", &[&made.state])]).await;
        let by = |setting: &str| {
            let finding = report
                .findings
                .iter()
                .find(|finding| finding.setting.as_deref() == Some(setting));
            finding.unwrap().message.clone()
        };
        assert!(
            by("propagate_tags").starts_with("A call of caller-0"),
            "{}",
            lines(&report)
        );
        let last = by("enable_execute_command").starts_with("A call of caller-2");
        assert_eq!(last, missing.is_empty(), "{}", lines(&report));
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_deployment_before_nobody_is_named() {
    let knobs = Knobs {
        deployment_retention: DeploymentRetention::LatestOnly,
        ..Knobs::default()
    };
    let world = World::with_knobs(0, knobs).await;
    let made = special(&world, "agent").await;
    world.update_bare(&made, |update| update).await;
    world.update_bare(&made, |update| update).await;
    world.settle();
    let report = asked(&world, &[&made]).await;
    insta::assert_snapshot!(lines(&report), @r#"
    default-revert [possible error] enable_execute_command true -> false: `enable_execute_command` went back to its default, as if a call had left it out. It was the call of this deployment or an earlier one: the records do not reach back to the one before.
    default-revert [possible error] propagate_tags "DAEMON" -> "NONE": `propagate_tags` went back to its default, as if a call had left it out. It was the call of this deployment or an earlier one: the records do not reach back to the one before.
    "#);
    assert!(report.groups.iter().all(|group| group.event.is_none()));
}

#[tokio::test(start_paused = true)]
async fn what_is_left_out_inside_of_a_block_is_told_so() {
    let world = World::new(0).await;
    let made = world.make_special("agent").await;
    let only_bake = aws_sdk_ecs::types::DaemonDeploymentConfiguration::builder()
        .bake_time_in_minutes(5)
        .build();
    world
        .update(&made, |update| update.deployment_configuration(only_bake))
        .await;
    world.settle();
    insta::assert_snapshot!(lines(&asked(&world, &[&made]).await), @r#"
default-revert [recorded error] deployment_configuration.alarms.alarm_names ["high","low"] -> []: A call of arn:aws:iam::123456789012:user/emulator left `deployment_configuration.alarms.alarm_names` out, so that it went back to its default.
default-revert [recorded error] deployment_configuration.alarms.enable true -> false: A call of arn:aws:iam::123456789012:user/emulator left `deployment_configuration.alarms.enable` out, so that it went back to its default.
default-revert [recorded error] deployment_configuration.drain_percent 50 -> 25: A call of arn:aws:iam::123456789012:user/emulator left `deployment_configuration.drain_percent` out, so that it went back to its default.
"#);
}

#[tokio::test(start_paused = true)]
async fn who_deleted_created_tagged_and_rolled_out_what_failed_is_named() {
    for (cause, planted) in [
        ("missing", plants::absent("deleted", &Knobs::default()).await),
        ("tags", plants::cause("tags changed", &Knobs::default()).await),
        (
            "recreated",
            plants::absent("deleted and created", &Knobs::default()).await,
        ),
        (
            "rolled-back",
            plants::rollout("an image that does not start", &Knobs::default()).await,
        ),
    ] {
        let trail = CloudTrail::new(&planted.world, Arc::clone(&planted.world.options.counters));
        let report = planted.world.scan_with(&trail, &planted.documents).await;
        let said = evidence(&report, cause);
        assert!(said.contains("CloudTrail"), "{cause}: {said}");
        assert!(said.contains("user/emulator called"), "{cause}: {said}");
        let text = render(Format::Text, &report, &render::Options::default()).to_string();
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_named =
            words.contains("user/emulator called") || words.contains("by arn:aws:iam::123456789012:user/emulator");
        assert!(is_named, "{cause}: {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn old_drift_among_many_calls_costs_a_few_lookups() {
    let world = World::new(0).await;
    let (old, busy) = (special(&world, "old").await, special(&world, "busy").await);
    world.update_bare(&old, |update| update).await;
    world.settle();
    for _ in 0..200 {
        world.emulator.advance(std::time::Duration::from_hours(3));
        world.update(&busy, |update| update).await;
        world.settle();
    }
    let report = asked(&world, &[&old, &busy]).await;
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.confidence == Confidence::Recorded)
    );
    assert!(world.calls("LookupEvents") <= 3, "{}", world.calls("LookupEvents"));
}

/// Calls about tags that are as wanted come later, and are not those that changed what differs.
#[tokio::test(start_paused = true)]
async fn of_calls_about_tags_those_are_named_that_brought_what_differs() {
    let world = World::new(0).await;
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let create = |create: CreateDaemonFluentBuilder| create.tags(tag("team", "platform")).tags(tag("gone", "1"));
    let wanted = json!({"tags_all": {"team": "platform", "gone": "1", "same": "1"}});
    let made = world.make_with("agent", create, &wanted).await;
    for tag in [tag("team", "search"), tag("same", "1")] {
        world.emulator.advance(std::time::Duration::from_hours(1));
        let call = world.other.tag_resource().resource_arn(&made.arn).tags(tag);
        call.send().await.unwrap();
    }
    for key in ["gone", "other"] {
        world.emulator.advance(std::time::Duration::from_hours(1));
        let call = world.other.untag_resource().resource_arn(&made.arn).tag_keys(key);
        call.send().await.unwrap();
    }
    let report = asked(&world, &[&made]).await;
    let named = report.findings[0]
        .evidence
        .iter()
        .filter(|fact| fact.from == "CloudTrail");
    let named: Vec<String> = named
        .filter_map(|fact| Some(fact.at?.to_string()[..13].to_owned()))
        .collect();
    assert_eq!(named, ["2026-01-01T01", "2026-01-01T03"], "{:#?}", report.findings);
}

/// A key that a call found gone already was not removed by it, and several callers are told key by key.
#[tokio::test(start_paused = true)]
async fn each_tag_is_of_the_call_that_last_changed_it() {
    let world = World::new(0).await;
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let create = |create: CreateDaemonFluentBuilder| create.tags(tag("team", "sre")).tags(tag("env", "prod"));
    let wanted = json!({"tags_all": {"team": "sre", "env": "prod"}});
    let made = world.make_with("agent", create, &wanted).await;
    let untag = async |keys: &[&str]| {
        world.emulator.advance(std::time::Duration::from_hours(1));
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        let call = world.other.untag_resource().resource_arn(&made.arn);
        call.set_tag_keys(Some(keys)).send().await.unwrap();
    };
    untag(&["env", "team"]).await;
    untag(&["team"]).await;
    assert_eq!(callers(&asked(&world, &[&made]).await), ["01 env, team"]);
    world.emulator.advance(std::time::Duration::from_hours(1));
    let call = world.other.tag_resource().resource_arn(&made.arn);
    call.tags(tag("team", "other")).send().await.unwrap();
    assert_eq!(callers(&asked(&world, &[&made]).await), ["01 env", "03 team"]);
    // The values must not be shown, and the callers are named all the same.
    let mut document = state("ecs_daemon", &[&made.state]);
    document["values"]["root_module"]["resources"][0]["sensitive_values"] = json!({"tags_all": true});
    let trail = CloudTrail::new(&world, Arc::clone(&world.options.counters));
    let report = world.scan_with(&trail, &[document]).await;
    let told = evidence(&report, "tags");
    assert_eq!(told.matches("user/emulator called").count(), 2, "{told}");
    assert!(!told.contains("`team`") && !told.contains("other"), "{told}");
}

/// A daemon that is made anew has the tags of that call: what removed tags of the one before did not remove these.
#[tokio::test(start_paused = true)]
async fn tags_that_a_creation_outside_left_out_are_of_that_call() {
    let world = World::new(0).await;
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let create = |create: CreateDaemonFluentBuilder| create.tags(tag("team", "sre")).tags(tag("env", "prod"));
    let wanted = json!({"tags_all": {"team": "sre", "env": "prod"}});
    let mut made = world.make_with("agent", create, &wanted).await;
    let hour = || world.emulator.advance(std::time::Duration::from_hours(1));
    hour();
    let untag = world.other.untag_resource().resource_arn(&made.arn);
    untag.tag_keys("team").send().await.unwrap();
    hour();
    world.delete(&made).await;
    world.settle();
    hour();
    let again = world
        .make_with("agent", |create| create.tags(tag("env", "test")), &wanted)
        .await;
    let report = asked(&world, &[&made]).await;
    let told = |report: &Report| {
        let finding = report
            .findings
            .iter()
            .find(|finding| finding.cause.id() == "tags")
            .unwrap();
        let calls = finding.evidence.iter().filter(|fact| fact.from == "CloudTrail");
        calls.map(|fact| fact.text.clone()).collect::<Vec<_>>()
    };
    let texts = told(&report);
    assert!(
        texts.len() == 1
            && texts[0].contains(" called CreateDaemon at 2026-01-01T03")
            && texts[0].ends_with(" It left out `team`."),
        "{texts:?}"
    );
    // A refresh took the new daemon over, and somebody tags it later.
    made.state["deployment_arn"] = again.state["deployment_arn"].clone();
    hour();
    let call = world.other.tag_resource().resource_arn(&made.arn);
    call.tags(tag("env", "dev")).send().await.unwrap();
    let texts = told(&asked(&world, &[&made]).await);
    let hours: Vec<&str> = texts
        .iter()
        .filter_map(|text| text.split_once(" at ")?.1.get(11..13))
        .collect();
    assert_eq!(hours, ["03", "04"], "{texts:?}");
    assert!(texts[1].ends_with(" It changed `env`."), "{texts:?}");
}

/// The first creation is of whoever made the daemon, and what it left out is no change outside.
#[tokio::test(start_paused = true)]
async fn the_first_creation_is_not_blamed_for_tags() {
    let world = World::new(0).await;
    let made = world
        .make_with("agent", |create| create, &json!({"tags_all": {"team": "sre"}}))
        .await;
    let report = asked(&world, &[&made]).await;
    assert_eq!(callers(&report), Vec::<String>::new(), "{}", lines(&report));
}

/// Hours of the calls that are named, and the tags that each of them changed.
fn callers(report: &Report) -> Vec<String> {
    let facts = report.findings.iter().flat_map(|finding| &finding.evidence);
    let calls = facts.filter(|fact| fact.from == "CloudTrail");
    let told = calls.filter_map(|fact| {
        let hour = fact.at?.to_string()[11..13].to_owned();
        let keys = fact
            .text
            .split_once("It changed ")
            .map_or("env, team.", |(_, keys)| keys);
        Some(format!("{hour} {}", keys.trim_end_matches('.').replace('`', "")))
    });
    told.collect()
}

/// Calls of one caller with one tool differ in their times alone.
#[tokio::test(start_paused = true)]
async fn one_script_over_many_daemons_is_one_entry() {
    let world = World::new(0).await;
    let mut made = Vec::new();
    for name in ["a", "b", "c", "d"] {
        made.push(special(&world, name).await);
    }
    for each in &made {
        world.emulator.advance(std::time::Duration::from_mins(7));
        world.update_bare(each, |update| update).await;
        world.settle();
    }
    let report = asked(&world, &made.iter().collect::<Vec<_>>()).await;
    let text = render(Format::Text, &report, &render::Options::default()).to_string();
    let entries = text.lines().filter(|line| line.contains("Reset to its default"));
    assert_eq!(entries.count(), 1, "{text}");
    assert_eq!(text.matches("each since a time between 2026").count(), 1, "{text}");
}
