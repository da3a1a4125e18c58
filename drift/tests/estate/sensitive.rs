//! Canaries: a text or number that stands nowhere else is planted in each member that a source can mark as sensitive, in
//! each form of source and for each cause that could repeat it; then it must be in no output. With everything shown
//! it must be found, or the case would prove nothing.

use std::sync::Arc;

use aws_sdk_ecs::types::Tag;
use daemons::settings::Setting;
use ecs_drift::{
    render::{Format, Options, render},
    report::{Report, Shown},
    scan::{self, CloudTrail, NoTrail, Trail},
    source::{self, ReadOptions},
};
use ecs_emulator::knobs::Knobs;
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::{
    plants,
    support::{Made, World, arn, deployment, merge, plan, special, state},
};

/// The form of a source that wants the values, with marks on single attributes or on the whole.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Shown,
    Raw,
    Plan,
    /// A plan whose refresh moved everything, and where only `resource_drift` has the marks.
    Drifted,
    Whole,
}

const FORMS: [Form; 5] = [Form::Shown, Form::Raw, Form::Plan, Form::Drifted, Form::Whole];

/// A member: its attribute, the marks on it as a tree and as steps of a path, its wanted value, and texts of wanted and
/// live values that no output may have.
struct Member {
    attribute: &'static str,
    tree: Json,
    steps: Json,
    wanted: Json,
    canaries: &'static [&'static str],
}

