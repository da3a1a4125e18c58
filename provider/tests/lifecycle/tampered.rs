//! A service, or somebody between, that answers what was not asked: every operation, every member of its answers, and
//! every way to change one. Each change means nothing to the provider, changes what the state says of the very thing
//! that was changed, or is an error. What becomes of it is a snapshot, to be read by people.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Arc, Mutex},
};

use ecs_emulator::tamper::{Way, members};
use serde_json::Value as Json;
use tfplug_core::Value;
use tfplug_server::driver::{Driver, Outcome, Stored};

use crate::support::{
    DAEMON, DEFINITION, REGION, World, definition, deployment, driver, errors, expect_no_error, text, unproven,
};

/// A flow of calls whose answers are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    RefreshDaemon,
    RefreshSettled,
    RefreshDefinition,
    RefreshRetained,
    ImportDaemon,
    Create,
    Update,
    Destroy,
    Tag,
    RegisterDefinition,
    DestroyDefinition,
    TagDefinition,
}

/// An argument whose tags differ from those of [`config`] and of the world's definition.
fn other_tags() -> Value {
    Value::object([("owner", "ops".into()), ("cost", "1".into())])
}

/// A daemon with everything that answers can have.
async fn world() -> (World, Stored) {
    let world = World::new(2).await;
    let outcome = world.apply(&Stored::nothing(), config(&world, 50)).await;
    expect_no_error(&outcome.diagnostics);
    world.settle();
    (world, outcome.stored)
}

fn config(world: &World, drain: i64) -> Value {
    let mut extra = deployment([("drain_percent", drain.into())]);
    extra.insert("critical", false.into());
    extra.insert("propagate_tags", "DAEMON".into());
    extra.insert("tags", Value::object([("team", "platform".into())]));
    world.daemon(extra)
}

impl Flow {
    async fn run(self, driver: &Driver, world: &World, daemon: &Stored) -> Outcome {
        match self {
            Self::RefreshDaemon => driver.refresh(DAEMON, &unproven(daemon)).await,
            Self::RefreshSettled => driver.refresh(DAEMON, daemon).await,
            Self::RefreshDefinition | Self::RefreshRetained => driver.refresh(DEFINITION, &world.definition).await,
            Self::ImportDaemon => {
                let id = daemon.state.get("arn").as_str().unwrap_or_default().to_owned();
                driver.import(DAEMON, &id).await
            }
            Self::Create => {
                let mut other = config(world, 50);
                other.insert("name", "other".into());
                driver.plan_and_apply(DAEMON, &Stored::nothing(), other).await
            }
            Self::Update => driver.plan_and_apply(DAEMON, daemon, config(world, 60)).await,
            Self::Destroy => driver.destroy(DAEMON, daemon).await,
            Self::Tag => {
                let mut tagged = config(world, 50);
                tagged.insert("tags", other_tags());
                driver.plan_and_apply(DAEMON, daemon, tagged).await
            }
            Self::RegisterDefinition | Self::DestroyDefinition | Self::TagDefinition => {
                self.run_definition(driver, world).await
            }
        }
    }

    async fn run_definition(self, driver: &Driver, world: &World) -> Outcome {
        let tagged = |image: &str, tags: Value| {
            let mut config = definition(image);
            config.insert("tags", tags);
            config
        };
        match self {
            Self::DestroyDefinition => driver.destroy(DEFINITION, &world.definition).await,
            Self::TagDefinition => {
                let config = tagged("agent:1", other_tags());
                driver.plan_and_apply(DEFINITION, &world.definition, config).await
            }
            _ => {
                let mut config = tagged("agent:1", other_tags());
                config.insert("family", "other".into());
                driver.plan_and_apply(DEFINITION, &Stored::nothing(), config).await
            }
        }
    }

    /// The world that it needs; one with a retained revision for the flow that looks after it.
    async fn world(self) -> (World, Stored) {
        let (mut world, daemon) = world().await;
        if self == Self::RefreshRetained {
            world.define("agent:2").await;
        }
        (world, daemon)
    }

