//! Repairs in worlds that are drawn from a seed: other writers, throttling, lost answers, older reads, rollbacks, and runs
//! that end in the middle. No daemon gets two equal calls in a row, and in the end everything is repaired that can be.
//!
//! More of them: `ECS_DRIFT_REPAIRS=300 cargo test --workspace --test estate random_repairs`.

use std::{collections::BTreeMap, path::Path, time::Duration};

use ecs_drift::{
    execute::Audit,
    repair::{Action, Allowed, Limits, Plan},
    setting::Settings,
};
use fastrand::Rng;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::{
    reconcile::{ALL, plan, selection, told},
    repairing::apply_with,
    support::{Made, World, arn, merge, state},
};

/// Runs in which things go wrong, before the calm ones.
const STORMY: u32 = 4;
/// Calm runs after which everything is at rest.
const CALM: u32 = 6;
const NAMES: [&str; 3] = ["one", "two", "three"];

fn worlds() -> u64 {
    let wanted = std::env::var("ECS_DRIFT_REPAIRS")
        .ok()
        .and_then(|text| text.parse().ok());
    wanted.unwrap_or(16)
}

/// What was rolled back is not sent again: it would only fail again.
fn allowed() -> Allowed {
    Allowed {
        after_rollback: false,
        ..ALL
    }
}

struct Storm {
    world: World,
    made: Vec<Made>,
    documents: Vec<Json>,
    folder: TempDir,
    rng: Rng,
}

impl Storm {
    async fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let mut world = World::new(2).await;
        world.options.repairs = true;
        let broken = world.define_with("broken", "broken:1").await;
        world.image_fault("broken:*");
        let mut made = Vec::new();
        for name in NAMES {
            let mut daemon = world.make(name).await;
            merge(&mut daemon.state, &json!({"enable_execute_command": true}));
            if rng.u8(..4) == 0 {
                merge(&mut daemon.state, &json!({"daemon_task_definition_arn": broken}));
            }
            made.push(daemon);
        }
        let states: Vec<&Json> = made.iter().map(|made| &made.state).collect();
        let documents = vec![state("ecs_daemon", &states)];
        world
            .emulator
            .control("POST", "clock", Some(json!({"mode": "jump"})))
            .unwrap();
        Self {
            world,
            made,
            documents,
            folder: TempDir::new().unwrap(),
            rng,
        }
    }

    fn plant_faults(&mut self) {
        for _ in 0..self.rng.u8(1..4) {
            let operations = [
                "UpdateDaemon",
                "DescribeDaemon",
                "DescribeDaemonDeployments",
                "DescribeDaemonRevisions",
            ];
            let operation = operations[self.rng.usize(..operations.len())];
            let effects: &[&str] = if operation == "UpdateDaemon" {
                &["lost_reply", "truncated", "server_error", "throttle"]
            } else {
                &["stale", "throttle", "server_error", "lost_reply"]
            };
            let effect = effects[self.rng.usize(..effects.len())];
            let (after, count) = (self.rng.u32(..6), self.rng.u32(1..3));
            self.world
                .fault(&json!({"operation": operation, "after": after, "count": count, "effect": effect}));
        }
    }

    /// Somebody else updates a daemon.
    async fn meddle(&mut self) {
        let made = &self.made[self.rng.usize(..NAMES.len())];
        let call = self.world.other.update_daemon().daemon_arn(&made.arn);
        let call = call
            .daemon_task_definition_arn(arn("daemon-task-definition/agent:1"))
            .capacity_provider_arns(arn("capacity-provider/fleet"));
        // The faults are for everybody.
        let _refused = call.enable_ecs_managed_tags(self.rng.bool()).send().await;
    }

    /// Plans, and carries it out; a run may end at any moment.
    async fn run(&mut self, is_stormy: bool) -> Plan {
        let plan = plan(&self.world, &self.documents, &selection(allowed())).await;
        if is_stormy && self.rng.u8(..3) == 0 {
            self.meddle().await;
        }
        let audit = Audit::open(&self.folder.path().join("audit.ndjson"))
            .unwrap()
            .of_plan(&plan.digest);
        let limits = Limits {
            at_a_time: self.rng.usize(1..4),
            max_failures: 9,
            ..Limits::default()
        };
        let applied = apply_with(&self.world, &plan, limits, &audit);
        if is_stormy && self.rng.bool() {
            let moment = Duration::from_millis(self.rng.u64(..30_000));
            // A future that is dropped is a process that is killed: nothing of it runs any more.
            let _ended = tokio::time::timeout(moment, applied).await;
        } else {
            let results = applied.await;
            let is_told = results.results.iter().all(|result| !result.reasons.is_empty());
            assert!(is_told && results.results.len() == plan.repairs.len());
        }
        plan
    }
}

