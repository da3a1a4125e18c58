//! Every printed call about tags is made, and the tags are looked at: what the finding says, and nothing else.

use std::collections::BTreeMap;

use aws_sdk_ecs::{operation::create_daemon::builders::CreateDaemonFluentBuilder, types::Tag};
use ecs_drift::report::Report;
use serde_json::{Map, Value as Json};

use crate::{
    repairs::words,
    support::{Made, REGION, World, lines},
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
    let made = world
        .make_with("agent", create, &serde_json::json!({"tags_all": all}))
        .await;
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
    let (world, made) = planted(&wanted, &other).await;
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
