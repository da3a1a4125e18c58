//! Worlds drawn from a seed: operations that change something, alarms, faults and every knob, with the invariants checked
//! after every event.
//!
//! A failure is shrunk, by leaving out steps as long as it still fails, and printed with the command that plays it
//! again. `ECS_EMULATOR_SEEDS=10000` or `=500..600` plays more of them, `ECS_EMULATOR_STEPS=3,17` only some steps.

mod calls;
mod dice;
mod play;

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use self::play::Play;
use crate::world::World;

/// Seeds of a run, unless told otherwise.
const SEEDS: Range<u64> = 0..60;
/// Steps of a world.
const STEPS: u64 = 25;

/// A range like `100..2000`, or a number of seeds from 0 on.
fn seeds_of(text: &str) -> Range<u64> {
    let (from, to) = text.split_once("..").unwrap_or(("0", text));
    from.parse().unwrap()..to.parse().unwrap()
}

/// Plays some steps of a seed; the message if an invariant broke.
fn failure(seed: u64, steps: &[u64]) -> Option<String> {
    let played = catch_unwind(AssertUnwindSafe(|| Play::new(seed).all(steps)));
    played.err().map(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_default()
    })
}

/// The fewest steps that still fail, leaving out one at a time.
fn shrunk(mut steps: Vec<u64>, mut message: String, failure: impl Fn(&[u64]) -> Option<String>) -> (Vec<u64>, String) {
    let mut place = 0;
    while place < steps.len() {
        let mut fewer = steps.clone();
        fewer.remove(place);
        match failure(&fewer) {
            Some(still) => (steps, message) = (fewer, still),
            None => place += 1,
        }
    }
    (steps, message)
}

#[test]
fn random_worlds_keep_the_invariants() {
    let seeds = std::env::var("ECS_EMULATOR_SEEDS").map_or(SEEDS, |text| seeds_of(&text));
    let steps: Vec<u64> = match std::env::var("ECS_EMULATOR_STEPS") {
        Ok(text) => text.split(',').map(|step| step.parse().unwrap()).collect(),
        Err(_) => (0..STEPS).collect(),
    };
    for seed in seeds {
        if let Some(message) = failure(seed, &steps) {
            let (steps, message) = shrunk(steps, message, |steps| failure(seed, steps));
            let steps: Vec<String> = steps.iter().map(u64::to_string).collect();
            panic!(
                "{message}\nagain: ECS_EMULATOR_SEEDS={seed}..{} ECS_EMULATOR_STEPS={} cargo test --workspace --lib \
                 random_worlds",
                seed + 1,
                steps.join(",")
            );
        }
    }
}

/// A world as a state file has it.
fn bytes(world: &World) -> Vec<u8> {
    postcard::to_stdvec(world).unwrap()
}

#[test]
fn random_worlds_that_are_written_and_read_after_each_step_go_the_same_way() {
    let seeds = std::env::var("ECS_EMULATOR_SEEDS").map_or(0..15, |text| seeds_of(&text));
    let steps: Vec<u64> = (0..STEPS).collect();
    for seed in seeds {
        let whole = Play::new(seed).with(&steps, |_| {});
        let reopened = Play::new(seed).with(&steps, |world| {
            let before = bytes(world);
            *world = postcard::from_bytes(&before).unwrap();
            assert_eq!(bytes(world), before, "seed {seed}");
        });
        assert!(whole.events == reopened.events, "seed {seed}: what happened");
        assert!(
            bytes(&whole.world) == bytes(&reopened.world),
            "seed {seed}: what there is"
        );
        assert_eq!(whole.world.view(None), reopened.world.view(None), "seed {seed}");
    }
}

#[test]
fn a_failure_shrinks_to_the_steps_that_matter() {
    let failure = |steps: &[u64]| {
        let fails = steps.contains(&3) && steps.contains(&17);
        fails.then(|| format!("{} steps", steps.len()))
    };
    let (steps, message) = shrunk((0..STEPS).collect(), "25 steps".to_owned(), failure);
    assert_eq!((steps, message.as_str()), (vec![3, 17], "2 steps"));
}
