//! The planned value before a resource's own rules: configuration, defaults, prior values, unknowns.
//!
//! Attributes of the root start from the client's proposal. Nested blocks and attributes start from
//! the configuration alone, because the proposal pairs elements of lists by position and so hands
//! an inserted element the computed values of its neighbour. Prior elements are paired in the same
//! way here, but only to find out whether anything differs: in that pass a computed leaf takes the
//! prior value, and if the outcome is the prior state, nothing has changed and the prior state is
//! the plan. Otherwise a second pass leaves those leaves unknown.

use crate::{
    schema::{Attribute, AttributeType, Block, NestedBlock, Nesting},
    value::{Value, ValueSet},
};

/// The one of the two passes that is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    /// As if nothing had changed: computed leaves keep the prior value.
    Compare,
    /// Something has changed: computed leaves are unknown unless they are stable and surely paired.
    Mark {
        /// True if there was no object before.
        create: bool,
    },
}

/// The planned value of a whole resource that is not to be destroyed.
pub(super) fn start(block: &Block, config: &Value, prior: &Value, proposed: &Value) -> Value {
    if !prior.is_null() {
        let unchanged = root(Pass::Compare, block, config, prior, proposed);
        if unchanged == *prior {
            return unchanged;
        }
    }
    root(
        Pass::Mark {
            create: prior.is_null(),
        },
        block,
        config,
        prior,
        proposed,
    )
}

fn root(pass: Pass, block: &Block, config: &Value, prior: &Value, proposed: &Value) -> Value {
    let attributes = block.attributes.iter().map(|attribute| {
        let name = attribute.name.as_str();
        let value = attribute_value(pass, attribute, config.get(name), prior.get(name), proposed.get(name));
        (name.to_owned(), value)
    });
    let blocks = block.blocks.iter().map(|nested| {
        let name = nested.name.as_str();
        (
            name.to_owned(),
            nested_value(pass, nested, config.get(name), prior.get(name)),
        )
    });
    Value::Map(attributes.chain(blocks).collect())
}

/// The value of one attribute. `kept` is what it keeps when it is computed and nothing changes.
fn attribute_value(pass: Pass, attribute: &Attribute, config: &Value, prior: &Value, kept: &Value) -> Value {
    if attribute.write_only {
        return Value::Null;
    }
    match (config, &attribute.default) {
        (Value::Null, Some(default)) => default.clone(),
        (Value::Null, None) if attribute.mode.is_computed() => computed_value(pass, attribute, kept),
        (Value::Null | Value::Unknown, _) => config.clone(),
        _ if means_the_same(attribute, config, prior) => prior.clone(),
        _ => configured_value(pass, attribute, config, prior),
    }
}

fn computed_value(pass: Pass, attribute: &Attribute, kept: &Value) -> Value {
    match pass {
        Pass::Compare => kept.clone(),
        Pass::Mark { create: false } if attribute.stable => kept.clone(),
        Pass::Mark { .. } => Value::Unknown,
    }
}

fn means_the_same(attribute: &Attribute, config: &Value, prior: &Value) -> bool {
    match &attribute.equality {
        Some(equal) => prior.is_present() && config.is_wholly_known() && equal(prior, config),
        None => false,
    }
}

fn configured_value(pass: Pass, attribute: &Attribute, config: &Value, prior: &Value) -> Value {
    match &attribute.ty {
        AttributeType::Plain(_) => config.clone(),
        AttributeType::Nested { nesting, attributes } => repeated(
            pass,
            *nesting,
            Members {
                attributes,
                blocks: &[],
            },
            config,
            prior,
        ),
    }
}

fn nested_value(pass: Pass, nested: &NestedBlock, config: &Value, prior: &Value) -> Value {
    if config.is_null() && nested.nesting != Nesting::Group {
        return nested.absent();
    }
    let members = Members {
        attributes: &nested.block.attributes,
        blocks: &nested.block.blocks,
    };
    repeated(pass, nested.nesting, members, config, prior)
}

/// Attributes and blocks of an element of a nested block or attribute.
#[derive(Clone, Copy)]
struct Members<'a> {
    attributes: &'a [Attribute],
    blocks: &'a [NestedBlock],
}

fn repeated(pass: Pass, nesting: Nesting, members: Members<'_>, config: &Value, prior: &Value) -> Value {
    match (nesting, config) {
        (_, Value::Unknown) => Value::Unknown,
        (Nesting::Single | Nesting::Group, _) => element(pass, members, config, prior),
        (Nesting::Map, Value::Map(elements)) => {
            let elements = elements
                .iter()
                .map(|(key, config)| (key.clone(), element(pass, members, config, prior.get(key))));
            Value::Map(elements.collect())
        }
        (Nesting::List, Value::List(elements)) => {
            let pass = pass.among_neighbours();
            let prior: Vec<&Value> = prior.elements().collect();
            let elements = elements.iter().enumerate().map(|(index, config)| {
                element(pass, members, config, prior.get(index).copied().unwrap_or(&Value::Null))
            });
            Value::List(elements.collect())
        }
        (Nesting::Set, Value::Set(elements)) => {
            Value::Set(set_elements(pass.among_neighbours(), members, elements, prior))
        }
        // Values have been decoded against the schema: nothing else can stand here.
        (_, other) => other.clone(),
    }
}

impl Pass {
    /// The pass for elements without an identity of their own: the prior element at the same place may
    /// be another one, so that a computed leaf cannot be kept, stable or not.
    fn among_neighbours(self) -> Self {
        match self {
            Self::Compare => Self::Compare,
            Self::Mark { .. } => Self::Mark { create: true },
        }
    }
}

fn set_elements(pass: Pass, members: Members<'_>, elements: &ValueSet, prior: &Value) -> ValueSet {
    let candidates: Vec<&Value> = if members.depend_on_prior() {
        prior.elements().collect()
    } else {
        Vec::new()
    };
    let elements = elements.iter().map(|config| {
        let mut paired = candidates
            .iter()
            .filter(|prior| element(Pass::Compare, members, config, prior) == ***prior);
        element(pass, members, config, paired.next().copied().unwrap_or(&Value::Null))
    });
    elements.collect()
}

impl Members<'_> {
    /// True if the planned element may differ for different prior elements.
    fn depend_on_prior(&self) -> bool {
        let attributes = self.attributes.iter().any(|attribute| {
            let computed = attribute.mode.is_computed() && attribute.default.is_none();
            computed || attribute.equality.is_some() || matches!(attribute.ty, AttributeType::Nested { .. })
        });
        attributes || !self.blocks.is_empty()
    }
}

fn element(pass: Pass, members: Members<'_>, config: &Value, prior: &Value) -> Value {
    if config.is_unknown() {
        return Value::Unknown;
    }
    // A block that is new in an old object has nothing to keep.
    let pass = if prior.is_null() { pass.among_neighbours() } else { pass };
    let attributes = members.attributes.iter().map(|attribute| {
        let name = attribute.name.as_str();
        let prior = prior.get(name);
        (
            name.to_owned(),
            attribute_value(pass, attribute, config.get(name), prior, prior),
        )
    });
    let blocks = members.blocks.iter().map(|nested| {
        let name = nested.name.as_str();
        (
            name.to_owned(),
            nested_value(pass, nested, config.get(name), prior.get(name)),
        )
    });
    Value::Map(attributes.chain(blocks).collect())
}
