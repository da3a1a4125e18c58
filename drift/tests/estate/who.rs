//! `--who`: `CloudTrail` as the emulator serves it, asked by the real client.

use std::sync::Arc;

use ecs_drift::{
    report::{Confidence, Report},
    scan::CloudTrail,
};
use serde_json::json;

use crate::support::{Made, World, lines, state};

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
