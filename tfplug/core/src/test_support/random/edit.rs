//! One random difference in a configuration.

use fastrand::Rng;

use super::{Generator, Member, Members};
use crate::{
    path::Path,
    schema::{NestedBlock, Nesting, Schema},
    value::Value,
};

impl Generator<'_> {
    /// The configuration with one random difference; it may turn out equal.
    pub fn edit(&self, schema: &Schema, config: &Value, rng: &mut Rng) -> Value {
        self.edit_object(Members::of(&schema.block), config, &Path::root(), rng)
    }

    fn edit_object(&self, members: Members<'_>, config: &Value, path: &Path, rng: &mut Rng) -> Value {
        let attributes = members
            .attributes
            .iter()
            .filter(|attribute| attribute.mode.is_configurable());
        let attributes = attributes.map(|attribute| (attribute.name.as_str(), Member::Attribute(attribute)));
        let blocks = members
            .blocks
            .iter()
            .map(|nested| (nested.name.as_str(), Member::Block(nested)));
        let choices: Vec<(&str, Member<'_>)> = attributes.chain(blocks).collect();
        let Some((name, member)) = rng.choice(&choices).copied() else {
            return config.clone();
        };
        let path = path.child(name);
        let edited = match member {
            Member::Attribute(attribute) => self.attribute(attribute, &path, rng),
            Member::Block(nested) => self.edit_nested(nested, config.get(name), &path, rng),
        };
        let mut config = config.clone();
        config.insert(name, edited);
        config
    }

    fn edit_nested(&self, nested: &NestedBlock, config: &Value, path: &Path, rng: &mut Rng) -> Value {
        let members = Members::of(&nested.block);
        match config {
            Value::Map(_) if matches!(nested.nesting, Nesting::Single | Nesting::Group) && rng.u8(..4) > 0 => {
                self.edit_object(members, config, path, rng)
            }
            Value::List(elements) if !elements.is_empty() && rng.u8(..8) > 0 => {
                self.edit_list(nested, elements.clone(), path, rng)
            }
            _ => self.nested(nested, path, rng),
        }
    }

    /// Changes, inserts, removes or swaps one element, within the numbers allowed.
    fn edit_list(&self, nested: &NestedBlock, mut elements: Vec<Value>, path: &Path, rng: &mut Rng) -> Value {
        let members = Members::of(&nested.block);
        let place = rng.usize(..elements.len());
        let allows = |count: usize| {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            count >= nested.min_items && (nested.max_items == 0 || count <= nested.max_items)
        };
        match rng.u8(..4) {
            0 if allows(elements.len() + 1) => elements.insert(place, self.object(members, &path.index(place), rng)),
            1 if allows(elements.len() - 1) => drop(elements.remove(place)),
            2 => {
                let other = rng.usize(..elements.len());
                elements.swap(place, other);
            }
            _ => {
                if let Some(element) = elements.get_mut(place) {
                    *element = self.edit_object(members, element, &path.index(place), rng);
                }
            }
        }
        Value::List(elements)
    }
}
