//! Random worlds: knobs, configurations, edits, outside changes, faults and crashes drawn from a seed
//! and played in process. After every step the invariants of the harness hold.
//!
//! A failure is shrunk, by leaving out steps as long as it still fails, and printed with its seed.
//! `ECS_WORLDS=10000` or `=500..600 cargo test -p terraform-provider-ecs --test lifecycle worlds` plays more of them,
//! `ECS_WORLD=17` only one.

mod play;

use std::panic::{self, AssertUnwindSafe};

use fastrand::Rng;

use self::play::{Play, Step};

/// Worlds of a run, unless told otherwise.
const WORLDS: u64 = 40;
/// Steps of a world.
const STEPS: std::ops::RangeInclusive<usize> = 3..=9;

/// So many from 0 on, or `FROM..TO`.
fn range(variable: &str) -> Option<std::ops::Range<u64>> {
    let text = std::env::var(variable).ok()?;
    let (from, to) = text.split_once("..").unwrap_or(("0", &text));
    Some(from.parse().ok()?..to.parse().ok()?)
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// The steps of a seed.
fn script(seed: u64) -> Vec<Step> {
    let mut rng = Rng::with_seed(seed);
    let steps = rng.usize(STEPS);
    (0..steps).map(|_| Step::draw(&mut rng)).collect()
}

/// Plays a script in a runtime of its own; the message if an invariant broke.
fn failure(seed: u64, script: &[Step]) -> Option<String> {
    let played = panic::catch_unwind(AssertUnwindSafe(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        // The SDK's jitter comes from this generator.
        fastrand::seed(seed);
        runtime.block_on(async {
            let mut play = Play::new(seed).await;
            for step in script {
                play.step(step).await;
            }
            play.end().await;
        });
    }));
    played.err().map(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_default()
    })
}

/// The shortest script that still fails, leaving out one step at a time.
fn shrunk(seed: u64, mut script: Vec<Step>, mut message: String) -> (Vec<Step>, String) {
    let mut place = 0;
    while place < script.len() {
        let mut shorter = script.clone();
        shorter.remove(place);
        match failure(seed, &shorter) {
            Some(still) => (script, message) = (shorter, still),
            None => place += 1,
        }
    }
    (script, message)
}

#[test]
fn random_worlds_keep_the_invariants() {
    let seeds = match number("ECS_WORLD") {
        Some(one) => one..one + 1,
        None => range("ECS_WORLDS").unwrap_or(0..WORLDS),
    };
    for seed in seeds {
        let steps = script(seed);
        if let Some(message) = failure(seed, &steps) {
            let (steps, message) = shrunk(seed, steps, message);
            panic!("world {seed} fails with {steps:#?}\n{message}\nagain: ECS_WORLD={seed}");
        }
    }
}
