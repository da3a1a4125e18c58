//! Faults of the world by order of a test: images that break, machines that cannot be had, drains that drag.
//!
//! Each rule counts what reaches it; the first one of its kind whose window is open decides.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::image_faults::{ImageFault, applies};
use super::task::Fate;
use crate::glob::covers;
use crate::seeded::image_digest;

/// A rule about the world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorldFault {
    /// Tasks with some images break.
    Image {
        /// The images, the effect, and how often it comes.
        fault: ImageFault,
        /// Seconds after which they do, instead of a drawn time: from the launch for `fails_to_start`, from running for
        /// the others.
        seconds: Option<u32>,
    },
    /// Machines that a capacity provider orders cannot be had, and are ordered again a minute later.
    NoCapacity(Window),
    /// Instances take longer to drain.
    SlowDrain {
        /// The drains that are slow.
        window: Window,
        /// Factor by which they take longer.
        factor: u32,
    },
    /// Tags stand for other contents from now on: who resolves them gets another digest than before.
    TagMoved {
        /// Glob over image names. One that names its digest has no tag that could move.
        image: String,
    },
}

/// The capacity providers that a rule is about, and how often it applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Glob over the names of capacity providers.
    pub provider: String,
    /// Number that go well before the rule begins.
    pub after: u32,
    /// Number that go wrong before the rule ends; None: for ever.
    pub count: Option<u32>,
}

/// A rule with its counters.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Rule {
    fault: WorldFault,
    reached: u64,
    fired: u64,
}

impl Rule {
    /// Counts what reaches the rule. True: it applies.
    fn meet(&mut self) -> bool {
        let (after, count) = match &self.fault {
            WorldFault::Image { fault, .. } => (fault.after, fault.count),
            WorldFault::NoCapacity(window) | WorldFault::SlowDrain { window, .. } => (window.after, window.count),
            WorldFault::TagMoved { .. } => (0, None),
        };
        self.reached += 1;
        let open = self.reached > u64::from(after) && count.is_none_or(|count| self.fired < u64::from(count));
        self.fired += u64::from(open);
        open
    }
}

/// The rules of a world, in the order in which they are tried.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct WorldFaults {
    last: u64,
    rules: BTreeMap<u64, Rule>,
}

impl WorldFaults {
    pub(crate) fn add(&mut self, fault: WorldFault) -> u64 {
        self.last += 1;
        let rule = Rule {
            fault,
            reached: 0,
            fired: 0,
        };
        self.rules.insert(self.last, rule);
        self.last
    }

    pub(crate) fn remove(&mut self, id: u64) -> bool {
        self.rules.remove(&id).is_some()
    }

    /// Counts of a rule: how often it was reached and applied.
    pub(crate) fn counts(&self, id: u64) -> Option<(u64, u64)> {
        self.rules.get(&id).map(|rule| (rule.reached, rule.fired))
    }

    /// Decides over the launch of a task, and after how many milliseconds its fate comes if the rule says so.
    pub(crate) fn decide<'a>(
        &mut self,
        containers: &(impl Iterator<Item = &'a Map<String, Value>> + Clone),
    ) -> (Fate, Option<i64>) {
        for rule in self.rules.values_mut() {
            let WorldFault::Image { fault, seconds } = &rule.fault else {
                continue;
            };
            if applies(fault, containers.clone()) {
                let decided = (fault.effect.fate(), seconds.map(|seconds| i64::from(seconds) * 1000));
                if rule.meet() {
                    return decided;
                }
            }
        }
        (Fate::Runs, None)
    }

    /// The digest that an image's tag stands for now.
    pub(crate) fn digest(&mut self, image: &str) -> String {
        image_digest(image, self.moves(image))
    }

    /// The digests that the tags of containers stand for now, in their order. None: none has moved, so the names tell.
    pub(crate) fn moved_digests<'a>(
        &mut self,
        containers: impl Iterator<Item = &'a Map<String, Value>>,
    ) -> Option<Arc<[String]>> {
        let is_move = |rule: &Rule| matches!(rule.fault, WorldFault::TagMoved { .. });
        if !self.rules.values().any(is_move) {
            return None;
        }
        let mut moved = false;
        let digests = containers.map(|container| {
            let image = container.get("image").and_then(Value::as_str).unwrap_or_default();
            let times = self.moves(image);
            moved |= times > 0;
            image_digest(image, times)
        });
        let digests: Arc<[String]> = digests.collect();
        moved.then_some(digests)
    }

    /// Number of times that the tag of an image has moved.
    fn moves(&mut self, image: &str) -> u64 {
        let mut moves = 0;
        for rule in self.rules.values_mut() {
            if let WorldFault::TagMoved { image: pattern } = &rule.fault
                && !image.contains('@')
                && covers(pattern, image)
            {
                moves += u64::from(rule.meet());
            }
        }
        moves
    }

    /// True if a machine that a capacity provider has ordered cannot be had.
    pub(crate) fn refuses_capacity(&mut self, provider: &str) -> bool {
        self.rules.values_mut().any(|rule| match &rule.fault {
            WorldFault::NoCapacity(window) if concerns(window, provider) => rule.meet(),
            _ => false,
        })
    }

    /// Factor by which the drain of an instance takes longer.
    pub(crate) fn drain_factor(&mut self, provider: &str) -> i64 {
        for rule in self.rules.values_mut() {
            let WorldFault::SlowDrain { window, factor } = &rule.fault else {
                continue;
            };
            let factor = i64::from(*factor);
            if concerns(window, provider) && rule.meet() {
                return factor;
            }
        }
        1
    }
}

fn concerns(window: &Window, provider: &str) -> bool {
    covers(&window.provider, provider)
}

#[cfg(test)]
mod tests {
    use super::{Window, WorldFault, WorldFaults};

    fn window(provider: &str, after: u32, count: Option<u32>) -> Window {
        Window {
            provider: provider.to_owned(),
            after,
            count,
        }
    }

    #[test]
    fn windows_open_and_close() {
        let mut faults = WorldFaults::default();
        let id = faults.add(WorldFault::NoCapacity(window("fl*", 1, Some(2))));
        let orders = ["fleet", "other", "fleet", "fleet", "fleet"];
        let refused: Vec<bool> = orders
            .iter()
            .map(|provider| faults.refuses_capacity(provider))
            .collect();
        assert_eq!(refused, [false, false, true, true, false]);
        assert_eq!(faults.counts(id), Some((4, 2)));
    }

    #[test]
    fn each_move_of_a_tag_gives_another_digest() {
        let mut faults = WorldFaults::default();
        let mut digests = vec![faults.digest("agent:1")];
        let moved = || WorldFault::TagMoved {
            image: "agent:*".to_owned(),
        };
        for _ in 0..2 {
            faults.add(moved());
            digests.push(faults.digest("agent:1"));
        }
        assert_eq!(faults.counts(1), Some((2, 2)));
        assert_eq!(faults.digest("other:1"), WorldFaults::default().digest("other:1"));
        assert_eq!(faults.digest("agent:1@sha256:12"), "sha256:12");
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), 3);
    }

    #[test]
    fn the_first_open_rule_decides_over_a_drain() {
        let mut faults = WorldFaults::default();
        for (factor, count) in [(5, Some(1)), (3, None)] {
            let window = window("*", 0, count);
            faults.add(WorldFault::SlowDrain { window, factor });
        }
        let factors: Vec<i64> = (0..3).map(|_| faults.drain_factor("fleet")).collect();
        assert_eq!(factors, [5, 3, 3]);
        assert!(!faults.refuses_capacity("fleet"), "another kind of rule");
    }
}
