//! The same answers of another as in `tampered`, for what records and what examines: a baseline never takes over what was
//! not read, and `doctor` never says that a scan can work where it cannot. What is said is a snapshot, to be read by people.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Arc, Mutex},
};

use aws::Aws;
use daemons::arn::DaemonArn;
use ecs_drift::{
    baseline_recording::{self, Recording, Selection},
    doctor::{Examination, Needs, Outcome, Subject},
    observe::{EcsReader, Reading, Slots},
    scan::{Access, Connect},
    source::{
        accept::{Accept, accept},
        baseline::parse_toml,
    },
};
use ecs_emulator::tamper::{Way, members};
use jiff::Timestamp;
use serde_json::Value as Json;

use crate::{
    support::{Made, REGION, World, arn, short},
    tampered::world,
};

async fn aws(world: &World) -> Aws {
    world.connect(&Access::default()).await.unwrap()
}

async fn reader(world: &World) -> EcsReader {
    EcsReader::new(&aws(world).await, REGION, Slots::new(4), Arc::default())
}

/// The baseline of the world, or the reason for which there is none.
async fn recorded(world: &World) -> Result<String, String> {
    let mut recording = Recording::new(Timestamp::UNIX_EPOCH);
    let selection = Selection {
        clusters: vec![arn("cluster/prod")],
        ..Selection::default()
    };
    let added = recording.add(&reader(world).await, &selection).await;
    added.map_err(|failure| format!("error: {failure}"))?;
    if let Some((_, why)) = recording.unread.first() {
        return Err(format!("unread: {why}"));
    }
    let mut text = toml::to_string_pretty(&recording.baseline).unwrap();
    for warning in &recording.warnings {
        writeln!(text, "warning: {warning}").unwrap();
    }
    Ok(text)
}

/// The file after `baseline update`, or the reason for which nothing is changed.
async fn updated(world: &World, made: &Made, file: &str) -> Result<String, String> {
    let readings = baseline_recording::read(&reader(world).await, std::slice::from_ref(&made.arn)).await;
    let reading = readings.get(&made.arn).unwrap();
    let live = match reading {
        Reading::Live(live) => baseline_recording::daemon(&made.arn, live),
        _ => None,
    };
    let live = live.ok_or_else(|| format!("unread: {}", baseline_recording::why(reading)))?;
    let target = Accept::parse(&made.arn, &parse_toml(file).unwrap()).unwrap();
    let (text, _) = accept(file, &target, &live).map_err(|error| format!("error: {}", error.summary))?;
    Ok(text)
}

/// Checks that are not as they are without an enemy.
async fn examined(world: &World, made: &Made) -> Result<String, String> {
    let aws = aws(world).await;
    let mut examination = Examination::default();
    let subject = Subject {
        daemon: DaemonArn::parse(&made.arn).unwrap(),
        is_named: true,
    };
    let needs = Needs { tags: true, who: true };
    examination.region(&reader(world).await, &subject, needs).await;
    examination.trail(&aws, &subject.daemon, needs).await;
    let bad = examination.checks.iter().filter(|check| check.outcome != Outcome::Ok);
    let mut said: Vec<String> = bad
        .map(|check| format!("{} {:?}: {}", check.name, check.outcome, check.detail))
        .collect();
    said.push(format!("exit code {}", examination.code()));
    Ok(said.join(", "))
}

/// Lines that differ, those of before with a minus.
fn difference(before: &str, after: &str) -> String {
    let minus = before.lines().filter(|line| !after.lines().any(|other| other == *line));
    let plus = after.lines().filter(|line| !before.lines().any(|other| other == *line));
    let lines = minus
        .map(|line| format!("-{line}"))
        .chain(plus.map(|line| format!("+{line}")));
    let lines: Vec<String> = lines.filter(|line| line.len() > 1).collect();
    if lines.is_empty() {
        "the order alone".to_owned()
    } else {
        lines.join(" ")
    }
}

/// On one line, without what differs from run to run.
fn shown(said: &str) -> String {
    let mut rest = said;
    let mut shown = String::new();
    while let Some((before, after)) = rest.split_once(" (request id ") {
        shown.push_str(before);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    shown.push_str(rest);
    shown
        .escape_debug()
        .to_string()
        .replace("\\\"", "\"")
        .replace("\\'", "'")
}

/// Does something with every change of every answer that it needs; a line for each member and what is said.
async fn check(world: &mut World, task: impl AsyncFn(&World) -> Result<String, String>) -> String {
    let seen: Arc<Mutex<BTreeMap<String, Json>>> = Arc::default();
    let all = Arc::clone(&seen);
    world.tamper = Some(Arc::new(move |operation, body| {
        all.lock()
            .unwrap()
            .entry(operation.to_owned())
            .or_insert_with(|| body.clone());
    }));
    let untouched = task(world).await.unwrap();
    let answers = seen.lock().unwrap().clone();
    let mut table = String::new();
    for (operation, answer) in &answers {
        for path in members(answer) {
            let mut told: BTreeMap<String, Vec<Way>> = BTreeMap::new();
            for way in Way::ALL {
                if !way.apply(&mut answer.clone(), &path) {
                    continue;
                }
                let (of, at) = (operation.clone(), path.clone());
                world.tamper = Some(Arc::new(move |operation, body| {
                    if operation == of {
                        way.apply(body, &at);
                    }
                }));
                let said = match task(world).await {
                    Ok(said) if said == untouched => "no difference".to_owned(),
                    Ok(said) => difference(&untouched, &said),
                    Err(why) => why,
                };
                told.entry(shown(&short(&said))).or_default().push(way);
            }
            for (said, ways) in told {
                writeln!(table, "{operation} {path} {ways:?}: {said}").unwrap();
            }
        }
    }
    table
}

#[tokio::test(start_paused = true)]
async fn no_member_of_any_answer_puts_into_a_new_baseline_what_was_not_read() {
    let (mut world, _) = world(false).await;
    let table = check(&mut world, recorded).await;
    insta::assert_snapshot!("tampered record", table);
}

#[tokio::test(start_paused = true)]
async fn no_member_of_any_answer_is_accepted_into_a_baseline_unread() {
    let (mut world, made) = world(true).await;
    let file = recorded(&world).await.unwrap();
    let file = file.replace("enable_execute_command = false", "enable_execute_command = true");
    let table = check(&mut world, async |world: &World| updated(world, &made, &file).await).await;
    insta::assert_snapshot!("tampered update", table);
}

#[tokio::test(start_paused = true)]
async fn doctor_calls_no_answer_of_another_fit() {
    let (mut world, made) = world(true).await;
    let table = check(&mut world, async |world: &World| examined(world, &made).await).await;
    insta::assert_snapshot!("tampered doctor", table);
}
