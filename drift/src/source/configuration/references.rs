//! References to resources and data sources, which the state resolves: it has them as they were applied last.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use hcl_edit::{
    expr::{Expression, Traversal, TraversalOperator},
    visit::{Visit, visit_traversal},
};
use serde_json::{Map, Value};

use super::{
    Configuration,
    address::{Address, MODULE, Place},
    known::{Found, Known, Unknown},
    syntax::{Content, Item},
};
use crate::source::Resources;

/// Beginnings of references that are none to a resource.
const OTHERS: [&str; 9] = [
    "var",
    "local",
    "each",
    "count",
    "path",
    "terraform",
    "self",
    MODULE,
    "provider",
];
/// The word before the type of a data source.
pub(super) const DATA: &str = "data";

/// The key of an instance and its attributes.
type Instance = (Option<Value>, Value);

/// Resources and data sources of a state, by module and block.
#[derive(Clone, Debug, Default)]
pub(super) struct InState(BTreeMap<String, BTreeMap<String, Known>>);

impl Configuration {
    /// Blocks of resources and data sources to which anything refers, as `TYPE.NAME` and `data.TYPE.NAME`.
    pub fn references(&self) -> BTreeSet<String> {
        let mut references = References::default();
        for module in self.modules.values() {
            module.items().for_each(|(_, item)| references.item(item));
        }
        references.0
    }

    /// The values that a state has of them, at the addresses of the configuration.
    pub(super) fn in_state(&self, resources: &Resources) -> InState {
        let mut found: BTreeMap<(String, String), Vec<Instance>> = BTreeMap::new();
        for (address, attributes) in resources {
            let moved = Address::parse(address).map(|address| self.moves.current(address).to_string());
            let Some(place) = Place::parse(moved.as_ref().unwrap_or(address)) else {
                continue;
            };
            let instance = (place.key, Value::Object(attributes.clone()));
            found.entry((place.module, place.block)).or_default().push(instance);
        }
        let mut modules = InState::default();
        for ((module, block), instances) in found {
            if let Some(value) = of_instances(instances) {
                let known = as_of_state(&block, value);
                modules.0.entry(module).or_default().insert(block, known);
            }
        }
        modules
    }
}

/// All instances of a block as one value, as references see them; none if their keys do not fit together.
fn of_instances(instances: Vec<Instance>) -> Option<Value> {
    let mut list: BTreeMap<u64, Value> = BTreeMap::new();
    let mut map = Map::new();
    let all = instances.len();
    for (key, value) in instances {
        match key {
            None => return (all == 1).then_some(value),
            Some(Value::String(key)) => {
                map.insert(key, value);
            }
            Some(key) => {
                list.insert(key.as_u64()?, value);
            }
        }
    }
    let is_whole = list.keys().copied().eq(0..u64::try_from(list.len()).ok()?);
    match (list.is_empty(), map.is_empty()) {
        (true, false) => Some(Value::Object(map)),
        (false, true) if is_whole => Some(Value::Array(list.into_values().collect())),
        _ => None,
    }
}

fn as_of_state(block: &str, value: Value) -> Known {
    Known {
        origin: Some(format!("`{block}` as the state has it").into()),
        ..Known::new(value)
    }
}

impl InState {
    /// The value of `TYPE.NAME` in an instance of a module, or of `data.TYPE`, which has all of that type by name.
    pub(super) fn look_up(&self, module: &str, root: &str, name: &str) -> Found<'_> {
        let unknown = if root == DATA { Unknown::DATA } else { Unknown::RESOURCE };
        let blocks = self.0.get(module).ok_or(unknown)?;
        let path = format!("{root}.{name}");
        if root != DATA {
            return blocks.get(&path).map(Cow::Borrowed).ok_or(unknown);
        }
        let prefix = format!("{path}.");
        let own = blocks.range(prefix.clone()..).map_while(|(block, known)| {
            let name = block.strip_prefix(&prefix)?;
            Some((name.to_owned(), known.value.clone()))
        });
        let own: Map<String, Value> = own.collect();
        let own = (!own.is_empty()).then_some(Value::Object(own)).ok_or(unknown)?;
        Ok(Cow::Owned(as_of_state(&path, own)))
    }
}

#[derive(Default)]
struct References(BTreeSet<String>);

impl References {
    fn item(&mut self, item: &Item) {
        match &item.content {
            Content::Value(value) => self.visit_expr(value),
            Content::Block(items) => items.iter().for_each(|item| self.item(item)),
        }
    }
}

impl Visit for References {
    fn visit_traversal(&mut self, traversal: &Traversal) {
        if let Expression::Variable(root) = &traversal.expr {
            let steps = traversal.operators.iter().map_while(|operator| match operator.value() {
                TraversalOperator::GetAttr(name) => Some(name.as_str()),
                _ => None,
            });
            let wanted = if root.as_str() == DATA { 2 } else { 1 };
            let steps: Vec<&str> = std::iter::once(root.as_str()).chain(steps.take(wanted)).collect();
            if steps.len() == wanted + 1 && !OTHERS.contains(&root.as_str()) {
                self.0.insert(steps.join("."));
            }
        }
        visit_traversal(self, traversal);
    }
}
