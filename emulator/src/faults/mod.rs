//! Faults: what goes wrong with requests, and what happens to the world behind the clients' backs.
//!
//! Three things stand in one ordered list: rules for requests, rules for the world, and actions that wait for a moment.
//! Rules for requests are tried in order; a rule counts each request that reaches it, and the first one whose window
//! is open decides.

mod checks;
mod parse;
mod past;
mod rule;
mod schema;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use crate::glob::Glob;
pub(crate) use checks::{alarm_state, is_account, is_region, not_account, not_region};
pub(crate) use parse::{condition, parse};
use past::{Expected, Past};
pub(crate) use rule::SeenTurn;
pub use rule::{Action, Condition, Effect, Fault, FaultRule, Turn};
pub(crate) use schema::{FaultForm, when as when_schema};

use crate::api::Scope;
use crate::form::FormError;
use crate::seeded;
use crate::world::World;

/// The word in the journal in place of a fault's id when the published rates refused a request.
pub(crate) const RATE: &str = "rate:published";

/// A fault with what the list knows about it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Slot {
    id: String,
    fault: Fault,
    must_fire: bool,
    reached: u64,
    fired: u64,
    /// Id under which the world keeps and counts a rule of its own.
    world_id: Option<u64>,
    /// The answer to an action that was refused.
    error: Option<String>,
}

/// The decision of the list about one request.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    /// Id of the rule.
    pub(crate) id: String,
    pub(crate) effect: Effect,
}

impl Decision {
    /// The refusal of a request that exceeds the published rates.
    pub(crate) fn rate() -> Self {
        Self {
            id: RATE.to_owned(),
            effect: Effect::Throttle,
        }
    }
}

/// An action whose moment has come.
#[derive(Clone, Debug)]
pub(crate) struct DueAction {
    pub(crate) id: String,
    pub(crate) action: Action,
}

/// The work that is left after a fault was removed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Removed {
    /// Id under which the world keeps its rule.
    pub(crate) world_id: Option<u64>,
}

/// The ordered list of faults. Tests of big estates add thousands, so that what is asked after every event is indexed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Faults {
    /// By order of addition.
    slots: BTreeMap<u64, Slot>,
    ids: BTreeMap<String, u64>,
    /// Actions that have not happened and wait for a moment.
    moments: BTreeSet<(i64, u64)>,
    /// Those that wait for something else.
    watchers: BTreeSet<u64>,
    added: u64,
    created: u64,
    /// Number of the last fault that the scenario has added.
    of_scenario: u64,
    past: Past,
}

impl Faults {
    /// Adds a fault at the end. `world_id` belongs to a rule of the world. Answers the id.
    pub(crate) fn push(
        &mut self,
        id: Option<String>,
        fault: Fault,
        must_fire: bool,
        world_id: Option<u64>,
    ) -> Result<String, FormError> {
        let id = id.unwrap_or_else(|| {
            self.created += 1;
            format!("fault-{}", self.created)
        });
        if self.ids.contains_key(&id) {
            return Err(FormError::new("id", format!("'{id}' is taken by another fault")));
        }
        // An id that was given out earlier comes back when a run is repeated, and is not given out again.
        let number = id.strip_prefix("fault-").and_then(|number| number.parse::<u32>().ok());
        self.created = self.created.max(u64::from(number.unwrap_or(0)));
        self.added += 1;
        if let Fault::Action(condition, _) = &fault {
            match condition.at_ms() {
                Some(at) => self.moments.insert((at, self.added)),
                None => self.watchers.insert(self.added),
            };
        }
        let slot = Slot {
            id: id.clone(),
            fault,
            must_fire,
            reached: 0,
            fired: 0,
            world_id,
            error: None,
        };
        self.slots.insert(self.added, slot);
        self.ids.insert(id.clone(), self.added);
        Ok(id)
    }

    /// Removes a fault; `None` when there is no such fault.
    pub(crate) fn remove(&mut self, world: &World, id: &str) -> Option<Removed> {
        let number = self.ids.remove(id)?;
        let slot = self.slots.remove(&number)?;
        if let Some(expected) = self.expected(number, &slot, world) {
            self.past.note_removal(expected);
        }
        self.forget(number, &slot.fault);
        Some(Removed {
            world_id: slot.world_id,
        })
    }

    /// Takes a fault out of those that wait.
    fn forget(&mut self, number: u64, fault: &Fault) {
        if let Fault::Action(condition, _) = fault {
            self.watchers.remove(&number);
            if let Some(at) = condition.at_ms() {
                self.moments.remove(&(at, number));
            }
        }
    }

