//! Write-only arguments: a configuration has them, and no plan and no state does.

use crate::{
    schema::{Attribute, AttributeType, Block, NestedBlock, Nesting},
    value::Value,
};

/// A planned value with the write-only arguments of its configuration, for the code that makes the object. Elements of
/// lists and maps are those of the same place; sets have no write-only arguments.
pub fn with_write_only(block: &Block, mut planned: Value, config: &Value) -> Value {
    fill(&block.attributes, &block.blocks, &mut planned, config);
    planned
}

fn fill(attributes: &[Attribute], blocks: &[NestedBlock], object: &mut Value, config: &Value) {
    let Value::Map(members) = object else { return };
    for attribute in attributes {
        let Some(value) = members.get_mut(&attribute.name) else {
            continue;
        };
        let configured = config.get(&attribute.name);
        match &attribute.ty {
            _ if attribute.write_only => value.clone_from(configured),
            AttributeType::Nested { nesting, attributes } => {
                for_each_pair(*nesting, value, configured, &mut |element, configured| {
                    fill(attributes, &[], element, configured);
                });
            }
            AttributeType::Plain(_) => {}
        }
    }
    for nested in blocks {
        let Some(value) = members.get_mut(&nested.name) else {
            continue;
        };
        let content = &nested.block;
        for_each_pair(
            nested.nesting,
            value,
            config.get(&nested.name),
            &mut |element, configured| {
                fill(&content.attributes, &content.blocks, element, configured);
            },
        );
    }
}

fn for_each_pair(nesting: Nesting, value: &mut Value, config: &Value, visit: &mut dyn FnMut(&mut Value, &Value)) {
    match (nesting, value, config) {
        (Nesting::Single | Nesting::Group, object, config) => visit(object, config),
        (Nesting::Map, Value::Map(elements), config) => {
            for (key, element) in elements {
                visit(element, config.get(key));
            }
        }
        (Nesting::List, Value::List(elements), Value::List(configured)) => {
            for (element, configured) in elements.iter_mut().zip(configured) {
                visit(element, configured);
            }
        }
        _ => {}
    }
}

/// Takes the write-only arguments out of an object.
pub(super) fn blank(attributes: &[Attribute], blocks: &[NestedBlock], object: &mut Value) {
    let Value::Map(members) = object else { return };
    for attribute in attributes {
        let Some(value) = members.get_mut(&attribute.name) else {
            continue;
        };
        match &attribute.ty {
            _ if attribute.write_only => *value = Value::Null,
            AttributeType::Nested { nesting, attributes } => {
                for_each_element(*nesting, value, &mut |element| {
                    blank(attributes, &[], element);
                });
            }
            AttributeType::Plain(_) => {}
        }
    }
    for nested in blocks {
        let Some(value) = members.get_mut(&nested.name) else {
            continue;
        };
        let content = &nested.block;
        for_each_element(nested.nesting, value, &mut |element| {
            blank(&content.attributes, &content.blocks, element);
        });
    }
}

/// Visits the elements of a nested block or attribute. Those of sets are left out: a schema has no
/// write-only attribute there.
fn for_each_element(nesting: Nesting, value: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    match (nesting, value) {
        (Nesting::Single | Nesting::Group, object) => visit(object),
        (Nesting::Map, Value::Map(elements)) => elements.values_mut().for_each(visit),
        (Nesting::List, Value::List(elements)) => elements.iter_mut().for_each(visit),
        _ => {}
    }
}
