//! Defaults of blocks that nothing plans: the provider block, data sources, ephemeral resources, lists and actions.
//!
//! A resource has its defaults in the plan. Here they are put in just before the provider's own code sees the
//! configuration, so that a default means the same wherever it is declared.

use crate::{
    schema::{Attribute, AttributeType, Block, NestedBlock, Nesting},
    value::Value,
};

/// The configuration with the defaults of what it leaves out. Values that are not known stay so.
#[must_use]
pub fn with_defaults(block: &Block, config: Value) -> Value {
    members(&block.attributes, &block.blocks, config)
}

fn members(attributes: &[Attribute], blocks: &[NestedBlock], object: Value) -> Value {
    let Value::Map(mut members) = object else { return object };
    for attribute in attributes {
        let value = members.remove(&attribute.name).unwrap_or_default();
        members.insert(attribute.name.clone(), attribute_value(attribute, value));
    }
    for nested in blocks {
        if let Some(content) = members.remove(&nested.name) {
            let inside = |element| with_defaults(&nested.block, element);
            members.insert(nested.name.clone(), elements(nested.nesting, content, &inside));
        }
    }
    Value::Map(members)
}

fn attribute_value(attribute: &Attribute, value: Value) -> Value {
    if value.is_null() {
        return attribute.default.clone().unwrap_or_default();
    }
    match &attribute.ty {
        AttributeType::Plain(_) => value,
        AttributeType::Nested { nesting, attributes } => {
            elements(*nesting, value, &|element| members(attributes, &[], element))
        }
    }
}

fn elements(nesting: Nesting, content: Value, inside: &dyn Fn(Value) -> Value) -> Value {
    match (nesting, content) {
        (Nesting::Single | Nesting::Group, object) => inside(object),
        (_, Value::List(elements)) => Value::list(elements.into_iter().map(inside)),
        (_, Value::Set(elements)) => Value::set_of(elements.into_iter().map(inside)),
        (_, Value::Map(elements)) => Value::object(elements.into_iter().map(|(key, element)| (key, inside(element)))),
        (_, other) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Resource,
        test_support::{
            literal::show_present,
            sample::{Sample, value},
        },
    };

    #[test]
    fn what_is_left_out_has_its_default() {
        let check = |config: &str| {
            let sample = Sample::new();
            let config = sample.schema().block.complete(value(config));
            show_present(&with_defaults(&sample.schema().block, config))
        };
        insta::assert_snapshot!(
            [
                check("{}"),
                check("{ size = 7, name = ? }"),
                check("{ size = ? }"),
                check(r#"{ container = [{ name = "a" }, ?], variable = <{ name = "b" }> }"#),
            ]
            .join("\n"),
            @r#"
            { limits = { soft = 1 }, size = 3 }
            { limits = { soft = 1 }, name = ?, size = 7 }
            { limits = { soft = 1 }, size = ? }
            { container = [{ essential = true, name = "a" }, ?], limits = { soft = 1 }, size = 3, variable = <{ name = "b" }> }
            "#
        );
    }
}
