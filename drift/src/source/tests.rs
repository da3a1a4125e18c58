//! Every form of input, every way in which it can be broken, and that none of them looks clean.

mod awscc;

use serde_json::{Value, json};

use super::*;
use crate::setting::{Datum, Setting};

const ARN: &str = "arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent";
const DEPLOYMENT: &str = "arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/abc";
const DEFINITION: &str = "arn:aws:ecs:eu-central-1:123456789012:daemon-task-definition/agent:3";
const FLEET: &str = "arn:aws:ecs:eu-central-1:123456789012:capacity-provider/fleet";

fn ours() -> Value {
    json!({
        "arn": ARN, "name": "agent", "cluster_arn": "arn:aws:ecs:eu-central-1:123456789012:cluster/prod",
        "daemon_task_definition_arn": DEFINITION, "capacity_provider_arns": [FLEET], "critical": false,
        "enable_ecs_managed_tags": false, "enable_execute_command": false, "propagate_tags": "NONE",
        "deployment_arn": DEPLOYMENT, "deployment_configuration": [{"drain_percent": 10, "bake_time_in_minutes": 0,
        "alarms": []}], "tags": {"a": "1"}, "tags_all": {"a": "1"}, "rollout_failure": null, "timeouts": null,
    })
}

/// The attributes that hashicorp/aws leaves in a state; `critical` does not exist there.
fn theirs() -> Value {
    json!({
        "arn": ARN, "name": "agent", "daemon_task_definition_arn": DEFINITION, "capacity_provider_arns": [FLEET],
        "enable_ecs_managed_tags": true, "enable_execute_command": null, "propagate_tags": null,
        "deployment_arn": DEPLOYMENT, "deployment_configuration": [], "tags": null, "tags_all": {},
    })
}

fn shown(resource_type: &str, values: &Value) -> Value {
    let resource = json!({
        "address": format!("module.m.{resource_type}.agent[\"a\"]"), "mode": "managed", "type": resource_type, "name": "agent",
        "schema_version": 0, "values": values, "sensitive_values": {"tags": {"a": true}, "capacity_provider_arns": [false]},
    });
    json!({
        "format_version": "1.0", "terraform_version": "1.15.5",
        "values": {"root_module": {"resources": [], "child_modules": [{"address": "module.m", "resources": [resource]}]}},
    })
}

fn raw(resource_type: &str, attributes: &Value) -> Value {
    json!({
        "version": 4, "terraform_version": "1.15.5", "serial": 7, "lineage": "l", "outputs": {},
        "resources": [{
            "module": "module.m", "mode": "managed", "type": resource_type, "name": "agent",
            "provider": "provider[\"registry.terraform.io/x/y\"]",
            "instances": [
                {"index_key": "a", "schema_version": 0, "attributes": attributes,
                 "sensitive_attributes": [[{"type": "get_attr", "value": "tags"},
                                           {"type": "index", "value": {"value": "a", "type": "string"}}]]},
                {"deposed": "0badcafe", "schema_version": 0, "attributes": attributes},
            ],
        }],
    })
}

const STRICT: ReadOptions = ReadOptions {
    allow_empty: false,
    show_sensitive: false,
    tool: None,
};
const LENIENT: ReadOptions = ReadOptions {
    allow_empty: true,
    show_sensitive: false,
    tool: None,
};

fn only(document: &Value) -> Wanted {
    let mut document = read("state", document.to_string().as_bytes(), STRICT).unwrap();
    assert_eq!(document.input.daemons, 1);
    document.wanted.remove(0)
}

fn recorded(datum: Datum) -> Want {
    Want::Recorded(crate::setting::Marked::open(datum))
}

fn datum(wanted: &Wanted, setting: Setting) -> Option<Datum> {
    wanted.datum(setting).map(|value| value.expose().clone())
}

#[test]
fn both_forms_of_a_state_say_the_same() {
    for (resource_type, values) in [("ecs_daemon", ours()), ("aws_ecs_daemon", theirs())] {
        let one = only(&shown(resource_type, &values));
        assert_eq!(one, only(&raw(resource_type, &values)));
        assert_eq!(one.source.address, format!("module.m.{resource_type}.agent[\"a\"]"));
        let tags = one.tags.unwrap_or_default();
        assert!(!tags.is_sensitive() && tags.expose().values().all(crate::setting::Marked::is_sensitive));
    }
}

