//! A service, or somebody between, that answers what was not asked: every operation of a scan, every member of its
//! answers, and every way to change one. The daemon is as wanted, so that each change is one of three: it means nothing
//! to the scan, it is a finding, or what was asked for is unread. What is said is a snapshot, to be read by people.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Arc, Mutex},
};

use aws_sdk_ecs::types::Tag;
use ecs_drift::{
    render::{Format, Options, render},
    report::{ExitPolicy, Report, code},
    scan::CloudTrail,
    surface::Log,
};
use ecs_emulator::tamper::{Way, members};
use serde_json::{Value as Json, json};

use crate::support::{Made, World, merge, state};

/// Those that could hide drift.
const HIDING: [Way; 3] = [Way::LeftOut, Way::Another, Way::Empty];

/// A daemon with everything that answers can have, as wanted or with one setting changed outside.
pub(crate) async fn world(is_changed: bool) -> (World, Made) {
    let mut world = World::new(2).await;
    world.options.unmanaged = true;
    let mut made = world.make_special("agent").await;
    let tag = Tag::builder().key("team").value("platform").build();
    world
        .other
        .tag_resource()
        .resource_arn(&made.arn)
        .tags(tag)
        .send()
        .await
        .unwrap();
    merge(&mut made.state, &json!({"tags_all": {"team": "platform"}}));
    if is_changed {
        world.emulator.advance(std::time::Duration::from_hours(1));
        world.update(&made, |update| update.enable_execute_command(false)).await;
        world.settle();
    }
    (world, made)
}

async fn scanned(world: &World, made: &Made) -> Report {
    let trail = CloudTrail::new(world, Arc::clone(&world.options.counters));
    world.scan_with(&trail, &[state("ecs_daemon", &[&made.state])]).await
}

/// The first answer of each operation of a scan.
async fn answers(world: &mut World, made: &Made) -> BTreeMap<String, Json> {
    let seen: Arc<Mutex<BTreeMap<String, Json>>> = Arc::default();
    let all = Arc::clone(&seen);
    world.tamper = Some(Arc::new(move |operation, body| {
        all.lock()
            .unwrap()
            .entry(operation.to_owned())
            .or_insert_with(|| body.clone());
    }));
    scanned(world, made).await;
    world.tamper = None;
    seen.lock().unwrap().clone()
}

/// The report in short: causes and whether all was read.
fn said(report: &Report) -> String {
    let mut causes: Vec<&str> = report.findings.iter().map(|finding| finding.cause.id()).collect();
    causes.sort_unstable();
    causes.dedup();
    let mut said = if causes.is_empty() {
        "in sync".to_owned()
    } else {
        causes.join(", ")
    };
    if !report.errors.is_empty() {
        said.push_str(", error");
    }
    format!("{said} ({})", code(report, ExitPolicy::default()))
}

/// Nothing that steers, forges or commands is in any output, a job's log included.
fn expect_harmless(report: &Report, change: &str) {
    for format in Format::ALL {
        for log in [Log::Plain, Log::Job] {
            let options = Options {
                verbose: true,
                log,
                ..Options::default()
            };
            let output = render(format, report, &options).to_string();
            let steers = output
                .chars()
                .find(|char| matches!(char, '\u{1b}' | '\u{7}' | '\u{202e}' | '\r'));
            assert_eq!(steers, None, "{change} in {format:?}");
            let forged = output.lines().find(|line| {
                line.trim_start().starts_with("::error::forged") || line.trim_start().starts_with("##[error]forged")
            });
            assert_eq!(forged, None, "{change} in {format:?}");
        }
    }
}

async fn check(is_changed: bool, ways: &[Way]) -> String {
    let (mut world, made) = world(is_changed).await;
    let answers = answers(&mut world, &made).await;
    let untouched = said(&scanned(&world, &made).await);
    let mut table = format!("untouched: {untouched}\n");
    for (operation, answer) in &answers {
        for path in members(answer) {
            let mut told: BTreeMap<String, Vec<Way>> = BTreeMap::new();
            for way in ways.iter().copied() {
                if !way.apply(&mut answer.clone(), &path) {
                    continue;
                }
                let (of, at) = (operation.clone(), path.clone());
                world.tamper = Some(Arc::new(move |operation, body| {
                    if operation == of {
                        way.apply(body, &at);
                    }
                }));
                let report = scanned(&world, &made).await;
                if way == Way::Hostile {
                    expect_harmless(&report, &format!("{operation} {path}"));
                }
                told.entry(said(&report)).or_default().push(way);
            }
            for (said, ways) in told {
                if said != untouched {
                    writeln!(table, "{operation} {path} {ways:?}: {said}").unwrap();
                } else if ways.iter().any(|way| *way != Way::Hostile) {
                    writeln!(table, "{operation} {path} {ways:?}: no difference").unwrap();
                }
            }
        }
    }
    table
}

#[tokio::test(start_paused = true)]
async fn no_member_of_any_answer_makes_a_clean_scan_of_what_was_not_read() {
    insta::assert_snapshot!("tampered in sync", check(false, &Way::ALL).await);
}

#[tokio::test(start_paused = true)]
async fn no_member_of_any_answer_makes_drift_clean() {
    insta::assert_snapshot!("tampered drift", check(true, &HIDING).await);
}

/// The account of the credentials is asked of STS. A daemon that is gone, or is in sync, is said to be so in its own
/// account only.
#[tokio::test(start_paused = true)]
async fn no_member_of_an_answer_of_sts_makes_a_clean_scan_of_another_account() {
    let mut table = String::new();
    for is_gone in [false, true] {
        let (mut world, made) = world(false).await;
        if is_gone {
            world.delete(&made).await;
            world.settle();
        }
        let seen: Arc<Mutex<Option<Json>>> = Arc::default();
        let all = Arc::clone(&seen);
        world.tamper_sts = Some(Arc::new(move |operation, body| {
            if operation == "GetCallerIdentity" {
                *all.lock().unwrap() = Some(body.clone());
            }
        }));
        let untouched = said(&scanned(&world, &made).await);
        let answer = seen.lock().unwrap().clone().unwrap();
        writeln!(table, "{}: {untouched}", if is_gone { "gone" } else { "in sync" }).unwrap();
        for path in members(&answer) {
            for way in Way::OF_XML {
                if !way.apply(&mut answer.clone(), &path) {
                    continue;
                }
                let at = path.clone();
                world.tamper_sts = Some(Arc::new(move |_, body| {
                    way.apply(body, &at);
                }));
                let report = scanned(&world, &made).await;
                expect_harmless(&report, &format!("{path} {way:?}"));
                let told = said(&report);
                let told = if told == untouched {
                    "no difference"
                } else {
                    told.as_str()
                };
                writeln!(table, "{path} {way:?}: {told}").unwrap();
            }
        }
    }
    insta::assert_snapshot!("tampered identity", table);
}
