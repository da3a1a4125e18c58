//! The changed attributes that replace the object.

use crate::{
    path::Path,
    schema::{Attribute, AttributeType, Block, NestedBlock, Nesting},
    value::Value,
};

/// Paths of the changed attributes that ask for a replacement. A path ends at a set, because the
/// elements of sets have none; it is named if those attributes of its elements changed. Nothing for a
/// create or a destroy.
pub(super) fn replaced_paths(block: &Block, prior: &Value, planned: &Value) -> Vec<Path> {
    let mut paths = Vec::new();
    if !prior.is_null() && !planned.is_null() {
        Level {
            attributes: &block.attributes,
            blocks: &block.blocks,
        }
        .collect(prior, planned, &Path::root(), &mut paths);
    }
    paths
}

/// Attributes and blocks of one object.
#[derive(Clone, Copy)]
struct Level<'a> {
    attributes: &'a [Attribute],
    blocks: &'a [NestedBlock],
}

impl<'a> Level<'a> {
    fn of_block(block: &'a Block) -> Self {
        Self {
            attributes: &block.attributes,
            blocks: &block.blocks,
        }
    }

    /// Nested objects one level down: name, nesting and content.
    fn nested(self) -> impl Iterator<Item = (&'a str, Nesting, Level<'a>)> {
        let attributes = self.attributes.iter().filter_map(|attribute| match &attribute.ty {
            AttributeType::Nested { nesting, attributes } => Some((
                attribute.name.as_str(),
                *nesting,
                Level {
                    attributes,
                    blocks: &[],
                },
            )),
            AttributeType::Plain(_) => None,
        });
        let blocks = self
            .blocks
            .iter()
            .map(|block| (block.name.as_str(), block.nesting, Level::of_block(&block.block)));
        attributes.chain(blocks)
    }

    fn collect(self, prior: &Value, planned: &Value, path: &Path, paths: &mut Vec<Path>) {
        for attribute in self.attributes.iter().filter(|attribute| attribute.requires_replace) {
            if prior.get(&attribute.name) != planned.get(&attribute.name) {
                paths.push(path.child(&attribute.name));
            }
        }
        for (name, nesting, level) in self.nested() {
            level.collect_repeated(nesting, prior.get(name), planned.get(name), &path.child(name), paths);
        }
    }

    fn collect_repeated(self, nesting: Nesting, prior: &Value, planned: &Value, path: &Path, paths: &mut Vec<Path>) {
        match nesting {
            Nesting::Single | Nesting::Group => self.collect(prior, planned, path, paths),
            Nesting::List => {
                let (before, after) = (
                    prior.elements().collect::<Vec<_>>(),
                    planned.elements().collect::<Vec<_>>(),
                );
                for index in 0..before.len().max(after.len()) {
                    let (before, after) = (at(&before, index), at(&after, index));
                    self.collect(before, after, &path.index(index), paths);
                }
            }
            Nesting::Map => {
                for (key, before, after) in by_key(prior, planned) {
                    self.collect(before, after, &path.key(key), paths);
                }
            }
            Nesting::Set => {
                if self.replacing_leaves(prior) != self.replacing_leaves(planned) {
                    paths.push(path.clone());
                }
            }
        }
    }

    /// The part of the elements of a set that counts, in a form that does not depend on their order.
    fn replacing_leaves(self, elements: &Value) -> Vec<Vec<Value>> {
        let mut leaves: Vec<Vec<Value>> = elements
            .elements()
            .map(|element| {
                let mut leaves = Vec::new();
                self.push_leaves(element, &mut leaves);
                leaves
            })
            .filter(|leaves| !leaves.is_empty())
            .collect();
        leaves.sort();
        leaves
    }

    fn push_leaves(self, element: &Value, leaves: &mut Vec<Value>) {
        let replacing = self.attributes.iter().filter(|attribute| attribute.requires_replace);
        leaves.extend(replacing.map(|attribute| element.get(&attribute.name).clone()));
        for (name, nesting, level) in self.nested() {
            match (nesting, element.get(name)) {
                (Nesting::Single | Nesting::Group, object) => level.push_leaves(object, leaves),
                (_, Value::Map(elements)) => elements.values().for_each(|object| level.push_leaves(object, leaves)),
                (_, elements) => elements.elements().for_each(|object| level.push_leaves(object, leaves)),
            }
        }
    }
}

fn at<'a>(elements: &[&'a Value], index: usize) -> &'a Value {
    elements.get(index).copied().unwrap_or(&Value::Null)
}

/// Elements of two maps by the keys of either.
fn by_key<'a>(prior: &'a Value, planned: &'a Value) -> Vec<(&'a str, &'a Value, &'a Value)> {
    let keys = |value: &'a Value| {
        value
            .as_map()
            .into_iter()
            .flat_map(|members| members.keys().map(String::as_str))
    };
    let mut keys: Vec<&str> = keys(prior).chain(keys(planned)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter()
        .map(|key| (key, prior.get(key), planned.get(key)))
        .collect()
}