fn members() -> Vec<Member> {
    const B: &str = "deployment_configuration";
    let block = |inner: Json| json!({"deployment_configuration": [inner]});
    let own = |attribute: &'static str, wanted: Json, canaries: &'static [&'static str]| Member {
        attribute,
        tree: json!({attribute: true}),
        steps: json!([step(attribute)]),
        wanted: json!({attribute: wanted}),
        canaries,
    };
    let nested = |path: &[&'static str], tree: Json, wanted: Json, canaries: &'static [&'static str]| {
        let mut steps = Vec::new();
        for name in path {
            if !steps.is_empty() {
                steps.push(json!({"type": "index", "value": {"value": 0, "type": "number"}}));
            }
            steps.push(step(name));
        }
        Member {
            attribute: path[path.len() - 1],
            tree: block(tree),
            steps: Json::from(steps),
            wanted: block(wanted),
            canaries,
        }
    };
    let mut members = vec![
        own(
            "daemon_task_definition_arn",
            json!(arn("daemon-task-definition/canary-definition-wanted:77")),
            &["canary-definition"],
        ),
        own(
            "capacity_provider_arns",
            json!([arn("capacity-provider/canary-provider")]),
            &["canary-provider"],
        ),
        own("critical", json!(true), &[]),
        own("enable_ecs_managed_tags", json!(false), &[]),
        own("enable_execute_command", json!(false), &[]),
        own("propagate_tags", json!("canary-propagate"), &["canary-propagate"]),
        nested(
            &[B, "drain_percent"],
            json!({"drain_percent": true}),
            json!({"drain_percent": 37.125, "bake_time_in_minutes": 5}),
            &["37.125", "61.75"],
        ),
        nested(
            &[B, "bake_time_in_minutes"],
            json!({"bake_time_in_minutes": true}),
            json!({"drain_percent": 50, "bake_time_in_minutes": 1237}),
            &["1237", "1171"],
        ),
        nested(
            &[B, "alarms", "alarm_names"],
            json!({"alarms": [{"alarm_names": [true]}]}),
            json!({"drain_percent": 50, "alarms": [{"alarm_names": ["canary-alarm-wanted"], "enable": true}]}),
            &["canary-alarm"],
        ),
        nested(
            &[B, "alarms", "enable"],
            json!({"alarms": [{"enable": true}]}),
            json!({"drain_percent": 50, "alarms": [{"alarm_names": [], "enable": false}]}),
            &[],
        ),
        own(
            "tags",
            json!({"canary-key": "canary-tag-wanted"}),
            &["canary-tag", "canary-token", "canary-key"],
        ),
        Member {
            attribute: "tags",
            tree: json!({"tags": {"token": true}}),
            steps: json!([step("tags"), {"type": "index", "value": {"value": "token", "type": "string"}}]),
            wanted: json!({"tags": {"token": "canary-token-wanted"}}),
            canaries: &["canary-token"],
        },
        own("rollout_failure", json!("canary-failure failed"), &["canary-failure"]),
    ];
    // A setting without a line is wanted at its default, which live daemons are away from.
    for setting in Setting::ALL {
        if members.iter().all(|member| member.attribute != setting.attribute()) {
            let default = setting.default().unwrap().to_json();
            members.push(match setting.path() {
                [B, below @ ..] => {
                    let mut wanted = special()[B][0].clone();
                    put(&mut wanted, below, default);
                    let mut tree = json!({});
                    put(&mut tree, below, json!(true));
                    nested(setting.path(), tree, wanted, &[])
                }
                _ => own(setting.attribute(), default, &[]),
            });
        }
    }
    members
}

/// Puts a value at a path of a block, through the blocks on the way.
fn put(block: &mut Json, path: &[&str], value: Json) {
    match path {
        [attribute] => block[*attribute] = value,
        [inner, below @ ..] => {
            if block[*inner].is_null() {
                block[*inner] = json!([{}]);
            }
            put(&mut block[*inner][0], below, value);
        }
        [] => {}
    }
}

fn step(attribute: &str) -> Json {
    json!({"type": "get_attr", "value": attribute})
}

fn document(form: Form, made: &Made, member: &Member) -> Json {
    let mut wanted = made.state.clone();
    merge(&mut wanted, &member.wanted);
    if wanted["tags"].is_object() {
        wanted["tags_all"] = wanted["tags"].clone();
    }
    match form {
        Form::Shown | Form::Whole => {
            let mut document = state("ecs_daemon", &[&wanted]);
            let marks = if form == Form::Whole {
                json!(true)
            } else {
                member.tree.clone()
            };
            document["values"]["root_module"]["resources"][0]["sensitive_values"] = marks;
            document
        }
        Form::Raw => json!({
            "version": 4, "terraform_version": "1.15.5", "serial": 1, "lineage": "l", "outputs": {},
            "resources": [{"mode": "managed", "type": "ecs_daemon", "name": "agent", "instances": [{
                "schema_version": 0, "attributes": wanted, "sensitive_attributes": [member.steps]}]}],
        }),
        Form::Plan => {
            let mut document = plan(&wanted, &wanted, &json!({}));
            document["resource_changes"][0]["change"]["before_sensitive"] = member.tree.clone();
            document
        }
        Form::Drifted => {
            let mut document = plan(&made.state, &wanted, &json!({}));
            document["resource_drift"] = json!([{"address": "ecs_daemon.agent", "mode": "managed", "type": "ecs_daemon",
                "change": {"actions": ["update"], "before": wanted, "after": made.state,
                           "before_sensitive": member.tree, "after_sensitive": {}}}]);
            document
        }
    }
}

async fn scanned<T: Trail>(world: &World, trail: &T, document: &Json, show_sensitive: bool) -> (Report, String) {
    let options = ReadOptions {
        allow_empty: false,
        show_sensitive,
        tool: None,
    };
    let document = source::read("input", document.to_string().as_bytes(), options).unwrap();
    let debug = format!("{document:?}");
    let mut report = Report::new(Timestamp::UNIX_EPOCH);
    report.inputs = vec![document.input];
    let named = document.wanted.iter().map(|wanted| wanted.arn.to_string()).collect();
    scan::scan(world, trail, &document.wanted, &named, &world.options, &mut report).await;
    (report, debug)
}

/// Everything that anybody could see of a report.
fn outputs(report: &Report, debug: &str) -> String {
    let options = Options {
        verbose: true,
        ..Options::default()
    };
    let mut seen = format!("{report:?}\n{report:#?}\n{debug}\n");
    for format in Format::ALL {
        seen.push_str(&render(format, report, &options).to_string());
    }
    seen
}

/// Says where a text was seen, in short.
fn seen_at(seen: &str, canary: &str) -> Option<String> {
    let at = seen.find(canary)?;
    let from = seen[..at].char_indices().rev().nth(120).map_or(0, |(from, _)| from);
    let to = seen[at..].char_indices().nth(80).map_or(seen.len(), |(to, _)| at + to);
    Some(seen[from..to].replace('\n', " "))
}

/// Checks every member in every form against one world.
async fn check(name: &str, world: &World, made: &Made) {
    let mut wrong = Vec::new();
    let trail = CloudTrail::new(world, Arc::clone(&world.options.counters));
    for member in members() {
        for form in FORMS {
            let document = document(form, made, &member);
            for with_trail in [false, true] {
                let (report, debug) = if with_trail {
                    scanned(world, &trail, &document, false).await
                } else {
                    scanned(world, &NoTrail, &document, false).await
                };
                let seen = outputs(&report, &debug);
                for canary in member.canaries {
                    if let Some(place) = seen_at(&seen, canary) {
                        wrong.push(format!("{} as {form:?}: …{place}…", member.attribute));
                    }
                }
                let own = |shown: &Option<Shown>| {
                    shown
                        .as_ref()
                        .is_some_and(|shown| !shown.redacted && shown.value.is_some())
                };
                let ends = |setting: &str| setting.split('.').next_back() == Some(member.attribute);
                let open = report
                    .findings
                    .iter()
                    .filter(|finding| finding.setting.as_deref().is_some_and(ends));
                for finding in open.filter(|finding| own(&finding.wanted) || own(&finding.live)) {
                    wrong.push(format!("{} as {form:?}: {finding:?}", member.attribute));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
}

/// A daemon whose live values are canaries, too, changed by somebody from outside.
async fn changed(instances: u32) -> (World, Made) {
    let world = World::new(instances).await;
    let definition = world.define("canary-definition-live").await;
    let made = world.make_special("agent").await;
    world
        .update(&made, |update| {
            update
                .daemon_task_definition_arn(definition)
                .deployment_configuration(deployment(61.75, 1171, &["canary-alarm-live"], true))
        })
        .await;
    world.settle();
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let call = world.other.tag_resource().resource_arn(&made.arn);
    let call = call.tags(tag("token", "canary-token-live"));
    call.tags(tag("canary-key", "canary-tag-live")).send().await.unwrap();
    (world, made)
}

#[tokio::test(start_paused = true)]
async fn no_sensitive_value_of_what_was_changed_outside_is_in_any_output() {
    let (world, made) = changed(3).await;
    // A newer revision of the family that runs.
    world.define("canary-definition-live").await;
    check("changed outside", &world, &made).await;
}

#[tokio::test(start_paused = true)]
async fn no_sensitive_value_is_in_any_output_whatever_the_cause() {
    for plant in [
        "a minimal update",
        "a minimal update, on no record but the latest",
        "a provider without instances",
        "a newer revision",
        "another family",
        "tags changed",
    ] {
        let planted = plants::cause(plant, &Knobs::default()).await;
        check(plant, &planted.world, &planted.made).await;
    }
    for plant in [
        "an update that an alarm rolls back",
        "failed in the middle",
        "an update that rolls",
    ] {
        let planted = plants::rollout(plant, &Knobs::default()).await;
        check(plant, &planted.world, &planted.made).await;
    }
    for plant in [
        "its records expired",
        "its task definition was deleted",
        "an image of no importance that does not start",
    ] {
        let planted = plants::beside(plant, &Knobs::default()).await;
        check(plant, &planted.world, &planted.made).await;
    }
    for plant in ["deleted", "DescribeDaemon is denied", "credentials of another account"] {
        let planted = plants::absent(plant, &Knobs::default()).await;
        check(plant, &planted.world, &planted.made).await;
    }
}

#[tokio::test(start_paused = true)]
async fn everything_is_shown_when_asked_for() {
    let (world, made) = changed(3).await;
    for member in members().iter().filter(|member| !member.canaries.is_empty()) {
        // A failure that the state remembers counts only while the record of the deployment is gone.
        if member.attribute == "rollout_failure" {
            continue;
        }
        let (report, debug) = scanned(&world, &NoTrail, &document(Form::Shown, &made, member), true).await;
        let seen = outputs(&report, &debug);
        let found = member.canaries.iter().any(|canary| seen_at(&seen, canary).is_some());
        assert!(found && !seen.contains("(sensitive value)"), "{}", member.attribute);
        let commands = report.findings.iter().flat_map(|finding| &finding.next_step.commands);
        assert!(
            commands
                .map(|command| &command.text)
                .any(|text| text.contains("aws ecs "))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn names_of_alarms_and_providers_that_ecs_tells_are_as_sensitive_as_the_setting() {
    // The alarm that went off, and the provider whose instances lack the daemon, are neither in source nor settings.
    let planted = plants::rollout("an update that an alarm rolls back", &Knobs::default()).await;
    let marks =
        json!({"deployment_configuration": [{"alarms": [{"alarm_names": true}]}], "capacity_provider_arns": true});
    let mut document = planted.documents[0].clone();
    document["values"]["root_module"]["resources"][0]["sensitive_values"] = marks.clone();
    let (report, debug) = scanned(&planted.world, &NoTrail, &document, false).await;
    let seen = outputs(&report, &debug);
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.cause.id() == "rolled-back")
    );
    assert!(
        seen.contains("These alarms went off: (sensitive value)"),
        "{}",
        seen_at(&seen, "alarms went").unwrap_or_default()
    );
    assert_eq!(seen_at(&seen, "\"high\""), None);
    let planted = plants::beside("an image of no importance that does not start", &Knobs::default()).await;
    let mut document = planted.documents[0].clone();
    document["values"]["root_module"]["resources"][0]["sensitive_values"] = marks;
    let (report, debug) = scanned(&planted.world, &NoTrail, &document, false).await;
    assert!(report.findings.iter().any(|finding| finding.cause.id() == "coverage"));
    assert_eq!(seen_at(&outputs(&report, &debug), "capacity-provider/fleet"), None);
}

/// A daemon whose source marks the names of alarms, and a call that ECS refuses with a sentence that repeats one.
async fn refused(operation: &str) -> String {
    let (world, made) = changed(0).await;
    world.fault(&json!({"operation": operation, "count": null, "effect": {"error": {
        "type": "AccessDeniedException", "message": "not authorized, see canary-alarm-wanted", "status": 400}}}));
    let members = members();
    let alarms = members.iter().find(|member| member.attribute == "alarm_names").unwrap();
    let document = document(Form::Shown, &made, alarms);
    let (open, _) = scanned(&world, &NoTrail, &document, true).await;
    let said = |report: &Report| {
        let evidence = report.findings.iter().flat_map(|finding| &finding.evidence);
        let texts: Vec<&str> = evidence.map(|evidence| evidence.text.as_str()).collect();
        texts.join("\n")
    };
    assert!(
        said(&open).contains("see canary-alarm-wanted"),
        "{operation}: {}",
        said(&open)
    );
    let (report, _) = scanned(&world, &NoTrail, &document, false).await;
    said(&report)
}

#[tokio::test(start_paused = true)]
async fn sentences_of_ecs_are_searched_for_sensitive_texts() {
    // A daemon that cannot be read, and one whose past cannot be: these are made in different places.
    for operation in ["DescribeDaemon", "ListDaemonDeployments"] {
        let said = refused(operation).await;
        assert!(said.contains("see (sensitive value)"), "{operation}: {said}");
        assert!(!said.contains("canary-alarm"), "{operation}: {said}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_one_of_two_inputs_marks_is_sensitive() {
    let (world, made) = changed(0).await;
    let members = members();
    let alarms = members.iter().find(|member| member.attribute == "alarm_names").unwrap();
    let marked = document(Form::Shown, &made, alarms);
    let mut open = marked.clone();
    open["values"]["root_module"]["resources"][0]["sensitive_values"] = json!({});
    for documents in [[open.clone(), marked.clone()], [marked, open]] {
        let report = world.scan_documents(&documents).await;
        assert!(report.errors.is_empty() && !report.findings.is_empty());
        assert_eq!(seen_at(&outputs(&report, ""), "canary-alarm"), None);
    }
}

/// The binary reads the report again in each of its ways.
#[tokio::test(start_paused = true)]
async fn a_value_that_a_stored_report_calls_redacted_is_dropped_on_reading() {
    let (world, made) = changed(0).await;
    let members = members();
    let drain = members
        .iter()
        .find(|member| member.attribute == "drain_percent")
        .unwrap();
    let (report, _) = scanned(&world, &NoTrail, &document(Form::Shown, &made, drain), false).await;
    let mut stored = serde_json::to_value(&report).unwrap();
    let mut planted = 0;
    for finding in stored["findings"].as_array_mut().unwrap() {
        for side in ["wanted", "live"] {
            if finding[side]["redacted"] == json!(true) {
                finding[side]["value"] = json!("canary-stored");
                planted += 1;
            }
        }
    }
    assert!(planted > 0);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("report.json"), stored.to_string()).unwrap();
    let mut empty = report.clone();
    empty.findings.clear();
    std::fs::write(path("empty.json"), serde_json::to_string(&empty).unwrap()).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ecs-drift"));
        let output = command.current_dir(folder.path()).args(arguments).output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let mut seen = run(&["diff", "empty.json", "report.json"]);
    assert!(seen.contains("(sensitive value)"), "{seen}");
    for format in Format::ALL {
        seen.push_str(&run(&["merge", "--verbose", "-o", format.name(), "report.json"]));
        seen.push_str(&run(&[
            "merge",
            "-v",
            "--only-new",
            "report.json",
            "-o",
            format.name(),
            "report.json",
        ]));
    }
    assert_eq!(seen_at(&seen, "canary-stored"), None);
}
