//! Repairs in a window: nothing begins after its end, and what has begun is waited for.

use daemons::poll::Poll;
use ecs_drift::{
    execute::{self, Audit, Execution},
    interrupt::BySignal,
    repair::{Limits, Results, Verdict, Windows},
};
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::watch;

use crate::{
    reconcile::{ALL, plan, selection},
    repairing::drifted,
    support::World,
};

fn updates(world: &World) -> usize {
    world.calls("UpdateDaemon")
}

/// Carries a plan for three daemons out, one at a time.
async fn applied(world: &World, documents: &[serde_json::Value], now: &(dyn Fn() -> Timestamp + Sync)) -> Results {
    let plan = plan(world, documents, &selection(ALL)).await;
    assert_eq!(plan.repairs.len(), 3);
    let (_sender, receiver) = watch::channel(false);
    let execution = Execution {
        plan: &plan,
        limits: Limits {
            at_a_time: 1,
            ..Limits::default()
        },
        windows: Windows(vec!["Sun 02:00-04:00 Europe/Berlin".parse().unwrap()]),
        now,
        interrupt: BySignal(receiver),
        audit: &Audit::none(),
        poll: Poll::default(),
        timeout: None,
        tell: &|_, _| {},
    };
    execute::execute(world, &execution).await.unwrap()
}

fn verdicts(results: &Results) -> Vec<Verdict> {
    results.results.iter().map(|result| result.verdict).collect()
}

#[tokio::test(start_paused = true)]
async fn what_has_begun_is_waited_for_and_nothing_begins_after_the_end() {
    let (world, _, documents) = drifted(&["one", "two", "three"]).await;
    let mode = json!({"mode": "jump"});
    world.emulator.control("POST", "clock", Some(mode)).unwrap();
    let inside: Timestamp = "2026-03-01T02:59:59Z".parse().unwrap();
    let after: Timestamp = "2026-03-01T03:00:00Z".parse().unwrap();
    // The window ends with the first call.
    let now = || if updates(&world) == 0 { inside } else { after };
    let results = applied(&world, &documents, &now).await;
    assert_eq!(
        verdicts(&results),
        [Verdict::Repaired, Verdict::NotBegun, Verdict::NotBegun]
    );
    assert_eq!(updates(&world), 1);
    let reason = results.results[1].reasons.join(" ");
    assert!(
        reason.contains("It opens at 2026-03-08T02:00:00+01:00[Europe/Berlin]."),
        "{reason}"
    );
    assert_eq!(results.code(ecs_drift::report::ExitPolicy::default()), 2);
}

#[tokio::test(start_paused = true)]
async fn outside_of_it_nothing_is_called_that_changes_anything() {
    let (world, _, documents) = drifted(&["one", "two", "three"]).await;
    let monday: Timestamp = "2026-03-02T01:30:00Z".parse().unwrap();
    let results = applied(&world, &documents, &|| monday).await;
    assert_eq!(verdicts(&results), [Verdict::NotBegun; 3]);
    assert_eq!(updates(&world), 0);
}
