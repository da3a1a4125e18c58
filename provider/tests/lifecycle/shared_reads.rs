//! Reads at the same time share calls, without one failing for another's sake.

use std::collections::BTreeSet;

use daemons::settings::Settings;
use futures_util::{StreamExt, stream};
use serde_json::json;
use terraform_provider_ecs::daemon::values::settings_of;
use tfplug_core::Value;
use tfplug_server::driver::{Outcome, Stored};

use crate::support::{DEFINITION, World, arn, errors, expect_no_error, unproven};

/// Objects that Terraform refreshes at a time, unless told otherwise.
const PARALLELISM: usize = 10;
/// ARNs that a describing call takes.
const LIMIT: usize = 20;

/// A world with this many daemons, at rest.
async fn estate(daemons: usize) -> (World, Vec<Stored>) {
    let world = World::new(1).await;
    let mut stored = Vec::new();
    for number in 0..daemons {
        let mut config = world.daemon(Value::Null);
        config.insert("name", format!("agent-{number}").into());
        let outcome = world.apply(&Stored::nothing(), config).await;
        expect_no_error(&outcome.diagnostics);
        stored.push(outcome.stored);
    }
    world.settle();
    (world, stored)
}

/// The same in a state of an earlier version.
async fn earlier_estate(daemons: usize) -> (World, Vec<Stored>) {
    let (world, stored) = estate(daemons).await;
    (world, stored.iter().map(unproven).collect())
}

async fn refresh_all(world: &World, stored: &[Stored]) -> Vec<Outcome> {
    stream::iter(stored)
        .map(|stored| world.refresh(stored))
        .buffered(PARALLELISM)
        .collect()
        .await
}

/// ARNs per call of an operation since the given number of calls.
fn batches(world: &World, operation: &str, member: &str, since: usize) -> Vec<usize> {
    let requests = world.requests(operation);
    let sizes = requests.iter().skip(since).map(|request| {
        let arns: BTreeSet<&str> = request[member]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|arn| arn.as_str())
            .collect();
        arns.len()
    });
    sizes.collect()
}

#[tokio::test(start_paused = true)]
async fn a_refresh_of_many_daemons_describes_them_together() {
    let (world, stored) = earlier_estate(30).await;
    let operations = [
        ("DescribeDaemonDeployments", "daemonDeploymentArns"),
        ("DescribeDaemonRevisions", "daemonRevisionArns"),
    ];
    let before = operations.map(|(operation, _)| world.count(operation));
    for (outcome, stored) in refresh_all(&world, &stored).await.iter().zip(&stored) {
        expect_no_error(&outcome.diagnostics);
        assert_eq!(outcome.stored, *stored);
    }
    for ((operation, member), since) in operations.into_iter().zip(before) {
        let sizes = batches(&world, operation, member, since);
        assert_eq!(sizes.iter().sum::<usize>(), stored.len(), "{operation}: {sizes:?}");
        assert!(sizes.iter().all(|size| *size <= LIMIT), "{operation}: {sizes:?}");
        assert!(
            sizes.len() <= stored.len() / 3,
            "{operation} is hardly shared: {sizes:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_that_is_alone_waits_for_nobody() {
    let (world, stored) = earlier_estate(1).await;
    let start = tokio::time::Instant::now();
    expect_no_error(&world.refresh(&stored[0]).await.diagnostics);
    assert_eq!(start.elapsed(), std::time::Duration::ZERO);
}

/// Each answer takes a second, so the time of a refresh tells its round trips.
#[tokio::test(start_paused = true)]
async fn a_refresh_takes_one_round_trip_and_two_after_a_change() {
    let (world, stored) = estate(1).await;
    let first = stored[0].clone();
    world.post_fault(&json!({ "operation": "*", "count": null, "effect": {"slow": {"seconds": 1}} }));
    let refreshed = async |stored: &Stored| {
        let start = tokio::time::Instant::now();
        let outcome = world.refresh(stored).await;
        expect_no_error(&outcome.diagnostics);
        (outcome.stored, start.elapsed().as_secs())
    };
    assert_eq!(refreshed(&first).await, (first.clone(), 1));
    let earlier = unproven(&first);
    assert_eq!(refreshed(&earlier).await, (earlier.clone(), 1));
    // As an import or a move leaves it.
    let forgotten = Stored {
        private: Vec::new(),
        ..first.clone()
    };
    assert_eq!(refreshed(&forgotten).await, (first.clone(), 2));
    let settings = settings_of(&first.state).unwrap();
    let changed = Settings {
        critical: false,
        ..settings
    };
    let update = changed.update_request(first.state.get("arn").as_str().unwrap());
    update.send_with(&world.other).await.unwrap();
    world.settle();
    let (drifted, trips) = refreshed(&first).await;
    assert_eq!(drifted.state.get("critical"), &Value::from(false));
    assert_eq!(trips, 2);
    assert_eq!(refreshed(&drifted).await, (drifted.clone(), 1));
    let start = tokio::time::Instant::now();
    world.driver.refresh(DEFINITION, &world.definition).await;
    assert_eq!(start.elapsed().as_secs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_hits_only_the_read_that_it_is_meant_for() {
    let (world, stored) = earlier_estate(12).await;
    world.post_fault(&json!({
        "operation": "DescribeDaemonRevisions", "resource": arn("daemon-revision/prod/agent-3/*"), "count": null,
        "effect": {"error": {"type": "AccessDeniedException", "message": "not for you", "status": 400}}, "must_fire": true,
    }));
    let outcomes = refresh_all(&world, &stored).await;
    world.expect_fired();
    for (number, outcome) in outcomes.iter().enumerate() {
        let errors = errors(&outcome.diagnostics);
        assert_eq!(
            number == 3,
            errors.contains("ecs:DescribeDaemonRevisions"),
            "daemon {number}: {errors}"
        );
        assert_eq!(outcome.stored, stored[number]);
    }
}

/// A batch does not depend on the read that would have sent it.
#[tokio::test(start_paused = true)]
async fn a_read_that_is_given_up_holds_nobody_up() {
    let (world, stored) = earlier_estate(3).await;
    world.post_fault(&json!({
        "operation": "DescribeDaemon", "resource": arn("daemon/prod/agent-2"), "effect": {"slow": {"seconds": 60}}
    }));
    let given_up = async {
        let limit = std::time::Duration::from_millis(2);
        assert!(tokio::time::timeout(limit, world.refresh(&stored[0])).await.is_err());
    };
    let (other, (), slow) = tokio::join!(world.refresh(&stored[1]), given_up, world.refresh(&stored[2]));
    expect_no_error(&other.diagnostics);
    expect_no_error(&slow.diagnostics);
}
