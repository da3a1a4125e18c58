//! Tags of the configuration beside those of a state: what a refresh took into the state, which provider is asked for
//! default and ignored tags, and what cannot be evaluated.

use std::fs;

use ecs_drift::{
    render::{Format, Options, render},
    report::Report,
    source::configuration::{Configuration, Given},
};
use serde_json::{Value as Json, json};

use crate::{
    configured::{configuration, gaps, in_main},
    support::{Made, World, evidence, lines, merge, state},
};

/// A daemon with tags that somebody changed, and the state after a refresh that took some of the changes over.
async fn tagged(world: &World, refreshed: &Json) -> Made {
    let tag = |key: &str, value: &str| aws_sdk_ecs::types::Tag::builder().key(key).value(value).build();
    let tags = [
        tag("team", "search"),
        tag("extra", "x"),
        tag("stage", "prod"),
        tag("late", "x"),
    ];
    let made = world
        .make_with("agent", |create| create.set_tags(Some(tags.to_vec())), &json!({}))
        .await;
    tagged_state(&made, refreshed)
}

/// Findings about tags, and the calls that are printed.
fn told_tags(report: &Report) -> String {
    let steps = report.findings.iter().map(|finding| &finding.next_step);
    let calls = steps.flat_map(|step| &step.commands).filter_map(|command| {
        let (_, arguments) = command.text.split_once("--resource-arn=")?;
        Some(arguments.split_once(' ')?.1.to_owned())
    });
    let calls: Vec<String> = calls.collect();
    [lines(report), calls.join("\n"), gaps(report)].join("\n")
}

