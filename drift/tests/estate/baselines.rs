//! Baselines: a recorded one is clean, says what may be wrong with it, and takes over one value at a time.

use std::sync::Arc;

use aws::Aws;
use ecs_drift::{
    baseline_recording::{self, Recording, Selection},
    observe::{EcsReader, Reading, Slots},
    source::{
        TaskDefinitionRule,
        accept::{Accept, accept},
        baseline::parse_toml,
    },
};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::support::{REGION, World, arn, lines};

fn reader(world: &World) -> EcsReader {
    let aws = Aws::from_sdk_config(world.emulator.sdk_config_as("AKIADRIFT", REGION));
    EcsReader::new(&aws, REGION, Slots::new(4), Arc::default())
}

pub(crate) async fn recorded(world: &World, selection: Selection) -> Recording {
    let mut recording = Recording::new(Timestamp::UNIX_EPOCH);
    let selection = Selection {
        clusters: vec![arn("cluster/prod")],
        ..selection
    };
    recording.add(&reader(world), &selection).await.unwrap();
    recording
}

/// A baseline in the form in which a scan of these tests takes it.
pub(crate) fn document(text: &str) -> Json {
    serde_json::to_value(parse_toml(text).unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_was_recorded_is_clean_and_one_finding_can_be_accepted() {
    let world = World::new(0).await;
    let made = world.make_special("agent").await;
    let recording = recorded(&world, Selection::default()).await;
    assert_eq!(recording.warnings, Vec::<String>::new());
    let text = toml::to_string_pretty(&recording.baseline).unwrap();
    assert_eq!(lines(&world.scan_documents(&[document(&text)]).await), "");

    world.update_bare(&made, |update| update.critical(false)).await;
    world.settle();
    let report = world.scan_documents(&[document(&text)]).await;
    let open = |report: &ecs_drift::report::Report| -> Vec<String> {
        report
            .findings
            .iter()
            .filter_map(|finding| finding.setting.clone())
            .collect()
    };
    assert!(
        open(&report).contains(&"enable_execute_command".to_owned()),
        "{}",
        lines(&report)
    );
    let before = open(&report).len();
    let commands = report.findings.iter().flat_map(|finding| &finding.next_step.commands);
    let offered = format!(
        "ecs-drift baseline update -- 'input-0' '{}:enable_execute_command'",
        made.arn
    );
    assert!(commands.map(|command| &command.text).any(|text| *text == offered));
    // A person accepts all of them by one command.
    let options = ecs_drift::render::Options::default();
    let told = ecs_drift::render::render(ecs_drift::render::Format::Text, &report, &options).to_string();
    let accepts: Vec<&str> = told
        .lines()
        .filter(|line| line.contains("ecs-drift baseline update"))
        .collect();
    let [accepted] = accepts.as_slice() else {
        panic!("{told}")
    };
    assert!(before > 1 && accepted.matches(&made.arn).count() == before, "{told}");

    let readings = baseline_recording::read(&reader(&world), std::slice::from_ref(&made.arn)).await;
    let Some(Reading::Live(live)) = readings.get(&made.arn) else {
        panic!()
    };
    let live = baseline_recording::daemon(&made.arn, live).unwrap();
    let target = format!("{}:enable_execute_command", made.arn);
    let target = Accept::parse(&target, &parse_toml(&text).unwrap()).unwrap();
    let (text, changes) = accept(&text, &target, &live).unwrap();
    assert_eq!(changes.len(), 1, "{changes:?}");
    let report = world.scan_documents(&[document(&text)]).await;
    assert_eq!(open(&report).len(), before - 1, "{}", lines(&report));
}

#[tokio::test(start_paused = true)]
async fn a_recording_says_what_may_be_wrong_with_it() {
    let world = World::new(0).await;
    world.make("agent").await;
    world.make_special("search").await;
    let recording = recorded(&world, Selection::default()).await;
    insta::assert_snapshot!(recording.warnings.join("\n"), @"All optional settings of arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent are at their defaults. If somebody has updated the daemon without repeating them, the baseline records what that call left out.");
    assert_eq!(recording.baseline.daemon.len(), 2);

    let only = recorded(
        &world,
        Selection {
            daemons: vec!["sea*".to_owned()],
            task_definition: TaskDefinitionRule::Family,
            owner: Some("search".to_owned()),
            ..Selection::default()
        },
    )
    .await;
    let [daemon] = only.baseline.daemon.as_slice() else {
        panic!("{only:?}")
    };
    assert_eq!(
        (daemon.task_definition, daemon.owner.as_deref()),
        (TaskDefinitionRule::Family, Some("search"))
    );
    let deployment = daemon.deployment_arn.as_deref().unwrap_or_default();
    assert!(
        deployment.starts_with(&arn("daemon-deployment/prod/search/")),
        "{deployment}"
    );
    assert!(daemon.created_at.is_some() && daemon.revision_arn.is_some());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_no_part_of_a_baseline() {
    let world = World::new(0).await;
    world.make("agent").await;
    world.fault(
        &json!({"operation": "DescribeDaemonRevisions", "count": null, "effect": {"error": {
        "type": "AccessDeniedException", "message": "not allowed", "status": 400}}}),
    );
    let recording = recorded(&world, Selection::default()).await;
    assert_eq!(recording.baseline.daemon.len(), 0);
    let [(daemon, why)] = recording.unread.as_slice() else {
        panic!("{recording:?}")
    };
    assert_eq!(*daemon, arn("daemon/prod/agent"));
    assert!(why.contains("DescribeDaemonRevisions"), "{why}");
}

/// When ECS has no record of the recorded deployment any more, the time of the creation is all that tells a daemon from one that
/// was created again; and the SDK's number of it is off by some nanoseconds.
#[tokio::test(start_paused = true)]
async fn daemons_whose_records_have_expired_were_not_created_again() {
    let world = World::new(0).await;
    for name in ["a", "b", "c", "d", "e", "f"] {
        world.emulator.advance(std::time::Duration::from_millis(483));
        world.make_special(name).await;
    }
    let recording = recorded(&world, Selection::default()).await;
    let text = toml::to_string_pretty(&recording.baseline).unwrap();
    // As a version wrote it that cut the numbers.
    let cut = text.replace("6Z\"", "5999999Z\"").replace("3Z\"", "2999999Z\"");
    let expired = json!({"deployment_retention": "none"});
    world.emulator.control("POST", "knobs", Some(expired)).unwrap();
    for text in [text, cut] {
        let report = world.scan_documents(&[document(&text)]).await;
        let causes: Vec<&str> = report.findings.iter().map(|finding| finding.cause.id()).collect();
        assert_eq!(causes, ["not-readable"; 6], "{}", lines(&report));
        let commands = report.findings.iter().map(|finding| finding.next_step.commands.len());
        assert_eq!(commands.sum::<usize>(), 0, "nothing has to be done");
    }
}
