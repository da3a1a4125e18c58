//! The report that a person reads of an estate in which a lot happened: calls that left settings out, a daemon that is
//! gone, a rollout that failed, one that may not be read.

use ecs_drift::{
    render::{Format, Options, render},
    report::Report,
    scan::CloudTrail,
};
use serde_json::json;

use crate::support::{Made, World, merge, state};

/// Lines of the text that a terminal shows at a time.
const SCREEN: usize = 100;

async fn asked(world: &World, made: &[&Made]) -> Report {
    let trail = CloudTrail::new(world, std::sync::Arc::clone(&world.options.counters));
    let states: Vec<_> = made.iter().map(|made| &made.state).collect();
    world.scan_with(&trail, &[state("ecs_daemon", &states)]).await
}

fn told(report: &Report, format: Format) -> String {
    let text = render(format, report, &Options::default()).to_string();
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// Without what differs from run to run.
fn stable(text: &str) -> String {
    let words = text.split_inclusive([' ', '\n', ',', '%', ')', '/', '.']).map(|word| {
        let bare = word.trim_end_matches([' ', '\n', ',', '%', ')', '/', '.']);
        let rest = &word[bare.len()..];
        let is_id = bare.len() >= 16
            && bare
                .chars()
                .all(|character| character.is_ascii_hexdigit() || character == '-');
        let is_time = bare.starts_with("20") && bare.ends_with('Z');
        match (is_id, is_time) {
            (true, _) => format!("ID{rest}"),
            (_, true) => format!("TIME{rest}"),
            _ => word.to_owned(),
        }
    });
    words.collect()
}

/// One call is one entry: its caller, its command and its cost once, the settings as a table.
#[tokio::test(start_paused = true)]
async fn a_call_that_left_everything_out_is_read_in_ten_seconds() {
    let world = World::new(4).await;
    let made = world.make_special("agent").await;
    world.update_bare(&made, |update| update).await;
    world.settle();
    let report = asked(&world, &[&made]).await;
    assert!(report.findings.len() > 5, "{}", report.findings.len());
    insta::assert_snapshot!("one_call", stable(&told(&report, Format::Text)));
    let annotations = told(&report, Format::Github);
    let count = |level: &str| annotations.lines().filter(|line| line.starts_with(level)).count();
    assert_eq!((count("::error"), count("::warning")), (1, 0), "{annotations}");
}

#[tokio::test(start_paused = true)]
async fn an_estate_in_which_a_lot_happened_fits_a_screen() {
    let world = World::new(4).await;
    let mut made = Vec::new();
    for name in [
        "a-reset", "b-reset", "c-reset", "d-reset", "gone", "hidden-1", "hidden-2", "hidden-3",
    ] {
        made.push(world.make_special(name).await);
    }
    let mut broken = world.make("broken").await;
    for reset in &made[..4] {
        world.update_bare(reset, |update| update).await;
    }
    world.delete(&made[4]).await;
    world.settle();
    let definition = world.define_with("broken", "broken:1").await;
    world.image_fault("broken:*");
    let failed = world
        .update(&broken, |update| update.daemon_task_definition_arn(definition))
        .await;
    world.settle();
    merge(&mut broken.state, &json!({"deployment_arn": failed}));
    world.fault(
        &json!({"operation": "DescribeDaemon", "resource": "*:daemon/prod/hidden-*", "count": null,
        "effect": {"error": {"type": "AccessDeniedException", "message": "not authorized", "status": 400}}}),
    );
    made.push(broken);
    let report = asked(&world, &made.iter().collect::<Vec<_>>()).await;
    assert!(report.findings.len() >= 37, "{}", report.findings.len());
    let text = told(&report, Format::Text);
    insta::assert_snapshot!("an_estate", stable(&text));
    assert!(text.lines().count() < SCREEN, "{}", text.lines().count());
    insta::assert_snapshot!("an_estate_markdown", stable(&told(&report, Format::Markdown)));
    insta::assert_snapshot!("an_estate_annotations", stable(&told(&report, Format::Github)));
}
