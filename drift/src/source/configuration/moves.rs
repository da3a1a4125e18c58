//! Blocks `moved`: a state has the old address until the next apply, and the configuration only the new one.

use hcl_edit::expr::{Expression, TraversalOperator};
use serde_json::Value;

use super::{
    address::{Address, MODULE, Step},
    syntax::{Item, argument},
    value::{NoNames, Unknown, evaluate, whole},
};

/// Moves that are followed; more are a ring.
const MOST: usize = 100;

/// The reasons for which Terraform makes no plan with a block.
const STILL_THERE: Unknown = Unknown("its old address is still in the configuration");
const TWO_SOURCES: Unknown = Unknown("another block moves something else to the same address");
const TWO_TARGETS: Unknown = Unknown("another block moves the same to another address");
const NOWHERE: Unknown = Unknown("it moves to where it comes from");

/// One move, as addresses within the module that has the block.
#[derive(Clone, Debug)]
pub(super) struct Move {
    /// Names of the modules around it.
    module: Vec<String>,
    from: Vec<Step>,
    to: Vec<Step>,
}

impl Move {
    /// The address after the move, if it is one of those that move.
    fn apply(&self, steps: &[Step]) -> Option<Vec<Step>> {
        // Each module around is two steps: the word and the name.
        let (around, inner) = steps.split_at_checked(self.module.len() * 2)?;
        let names = around.chunks(2).map(|chunk| match chunk {
            [word, name] if word.name == MODULE => Some(name.name.as_str()),
            _ => None,
        });
        if !names.eq(self.module.iter().map(|name| Some(name.as_str()))) {
            return None;
        }
        let (moving, rest) = inner.split_at_checked(self.from.len())?;
        let ((last, before), (from, from_before), (to, to_before)) =
            (moving.split_last()?, self.from.split_last()?, self.to.split_last()?);
        // Without keys the block moves all instances, and each keeps its key.
        let is_whole = from.key.is_none() && to.key.is_none();
        if before != from_before || last.name != from.name || !(is_whole || last.key == from.key) {
            return None;
        }
        let moved = Step {
            name: to.name.clone(),
            key: if is_whole { last.key.clone() } else { to.key.clone() },
        };
        Some([around, to_before, &[moved], rest].concat())
    }

    /// True if it moves all instances of a block, each of which keeps its key.
    fn is_whole(&self) -> bool {
        let has_key = |steps: &[Step]| steps.last().is_some_and(|last| last.key.is_some());
        !has_key(&self.from) && !has_key(&self.to)
    }

    /// Its new address, with the modules around, without keys.
    pub(super) fn target(&self) -> String {
        let around = self.module.iter().map(|name| [MODULE, ".", name, "."].concat());
        let steps: Vec<&str> = self.to.iter().map(|step| step.name.as_str()).collect();
        around.collect::<String>() + &steps.join(".")
    }

    /// The block at its old address: what stands before the name of its kind, the kind, and the name.
    fn source(&self) -> Option<(String, &str, &str)> {
        let ([.., kind, name], steps) = (self.from.as_slice(), self.from.len().checked_sub(2)?) else {
            return None;
        };
        let inner = self.from.get(..steps)?.iter().skip(1).step_by(2);
        let around = self.module.iter().chain(inner.map(|step| &step.name));
        let prefix = around.map(|name| [MODULE, ".", name, "."].concat()).collect();
        Some((prefix, &kind.name, &name.name))
    }

    /// The reason for which Terraform refuses it beside another one.
    fn contradicts(&self, other: &Self) -> Option<Unknown> {
        let is_beside = self.module == other.module;
        match (self.from == other.from, self.to == other.to) {
            (true, false) if is_beside => Some(TWO_TARGETS),
            (false, true) if is_beside => Some(TWO_SOURCES),
            _ => None,
        }
    }
}

/// The moves of all modules that were read.
#[derive(Clone, Debug, Default)]
pub(super) struct Moves(Vec<Move>);

impl Moves {
    /// Takes the block of a module, which is told by the beginning of the addresses of its resources.
    pub(super) fn take(&mut self, prefix: &str, item: &Item) {
        let Some(block) = item.labels_of("moved").and(item.block()) else {
            return;
        };
        let address = |name: &str| argument(block, name).and_then(steps);
        if let (Some(from), Some(to)) = (address("from"), address("to")) {
            // `module.a.module.b.`
            let module = prefix.split('.').skip(1).step_by(2).map(str::to_owned).collect();
            self.0.push(Move { module, from, to });
        }
    }

    /// The blocks with which Terraform makes no plan, and why. `is_block` tells whether the configuration has a block, by what
    /// stands before its kind, its kind and its name; `instances` are those that it has.
    pub(super) fn refused(
        &self,
        is_block: impl Fn(&str, &str, &str) -> bool,
        instances: &[Address],
    ) -> Vec<(&Move, Unknown)> {
        let why = |one: &Move| {
            let is_there = if one.is_whole() {
                let source = one.source();
                source.is_some_and(|(prefix, kind, name)| is_block(&prefix, kind, name))
            } else {
                let mut instances = instances.iter();
                instances.any(|address| one.apply(&address.steps()).is_some())
            };
            if one.from == one.to {
                return Some(NOWHERE);
            }
            let other = self.0.iter().find_map(|other| one.contradicts(other));
            other.or_else(|| is_there.then_some(STILL_THERE))
        };
        self.0.iter().filter_map(|one| Some((one, why(one)?))).collect()
    }

    /// The address that the configuration has for one of a state.
    pub(super) fn current(&self, address: Address) -> Address {
        if self.0.is_empty() {
            return address;
        }
        let mut steps = address.steps();
        for _ in 0..MOST {
            let Some(moved) = self.0.iter().find_map(|one| one.apply(&steps)) else {
                break;
            };
            steps = moved;
        }
        Address::of_steps(steps).unwrap_or(address)
    }
}

/// The steps of an address that is written as a reference; in JSON it is a text.
fn steps(expression: &Expression) -> Option<Vec<Step>> {
    match expression {
        Expression::Variable(name) => Some(vec![Step::of(name.as_str())]),
        Expression::String(text) => {
            let inner = hcl_edit::parser::parse_expr(text.as_str()).ok()?;
            (!inner.is_str()).then(|| steps(&inner)).flatten()
        }
        Expression::Traversal(traversal) => {
            let mut steps = steps(&traversal.expr)?;
            for operator in &traversal.operators {
                match operator.value() {
                    TraversalOperator::GetAttr(name) => steps.push(Step::of(name.as_str())),
                    TraversalOperator::Index(key) => steps.last_mut()?.key = Some(key_of(key)?),
                    TraversalOperator::LegacyIndex(index) => {
                        steps.last_mut()?.key = Some(Value::from(*index.value()));
                    }
                    TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => return None,
                }
            }
            Some(steps)
        }
        _ => None,
    }
}

/// A key as addresses have it: a text or a whole number.
fn key_of(expression: &Expression) -> Option<Value> {
    match evaluate(expression, &NoNames).ok()?.value {
        Value::Number(number) => whole(&number).map(Value::from),
        Value::String(text) => Some(Value::from(text)),
        _ => None,
    }
}