/// The document with the members of every object in the opposite order.
fn backwards(document: &Value) -> String {
    match document {
        Value::Object(members) => {
            let members = members.iter().rev();
            let members: Vec<String> = members
                .map(|(name, value)| format!("{}:{}", json!(name), backwards(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(backwards).collect();
            format!("[{}]", elements.join(","))
        }
        other => other.to_string(),
    }
}

#[test]
fn the_order_of_members_means_nothing() {
    let baseline: baseline::Baseline = toml::from_str(BASELINE).unwrap();
    let mut state = ours();
    state["propagate_tags"] = json!("DAEMON");
    for document in [
        shown("ecs_daemon", &ours()),
        raw("aws_ecs_daemon", &theirs()),
        plan(&json!(["update"]), &ours(), &json!({}), Some(&state)),
        serde_json::to_value(baseline).unwrap(),
    ] {
        let read = |text: &str| read("input", text.as_bytes(), STRICT).unwrap();
        assert_eq!(read(&document.to_string()), read(&backwards(&document)));
    }
}

#[test]
fn what_is_no_daemon_is_not_looked_at() {
    let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    let strange = format!(r#"{{"type": "x", "mode": "managed", "address": 7, "values": {deep}, "change": "\ud800"}}"#);
    let unread = |document: &Value, list: &str| {
        let begin = format!("\"{list}\":[");
        let text = document.to_string().replacen(&begin, &format!("{begin}{strange},"), 1);
        assert!(text.contains(&strange), "{text}");
        let wanted = read("input", text.as_bytes(), STRICT).unwrap().wanted;
        assert_eq!(
            wanted,
            read("input", document.to_string().as_bytes(), STRICT).unwrap().wanted
        );
    };
    let mut state = shown("ecs_daemon", &ours());
    state["values"]["root_module"]["resources"] = json!([{}]);
    unread(&state, "resources");
    unread(&raw("ecs_daemon", &ours()), "resources");
    unread(&plan(&json!(["update"]), &ours(), &json!({}), None), "resource_changes");
}

#[test]
fn our_state_records_everything() {
    let wanted = only(&shown("ecs_daemon", &ours()));
    assert!(wanted.deployment_is_own && wanted.defaults_are_meant);
    assert_eq!(wanted.want(Setting::Critical), Some(&recorded(Datum::Flag(false))));
    assert_eq!(datum(&wanted, Setting::DrainPercent), Some(Datum::Number(10.0)));
    assert_eq!(wanted.want(Setting::AlarmsEnabled), Some(&Want::ImplicitDefault));
}

#[test]
fn the_state_of_hashicorp_has_holes() {
    let wanted = only(&shown("aws_ecs_daemon", &theirs()));
    assert!(!wanted.deployment_is_own && !wanted.defaults_are_meant);
    assert_eq!(wanted.want(Setting::Critical), None);
    assert_eq!(wanted.want(Setting::PropagateTags), Some(&Want::ImplicitDefault));
    assert_eq!(
        datum(&wanted, Setting::PropagateTags),
        Some(Datum::Text("NONE".to_owned()))
    );
    assert_eq!(wanted.want(Setting::ManagedTags), Some(&recorded(Datum::Flag(true))));
}

fn plan(actions: &Value, after: &Value, unknown: &Value, state_before_refresh: Option<&Value>) -> Value {
    let drift = state_before_refresh.map(|before| {
        json!([{"address": "ecs_daemon.agent", "type": "ecs_daemon", "change": {"actions": ["update"], "before": before, "after": ours()}}])
    });
    json!({
        "format_version": "1.2", "terraform_version": "1.15.5", "errored": false, "planned_values": {}, "resource_drift": drift,
        "resource_changes": [{"address": "ecs_daemon.agent", "mode": "managed", "type": "ecs_daemon", "name": "agent",
            "change": {"actions": actions, "before": ours(), "after": after, "after_unknown": unknown,
                       "before_sensitive": {}, "after_sensitive": {"tags_all": {"a": true}}}}],
    })
}

#[test]
fn a_plan_tells_what_is_pending_and_what_its_refresh_moved() {
    let mut after = ours();
    after["critical"] = json!(true);
    after["daemon_task_definition_arn"] = Value::Null;
    let mut state = ours();
    state["propagate_tags"] = json!("DAEMON");
    state["deployment_arn"] = json!("older");
    let unknown = json!({"daemon_task_definition_arn": true, "deployment_arn": true});
    let wanted = only(&plan(&json!(["update"]), &after, &unknown, Some(&state)));
    let until = state["daemon_task_definition_arn"].as_str().unwrap().to_owned();
    assert_eq!(
        wanted.want(Setting::TaskDefinition),
        Some(&Want::UnknownUntilApply(Box::new(recorded(Datum::Text(until)))))
    );
    assert_eq!(datum(&wanted, Setting::Critical), Some(Datum::Flag(true)));
    assert_eq!(wanted.deployment_arn.as_deref(), Some("older"));
    assert!(wanted.marks.touch(&["tags_all", "a"]) && !wanted.marks.touch(&["critical"]));
    let pending = wanted.pending.unwrap();
    assert_eq!(pending.refreshed[&Setting::Critical], recorded(Datum::Flag(false)));
    let drifted: Vec<Setting> = pending.drifted.into_keys().collect();
    assert_eq!(drifted, [Setting::PropagateTags]);
}

#[test]
fn a_daemon_that_a_plan_deletes_or_forgets_cannot_have_drifted() {
    for action in ["delete", "forget"] {
        let document = plan(&json!([action]), &ours(), &json!({}), None);
        let error = read("plan", document.to_string().as_bytes(), STRICT).unwrap_err();
        assert_eq!(error.summary, "No daemon in the input", "{action}");
        assert!(
            error
                .detail
                .starts_with("The one daemon of the plan is created, deleted or forgotten"),
            "{}",
            error.detail
        );
    }
    let replaced = only(&plan(&json!(["delete", "create"]), &Value::Null, &json!(true), None));
    assert_eq!(
        datum(&replaced, Setting::Critical),
        Some(Datum::Flag(false)),
        "what is there is wanted until then"
    );
}

const BASELINE: &str = r#"
schema_version = "1.0"
recorded_at = "2026-03-01T00:00:00Z"
tool_version = "0.1.0"

[[daemon]]
arn = "arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent"
account = "123456789012"
region = "eu-central-1"
task_definition = "family"

[daemon.settings]
daemon_task_definition_arn = "arn:aws:ecs:eu-central-1:123456789012:daemon-task-definition/agent:3"
critical = false

[daemon.settings.deployment_configuration]
drain_percent = 10.0
"#;

#[test]
fn a_baseline_compares_what_it_records() {
    let document = read("baseline.toml", BASELINE.as_bytes(), STRICT).unwrap();
    let wanted = &document.wanted[0];
    let recorded: Vec<Setting> = wanted.settings.keys().copied().collect();
    assert_eq!(
        recorded,
        [Setting::TaskDefinition, Setting::Critical, Setting::DrainPercent]
    );
    let is_met = |arn: &str| wanted.is_met(Setting::TaskDefinition, &Datum::Text(arn.to_owned()));
    assert_eq!(
        is_met(&DEFINITION.replace(":3", ":4")),
        Some(true),
        "any revision of the family"
    );
    assert_eq!(is_met(&DEFINITION.replace("agent", "other")), Some(false));
    let value: baseline::Baseline = toml::from_str(BASELINE).unwrap();
    let json = serde_json::to_vec(&value).unwrap();
    assert_eq!(
        read("baseline.toml", &json, STRICT).unwrap(),
        document,
        "the same in JSON"
    );
}

fn check(input: impl AsRef<[u8]>, expected: &str) {
    let error = read("input", input.as_ref(), STRICT).unwrap_err();
    assert_eq!(error.summary, expected, "{}", error.detail);
    assert!(error.detail.ends_with('.'), "{}", error.detail);
}

#[test]
fn what_is_no_input_is_never_clean() {
    let state = shown("ecs_daemon", &ours()).to_string();
    check("", "Empty input");
    check("\n", "Empty input");
    check(&state[..state.len() / 2], "Truncated JSON");
    check("<!DOCTYPE html><html>Sign in</html>", "HTML or XML instead of JSON");
    check("PK\u{3}\u{4}rest", "Saved plan instead of JSON");
    check(b"\x1f\x8b\x08rest", "Compressed input");
    check(b"\xff\xfe{\0}\0", "Input is not UTF-8");
    check(b"{\"a\": \"\xff\"}", "Input is not UTF-8");
    check(
        "{\"type\": \"version\"}\n{\"type\": \"planned_change\"}",
        "Several JSON documents",
    );
    check("[1, 2]", "Unknown document");
    check("{\"Resources\": {}}", "Unknown document");
    check("{nonsense}", "Invalid JSON");
    check(state.replace("agent:3", "agent\\ud800:3"), "Invalid JSON");
    check("Error: no state", "Unknown document");
    check(format!("Pulling state\n{state}"), "Text before the JSON document");
    check(
        json!({"encrypted_data": "x", "serial": 1, "lineage": "l", "meta": {}}).to_string(),
        "Encrypted state",
    );
    check(
        json!({"version": 5, "resources": []}).to_string(),
        "Unknown state version",
    );
    check(
        json!({"version": 4, "resources": []}).to_string(),
        "No daemon in the input",
    );
    check(json!({"format_version": "1.0"}).to_string(), "No daemon in the input");
    check(
        json!({"format_version": "2.0", "values": {}}).to_string(),
        "Unknown format version",
    );
    check(
        json!({"format_version": "1.2", "errored": true, "resource_changes": []}).to_string(),
        "Failed plan",
    );
    check(BASELINE.replace("\"1.0\"", "\"2.0\""), "Baseline of another version");
    check(BASELINE.replace("critical", "kritical"), "Invalid baseline");
    check(
        state.replace("\"schema_version\":0", "\"schema_version\":1"),
        "State of a newer provider",
    );
}

/// A document that holds a daemon of which it does not say enough, beside one that is whole.
fn check_unusable(document: &Value, expected: &str) {
    let whole = "arn:aws:ecs:eu-central-1:123456789012:daemon/prod/whole";
    let mut other = ours();
    (other["arn"], other["name"]) = (json!(whole), json!("whole"));
    let mut both = document.clone();
    let resources = &mut both["values"]["root_module"]["resources"];
    resources.as_array_mut().unwrap().push(json!({
        "address": "ecs_daemon.whole", "mode": "managed", "type": "ecs_daemon", "values": other,
    }));
    for (document, wanted) in [(document, 0), (&both, 1)] {
        let document = read("input", document.to_string().as_bytes(), STRICT).unwrap();
        assert_eq!(
            (document.wanted.len(), document.input.daemons),
            (wanted, 1 + wanted as u64),
            "{expected}"
        );
        let [error] = document.unusable.as_slice() else {
            panic!("{:?}", document.unusable)
        };
        assert_eq!(error.summary, expected, "{}", error.detail);
        assert!(
            error.detail.ends_with('.') && error.detail.contains("`module.m."),
            "{}",
            error.detail
        );
        assert!(!error.detail.contains("canary"), "{}", error.detail);
        assert_eq!(
            error.resource.as_ref().unwrap().address,
            "module.m.ecs_daemon.agent[\"a\"]"
        );
    }
}

#[test]
fn a_daemon_that_is_described_wrongly_hides_no_other_and_is_not_clean() {
    let check = |changes: &[(&str, Value)], expected: &str| {
        let mut values = ours();
        for (attribute, value) in changes {
            values[*attribute] = value.clone();
        }
        check_unusable(&shown("ecs_daemon", &values), expected);
    };
    check(&[("arn", json!("canary"))], "Invalid ARN in the input");
    check(&[("arn", Value::Null)], "Invalid ARN in the input");
    let value = "Invalid value in the input";
    check(&[("critical", json!("canary"))], value);
    check(&[("tags_all", json!("canary"))], value);
    check(&[("tags_all", json!({"a": ["canary"]}))], value);
    let block = "deployment_configuration";
    for wrong in [
        json!("canary"),
        json!(7),
        json!(["canary"]),
        json!([{"drain_percent": 10}, {"drain_percent": 20}]),
        json!([{"alarms": "canary"}]),
        json!([{"alarms": [{"alarm_names": ["canary"]}, {}]}]),
    ] {
        check(&[(block, wrong)], value);
    }
    let incomplete = "Incomplete resource in the input";
    check(&[("daemon_task_definition_arn", Value::Null)], incomplete);
    check(&[("daemon_task_definition_arn", json!(""))], incomplete);
    check(&[("capacity_provider_arns", Value::Null)], incomplete);
    check(&[("capacity_provider_arns", json!([]))], incomplete);
    check(&[("capacity_provider_arns", json!([""]))], incomplete);
    check(&[("name", json!("canary"))], "Contradiction in the input");
    check(&[("region", json!("canary"))], "Contradiction in the input");
    let cluster = "arn:aws:ecs:eu-central-1:123456789012:cluster/canary";
    check(&[("cluster_arn", json!(cluster))], "Contradiction in the input");
    let mut empty = shown("ecs_daemon", &ours());
    empty["values"]["root_module"]["child_modules"][0]["resources"][0]["values"] = json!("canary");
    check_unusable(&empty, "Invalid ARN in the input");
}

#[test]
fn blocks_may_be_objects_and_empty() {
    for (value, drain) in [
        (json!([]), 25.0),
        (Value::Null, 25.0),
        (json!({"drain_percent": 20}), 20.0),
        (json!([{"drain_percent": 20, "alarms": null}]), 20.0),
    ] {
        let mut values = ours();
        values["deployment_configuration"] = value;
        let wanted = only(&shown("ecs_daemon", &values));
        assert_eq!(datum(&wanted, Setting::DrainPercent), Some(Datum::Number(drain)));
    }
}

#[test]
fn a_plan_without_what_every_daemon_has_is_not_believed() {
    let mut after = ours();
    after["capacity_provider_arns"] = Value::Null;
    let document = plan(&json!(["update"]), &after, &json!({}), None);
    let document = read("plan", document.to_string().as_bytes(), STRICT).unwrap();
    let told: Vec<&str> = document.unusable.iter().map(|error| error.summary).collect();
    assert_eq!(told, ["Incomplete resource in the input"]);
}

#[test]
fn several_documents_are_one_input() {
    let unit = |name: &str| {
        let mut values = ours();
        values["arn"] = json!(format!("arn:aws:ecs:eu-central-1:123456789012:daemon/prod/{name}"));
        values["name"] = json!(name);
        values
    };
    let empty = json!({"format_version": "1.0"}).to_string();
    let (one, two) = (shown("ecs_daemon", &unit("one")), raw("aws_ecs_daemon", &unit("two")));
    let names = |text: &str| -> Vec<String> {
        let document = read("input", text.as_bytes(), STRICT).unwrap();
        assert_eq!((document.lineage, document.input.serial), (None, None));
        document.wanted.into_iter().map(|wanted| wanted.arn.name).collect()
    };
    assert_eq!(names(&format!("{one}\n{empty}\n{two:#}\n")), ["one", "two"]);
    assert_eq!(names(&format!("{empty}{one}{empty}")), ["one"]);
    check(format!("{empty}\n{empty}"), "No daemon in the input");
    let line = |text: &str, expected: &str, line: usize| {
        let error = read("input", text.as_bytes(), STRICT).unwrap_err();
        assert_eq!(error.summary, expected, "{}", error.detail);
        assert!(error.detail.contains(&format!("line {line}")), "{}", error.detail);
        assert!(!error.detail.contains("canary"), "{}", error.detail);
    };
    let between = "Text after a JSON document";
    line(&format!("{one}\n\ntime=now msg=canary\n{two}"), between, 3);
    line(&format!("{one}canary"), between, 1);
    line(&format!("{one}\n[INFO] canary\n"), between, 2);
    line(&format!("{one}\n{{\"canary\": 1}}"), "Several JSON documents", 2);
    line(&format!("{one}\n{{\"format_version\": \"1.0\", "), "Truncated JSON", 2);
    line(&format!("{one}\n{{canary}}"), "Invalid JSON", 2);
}

#[test]
fn documents_of_others_are_told_with_what_helps() {
    let check = |text: &str, expected: &str| {
        let error = read("input", text.as_bytes(), STRICT).unwrap_err();
        assert_eq!(error.summary, "Unknown document", "{}", error.detail);
        assert!(error.detail.contains(expected), "{text}: {}", error.detail);
        assert!(!error.detail.contains("canary"), "{}", error.detail);
    };
    let record = "ecs-drift baseline record --cluster CLUSTER";
    for text in [
        r#"{"Resources": {"canary": {"Type": "AWS::ECS::Daemon"}}}"#,
        r#"{"StackResources": [{"PhysicalResourceId": "canary"}]}"#,
        r#"{"version": "36.0.0", "artifacts": {"canary": {}}}"#,
        r#"{"version": 3, "deployment": {"resources": []}}"#,
        r#"{"version": 3, "checkpoint": {"latest": {}}}"#,
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  canary: {\"a\": 1}\n",
        "# A comment\nResources:\n  canary:\n    Type: AWS::ECS::Daemon\n",
        "name: canary\nruntime: yaml\n",
    ] {
        check(text, record);
    }
    let version = |attributes: Value| {
        json!({"data": {"id": "sv-1", "type": "state-versions", "attributes": attributes}}).to_string()
    };
    let address = "https://archivist.terraform.io/v1/object/canary";
    check(
        &version(json!({"hosted-state-download-url": address})),
        "`data.attributes.hosted-state-download-url`",
    );
    check(
        &version(json!({"serial": 1, "state": "canary"})),
        "`data.attributes.state` is no base64",
    );
    check(r#"{"data": {"type": "plans", "id": "canary"}}"#, "/json-output");
    check(
        r#"{"data": {"type": "workspaces", "id": "canary"}}"#,
        "current-state-version",
    );
    check(r#"{"data": [{"type": "state-versions"}]}"#, "current-state-version");
}

/// Terraform Enterprise can answer with the state itself.
#[test]
fn a_state_inside_of_an_answer_is_read() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let state = shown("ecs_daemon", &ours()).to_string();
    let answer = |state: &str| {
        let mut encoded = STANDARD.encode(state);
        encoded.insert(8, '\n');
        let attributes = json!({"serial": 1, "state": encoded});
        json!({"data": {"id": "sv-1", "type": "state-versions", "attributes": attributes}}).to_string()
    };
    let plain = read("input", state.as_bytes(), LENIENT).unwrap();
    let inside = read("input", answer(&state).as_bytes(), LENIENT).unwrap();
    assert_eq!((inside.wanted.len(), inside.wanted), (1, plain.wanted));
    let error = read("input", answer("key = \"canary\"").as_bytes(), LENIENT).unwrap_err();
    assert!(error.detail.contains("the state in it is no JSON"), "{}", error.detail);
}

#[test]
fn an_input_without_daemons_is_fine_only_when_allowed() {
    let empty = json!({"format_version": "1.0"}).to_string();
    let document = read("input", empty.as_bytes(), LENIENT).unwrap();
    assert!(document.wanted.is_empty());
}

#[test]
fn inputs_that_agree_are_one_and_others_are_named() {
    let input = |name: &str, values: &Value| {
        let document = shown("ecs_daemon", values).to_string();
        read(name, document.as_bytes(), STRICT).unwrap().wanted
    };
    let (merged, problems) = merge([input("a", &ours()), input("b", &ours())]);
    assert_eq!((merged.len(), problems.len()), (1, 0));
    let mut other = ours();
    other["critical"] = json!(true);
    let (merged, problems) = merge([input("a", &ours()), input("b", &other)]);
    assert!(merged.is_empty(), "nobody can say what is wanted");
    insta::assert_snapshot!(problems[0].detail, @r#"`module.m.ecs_daemon.agent["a"]` of a and `module.m.ecs_daemon.agent["a"]` of b want different things of arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent. Take it out of one of them."#);
}

#[test]
fn inputs_that_cannot_be_got_say_so() {
    let summary = |spec: InputSpec| spec.load(std::path::Path::new("")).unwrap_err().summary;
    let command = |words: &[&str]| InputSpec {
        command: Some(words.iter().map(|word| (*word).to_owned()).collect()),
        ..InputSpec::default()
    };
    assert_eq!(
        summary(InputSpec::at("there/is/no/such.tfstate")),
        "Input cannot be read"
    );
    assert_eq!(summary(InputSpec::default()), "Invalid input");
    assert_eq!(summary(command(&[])), "Invalid input");
    assert_eq!(
        summary(command(&["no-such-program-of-ecs-drift"])),
        "Input command cannot be run"
    );
    assert_eq!(summary(command(&["false"])), "Input command failed");
    assert_eq!(
        command(&["echo", "{}"]).load(std::path::Path::new("")).unwrap(),
        b"{}\n"
    );
}
