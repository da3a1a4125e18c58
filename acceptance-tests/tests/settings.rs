//! Texts and the example module follow the arguments of the resources. Neither is compiled, so that a new setting would be
//! missing there and nothing would tell.

#![expect(clippy::unwrap_used, reason = "a panic is a failed case")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::Value;

/// Folder of the example module.
const MODULE: &str = "examples/modules/daemon";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// A resource's block in the provider's schema as it is published.
fn schema(resource: &str) -> Value {
    let schema: Value = serde_json::from_str(&read("schemas/provider-schema.json")).unwrap();
    let providers = schema["provider_schemas"].as_object().unwrap();
    providers.values().next().unwrap()["resource_schemas"][resource]["block"].clone()
}

/// Paths of the arguments of a block.
fn arguments(block: &Value, above: &str) -> Vec<String> {
    let entries = |kind: &str| block[kind].as_object().cloned().unwrap_or_default();
    let is_argument = |attribute: &Value| attribute["required"] == true || attribute["optional"] == true;
    let mut found = Vec::new();
    for (name, attribute) in entries("attributes") {
        if is_argument(&attribute) {
            found.push(format!("{above}.{name}"));
        }
    }
    for (name, nested) in entries("block_types") {
        found.extend(arguments(&nested["block"], &format!("{above}.{name}")));
    }
    found
}

/// Paths of what a formatted configuration assigns, `dynamic` blocks by what they make.
fn assigned(configuration: &str) -> BTreeSet<String> {
    let head = Regex::new(r#"^(?:resource "(\w+)" "\w+"|dynamic "(\w+)"|(content)|(\w+)) \{$"#).unwrap();
    let argument = Regex::new(r"^(\w+)\s+= ").unwrap();
    let (mut blocks, mut found) = (Vec::new(), BTreeSet::new());
    for line in configuration.lines().map(str::trim) {
        if let Some(block) = head.captures(line) {
            let names = [block.get(1), block.get(2), block.get(4)];
            blocks.push(names.into_iter().flatten().next().map(|name| name.as_str()));
        } else if line == "}" {
            blocks.pop();
        } else if let Some(argument) = argument.captures(line) {
            let above = blocks.iter().flatten().map(|name| format!("{name}."));
            found.insert(format!("{}{}", above.collect::<String>(), &argument[1]));
            // A map over several lines ends as a block does.
            if line.ends_with('{') {
                blocks.push(argument.get(1).map(|name| name.as_str()));
            }
        }
    }
    found
}

#[test]
fn the_module_offers_every_argument_or_says_that_it_does_not() {
    let assigned = assigned(&read(&format!("{MODULE}/main.tf")));
    assert!(assigned.contains("ecs_daemon.critical"), "{assigned:?}");
    let readme = read(&format!("{MODULE}/README.md"));
    let left_out = readme.split_once("## Not offered").unwrap().1;
    let left_out: BTreeSet<&str> = left_out.split('`').skip(1).step_by(2).collect();
    let mut used = BTreeSet::new();
    for argument in ["ecs_daemon", "ecs_daemon_task_definition"]
        .into_iter()
        .flat_map(|resource| arguments(&schema(resource), resource))
    {
        let listed = left_out.iter().find(|path| {
            argument
                .strip_prefix(**path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        used.extend(listed);
        assert!(
            assigned.contains(&argument) != listed.is_some(),
            "{MODULE}: give {argument} a variable, or name it under \"Not offered\" in the README, and not both"
        );
    }
    assert_eq!(used, left_out, "{MODULE}/README.md names only what there is");
}

/// Descriptions of a block and of everything below it, with their paths.
fn descriptions(block: &Value, above: &str) -> Vec<(String, String)> {
    let entries = |kind: &str| block[kind].as_object().cloned().unwrap_or_default();
    let text = |of: &Value| of["description"].as_str().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for (name, attribute) in entries("attributes") {
        found.push((format!("{above}{name}"), text(&attribute)));
    }
    for (name, nested) in entries("block_types") {
        found.push((format!("{above}{name}"), text(&nested["block"])));
        found.extend(descriptions(&nested["block"], &format!("{above}{name}.")));
    }
    found
}

#[test]
fn the_usual_effect_of_a_change_is_said_once() {
    let block = schema("ecs_daemon_task_definition");
    let usual = "A change registers a new revision";
    assert!(block["description"].as_str().unwrap().contains(usual));
    let all = descriptions(&block, "");
    let repeated: Vec<_> = all.iter().filter(|(_, text)| text.contains(usual)).collect();
    assert!(repeated.is_empty(), "{repeated:?}");
    let exceptions = all
        .iter()
        .filter(|(_, text)| text.contains("A change "))
        .map(|(path, _)| path);
    assert_eq!(exceptions.collect::<Vec<_>>(), ["region", "skip_destroy", "tags"]);
}

/// The first example of a resource has what must be there, the last one everything.
#[test]
fn examples_go_from_the_least_to_every_argument() {
    for resource in ["ecs_daemon", "ecs_daemon_task_definition"] {
        let block = schema(resource);
        let all: BTreeSet<String> = arguments(&block, resource).into_iter().collect();
        let example = |name: &str| assigned(&read(&format!("examples/resources/{resource}/{name}.tf")));
        let complete = example("complete");
        let left: Vec<_> = all.difference(&complete).collect();
        assert!(left.is_empty(), "the complete example of {resource} lacks {left:?}");
        let (minimal, usual) = (example("minimal"), example("resource"));
        assert!(
            minimal.len() < usual.len() && usual.len() < complete.len(),
            "{resource}"
        );
    }
}

/// Files with texts for users.
fn texts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "rs" || extension == "md")
        {
            found.push(path);
        }
    }
}

/// `drain_percent` is "drain percent", `bake_time_in_minutes` "bake time": the first two words.
fn spoken(attribute: &str) -> String {
    attribute.split('_').take(2).collect::<Vec<_>>().join(" ")
}

#[test]
fn lists_of_the_settings_of_a_deployment_are_whole() {
    let configuration = &schema("ecs_daemon")["block_types"]["deployment_configuration"]["block"];
    let members = ["attributes", "block_types"].map(|kind| configuration[kind].as_object().unwrap());
    let settings: Vec<String> = members
        .iter()
        .flat_map(|members| members.keys())
        .map(|name| spoken(name))
        .collect();
    assert!(settings.contains(&"bake time".to_owned()), "{settings:?}");
    let mut files = Vec::new();
    for folder in ["provider/src", "daemons/src", "drift/src", "docs"] {
        texts(&root().join(folder), &mut files);
    }
    // In source text a sentence is broken by a backslash, spaces, and slashes of comments.
    let between = Regex::new(r"[\s\\/]+").unwrap();
    let list = Regex::new(r"(?i)drain percent[^.;|]{0,160}?and alarms").unwrap();
    let mut lists = 0;
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let text = between.replace_all(&text, " ");
        for found in list.find_iter(&text) {
            lists += 1;
            let said = found.as_str().to_lowercase();
            let left: Vec<_> = settings.iter().filter(|setting| !said.contains(*setting)).collect();
            assert!(
                left.is_empty(),
                "{}: \"{}\" lacks {left:?}",
                file.display(),
                found.as_str()
            );
        }
    }
    assert!(lists >= 5, "only {lists} lists are found; has their wording changed?");
}