    /// True if it changes the world, so that it needs one of its own each time.
    fn writes(self) -> bool {
        !matches!(
            self,
            Self::RefreshDaemon
                | Self::RefreshSettled
                | Self::RefreshDefinition
                | Self::RefreshRetained
                | Self::ImportDaemon
        )
    }
}

type Answers = Arc<Mutex<BTreeMap<String, Json>>>;

fn tampered(world: &World, change: impl Fn(&str, &mut Json) + Send + Sync + 'static) -> Driver {
    driver(world.emulator.sdk_config_tampered("AKIATAMPERED", REGION, change))
}

/// The first answer of each operation of a flow, and what becomes of it untouched.
async fn untouched(flow: Flow) -> (BTreeMap<String, Json>, Outcome) {
    let (world, daemon) = flow.world().await;
    let seen = Answers::default();
    let all = Arc::clone(&seen);
    let driver = tampered(&world, move |operation, body| {
        all.lock()
            .unwrap()
            .entry(operation.to_owned())
            .or_insert_with(|| body.clone());
    });
    let outcome = flow.run(&driver, &world, &daemon).await;
    expect_no_error(&outcome.diagnostics);
    (seen.lock().unwrap().clone(), outcome)
}

/// In short: an error with its title, attributes of the state that are other than untouched, or nothing.
fn became(outcome: &Outcome, untouched: &Outcome) -> String {
    let mut told = Vec::new();
    // The title, and what follows up to the first stop: the rest has ids.
    if let Some(error) = errors(&outcome.diagnostics).lines().next() {
        told.push(error.split(": ").take(2).collect::<Vec<_>>().join(": "));
    }
    let (one, other) = (outcome.stored.state.as_map(), untouched.stored.state.as_map());
    match (one, other) {
        (Some(one), Some(other)) => {
            let differ = one.iter().filter(|(name, value)| other.get(*name) != Some(*value));
            let names: Vec<&str> = differ.map(|(name, _)| name.as_str()).collect();
            if !names.is_empty() {
                told.push(format!("state: {}", names.join(", ")));
            }
        }
        (None, Some(_)) => told.push("no state".to_owned()),
        _ => {}
    }
    if told.is_empty() {
        "no difference".to_owned()
    } else {
        told.join("; ")
    }
}

fn expect_harmless(outcome: &Outcome, change: &str) {
    let told = text(&outcome.diagnostics);
    let steers = told
        .chars()
        .find(|char| matches!(char, '\u{1b}' | '\u{7}' | '\u{202e}' | '\r'));
    assert_eq!(steers, None, "{change}: {told}");
    let forged = told
        .lines()
        .find(|line| line.trim_start().starts_with("::error::forged"));
    assert_eq!(forged, None, "{change}: {told}");
}

async fn check(flow: Flow) -> String {
    let (answers, expected) = untouched(flow).await;
    let mut table = String::new();
    let mut shared = flow.world().await;
    for (operation, answer) in &answers {
        for pointer in members(answer) {
            let mut told: BTreeMap<String, Vec<Way>> = BTreeMap::new();
            for way in Way::ALL.into_iter().chain([Way::AnotherAccount]) {
                if !way.apply(&mut answer.clone(), &pointer) {
                    continue;
                }
                if flow.writes() {
                    shared = flow.world().await;
                }
                let (world, daemon) = &shared;
                let (of, at) = (operation.clone(), pointer.clone());
                let driver = tampered(world, move |operation, body| {
                    if operation == of {
                        way.apply(body, &at);
                    }
                });
                let outcome = flow.run(&driver, world, daemon).await;
                expect_harmless(&outcome, &format!("{operation} {pointer} {way:?}"));
                told.entry(became(&outcome, &expected)).or_default().push(way);
            }
            for (became, ways) in told {
                writeln!(table, "{operation} {pointer} {ways:?}: {became}").unwrap();
            }
        }
    }
    table
}