/// The calls of everybody that were carried out, by daemon: caller and settings.
fn updates(world: &World) -> BTreeMap<String, Vec<(bool, Json)>> {
    let mut updates: BTreeMap<String, Vec<(bool, Json)>> = BTreeMap::new();
    for entry in world.emulator.journal() {
        if entry["operation"] == "UpdateDaemon" && entry["status"] == 200 {
            let daemon = entry["request"]["daemonArn"].as_str().unwrap().to_owned();
            let is_ours = entry["caller"] == "AKIADRIFT";
            updates
                .entry(daemon)
                .or_default()
                .push((is_ours, entry["request"].clone()));
        }
    }
    updates
}

/// Every call of ours has a line in the audit that was there before it.
fn expect_audited(path: &Path, updates: &BTreeMap<String, Vec<(bool, Json)>>, seed: u64) {
    let audit = std::fs::read_to_string(path).unwrap();
    let lines: Vec<Json> = audit.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (daemon, calls) in updates {
        let ours = calls.iter().filter(|(is_ours, _)| *is_ours).count();
        let is_sending = |line: &&Json| line["event"] == "sending" && line["daemon"] == *daemon;
        let sending = lines.iter().filter(is_sending).count();
        assert!(
            sending > 0 || ours == 0,
            "seed {seed}: calls on {daemon} without a line"
        );
    }
}

async fn check(seed: u64) {
    let mut storm = Storm::new(seed).await;
    for _ in 0..STORMY {
        storm.plant_faults();
        storm.run(true).await;
    }
    storm.world.emulator.control("DELETE", "faults", None).unwrap();
    storm.world.image_fault("broken:*");
    let mut last = None;
    for _ in 0..CALM {
        let plan = storm.run(false).await;
        let is_over = plan.repairs.is_empty();
        last = Some(plan);
        if is_over {
            break;
        }
    }
    let last = last.unwrap();
    let is_done = last.repairs.iter().all(|planned| planned.action != Action::Update);
    assert!(is_done, "seed {seed}: {}", told(&last));
    for refused in &last.refused {
        let is_broken = storm.made.iter().any(|made| {
            made.arn == refused.subject.arn
                && made.state["daemon_task_definition_arn"]
                    .as_str()
                    .unwrap()
                    .contains("broken")
        });
        assert!(is_broken, "seed {seed}: {}", told(&last));
    }
    let updates = updates(&storm.world);
    for (daemon, calls) in &updates {
        for pair in calls.windows(2) {
            let [(was_ours, before), (is_ours, after)] = pair else {
                continue;
            };
            let same = Settings::from_members(before) == Settings::from_members(after);
            assert!(
                !(*was_ours && *is_ours && same),
                "seed {seed}: {daemon} was sent twice: {after}"
            );
        }
    }
    expect_audited(&storm.folder.path().join("audit.ndjson"), &updates, seed);
}

#[tokio::test(start_paused = true)]
async fn random_repairs_converge_and_send_nothing_twice() {
    for seed in 0..worlds() {
        check(seed).await;
    }
}