    /// Ids in order.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.slots.values().map(|slot| slot.id.clone()).collect()
    }

    /// True if a fault of this id is there.
    pub(crate) fn contains(&self, id: &str) -> bool {
        self.ids.contains_key(id)
    }

    /// Counts of a fault: how often it was reached and fired. Rules of the world are counted there.
    pub(crate) fn counts(&self, world: &World, id: &str) -> Option<(u64, u64)> {
        let slot = self.slots.get(self.ids.get(id)?);
        slot.map(|slot| slot.counts(world))
    }

    /// Asks the rules about a request. `names` are the ARNs and names in it.
    pub(crate) fn decide(&mut self, seed: u64, scope: &Scope, operation: &str, names: &[String]) -> Option<Decision> {
        for slot in self.slots.values_mut() {
            let Fault::Request(rule) = &slot.fault else { continue };
            if !rule.matches(scope, operation, names) {
                continue;
            }
            slot.reached += 1;
            let open = slot.reached > u64::from(rule.after)
                && rule.count.is_none_or(|count| slot.fired < u64::from(count))
                && seeded::fraction(seed, &format!("fault {}", slot.id), slot.reached) < rule.probability;
            if open {
                slot.fired += 1;
                return Some(Decision {
                    id: slot.id.clone(),
                    effect: rule.effect.clone(),
                });
            }
        }
        None
    }

    /// Earliest moment that an action waits for, in virtual milliseconds.
    pub(crate) fn next_moment(&self) -> Option<i64> {
        self.moments.first().map(|(at, _)| *at)
    }

    /// True if an action waits for something other than a moment.
    pub(crate) fn watches_events(&self) -> bool {
        !self.watchers.is_empty()
    }

    /// Actions whose moment has come by `now_ms`; they count as fired.
    pub(crate) fn due(&mut self, now_ms: i64) -> Vec<DueAction> {
        let due = self.moments.range(..=(now_ms, u64::MAX));
        let mut due: Vec<u64> = due.map(|(_, number)| *number).collect();
        due.sort_unstable();
        self.take_actions(due)
    }

    /// Actions that wait for this turn of a deployment; they count as fired.
    pub(crate) fn on_turn(&mut self, seen: &SeenTurn) -> Vec<DueAction> {
        let met = self.watchers.iter().copied().filter(|number| {
            let fault = self.slots.get(number).map(|slot| &slot.fault);
            matches!(fault, Some(Fault::Action(condition, _)) if condition.is_met_by(seen))
        });
        let met = met.collect();
        self.take_actions(met)
    }

    /// Takes actions of these numbers, which are in order, out of those that wait.
    fn take_actions(&mut self, numbers: Vec<u64>) -> Vec<DueAction> {
        let mut taken = Vec::new();
        for number in numbers {
            let Some(slot) = self.slots.get_mut(&number) else {
                continue;
            };
            slot.reached += 1;
            slot.fired += 1;
            let fault = slot.fault.clone();
            let id = slot.id.clone();
            self.forget(number, &fault);
            if let Fault::Action(_, action) = fault {
                taken.push(DueAction { id, action });
            }
        }
        taken
    }

    /// Notes that an action was refused.
    pub(crate) fn note_error(&mut self, id: &str, error: String) {
        if let Some(slot) = self.ids.get(id).and_then(|number| self.slots.get_mut(number)) {
            slot.error = Some(error);
        }
    }

    /// Notes under which id the world keeps a rule that an action has set.
    pub(crate) fn note_world_id(&mut self, id: &str, world_id: u64) {
        if let Some(slot) = self.ids.get(id).and_then(|number| self.slots.get_mut(number)) {
            slot.world_id = Some(world_id);
        }
    }

    /// The faults that are there are those of the scenario.
    pub(crate) fn scenario_is_played(&mut self) {
        self.of_scenario = self.added;
    }

    /// What is to be remembered after a reset.
    pub(crate) fn past(&self, world: &World) -> Past {
        let mut past = self.past.clone();
        self.all_expected(world).for_each(|fault| past.note_reset(fault));
        past
    }

    /// Takes over what is known of the time before a reset.
    pub(crate) fn recall(&mut self, past: Past) {
        self.past = past;
    }

    /// Ids of the faults with `must_fire` that have not fired in this run. One that somebody removed by name is not
    /// expected to fire any more.
    pub(crate) fn unfired(&self, world: &World) -> Vec<String> {
        self.past.unfired(self.all_expected(world))
    }

    fn all_expected<'f>(&'f self, world: &'f World) -> impl Iterator<Item = Expected<'f>> {
        let slots = self.slots.iter();
        slots.filter_map(|(number, slot)| self.expected(*number, slot, world))
    }

    /// A fault as one that has to fire, if it has to.
    fn expected<'f>(&self, number: u64, slot: &'f Slot, world: &World) -> Option<Expected<'f>> {
        slot.must_fire.then(|| Expected {
            id: &slot.id,
            of_scenario: number <= self.of_scenario,
            fired: slot.counts(world).1 > 0,
        })
    }

    /// The list as the control API shows it.
    pub(crate) fn render(&self, world: &World) -> Vec<Value> {
        self.slots.values().map(|slot| slot.render(world)).collect()
    }
}

impl Slot {
    /// Reached and fired. An action that has set a rule of the world has fired when that rule has.
    fn counts(&self, world: &World) -> (u64, u64) {
        let of_world = self.world_id.and_then(|id| world.fault_counts(id));
        of_world.unwrap_or((self.reached, self.fired))
    }

    fn render(&self, world: &World) -> Value {
        let (reached, fired) = self.counts(world);
        let mut entry = self.fault.render();
        if let Value::Object(members) = &mut entry {
            members.insert("id".to_owned(), json!(self.id));
            members.insert("reached".to_owned(), json!(reached));
            members.insert("fired".to_owned(), json!(fired));
            members.insert("must_fire".to_owned(), json!(self.must_fire));
            if let Some(error) = &self.error {
                members.insert("error".to_owned(), json!(error));
            }
        }
        entry
    }
}

#[cfg(test)]
mod tests;
