//! Every printed call about tags is made, and the tags are looked at: what the finding says, and nothing else. Tags that may
//! be somebody else's stay.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::{operation::create_daemon::builders::CreateDaemonFluentBuilder, types::Tag};
use ecs_drift::{
    report::Report,
    source::{IgnoreTags, TagScope},
};
use serde_json::{Map, Value as Json, json};

use crate::{
    configured::{configuration, gaps},
    plan_documents::refresh_only,
    repairs::words,
    support::{Made, REGION, World, lines, merge, plan, state},
};

type Tags = BTreeMap<String, String>;

fn tags(of: &[(&str, &str)]) -> Tags {
    of.iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn api(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build()
}

/// A daemon that is wanted with tags, and has others.
async fn planted(wanted: &Tags, live: &Tags) -> (World, Made) {
    let world = World::new(0).await;
    let all: Map<String, Json> = wanted
        .iter()
        .map(|(key, value)| (key.clone(), value.clone().into()))
        .collect();
    let create = |mut create: CreateDaemonFluentBuilder| {
        for (key, value) in wanted {
            create = create.tags(api(key, value));
        }
        create
    };
    let made = world.make_with("agent", create, &json!({"tags_all": all})).await;
    let gone: Vec<String> = wanted.keys().filter(|key| !live.contains_key(*key)).cloned().collect();
    if !gone.is_empty() {
        let call = world
            .other
            .untag_resource()
            .resource_arn(&made.arn)
            .set_tag_keys(Some(gone));
        call.send().await.unwrap();
    }
    for (key, value) in live.iter().filter(|(key, value)| wanted.get(*key) != Some(*value)) {
        let call = world.other.tag_resource().resource_arn(&made.arn).tags(api(key, value));
        call.send().await.unwrap();
    }
    (world, made)
}

async fn live(world: &World, made: &Made) -> Tags {
    let answer = world
        .other
        .list_tags_for_resource()
        .resource_arn(&made.arn)
        .send()
        .await;
    let tags = answer.unwrap().tags.unwrap().into_iter();
    tags.map(|tag| (tag.key.unwrap(), tag.value.unwrap())).collect()
}

/// Makes every call about tags that a report prints; how many there were.
async fn paste(world: &World, made: &Made, report: &Report) -> usize {
    let commands = report.findings.iter().flat_map(|finding| &finding.next_step.commands);
    let printed = commands.filter(|command| command.text.starts_with("aws ecs "));
    let mut made_calls = 0;
    for command in printed {
        let words = words(&command.text);
        let [ecs, operation, region, resource, list] = words.as_slice() else {
            panic!("{words:?}")
        };
        assert_eq!(ecs, "ecs");
        assert_eq!(*region, format!("--region={REGION}"));
        assert_eq!(*resource, format!("--resource-arn={}", made.arn));
        let (flag, list) = list.split_once('=').unwrap();
        let list: Vec<Json> = serde_json::from_str(list).unwrap();
        match (operation.as_str(), flag) {
            ("tag-resource", "--tags") => {
                let tags = list
                    .iter()
                    .map(|tag| api(tag["key"].as_str().unwrap(), tag["value"].as_str().unwrap()));
                let call = world.other.tag_resource().resource_arn(&made.arn);
                call.set_tags(Some(tags.collect())).send().await.unwrap();
            }
            ("untag-resource", "--tag-keys") => {
                let keys = list.iter().map(|key| key.as_str().unwrap().to_owned()).collect();
                let call = world.other.untag_resource().resource_arn(&made.arn);
                call.set_tag_keys(Some(keys)).send().await.unwrap();
            }
            other => panic!("{other:?}"),
        }
        made_calls += 1;
    }
    made_calls
}

/// Pastes what is printed, and expects the tags that are wanted: so many calls.
async fn check(wanted: &[(&str, &str)], other: &[(&str, &str)], calls: usize) {
    let (wanted, other) = (tags(wanted), tags(other));
    let (mut world, made) = planted(&wanted, &other).await;
    world.options.explain.tag_scope = TagScope::all_but(IgnoreTags::default());
    assert_eq!(live(&world, &made).await, other, "planted");
    let report = world.scan(&[&made]).await;
    assert_eq!(report.findings.len(), 1, "{}", lines(&report));
    assert_eq!(
        paste(&world, &made, &report).await,
        calls,
        "{:?}",
        report.findings[0].next_step
    );
    assert_eq!(live(&world, &made).await, wanted);
    let again = world.scan(&[&made]).await;
    assert!(again.findings.is_empty(), "{}", lines(&again));
}

#[tokio::test(start_paused = true)]
async fn pasted_calls_about_tags_bring_what_is_wanted_and_touch_no_other() {
    let keep = ("keep", "1");
    check(&[("team", "platform"), keep], &[("team", "search"), keep], 1).await;
    check(&[("team", "platform"), keep], &[keep], 1).await;
    check(&[keep], &[("extra", "x"), keep], 1).await;
    check(
        &[("team", "platform"), keep],
        &[("team", "search"), ("extra", "x"), keep],
        2,
    )
    .await;
    check(&[("empty", ""), keep], &[("empty", "full"), keep], 1).await;
}

/// Texts that a shell, or the parser of `aws`, could take for something else.
#[tokio::test(start_paused = true)]
async fn tags_of_any_text_are_pasted_as_they_are() {
    let odd = [
        ("--region", "-x"),
        ("=", "@file:"),
        ("file:/etc/passwd", "file:/etc/passwd"),
        ("a b", "=+:@_/ "),
    ];
    check(&odd, &[("-", "--")], 2).await;
    check(&[], &odd, 1).await;
}

/// A state does not hold what the provider is told to leave alone.
#[tokio::test(start_paused = true)]
async fn no_command_removes_a_tag_that_may_be_somebody_elses() {
    let others = [("cost", "1"), ("k8s/node", "x")];
    let (wanted, other) = (tags(&[("team", "a")]), tags(&[("team", "b"), others[0], others[1]]));
    let (mut world, made) = planted(&wanted, &other).await;
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(report.findings[0].next_step.text, @"Set the tags again. Setting tags replaces no instance. No command removes `cost`, `k8s/node`: nothing proves that others do not manage it. Name the tags of others by `--ignore-tag`, by `ignore_tags` in `.ecs-drift.toml` or by the provider block that `--config DIR` reads, or scan a plan. `terraform apply` removes them unless the provider ignores them.");
    assert_eq!(paste(&world, &made, &report).await, 1, "only what is wanted is set");
    assert_eq!(live(&world, &made).await, tags(&[("team", "a"), others[0], others[1]]));
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(report.findings[0].next_step.text, @"Find out whose tags these are. No command removes `cost`, `k8s/node`: nothing proves that others do not manage it. Name the tags of others by `--ignore-tag`, by `ignore_tags` in `.ecs-drift.toml` or by the provider block that `--config DIR` reads, or scan a plan. `terraform apply` removes them unless the provider ignores them.");
    // Once the tags of others are named, the rest is the source's.
    world.options.explain.tag_scope = TagScope::all_but(IgnoreTags {
        keys: ["cost".to_owned()].into(),
        key_prefixes: BTreeSet::new(),
    });
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @r#"tags [certain warning] tags_all {} -> {"k8s/node":"x"}: These tags differ: `k8s/node`."#);
    assert_eq!(paste(&world, &made, &report).await, 1);
    assert_eq!(live(&world, &made).await, tags(&[("team", "a"), others[0]]));
    assert_eq!(lines(&world.scan(&[&made]).await), "");
}

/// A plan with the providers of its configuration.
fn with_providers(mut plan: Json, provider: &Json) -> Json {
    let resource = json!({"address": "ecs_daemon.agent", "mode": "managed", "type": "ecs_daemon", "name": "agent",
        "provider_config_key": "ecs"});
    plan["configuration"] = json!({"provider_config": {"ecs": {"name": "ecs", "expressions": provider}},
        "root_module": {"resources": [resource]}});
    plan
}

/// Keys that the printed calls remove, and those of which the step says that nothing removes them.
fn removed(report: &Report) -> String {
    let step = &report.findings[0].next_step;
    let calls = step
        .commands
        .iter()
        .filter_map(|command| command.text.split_once("--tag-keys="));
    let calls: Vec<&str> = calls.map(|(_, keys)| keys).collect();
    let left = step
        .text
        .split_once("No command removes ")
        .map(|(_, text)| text.split(": nothing").next().unwrap());
    format!("{} left {}", calls.join(" "), left.unwrap_or_default())
}

/// A plan proves which tags are the source's: by those that its refresh shows, and by its provider block.
#[tokio::test(start_paused = true)]
async fn a_plan_tells_which_tags_are_of_others() {
    let (wanted, other) = (
        tags(&[("keep", "1")]),
        tags(&[("keep", "1"), ("cost", "1"), ("late", "x")]),
    );
    let (world, made) = planted(&wanted, &other).await;
    let mut seen = made.state.clone();
    merge(&mut seen, &json!({"tags_all": {"keep": "1", "cost": "1"}}));
    let updating = plan(&seen, &made.state, &json!({}));
    let constant = |keys: Json| json!({"ignore_tags": [{"keys": {"constant_value": keys}}]});
    let unknown = json!({"ignore_tags": [{"keys": {"references": ["var.ignored"]}}]});
    let mut found = Vec::new();
    for (name, document) in [
        ("state", state("ecs_daemon", &[&made.state])),
        ("plan", updating.clone()),
        ("refresh", refresh_only(&made.state, &seen)),
        ("no rules", with_providers(updating.clone(), &json!({}))),
        ("late", with_providers(updating.clone(), &constant(json!(["late"])))),
        ("none", with_providers(updating.clone(), &constant(json!([])))),
        ("cost", with_providers(updating.clone(), &constant(json!(["cost"])))),
        ("unknown", with_providers(updating.clone(), &unknown)),
    ] {
        let report = world.scan_documents(&[document]).await;
        found.push(format!("{name}: {}", removed(&report)));
    }
    insta::assert_snapshot!(found.join("\n"), @r#"
    state:  left `cost`, `late`
    plan: '["cost"]' left `late`
    refresh: '["cost"]' left `late`
    no rules: '["cost"]' left `late`
    late: '["cost"]' left 
    none: '["cost","late"]' left 
    cost: '["late"]' left 
    unknown:  left `cost`: a part of `ignore_tags` of its provider is not known and may name them. Give that part a value (with `--config DIR`, by `--var-file` or `TF_VAR_name`), or name the tags of others by `--ignore-tag`. `terraform apply` removes them unless the provider ignores them.
    "#);
}

/// The refresh of a plan and of a state left out a tag that a part of `ignore_tags` names, and the part is not known. A
/// report says so where no refresh of its own proves it.
#[tokio::test(start_paused = true)]
async fn a_tag_that_an_unknown_part_of_ignore_tags_may_name_is_no_drift() {
    let wanted = tags(&[("keep", "1"), ("team", "a")]);
    let live = tags(&[("keep", "1"), ("team", "b"), ("cost", "1"), ("k8s/x", "1")]);
    let (mut world, made) = planted(&wanted, &live).await;
    let partly =
        json!({"ignore_tags": [{"keys": {"constant_value": ["cost"]}, "key_prefixes": {"references": ["var.p"]}}]});
    let unchanged = plan(&made.state, &made.state, &json!({}));
    let mut found = Vec::new();
    found.push(lines(
        &world.scan_documents(&[with_providers(unchanged, &partly)]).await,
    ));
    let main = "variable \"p\" {}\n\
                provider \"ecs\" {\n  ignore_tags {\n    keys         = [\"cost\"]\n    key_prefixes = [var.p]\n  }\n}\n\
                resource \"ecs_daemon\" \"agent\" {\n  tags = { keep = \"1\", team = \"a\" }\n}\n";
    world.configuration = Some(configuration(main, ""));
    let report = world.scan(&[&made]).await;
    found.extend([lines(&report), gaps(&report)]);
    world.configuration = Some(configuration(main, "p = \"no/\"\n"));
    found.push(lines(&world.scan(&[&made]).await));
    insta::assert_snapshot!(found.join("\n"), @r#"
tags [certain warning] tags_all {"team":"a"} -> {"team":"b"}: These tags differ: `team`.
tags [certain warning] tags_all {"team":"a"} -> {"team":"b"}: These tags differ: `team`.
These are compared with the state alone: `ecs_daemon.agent` `ignore_tags` (line 5 of main.tf, the `ignore_tags` of its provider are not evaluated, so that live tags which the state has not are not compared). What a refresh took into the state is not seen there; a plan as input shows it.
tags [certain warning] tags_all {"team":"a"} -> {"k8s/x":"1","team":"b"}: These tags differ: `k8s/x`, `team`.
"#);
}

/// A mark of a variable gets lost on the way to tags that the provider adds, and in a state that is older than the mark.
#[tokio::test(start_paused = true)]
async fn tags_of_a_plan_that_are_made_of_a_sensitive_variable_are_not_shown() {
    let (wanted, live) = (tags(&[("token", "canary")]), tags(&[("token", "canary-2")]));
    let (mut world, made) = planted(&wanted, &live).await;
    let unchanged = plan(&made.state, &made.state, &json!({}));
    let refers = |to: &str| json!({"references": [to]});
    let with = |provider: &Json, own: &Json, is_sensitive: bool| {
        let mut plan = with_providers(unchanged.clone(), provider);
        let root = &mut plan["configuration"]["root_module"];
        root["resources"][0]["expressions"] = json!({"tags": own});
        root["variables"] = json!({"token": {"sensitive": is_sensitive}, "open": {}});
        plan
    };
    let default = |to: &str| json!({"default_tags": [{"tags": refers(to)}]});
    let shows = async |world: &World, document: Json| {
        let report = world.scan_documents(&[document]).await;
        assert_eq!(report.findings.len(), 1);
        format!("{report:?}").contains("canary")
    };
    for (provider, own) in [
        (default("var.token"), Json::Null),
        (default("local.tags"), Json::Null),
        (json!({}), refers("var.token")),
        (json!({}), refers("var.token.inner")),
    ] {
        assert!(!shows(&world, with(&provider, &own, true)).await, "{provider} {own}");
        assert!(shows(&world, with(&provider, &own, false)).await, "{provider} {own}");
    }
    assert!(shows(&world, with(&default("var.open"), &Json::Null, true)).await);
    let main = "variable \"token\" {\n  sensitive = true\n  default   = \"canary\"\n}\n\
                resource \"ecs_daemon\" \"agent\" {\n  tags = { token = var.token }\n}\n";
    world.configuration = Some(configuration(main, ""));
    assert!(!shows(&world, unchanged.clone()).await);
    // The value need not be known.
    for tags in ["{ token = var.token }", "var.token", "merge({ a = \"b\" }, var.token)"] {
        let main = format!(
            "variable \"token\" {{\n  sensitive = true\n}}\n\
             provider \"ecs\" {{\n  default_tags {{\n    tags = {tags}\n  }}\n}}\n\
             resource \"ecs_daemon\" \"agent\" {{\n}}\n"
        );
        world.configuration = Some(configuration(&main, ""));
        assert!(!shows(&world, state("ecs_daemon", &[&made.state])).await, "{tags}");
    }
}

/// A state, or a plan without a refresh, still has a tag that an unknown part of `ignore_tags` may name since.
#[tokio::test(start_paused = true)]
async fn no_command_removes_what_an_unknown_part_of_ignore_tags_may_name() {
    let live = tags(&[("keep", "1"), ("foreign", "1")]);
    let (mut world, made) = planted(&live, &live).await;
    let mut after = made.state.clone();
    merge(&mut after, &json!({"tags_all": {"keep": "1"}}));
    let unknown = json!({"ignore_tags": [{"keys": {"references": ["var.extra"]}}]});
    let planned = with_providers(plan(&made.state, &after, &json!({})), &unknown);
    let report = world.scan_documents(&[planned]).await;
    let mut found = vec![removed(&report)];
    for ignored in [
        "keys = [lower(\"FOREIGN\"), \"own\"]",
        "keys = var.extra",
        "key_prefixes = [var.extra]",
    ] {
        let main = format!(
            "variable \"extra\" {{}}\nprovider \"ecs\" {{\n  ignore_tags {{\n    {ignored}\n  }}\n}}\n\
             resource \"ecs_daemon\" \"agent\" {{\n  tags = {{ keep = \"1\" }}\n}}\n"
        );
        world.configuration = Some(configuration(&main, ""));
        let report = world.scan(&[&made]).await;
        found.push(format!("{ignored}: {}", removed(&report)));
        let text = &report.findings[0].next_step.text;
        assert!(
            text.contains("a part of `ignore_tags` of its provider is not known"),
            "{text}"
        );
    }
    insta::assert_snapshot!(found.join("\n"), @r#"
     left `foreign`: a part of `ignore_tags` of its provider is not known and may name them. Give that part a value (with `--config DIR`, by `--var-file` or `TF_VAR_name`), or name the tags of others by `--ignore-tag`. `terraform apply` removes them unless the provider ignores them.
    keys = [lower("FOREIGN"), "own"]:  left `foreign`: a part of `ignore_tags` of its provider is not known and may name them. Give that part a value (with `--config DIR`, by `--var-file` or `TF_VAR_name`), or name the tags of others by `--ignore-tag`. `terraform apply` removes them unless the provider ignores them.
    keys = var.extra:  left `foreign`: a part of `ignore_tags` of its provider is not known and may name them. Give that part a value (with `--config DIR`, by `--var-file` or `TF_VAR_name`), or name the tags of others by `--ignore-tag`. `terraform apply` removes them unless the provider ignores them.
    key_prefixes = [var.extra]:  left `foreign`: a part of `ignore_tags` of its provider is not known and may name them. Give that part a value (with `--config DIR`, by `--var-file` or `TF_VAR_name`), or name the tags of others by `--ignore-tag`. `terraform apply` removes them unless the provider ignores them.
    "#);
}
