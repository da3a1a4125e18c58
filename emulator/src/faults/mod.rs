//! Faults: what goes wrong with requests, and what happens to the world behind the clients' backs.
//!
//! Three things stand in one ordered list: rules for requests, rules for the world, and actions that wait for a moment.
//! Rules for requests are tried in order; a rule counts each request that reaches it, and the first one whose window
//! is open decides.

mod checks;
mod glob;
mod parse;
mod rule;
mod schema;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub(crate) use checks::{alarm_state, is_account, not_account};
pub use glob::Glob;
pub(crate) use parse::{condition, parse};
pub(crate) use rule::SeenTurn;
pub use rule::{Action, Condition, Effect, FaultRule, Turn};
pub(crate) use schema::FaultForm;

use crate::api::Scope;
use crate::draw;
use crate::form::FormError;
use crate::world::{World, WorldFault};

/// What stands in the journal in place of a fault's id when the published rates refused a request.
pub(crate) const RATE: &str = "rate:published";

/// One entry of the list of faults.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Decides about requests.
    Request(FaultRule),
    /// Makes something in the world go wrong.
    World(WorldFault),
    /// Happens once, when its condition holds.
    Action(Condition, Action),
}

/// A fault with what the list knows about it.
#[derive(Clone, Debug)]
struct Slot {
    fault: Fault,
    must_fire: bool,
    reached: u64,
    fired: u64,
    /// Id under which the world keeps and counts a rule of its own.
    world_id: Option<u64>,
    /// What an action answered when it was refused.
    error: Option<String>,
}

/// What the list says about one request.
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

/// What is left to do after a fault was removed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Removed {
    /// Id under which the world keeps its rule.
    pub(crate) world_id: Option<u64>,
}

/// The ordered list of faults.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    order: Vec<String>,
    slots: BTreeMap<String, Slot>,
    created: u64,
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
        if self.slots.contains_key(&id) {
            return Err(FormError::new("id", format!("'{id}' is taken by another fault")));
        }
        let slot = Slot {
            fault,
            must_fire,
            reached: 0,
            fired: 0,
            world_id,
            error: None,
        };
        self.slots.insert(id.clone(), slot);
        self.order.push(id.clone());
        Ok(id)
    }

    /// Removes a fault; `None` when there is no such fault.
    pub(crate) fn remove(&mut self, id: &str) -> Option<Removed> {
        let slot = self.slots.remove(id)?;
        self.order.retain(|other| other != id);
        Some(Removed {
            world_id: slot.world_id,
        })
    }

    /// Ids in order.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.order.clone()
    }

    /// Whether a fault of this id is there.
    pub(crate) fn contains(&self, id: &str) -> bool {
        self.slots.contains_key(id)
    }

    /// How often a fault was reached and fired; what the world counts is asked from it.
    pub(crate) fn counts(&self, world: &World, id: &str) -> Option<(u64, u64)> {
        self.slots.get(id).map(|slot| slot.counts(world))
    }

    /// Asks the rules about a request. `names` are the ARNs and names in it.
    pub(crate) fn decide(&mut self, seed: u64, scope: &Scope, operation: &str, names: &[String]) -> Option<Decision> {
        for id in &self.order {
            let Some(slot) = self.slots.get_mut(id) else { continue };
            let Fault::Request(rule) = &slot.fault else { continue };
            if !rule.matches(scope, operation, names) {
                continue;
            }
            slot.reached += 1;
            let open = slot.reached > u64::from(rule.after)
                && rule.count.is_none_or(|count| slot.fired < u64::from(count))
                && draw::fraction(seed, &format!("fault {id}"), slot.reached) < rule.probability;
            if open {
                slot.fired += 1;
                return Some(Decision {
                    id: id.clone(),
                    effect: rule.effect.clone(),
                });
            }
        }
        None
    }

    /// Earliest moment that an action waits for, in virtual milliseconds.
    pub(crate) fn next_moment(&self) -> Option<i64> {
        self.waiting().filter_map(|(_, condition, _)| condition.at_ms()).min()
    }

    /// Whether an action waits for something other than a moment.
    pub(crate) fn watches_events(&self) -> bool {
        self.waiting()
            .any(|(_, condition, _)| matches!(condition, Condition::Daemon { .. }))
    }

    /// Actions whose moment has come by `now_ms`; they count as fired.
    pub(crate) fn due(&mut self, now_ms: i64) -> Vec<DueAction> {
        self.take_actions(|condition| condition.at_ms().is_some_and(|at| at <= now_ms))
    }

    /// Actions that wait for this turn of a deployment; they count as fired.
    pub(crate) fn on_turn(&mut self, seen: &SeenTurn) -> Vec<DueAction> {
        self.take_actions(|condition| condition.is_met_by(seen))
    }

    fn take_actions(&mut self, mut is_met: impl FnMut(&Condition) -> bool) -> Vec<DueAction> {
        let met: Vec<DueAction> = self
            .waiting()
            .filter(|(_, condition, _)| is_met(condition))
            .map(|(id, _, action)| DueAction {
                id: id.clone(),
                action: action.clone(),
            })
            .collect();
        for due in &met {
            if let Some(slot) = self.slots.get_mut(&due.id) {
                slot.reached += 1;
                slot.fired += 1;
            }
        }
        met
    }

    /// Actions that have not happened yet, in order.
    fn waiting(&self) -> impl Iterator<Item = (&String, &Condition, &Action)> {
        self.order.iter().filter_map(|id| match self.slots.get(id) {
            Some(Slot {
                fault: Fault::Action(condition, action),
                fired: 0,
                ..
            }) => Some((id, condition, action)),
            _ => None,
        })
    }

    /// Notes that an action was refused.
    pub(crate) fn note_error(&mut self, id: &str, error: String) {
        if let Some(slot) = self.slots.get_mut(id) {
            slot.error = Some(error);
        }
    }

    /// Notes under which id the world keeps a rule that an action has set.
    pub(crate) fn note_world_id(&mut self, id: &str, world_id: u64) {
        if let Some(slot) = self.slots.get_mut(id) {
            slot.world_id = Some(world_id);
        }
    }

    /// The list as the control API shows it.
    pub(crate) fn render(&self, world: &World) -> Vec<Value> {
        let slots = self
            .order
            .iter()
            .filter_map(|id| self.slots.get(id).map(|slot| (id, slot)));
        slots.map(|(id, slot)| slot.render(id, world)).collect()
    }
}

impl Slot {
    /// Reached and fired. An action that has set a rule of the world has fired when that rule has.
    fn counts(&self, world: &World) -> (u64, u64) {
        let of_world = self.world_id.and_then(|id| world.fault_counts(id));
        of_world.unwrap_or((self.reached, self.fired))
    }

    fn render(&self, id: &str, world: &World) -> Value {
        let (reached, fired) = self.counts(world);
        let mut entry = self.fault.render();
        if let Value::Object(members) = &mut entry {
            members.insert("id".to_owned(), json!(id));
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
