//! Estates that are drawn from the declaration of the settings: whatever differs is found by its name, and the printed
//! call puts it back. A setting that the scan does not know fails here, whichever it is.
//!
//! More of them: `ECS_DRIFT_ESTATES=1000 cargo test -p ecs-drift --test estate random`.

use std::collections::BTreeSet;

use daemons::settings::{Datum, Kind as Form};
use ecs_drift::{
    report::{Kind, Report},
    setting::{Setting, Settings},
};
use fastrand::Rng;
use serde_json::{Value as Json, json};

use crate::{
    repairs::{live, paste, printed, recorded},
    support::{Made, REGION, World, arn, hashicorp, settings_in, state, usual},
};

/// Estates of one run.
fn estates() -> u64 {
    let wanted = std::env::var("ECS_DRIFT_ESTATES")
        .ok()
        .and_then(|text| text.parse().ok());
    wanted.unwrap_or(24)
}

/// A value that ECS takes. The ranges of all numbers have 1 to 100 in common.
fn draw(setting: Setting, rng: &mut Rng) -> Datum {
    let some = |rng: &mut Rng, names: [&str; 3]| -> BTreeSet<String> {
        names.into_iter().filter(|_| rng.bool()).map(str::to_owned).collect()
    };
    match (setting, setting.kind()) {
        (Setting::TaskDefinition, _) => {
            let definitions = ["agent:1", "agent:2", "other:1"];
            let definition = definitions[rng.usize(..definitions.len())];
            Datum::Text(arn(&format!("daemon-task-definition/{definition}")))
        }
        (Setting::CapacityProviders, _) => {
            let names: &[&str] = if rng.bool() { &["fleet"] } else { &["empty", "fleet"] };
            let arns = names.iter().map(|name| arn(&format!("capacity-provider/{name}")));
            Datum::Names(arns.collect())
        }
        (_, Form::Text) => Datum::Text(rng.alphabetic().to_string()),
        (_, Form::Choice(words)) => Datum::Text(words[rng.usize(..words.len())].to_owned()),
        (_, Form::Flag) => Datum::Flag(rng.bool()),
        (_, Form::Number) => Datum::Number(f64::from(rng.i32(2..=200)) / 2.0),
        (_, Form::Whole) => Datum::Number(rng.i32(1..=100).into()),
        (_, Form::Set | Form::List) => Datum::Names(some(rng, ["high", "low", "slow"])),
    }
}

/// Settings of which about every second one is another than before.
fn changed(before: &Settings, rng: &mut Rng) -> Settings {
    let mut settings = before.clone();
    for setting in Setting::ALL {
        if rng.bool() {
            setting.write(&draw(setting, rng), &mut settings);
        }
    }
    settings
}

/// The attributes of a state. A block stands there once one of its settings does.
fn attributes(settings: &Settings, with_defaults: bool) -> Json {
    let mut attributes = json!({});
    for setting in Setting::ALL {
        let datum = setting.read(settings);
        if !with_defaults && setting.default().as_ref() == Some(&datum) {
            continue;
        }
        let (name, blocks) = setting.path().split_last().unwrap();
        let around = blocks.iter().fold(&mut attributes, |here, block| {
            if here[*block].is_null() {
                here[*block] = json!([{}]);
            }
            &mut here[*block][0]
        });
        around[*name] = datum.to_json();
    }
    attributes
}

/// The form of a state of hashicorp/aws, in which a default that is not written may be what an import left out.
const HASHICORP: u8 = 1;

/// A source of one of three forms that wants the settings: its document, and the settings that it can tell of.
fn document(form: u8, made: &Made, settings: &Settings, rng: &mut Rng) -> (Json, Vec<Setting>) {
    match form {
        0 => (state("ecs_daemon", &[&made.state]), Setting::ALL.to_vec()),
        HASHICORP => {
            let known = Setting::ALL.into_iter().filter(|setting| setting.is_in_aws_provider());
            (hashicorp(made), known.collect())
        }
        _ => {
            let mut settings = recorded(settings);
            settings.0.retain(|setting, _| setting.is_required() || rng.u8(..4) > 0);
            let known = settings.0.keys().copied().collect();
            let daemon = json!({"arn": made.arn, "account": "123456789012", "region": REGION, "settings": settings});
            let document = json!({
                "schema_version": "1.0", "recorded_at": "2026-01-01T00:00:00Z", "tool_version": "0.1.0",
                "daemon": [daemon],
            });
            (document, known)
        }
    }
}

/// Names of the settings that a report has as different.
fn found(report: &Report) -> BTreeSet<String> {
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    let differences = report
        .findings
        .iter()
        .filter(|finding| finding.kind == Kind::Difference);
    differences.filter_map(|finding| finding.setting.clone()).collect()
}

async fn check(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let world = World::new(1).await;
    world.define("agent").await;
    world.define("other").await;
    let wanted = changed(&settings_in(&usual()), &mut rng);
    let form = rng.u8(..3);
    let written = attributes(&wanted, form == HASHICORP || rng.bool());
    let made = world.make_wanted("agent", &written).await;
    let (document, known) = document(form, &made, &wanted, &mut rng);
    let now = changed(&wanted, &mut rng);
    let daemon = made.arn.as_str();
    now.clone()
        .update_request(daemon)
        .send_with(&world.other)
        .await
        .unwrap();
    world.settle();

    let differing = known
        .iter()
        .filter(|setting| setting.read(&wanted) != setting.read(&now));
    let differing: BTreeSet<String> = differing.map(|setting| setting.name()).collect();
    let report = world.scan_documents(std::slice::from_ref(&document)).await;
    assert_eq!(
        found(&report),
        differing,
        "seed {seed}: {wanted:?} and {now:?}, in {document}"
    );
    if differing.is_empty() {
        return;
    }
    let Some(request) = printed(&report) else {
        panic!("seed {seed}: no call is printed: {report:#?}");
    };
    paste(&world, &request).await;
    let live = live(&world, &made).await;
    for setting in Setting::ALL {
        let (name, expected) = (setting.name(), if known.contains(&setting) { &wanted } else { &now });
        let live = setting.parse(&live[&name]).unwrap();
        assert_eq!(live, setting.read(expected), "seed {seed}: {name} after {request}");
    }
    let again = world.scan_documents(&[document]).await;
    assert_eq!(found(&again), BTreeSet::new(), "seed {seed}");
}

#[tokio::test(start_paused = true)]
async fn random_estates_are_explained_and_repaired() {
    for seed in 0..estates() {
        check(seed).await;
    }
}
