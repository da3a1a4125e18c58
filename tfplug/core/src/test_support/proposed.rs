//! The client's proposal of a planned state from the prior state and the configuration.

use crate::{
    schema::{Attribute, AttributeType, Mode, NestedBlock, Nesting, Schema},
    value::Value,
};

/// The `proposed_new_state` that a client sends. Null for a null configuration.
///
/// Computed attributes without configuration keep the prior value, which on create is null. Elements
/// of lists are paired by position, those of maps by key, and those of sets with an unused prior
/// element that differs in computed leaves at most.
pub fn proposed_new(schema: &Schema, prior: &Value, config: &Value) -> Value {
    if config.is_null() {
        return Value::Null;
    }
    let empty = schema.block.empty_config();
    let prior = if prior.is_null() { &empty } else { prior };
    Members {
        attributes: &schema.block.attributes,
        blocks: &schema.block.blocks,
    }
    .propose(prior, config)
}

#[derive(Clone, Copy)]
struct Members<'a> {
    attributes: &'a [Attribute],
    blocks: &'a [NestedBlock],
}

impl Members<'_> {
    fn propose(self, prior: &Value, config: &Value) -> Value {
        if config.is_unknown() {
            return Value::Unknown;
        }
        let attributes = self.attributes.iter().map(|attribute| {
            let (prior, config) = (prior.get(&attribute.name), config.get(&attribute.name));
            (attribute.name.clone(), propose_attribute(attribute, prior, config))
        });
        let blocks = self.blocks.iter().map(|nested| {
            let members = Members {
                attributes: &nested.block.attributes,
                blocks: &nested.block.blocks,
            };
            let (prior, config) = (prior.get(&nested.name), config.get(&nested.name));
            (
                nested.name.clone(),
                members.propose_repeated(nested.nesting, prior, config),
            )
        });
        Value::Map(attributes.chain(blocks).collect())
    }

    fn propose_repeated(self, nesting: Nesting, prior: &Value, config: &Value) -> Value {
        match (nesting, config) {
            (_, Value::Null | Value::Unknown) => config.clone(),
            (Nesting::Single | Nesting::Group, object) => self.propose(prior, object),
            (Nesting::List, elements) => {
                let mut prior = prior.elements();
                let elements = elements.elements();
                Value::list(elements.map(|element| self.propose(prior.next().unwrap_or(&Value::Null), element)))
            }
            (Nesting::Map, elements) => {
                let elements = elements.as_map().into_iter().flatten();
                Value::object(elements.map(|(key, element)| (key.clone(), self.propose(prior.get(key), element))))
            }
            (Nesting::Set, elements) => {
                let mut unused: Vec<&Value> = prior.elements().collect();
                let elements = elements.elements();
                Value::set_of(elements.map(|element| self.propose_set_element(&mut unused, element)))
            }
        }
    }

    fn propose_set_element(self, unused: &mut Vec<&Value>, element: &Value) -> Value {
        match unused.iter().position(|prior| self.propose(prior, element) == **prior) {
            Some(position) => unused.remove(position).clone(),
            None => self.propose(&Value::Null, element),
        }
    }
}

fn propose_attribute(attribute: &Attribute, prior: &Value, config: &Value) -> Value {
    let removed = || attribute.mode == Mode::OptionalComputed && was_configured(&attribute.ty, prior);
    match &attribute.ty {
        AttributeType::Nested { .. } if config.is_null() && removed() => Value::Null,
        _ if config.is_null() && attribute.mode.is_computed() => prior.clone(),
        AttributeType::Nested { nesting, attributes } => Members {
            attributes,
            blocks: &[],
        }
        .propose_repeated(*nesting, prior, config),
        AttributeType::Plain(_) => config.clone(),
    }
}

/// True if a prior value with nested attributes holds something that only a configuration can have
/// put there.
fn was_configured(ty: &AttributeType, prior: &Value) -> bool {
    let AttributeType::Nested { nesting, attributes } = ty else {
        return false;
    };
    let in_object = |object: &Value| {
        attributes.iter().any(|attribute| {
            let value = object.get(&attribute.name);
            match &attribute.ty {
                nested @ AttributeType::Nested { .. } => was_configured(nested, value),
                AttributeType::Plain(_) => !value.is_null() && !attribute.mode.is_computed(),
            }
        })
    };
    match (nesting, prior) {
        (Nesting::Single | Nesting::Group, object) => in_object(object),
        (_, Value::Map(elements)) => elements.values().any(in_object),
        (_, elements) => elements.elements().any(in_object),
    }
}
