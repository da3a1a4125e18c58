//! A short account of a failed run: what the world looked like at the end, and which calls were refused. A test that
//! fails says what it has expected; the reason often stands here.

use std::fmt::Write;

use serde_json::Value;

use crate::command::printable::printable;

/// Refusals of different kinds, daemons and services of a cluster, and faults that are told.
const MOST: usize = 10;
/// Characters of a text of others.
const LONGEST: usize = 300;

/// The account. `overview` is the world with its faults, `journal` the requests since the latest reset, `idle` the faults
/// that had to fire and did not.
pub(super) fn render(overview: &Value, journal: &[Value], idle: &[String]) -> String {
    let mut text = format!("the world at {}:\n", said(&overview["now"]));
    let regions = elements(&overview["world"]["regions"]);
    let clusters = regions.flat_map(|region| elements(&region["clusters"]).map(move |cluster| (region, cluster)));
    let before = text.len();
    for (region, cluster) in clusters {
        add_cluster(&mut text, region, cluster);
    }
    if text.len() == before {
        text.push_str("  no cluster\n");
    }
    add_refusals(&mut text, journal);
    add_faults(&mut text, overview, idle);
    text
}

fn add_cluster(text: &mut String, region: &Value, cluster: &Value) {
    let (place, account) = (said(&region["region"]), said(&region["account"]));
    let _ = writeln!(
        text,
        "  cluster {} in {place} of account {account}",
        said(&cluster["name"])
    );
    for provider in elements(&cluster["capacity_providers"]) {
        let name = &provider["name"];
        let instances = elements(&cluster["instances"]).filter(|each| each["capacity_provider"] == *name);
        let states = tally(instances.map(|each| said(&each["status"])));
        let _ = writeln!(text, "    capacity provider {}: {states}", said(name));
    }
    limited(text, elements(&cluster["daemons"]), "daemons", add_daemon);
    limited(text, elements(&cluster["services"]), "services", |text, service| {
        add_service(text, cluster, service);
    });
}

fn add_daemon(text: &mut String, daemon: &Value) {
    let goal = match &daemon["goal"]["task_definition"] {
        Value::Null => "no revision".to_owned(),
        definition => said(definition),
    };
    let _ = writeln!(
        text,
        "    daemon {}: {}, {goal}",
        said(&daemon["name"]),
        said(&daemon["status"])
    );
    let Some(latest) = elements(&daemon["deployments"]).last() else {
        return;
    };
    let target = said(&latest["target"]["task_definition"]);
    let _ = write!(text, "      deployment to {target}: {}", said(&latest["status"]));
    let batch = &latest["batch"];
    if latest["finished"].is_null() {
        let _ = write!(text, ", batch {} of {}", said(&batch["number"]), said(&batch["of"]));
    }
    if latest["failures"] != 0 {
        let _ = write!(
            text,
            ", {} failures of {}",
            said(&latest["failures"]),
            said(&latest["threshold"])
        );
    }
    let alarms: Vec<String> = elements(&latest["triggered_alarms"]).map(said).collect();
    if !alarms.is_empty() {
        let _ = write!(text, ", alarms {}", alarms.join(", "));
    }
    if !latest["reason"].is_null() {
        let _ = write!(text, ": {}", said(&latest["reason"]));
    }
    text.push('\n');
}

fn add_service(text: &mut String, cluster: &Value, service: &Value) {
    let group = format!("service:{}", said(&service["name"]));
    let tasks = elements(&cluster["application_tasks"]).filter(|task| task["group"] == group.as_str());
    let running = tasks.filter(|task| task["status"] == "RUNNING").count();
    let (name, status) = (said(&service["name"]), said(&service["status"]));
    let (definition, desired) = (said(&service["task_definition"]), said(&service["desired"]));
    let _ = writeln!(
        text,
        "    service {name}: {status}, {definition}, {running} of {desired} tasks running"
    );
}

/// Refusals that are alike are one line: a client that tries again would hide the others.
fn add_refusals(text: &mut String, journal: &[Value]) {
    let mut kinds: Vec<(String, usize, String)> = Vec::new();
    for entry in journal.iter().filter(|entry| !entry["error"].is_null()) {
        let refusal = refusal(entry);
        let time = said(&entry["time"]);
        let known = kinds.iter().position(|(known, _, _)| *known == refusal);
        let count = known.map_or(0, |index| kinds.remove(index).1);
        kinds.push((refusal, count + 1, time));
    }
    if kinds.is_empty() {
        let _ = writeln!(text, "no call was refused");
        return;
    }
    let left_out = kinds.len().saturating_sub(MOST);
    text.push_str("refused calls, latest last:\n");
    if left_out > 0 {
        let _ = writeln!(text, "  {left_out} other kinds of refusals before these");
    }
    for (refusal, count, time) in kinds.iter().skip(left_out) {
        let times = if *count == 1 {
            String::new()
        } else {
            format!(" ({count} times)")
        };
        let _ = writeln!(text, "  {time} {refusal}{times}");
    }
}

fn refusal(entry: &Value) -> String {
    let error = &entry["error"];
    let kind = said(&error["__type"]);
    let kind = kind.rsplit('#').next().unwrap_or_default();
    let message = [&error["message"], &error["Message"]]
        .into_iter()
        .find(|message| !message.is_null());
    let mut text = format!("{}: {kind}", said(&entry["operation"]));
    if let Some(message) = message.filter(|message| **message != "") {
        let _ = write!(text, ": {}", said(message));
    }
    if !entry["fault"].is_null() {
        let _ = write!(text, " [fault {}]", said(&entry["fault"]));
    }
    text
}

fn add_faults(text: &mut String, overview: &Value, idle: &[String]) {
    let refused = elements(&overview["faults"]).filter(|fault| !fault["error"].is_null());
    limited(text, refused, "faults", |text, fault| {
        let (id, error) = (said(&fault["id"]), said(&fault["error"]));
        let _ = writeln!(text, "the call of fault {id} was refused: {error}");
    });
    for id in idle {
        let id = printable(id, LONGEST);
        let _ = writeln!(text, "fault {id} has must_fire and did not fire");
    }
}

fn limited<'a>(
    text: &mut String,
    all: impl Iterator<Item = &'a Value> + Clone,
    what: &str,
    mut add: impl FnMut(&mut String, &Value),
) {
    let count = all.clone().count();
    for each in all.take(MOST) {
        add(text, each);
    }
    if count > MOST {
        let _ = writeln!(text, "    {} other {what}", count - MOST);
    }
}

/// How many there are of each: `3 ACTIVE, 1 DRAINING`.
fn tally(states: impl Iterator<Item = String>) -> String {
    let mut counts = std::collections::BTreeMap::new();
    for state in states {
        *counts.entry(state).or_insert(0_usize) += 1;
    }
    if counts.is_empty() {
        return "no instance".to_owned();
    }
    let counts = counts.iter().map(|(state, count)| format!("{count} {state}"));
    counts.collect::<Vec<_>>().join(", ")
}

fn elements(value: &Value) -> impl Iterator<Item = &Value> + Clone {
    value.as_array().into_iter().flatten()
}

/// A value in words.
fn said(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    printable(&text, LONGEST)
}