#[tokio::test(start_paused = true)]
async fn a_tampered_answer_reaches_no_state_unseen_when_a_daemon_is_read() {
    insta::assert_snapshot!(check(Flow::RefreshDaemon).await);
}

#[tokio::test(start_paused = true)]
async fn a_tampered_answer_reaches_no_state_unseen_when_a_settled_daemon_is_read() {
    insta::assert_snapshot!(check(Flow::RefreshSettled).await);
}

#[tokio::test(start_paused = true)]
async fn a_tampered_answer_reaches_no_state_unseen_when_a_definition_is_read() {
    insta::assert_snapshot!(check(Flow::RefreshDefinition).await);
}

#[tokio::test(start_paused = true)]
async fn a_tampered_answer_reaches_no_state_unseen_when_a_retained_revision_is_looked_for() {
    insta::assert_snapshot!(check(Flow::RefreshRetained).await);
}

#[tokio::test(start_paused = true)]
async fn a_tampered_answer_reaches_no_state_unseen_when_a_daemon_is_imported() {
    insta::assert_snapshot!(check(Flow::ImportDaemon).await);
}

#[tokio::test(start_paused = true)]
async fn a_tampered_answer_reaches_no_state_unseen_when_a_daemon_is_created() {
    insta::assert_snapshot!(check(Flow::Create).await);
}

#[tokio::test(start_paused = true)]
async fn a_tampered_answer_reaches_no_state_unseen_when_a_daemon_is_updated() {
    insta::assert_snapshot!(check(Flow::Update).await);
}

#[tokio::test(start_paused = true)]
async fn a_tampered_answer_reaches_no_state_unseen_when_a_daemon_is_destroyed() {
    insta::assert_snapshot!(check(Flow::Destroy).await);
}

#[tokio::test(start_paused = true)]
async fn a_tampered_answer_reaches_no_state_unseen_when_tags_of_a_daemon_change() {
    insta::assert_snapshot!(check(Flow::Tag).await);
}

#[tokio::test(start_paused = true)]
async fn a_tampered_answer_reaches_no_state_unseen_when_a_definition_is_registered() {
    insta::assert_snapshot!(check(Flow::RegisterDefinition).await);
}

#[tokio::test(start_paused = true)]
async fn a_tampered_answer_reaches_no_state_unseen_when_a_definition_is_destroyed() {
    insta::assert_snapshot!(check(Flow::DestroyDefinition).await);
}

#[tokio::test(start_paused = true)]
async fn a_tampered_answer_reaches_no_state_unseen_when_tags_of_a_definition_change() {
    insta::assert_snapshot!(check(Flow::TagDefinition).await);
}

/// A daemon that is gone is believed to be gone only in its own account.
#[tokio::test(start_paused = true)]
async fn a_tampered_identity_reaches_no_state_unseen_when_a_daemon_is_gone() {
    let (world, daemon) = world().await;
    world.driver.destroy(DAEMON, &daemon).await;
    let seen = Answers::default();
    let all = Arc::clone(&seen);
    let look = driver(
        world
            .emulator
            .sdk_config_tampered_sts("AKIATAMPERED", REGION, move |operation, body| {
                all.lock().unwrap().insert(operation.to_owned(), body.clone());
            }),
    );
    let expected = look.refresh(DAEMON, &daemon).await;
    let answer = seen.lock().unwrap()["GetCallerIdentity"].clone();
    let mut table = String::new();
    for pointer in members(&answer) {
        for way in Way::OF_XML {
            if !way.apply(&mut answer.clone(), &pointer) {
                continue;
            }
            let at = pointer.clone();
            let change = move |_: &str, body: &mut Json| {
                way.apply(body, &at);
            };
            let tampered = driver(world.emulator.sdk_config_tampered_sts("AKIATAMPERED", REGION, change));
            let outcome = tampered.refresh(DAEMON, &daemon).await;
            expect_harmless(&outcome, &format!("{pointer} {way:?}"));
            writeln!(table, "{pointer} {way:?}: {}", became(&outcome, &expected)).unwrap();
        }
    }
    insta::assert_snapshot!(table);
}
