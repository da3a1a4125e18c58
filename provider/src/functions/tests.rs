//! The functions on literals.

use serde_json::json;
use tfplug_core::Value;

use super::all;
use crate::{task_definition::table::TABLE, tree};

const ACCOUNT: &str = "arn:aws-cn:ecs:cn-north-1:123456789012";

fn call(name: &str, arguments: Vec<Value>) -> Result<Value, String> {
    let functions = all();
    let function = functions.iter().find(|function| function.name() == name).unwrap();
    assert_eq!(function.signature().parameters.len(), arguments.len(), "{name}");
    function.call(arguments).map_err(|error| match error.argument {
        Some(place) => format!("argument {place}: {error}"),
        None => error.to_string(),
    })
}

fn names() -> Vec<&'static str> {
    all().iter().map(|function| function.name()).collect()
}

/// What an ARN is built of is what it is parsed to.
#[test]
fn arns_are_parsed_and_built() {
    let check = |kind: &str, resource: &str, parts: &[Value]| {
        let arn = format!("{ACCOUNT}:{resource}");
        let account = ["aws-cn", "cn-north-1", "123456789012"].map(Value::from);
        let arguments: Vec<Value> = account.into_iter().chain(parts.iter().cloned()).collect();
        let built = call(&format!("{kind}_arn_build"), arguments.clone()).unwrap();
        assert_eq!(built, Value::from(arn.as_str()));
        let parsed = call(&format!("{kind}_arn_parse"), vec![built]).unwrap();
        let signatures = all();
        let name = format!("{kind}_arn_build");
        let function = signatures.iter().find(|function| function.name() == name).unwrap();
        for (parameter, argument) in function.signature().parameters.iter().zip(&arguments) {
            assert_eq!(parsed.get(&parameter.name), argument, "{kind} {}", parameter.name);
        }
        serde_json::to_string(&tree::to_json(&parsed)).unwrap()
    };
    let texts = |texts: &[&str]| texts.iter().map(|text| Value::from(*text)).collect::<Vec<_>>();
    insta::assert_snapshot!(check("daemon", "daemon/prod/agent", &texts(&["prod", "agent"])), @r#"{"account_id":"123456789012","cluster_arn":"arn:aws-cn:ecs:cn-north-1:123456789012:cluster/prod","cluster_name":"prod","daemon_name":"agent","partition":"aws-cn","region":"cn-north-1"}"#);
    let definition = [Value::from("agent"), 7.into()];
    insta::assert_snapshot!(check("daemon_task_definition", "daemon-task-definition/agent:7", &definition), @r#"{"account_id":"123456789012","family":"agent","partition":"aws-cn","region":"cn-north-1","revision":7}"#);
    let record = texts(&["prod", "agent", "x1"]);
    insta::assert_snapshot!(check("daemon_deployment", "daemon-deployment/prod/agent/x1", &record), @r#"{"account_id":"123456789012","cluster_arn":"arn:aws-cn:ecs:cn-north-1:123456789012:cluster/prod","cluster_name":"prod","daemon_arn":"arn:aws-cn:ecs:cn-north-1:123456789012:daemon/prod/agent","daemon_name":"agent","id":"x1","partition":"aws-cn","region":"cn-north-1"}"#);
    check("daemon_revision", "daemon-revision/prod/agent/x1", &record);
}

#[test]
fn arns_that_do_not_fit_are_refused_at_their_argument() {
    let parse = |name: &str, text: &str| call(name, vec![text.into()]).unwrap_err();
    let mut told = Vec::new();
    for name in names().into_iter().filter(|name| name.ends_with("_arn_parse")) {
        told.push(parse(name, "agent"));
        told.push(parse(name, &format!("{ACCOUNT}:cluster/prod")));
    }
    told.push(parse(
        "daemon_task_definition_arn_parse",
        &format!("{ACCOUNT}:daemon-task-definition/agent:01"),
    ));
    let good = ["aws", "eu-west-1", "123456789012", "prod", "agent", "x1"];
    for place in 0..good.len() {
        let mut arguments: Vec<Value> = good.map(Value::from).to_vec();
        arguments[place] = "no good".into();
        told.push(call("daemon_deployment_arn_build", arguments).unwrap_err());
    }
    for number in [Value::from(0), Value::from(3_000_000_000_i64)] {
        let mut arguments: Vec<Value> = good[..3].iter().map(|text| Value::from(*text)).collect();
        arguments.extend(["agent".into(), number]);
        told.push(call("daemon_task_definition_arn_build", arguments).unwrap_err());
    }
    insta::assert_snapshot!(told.join("\n"));
}

/// The sample has every member of a task definition, so each of them is converted, and back to what it was.
#[test]
fn the_json_of_the_cli_becomes_the_arguments() {
    let sample = include_str!("../attributes/full_definition.json");
    let sample: serde_json::Value = serde_json::from_str(sample).unwrap();
    let api = TABLE.to_api(&TABLE.block("").complete(tree::from_json(&sample)));
    let mut json = tree::to_json(&api);
    json["tags"] = json!([{ "key": "team", "value": "platform" }, { "key": "empty" }]);
    let arguments = call("daemon_task_definition_from_json", vec![json.to_string().into()]).unwrap();
    let tags = [("team", Value::from("platform")), ("empty", "".into())];
    assert_eq!(arguments.get("tags"), &Value::object(tags));
    assert_eq!(TABLE.trace(&arguments), TABLE.trace(&TABLE.to_value(&api)));
    let functions = all();
    let function = functions
        .iter()
        .find(|function| function.name() == "daemon_task_definition_from_json");
    let result = &function.unwrap().signature().result;
    let bytes = tfplug_core::msgpack::encode(&arguments, result).unwrap();
    assert_eq!(tfplug_core::msgpack::decode(&bytes, result).unwrap(), arguments);
}

#[test]
fn json_that_does_not_fit_is_refused_at_its_place() {
    let refused = |json: &str| call("daemon_task_definition_from_json", vec![json.into()]).unwrap_err();
    let container = |member: &str| {
        format!(
            r#"{{"family": "a", "containerDefinitions": [{{"name": "a", "image": "i"}}, {{"name": "b", "image": "i", {member}}}]}}"#
        )
    };
    let cases = [
        String::new(),
        "{\"family\": \"a\",\n  oops}".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        r#"{"daemonTaskDefinition": {"family": "a"}}"#.to_owned(),
        r#"{"family": "a"}"#.to_owned(),
        r#"{"family": "a", "containerDefinitions": {}}"#.to_owned(),
        r#"{"family": "a", "containerDefinitions": ["a"]}"#.to_owned(),
        r#"{"family": 1, "containerDefinitions": []}"#.to_owned(),
        r#"{"family": "a", "containerDefinitions": [], "tags": {"a": "b"}}"#.to_owned(),
        r#"{"family": "a", "containerDefinitions": [], "networkMode": "host"}"#.to_owned(),
        container(r#""portMappings": []"#),
        container(r#""environment": [{"name": "PASSWORD", "value": 12345}]"#),
        container(r#""memory": "512""#),
        container(r#""command": "sleep 1""#),
        container(r#""healthCheck": []"#),
        container(r#""healthCheck": {"interval": 5}"#),
    ];
    let told: Vec<String> = cases.iter().map(|json| refused(json)).collect();
    let told = told.join("\n");
    assert!(!told.contains("12345") && !told.contains("oops"), "{told}");
    insta::assert_snapshot!(told);
}
