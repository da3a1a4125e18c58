//! Plans that are carried out: what is sent, what is proven, and what a run that was killed leaves to the next one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use daemons::poll::Poll;
use ecs_drift::{
    execute::{self, Audit, Execution},
    interrupt::BySignal,
    repair::{Action, Limits, Plan, Results, Verdict, Windows},
    setting::{Setting, Settings},
};
use ecs_emulator::knobs::Knobs;
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use tokio::sync::watch;

use crate::{
    doctor::allowed_by,
    reconcile::{ALL, plan, selection, told},
    rows::ROWS,
    support::{Made, World, merge, short, state},
};

pub(crate) async fn apply_with(world: &World, plan: &Plan, limits: Limits, audit: &Audit) -> Results {
    let (_sender, receiver) = watch::channel(false);
    let execution = Execution {
        plan,
        limits,
        windows: Windows::default(),
        now: &Timestamp::now,
        interrupt: BySignal(receiver),
        audit,
        poll: Poll::default(),
        timeout: None,
        tell: &|_, _| {},
    };
    execute::execute(world, &execution).await.unwrap()
}

async fn apply(world: &World, plan: &Plan) -> Results {
    apply_with(world, plan, Limits::default(), &Audit::none()).await
}

fn verdicts(results: &Results) -> String {
    let lines = results.results.iter().map(|result| {
        let reasons: Vec<String> = result.reasons.iter().map(|reason| short(reason)).collect();
        format!(
            "  {} {}: {}\n",
            result.subject.name,
            result.verdict.title(),
            reasons.join(" ")
        )
    });
    lines.collect()
}

/// Updates that the program under test has sent, by daemon.
fn sent(world: &World) -> BTreeMap<String, Vec<Json>> {
    let mut sent: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    for entry in world.emulator.journal() {
        if entry["operation"] == "UpdateDaemon" && entry["caller"] == "AKIADRIFT" {
            let daemon = entry["request"]["daemonArn"].as_str().unwrap().to_owned();
            sent.entry(daemon).or_default().push(entry["request"].clone());
        }
    }
    sent
}

/// The actions of ECS that the program under test has used, without the first calls of the journal.
fn used(world: &World, after: usize) -> impl Iterator<Item = String> {
    let entries = world.emulator.journal().into_iter().skip(after);
    // GetCallerIdentity is one of STS, and is allowed to everybody.
    entries
        .filter(|entry| entry["caller"] == "AKIADRIFT" && entry["operation"] != "GetCallerIdentity")
        .map(|entry| format!("ecs:{}", entry["operation"].as_str().unwrap()))
}

/// Every row, planned with all flags and carried out: one whole call for each daemon that the plan repairs, none for any
/// other, and a second plan has nothing left but what is refused or fails by itself. The policy of the guide has what all of
/// them use, and nothing else.
#[tokio::test(start_paused = true)]
async fn every_row_is_repaired_or_says_why_not() {
    let mut all = String::new();
    let mut actions = BTreeSet::new();
    for row in &ROWS {
        let mut planted = row.plant(&Knobs::default()).await;
        planted.world.options.repairs = true;
        let world = &planted.world;
        let first = plan(world, &planted.documents, &selection(ALL)).await;
        if first.repairs.is_empty() {
            continue;
        }
        let mode = json!({"mode": "jump"});
        world.emulator.control("POST", "clock", Some(mode)).unwrap();
        let calls = world.emulator.journal().len();
        let results = apply(world, &first).await;
        actions.extend(used(world, calls));
        let _ = writeln!(all, "{} {}\n{}", row.0, row.2, verdicts(&results));
        let sent = sent(world);
        let updates = first.repairs.iter().filter(|planned| planned.action == Action::Update);
        let expected: Vec<&str> = updates.map(|planned| planned.subject.arn.as_str()).collect();
        assert_eq!(
            sent.keys().map(String::as_str).collect::<Vec<_>>(),
            expected,
            "{}",
            row.2
        );
        for planned in first.repairs.iter().filter(|planned| planned.action == Action::Update) {
            let [request] = sent[&planned.subject.arn].as_slice() else {
                panic!("{} was sent more than once", row.2)
            };
            let whole = Settings::from_members(&planned.update.as_ref().unwrap().tree()).unwrap();
            assert_eq!(Settings::from_members(request).unwrap(), whole, "{}", row.2);
            for setting in Setting::ALL {
                assert!(
                    setting.in_request(request).is_some(),
                    "{} is left out: {}",
                    setting.name(),
                    row.2
                );
            }
        }
        let is_proven = results.results.iter().all(|result| result.verdict == Verdict::Repaired);
        let second = plan(world, &planted.documents, &selection(ALL)).await;
        let is_clean = second.repairs.iter().all(|planned| planned.action != Action::Update);
        assert!(!is_proven || is_clean, "{}:\n{}", row.2, told(&second));
    }
    insta::assert_snapshot!(all);
    assert_eq!(actions, allowed_by("repairing-drift-from-ci"));
}

