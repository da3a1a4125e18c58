//! Each setting of a daemon with the test of what it does to the world. An extract with a new one fails here until its effect
//! is emulated, or it is said that it is only kept and answered.

use serde_json::{Value, json};

use super::lab::Lab;
use crate::knobs::Knobs;
use crate::model::{Kind, Model};

/// The settings of `UpdateDaemon` and the tests of their effects, by file and name.
const EFFECTS: [(&str, &str); 9] = [
    (
        "capacityProviderArns",
        "timelines.rs::a_provider_that_is_left_out_loses_the_daemon",
    ),
    (
        "critical",
        "repair_timelines.rs::a_daemon_that_is_not_critical_is_only_counted",
    ),
    (
        "daemonTaskDefinitionArn",
        "timelines.rs::one_instance_takes_as_long_as_in_the_walkthrough",
    ),
    (
        "deploymentConfiguration.alarms",
        "rollback_timelines.rs::an_alarm_during_the_bake_rolls_back",
    ),
    (
        "deploymentConfiguration.bakeTimeInMinutes",
        "timelines.rs::a_fleet_rolls_in_batches_and_bakes_once",
    ),
    ("deploymentConfiguration.drainPercent", "knobs.rs::batch_sizes"),
    ("enableECSManagedTags", "answers.rs::instances_and_tasks_in_full"),
    ("enableExecuteCommand", "effects.rs::tags_and_commands_reach_the_tasks"),
    ("propagateTags", "effects.rs::tags_and_commands_reach_the_tasks"),
];

#[test]
fn each_setting_has_a_test_of_its_effect() {
    let model = Model::embedded().unwrap();
    let members = |shape: &str| model.shape(shape).unwrap().members.keys().map(String::as_str);
    let of_update =
        members("UpdateDaemonRequest").filter(|name| !["daemonArn", "deploymentConfiguration"].contains(name));
    let of_deployment = members("DaemonDeploymentConfiguration").map(|name| format!("deploymentConfiguration.{name}"));
    let mut settings: Vec<String> = of_update.map(str::to_owned).chain(of_deployment).collect();
    settings.sort();
    assert_eq!(
        EFFECTS.map(|(setting, _)| setting).to_vec(),
        settings,
        "a setting has no line, or a line no setting"
    );
    let tests = [
        ("answers.rs", include_str!("answers.rs")),
        ("effects.rs", include_str!("effects.rs")),
        ("knobs.rs", include_str!("knobs.rs")),
        ("repair_timelines.rs", include_str!("repair_timelines.rs")),
        ("rollback_timelines.rs", include_str!("rollback_timelines.rs")),
        ("timelines.rs", include_str!("timelines.rs")),
    ];
    for (setting, test) in EFFECTS {
        let (file, name) = test.split_once("::").unwrap();
        let text = tests.iter().find(|(known, _)| *known == file).map(|(_, text)| *text);
        let is_there = text.is_some_and(|text| text.contains(&format!("fn {name}()")));
        assert!(is_there, "{setting}: there is no test {test}");
    }
}

/// The numbers among the settings, as paths of JSON.
fn numbers(model: &Model, shape: &str, above: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (name, target) in &model.shape(shape).unwrap().members {
        let path = format!("{above}/{name}");
        match model.shape(target).unwrap().kind {
            Kind::Structure => found.extend(numbers(model, target, &path)),
            Kind::Integer | Kind::Long | Kind::Double => found.push(path),
            _ => {}
        }
    }
    found
}

/// The emulator refuses for itself what the extract gives no range for: `Integer` says nothing of minutes.
#[test]
fn a_number_out_of_all_proportion_is_refused() {
    let numbers = numbers(Model::embedded().unwrap(), "UpdateDaemonRequest", "");
    assert!(
        numbers.contains(&"/deploymentConfiguration/drainPercent".to_owned()),
        "{numbers:?}"
    );
    let mut lab = Lab::with_fleet(1, Knobs::default(), 0);
    lab.settled_agent();
    for path in numbers {
        for value in [-1, i32::MAX] {
            let mut body = lab.update_body("agent", "agent:1");
            let steps = path.split('/').skip(1);
            *steps.fold(&mut body, |here, member| &mut here[member]) = value.into();
            let answer = lab.call("UpdateDaemon", body);
            assert!(
                answer.is_err(),
                "{path} = {value}: daemon_request.rs has no range for it: {answer:?}"
            );
        }
    }
}

#[test]
fn tags_and_commands_reach_the_tasks() {
    let check = |changes: Value, expected: Value| {
        let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
        let mut body = lab.create_body("agent", "agent:1");
        body["tags"] = json!([{ "key": "team", "value": "a" }]);
        for (member, value) in changes.as_object().unwrap() {
            body[member] = value.clone();
        }
        lab.ok("CreateDaemon", body);
        lab.settle();
        let tasks = lab.ok("ListTasks", json!({ "cluster": "main" }))["taskArns"].clone();
        let body = json!({ "cluster": "main", "tasks": tasks, "include": ["TAGS"] });
        let task = &lab.ok("DescribeTasks", body)["tasks"][0];
        assert_eq!(
            json!([task["tags"], task["enableExecuteCommand"]]),
            expected,
            "{changes}"
        );
    };
    check(json!({}), json!([[], false]));
    check(
        json!({ "propagateTags": "DAEMON" }),
        json!([[{ "key": "team", "value": "a" }], false]),
    );
    check(json!({ "enableExecuteCommand": true }), json!([[], true]));
}