#[tokio::test(start_paused = true)]
async fn tags_that_a_refresh_took_into_the_state_are_absorbed() {
    let mut world = World::new(0).await;
    let made = tagged(
        &world,
        &json!({"team": "search", "extra": "x", "stage": "prod", "late": "x"}),
    )
    .await;
    assert_eq!(
        told_tags(&world.scan(&[&made]).await).trim(),
        "",
        "a state alone does not show it"
    );
    let main = r#"
variable "stage" { default = "prod" }
provider "ecs" {
  default_tags { tags = { stage = var.stage, team = "none" } }
  ignore_tags { key_prefixes = ["la"] }
}
resource "ecs_daemon" "agent" {
  name = "agent"
  tags = merge({ team = "platform", }, { build = timestamp() })
}
"#;
    world.configuration = Some(configuration(main, ""));
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(told_tags(&report), @r#"
absorbed [possible warning] tags_all {"team":"platform"} -> {"extra":"x","team":"search"}: These tags differ: `extra`, `team`. The state has what is live: a refresh took the change over, or the configuration was changed and is not applied yet.
--tags='[{"key":"team","value":"platform"}]'
--tag-keys='["extra"]'
These are compared with the state alone: `ecs_daemon.agent` `tags["build"]` (line 9 of main.tf, it calls a function). What a refresh took into the state is not seen there; a plan as input shows it.
"#);
    insta::assert_snapshot!(in_main(&evidence(&report, "absorbed")), @r#"
configuration ecs_daemon.agent: The configuration has other tags at line 9 of main.tf.
ListTagsForResource daemon/prod/agent: Tags are as shown. ECS keeps neither the time of a change nor its caller.
"#);
    // What is not of the state either was changed since.
    let made = tagged_state(
        &made,
        &json!({"team": "platform", "extra": "x", "stage": "prod", "late": "x"}),
    );
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(told_tags(&report), @r#"
tags [certain warning] tags_all {"team":"platform"} -> {"extra":"x","team":"search"}: These tags differ: `extra`, `team`.
--tags='[{"key":"team","value":"platform"}]'
--tag-keys='["extra"]'
These are compared with the state alone: `ecs_daemon.agent` `tags["build"]` (line 9 of main.tf, it calls a function). What a refresh took into the state is not seen there; a plan as input shows it.
"#);
    insta::assert_snapshot!(in_main(&evidence(&report, "tags")), @r#"
configuration ecs_daemon.agent: The configuration has other tags at line 9 of main.tf.
source ecs_daemon.agent: The state has `extra` as live, so that only the configuration differs.
ListTagsForResource daemon/prod/agent: Tags are as shown. ECS keeps neither the time of a change nor its caller.
"#);
    world.options.explain.tags = false;
    assert_eq!(
        told_tags(&world.scan(&[&made]).await).trim(),
        "",
        "tags are looked at only when asked for"
    );
}

fn tagged_state(made: &Made, tags: &Json) -> Made {
    let mut made = made.clone();
    merge(&mut made.state, &json!({"tags_all": tags}));
    made
}

#[tokio::test(start_paused = true)]
async fn tags_are_compared_as_far_as_they_are_known() {
    let mut world = World::new(0).await;
    let state = json!({"team": "search", "extra": "x", "stage": "prod", "late": "x"});
    let made = tagged(&world, &state).await;
    let mut found = Vec::new();
    for (what, provider, tags) in [
        (
            "as live",
            "",
            r#"{ team = "search", extra = "x", stage = "prod", late = "x" }"#,
        ),
        (
            "null",
            "",
            r#"{ team = "search", extra = "x", stage = "prod", late = null }"#,
        ),
        ("nothing", "", "null"),
        ("a function", "", r#"merge(one({}, "a"), { team = "platform" })"#),
        ("its key", "", r#"{ (timestamp()) = "x", team = "platform" }"#),
        (
            "its value",
            "",
            r#"{ team = timestamp(), extra = "x", stage = "prod", late = "x" }"#,
        ),
        (
            "ignored",
            r#"ignore_tags { keys = ["extra", "stage", "late", "team"] }"#,
            "{}",
        ),
        (
            "ignored by a function",
            "ignore_tags { keys = split(\",\", \"a\") }",
            "{}",
        ),
        (
            "ignored by a function in part",
            "ignore_tags { keys = [lower(\"LATE\"), \"extra\"] }",
            r#"{ team = "platform", absent = "x" }"#,
        ),
        (
            "one default by a function",
            "default_tags { tags = { team = \"platform\", extra = upper(\"x\") } }",
            r#"{ stage = "prod", late = "x" }"#,
        ),
        (
            "defaults merged with a function",
            "default_tags { tags = merge({ team = \"platform\" }, { extra = upper(\"x\") }) }",
            r#"{ stage = "prod", late = "x" }"#,
        ),
        (
            "defaults by a function",
            "default_tags { tags = one({}, \"a\") }",
            r#"{ team = "platform" }"#,
        ),
        (
            "sensitive",
            "",
            r#"{ team = sensitive("canary"), extra = "x", stage = "prod", late = "x" }"#,
        ),
    ] {
        let main =
            format!("provider \"ecs\" {{\n{provider}\n}}\nresource \"ecs_daemon\" \"agent\" {{\n  tags = {tags}\n}}\n");
        world.configuration = Some(configuration(&main, ""));
        let told = told_tags(&world.scan(&[&made]).await);
        let told: Vec<&str> = told.lines().filter(|line| !line.is_empty()).collect();
        found.push(format!("{what}:\n  {}", told.join("\n  ")));
    }
    insta::assert_snapshot!(found.join("\n"));
}

/// In a module the provider is that of the caller.
#[tokio::test(start_paused = true)]
async fn default_tags_are_those_of_the_provider_that_the_resource_is_of() {
    let mut world = World::new(0).await;
    let made = tagged(
        &world,
        &json!({"team": "search", "extra": "x", "stage": "prod", "late": "x"}),
    )
    .await;
    let mut document = state("ecs_daemon", &[&made.state]);
    let root = |passed: &str| {
        format!(
            "provider \"ecs\" {{\n  default_tags {{ tags = {{ team = \"default\" }} }}\n}}\n\
             provider \"ecs\" {{\n  alias = \"west\"\n  default_tags {{ tags = {{ team = \"west\" }} }}\n}}\n\
             module \"inner\" {{\n  source = \"./inner\"\n  {passed}\n}}\n"
        )
    };
    let tags = r#"extra = "x", stage = "prod", late = "x""#;
    let mut found = Vec::new();
    for (passed, named) in [
        ("", ""),
        ("providers = { ecs = ecs.west }", ""),
        ("providers = { ecs.own = ecs.west }", "provider = ecs.own"),
        ("providers = { ecs.own = ecs.west }", ""),
        ("providers = { ecs.own = ecs }", "provider = ecs.own"),
        ("", "provider = ecs.own"),
        ("providers = { ecs = ecs.by_region[\"a\"] }", ""),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("main.tf"), root(passed)).unwrap();
        fs::create_dir(folder.path().join("inner")).unwrap();
        let inner = format!("resource \"ecs_daemon\" \"agent\" {{\n  {named}\n  tags = {{ {tags} }}\n}}\n");
        fs::write(folder.path().join("inner/main.tf"), inner).unwrap();
        world.configuration = Some(Configuration::read(folder.path(), &Given::default()).unwrap());
        document["values"]["root_module"]["resources"][0]["address"] = json!("module.inner.ecs_daemon.agent");
        let report = world.scan_documents(&[document.clone()]).await;
        let wanted = report
            .findings
            .iter()
            .filter_map(|finding| finding.wanted.as_ref()?.value.clone());
        let wanted: Vec<String> = wanted.map(|value| value["team"].to_string()).collect();
        found.push(format!("{passed} | {named}: {} {}", wanted.join(" "), gaps(&report)));
    }
    insta::assert_snapshot!(found.join("\n"), @r#"
 | : "default" 
providers = { ecs = ecs.west } | : "west" 
providers = { ecs.own = ecs.west } | provider = ecs.own: "west" 
providers = { ecs.own = ecs.west } | :  These are compared with the state alone: `module.inner.ecs_daemon.agent` `tags` (line 3 of main.tf, its provider is not evaluated). What a refresh took into the state is not seen there; a plan as input shows it.
providers = { ecs.own = ecs } | provider = ecs.own: "default" 
 | provider = ecs.own:  These are compared with the state alone: `module.inner.ecs_daemon.agent` `tags` (line 3 of main.tf, its provider is not evaluated). What a refresh took into the state is not seen there; a plan as input shows it.
providers = { ecs = ecs.by_region["a"] } | :  These are compared with the state alone: `module.inner.ecs_daemon.agent` `tags` (line 3 of main.tf, its provider is not evaluated). What a refresh took into the state is not seen there; a plan as input shows it.
"#);
}

/// A file that is not read may have default tags, ignored tags and values of variables: nothing is concluded from their absence.
#[tokio::test(start_paused = true)]
async fn what_a_file_says_that_is_not_read_is_not_taken_as_absent() {
    let mut world = World::new(0).await;
    let seen = json!({"team": "search", "extra": "x", "stage": "prod", "late": "x"});
    let made = tagged(&world, &seen).await;
    let resource = "variable \"commands\" { default = true }\n\
                    resource \"ecs_daemon\" \"agent\" {\n  enable_execute_command = var.commands\n}\n";
    let outside = tempfile::tempdir().unwrap();
    let provider = "provider \"ecs\" {\n  default_tags { tags = { team = \"search\", extra = \"x\", stage = \"prod\", late = \"x\" } }\n}\n";
    fs::write(outside.path().join("providers.tf"), provider).unwrap();
    fs::write(outside.path().join("terraform.tfvars"), "commands = false\n").unwrap();
    for unread in ["syntax", "link", "link that leads nowhere"] {
        for name in ["providers.tf", "terraform.tfvars"] {
            let folder = tempfile::tempdir().unwrap();
            // What is read of the two is as the daemon is.
            fs::write(folder.path().join("providers.tf"), provider).unwrap();
            fs::write(folder.path().join("main.tf"), resource).unwrap();
            fs::write(folder.path().join("terraform.tfvars"), "commands = false\n").unwrap();
            fs::remove_file(folder.path().join(name)).unwrap();
            let path = folder.path().join(name);
            match unread {
                "syntax" => fs::write(&path, "provider {{\n").unwrap(),
                #[cfg(unix)]
                "link" => std::os::unix::fs::symlink(outside.path().join(name), &path).unwrap(),
                #[cfg(unix)]
                _ => std::os::unix::fs::symlink(outside.path().join("nowhere"), &path).unwrap(),
                #[cfg(not(unix))]
                _ => continue,
            }
            let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
            let [warning] = configuration.warnings.as_slice() else {
                panic!("{unread} of {name}: {:?}", configuration.warnings)
            };
            assert!(
                warning.detail.contains(". Its values are not used: "),
                "{}",
                warning.detail
            );
            world.configuration = Some(configuration);
            let report = world.scan(&[&made]).await;
            assert_eq!(lines(&report), "", "{unread} of {name}");
            let gap = if name == "providers.tf" {
                "a file of its module was not read, and may change it"
            } else {
                "a file of variables that may give its value was not read"
            };
            assert!(gaps(&report).contains(gap), "{unread} of {name}: {}", gaps(&report));
        }
    }
}

/// Settings and tags in one entry: the step about the tags does not deny what the step about the settings costs.
#[tokio::test(start_paused = true)]
async fn the_steps_of_an_entry_of_settings_and_tags_agree() {
    let mut world = World::new(0).await;
    let made = tagged(
        &world,
        &json!({"team": "search", "extra": "x", "stage": "prod", "late": "x"}),
    )
    .await;
    // A call that set what the configuration leaves out, and that a refresh took over.
    let mut live = made.clone();
    live.state["enable_execute_command"] = json!(true);
    live.state["deployment_arn"] = json!(world.update(&live, |update| update).await);
    world.settle();
    let main = "resource \"ecs_daemon\" \"agent\" {\n  tags = { team = \"platform\" }\n}\n";
    world.configuration = Some(configuration(main, ""));
    let report = world.scan(&[&live]).await;
    let text = render(Format::Text, &report, &Options::default()).to_string();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("Setting tags replaces no instance."), "{words}");
    assert!(!words.contains("; no instance is replaced"), "{words}");
    assert!(words.contains("send all settings in one call"), "{words}");
}