/// A world with drifted daemons, and the state that wants them otherwise.
pub(crate) async fn drifted(names: &[&str]) -> (World, Vec<Made>, Vec<Json>) {
    let mut world = World::new(4).await;
    world.options.repairs = true;
    let mut made = Vec::new();
    for name in names {
        let mut daemon = world.make(name).await;
        merge(&mut daemon.state, &json!({"enable_execute_command": true}));
        made.push(daemon);
    }
    let states: Vec<&Json> = made.iter().map(|made| &made.state).collect();
    let documents = vec![state("ecs_daemon", &states)];
    (world, made, documents)
}

#[tokio::test(start_paused = true)]
async fn what_changed_since_the_plan_is_skipped_and_the_rest_is_repaired() {
    let (world, made, documents) = drifted(&["one", "two", "three"]).await;
    let plan = plan(&world, &documents, &selection(ALL)).await;
    world.update_bare(&made[0], |update| update.critical(false)).await;
    world.delete(&made[1]).await;
    let results = apply(&world, &plan).await;
    let of = |made: &Made| {
        let mut results = results.results.iter();
        let result = results.find(|result| result.subject.arn == made.arn).unwrap();
        (result.verdict, result.reasons.join(" "))
    };
    let (verdict, reason) = of(&made[0]);
    assert_eq!(verdict, Verdict::Skipped);
    assert!(reason.contains("another deployment than the plan has seen"), "{reason}");
    assert_eq!(of(&made[1]).0, Verdict::Skipped);
    assert_eq!(of(&made[2]).0, Verdict::Repaired);
    assert_eq!(sent(&world).len(), 1);
    assert_eq!(results.code(ecs_drift::report::ExitPolicy::default()), 2);
}

#[tokio::test(start_paused = true)]
async fn a_rollback_is_told_with_its_reasons_and_nothing_new_begins() {
    let (world, mut made, _) = drifted(&["one", "two", "three"]).await;
    let broken = world.define_with("broken", "broken:1").await;
    world.image_fault("broken:*");
    for made in &mut made {
        merge(&mut made.state, &json!({"daemon_task_definition_arn": broken}));
    }
    let states: Vec<&Json> = made.iter().map(|made| &made.state).collect();
    let documents = vec![state("ecs_daemon", &states)];
    let plan = plan(&world, &documents, &selection(ALL)).await;
    let one_by_one = Limits {
        at_a_time: 1,
        ..Limits::default()
    };
    let results = apply_with(&world, &plan, one_by_one, &Audit::none()).await;
    insta::assert_snapshot!(verdicts(&results), @r"
    one rolled back: The deployment has status ROLLBACK_SUCCESSFUL. ECS says: The circuit breaker triggered: 3 daemon tasks failed to run. The rollback completed. ECS says: The circuit breaker triggered: 3 daemon tasks failed to run. The circuit breaker counted 3 failed launches of 3 that it allows. 3 tasks stopped: TaskFailedToStart, CannotPullContainerError: the image could not be pulled.
    three not begun: As many repairs went wrong as `--max-failures` allows.
    two not begun: As many repairs went wrong as `--max-failures` allows.
    ");
    assert_eq!(sent(&world).len(), 1);
}

/// Credentials that expire while a rollout is awaited: what was sent is said, with the deployment that goes on.
#[tokio::test(start_paused = true)]
async fn a_repair_whose_rollout_cannot_be_read_says_what_was_sent() {
    let (world, made, documents) = drifted(&["one"]).await;
    let plan = plan(&world, &documents, &selection(ALL)).await;
    world.fault(
        &json!({"operation": "DescribeDaemonDeployments", "after": 1, "count": null, "effect": {"error": {
        "type": "ExpiredTokenException", "message": "The security token included in the request is expired", "status": 400}}}),
    );
    let results = apply(&world, &plan).await;
    let [result] = results.results.as_slice() else {
        panic!("{results:?}")
    };
    assert_eq!(sent(&world)[&made[0].arn].len(), 1);
    assert!(result.deployment_arn.is_some());
    let told = verdicts(&results);
    let (before, rest) = told.split_once("Request id: ").unwrap();
    let (_, after) = rest.split_once('.').unwrap();
    insta::assert_snapshot!(format!("{before}Request id: ID.{after}"));
}
