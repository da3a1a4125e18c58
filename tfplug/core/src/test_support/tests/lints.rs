//! Schemas that a client refuses.

use crate::{
    Attribute, Mode, NestedBlock, Resource, Type, Value,
    schema::{Block, IdentityAttribute, IdentitySchema},
    test_support::{SchemaKind, lint_blocks, lint_identity, lint_schema, sample::Sample},
    validators::UniqueStrings,
};

/// Lints of the sample schema after a change.
fn linted(change: impl FnOnce(&mut Block)) -> String {
    let mut schema = Sample::new().schema().clone();
    change(&mut schema.block);
    lint_schema(&schema, SchemaKind::Resource).join("\n")
}

fn attribute<'a>(block: &'a mut Block, name: &str) -> &'a mut Attribute {
    block
        .attributes
        .iter_mut()
        .find(|attribute| attribute.name == name)
        .unwrap()
}

fn nested<'a>(block: &'a mut Block, name: &str) -> &'a mut NestedBlock {
    block.blocks.iter_mut().find(|nested| nested.name == name).unwrap()
}

#[test]
fn attributes_that_clients_refuse() {
    assert_eq!(linted(|_| {}), "");
    assert_eq!(
        linted(|block| "count".clone_into(&mut attribute(block, "old").name)),
        "count: the name is reserved at the root"
    );
    assert_eq!(
        linted(|block| "Old-1".clone_into(&mut attribute(block, "old").name)),
        "Old-1: a name has lower-case letters, digits and underscores, and no leading digit"
    );
    assert_eq!(
        linted(|block| "container".clone_into(&mut attribute(block, "old").name)),
        "container: the name is used twice"
    );
    assert_eq!(
        linted(|block| attribute(block, "size").mode = Mode::Optional),
        "size: a default needs an optional and computed attribute"
    );
    assert_eq!(
        linted(|block| attribute(block, "size").default = Some(Value::from("3"))),
        "size: the default is not of the attribute's type: : expected number, got a string"
    );
    assert_eq!(
        linted(|block| attribute(block, "size").default = Some(Value::Null)),
        "size: the default is null or unknown"
    );
    assert_eq!(
        linted(|block| attribute(block, "token").mode = Mode::OptionalComputed),
        "token: a write-only attribute cannot be computed"
    );
    assert_eq!(
        linted(|block| attribute(block, "arn")
            .validators
            .push(std::sync::Arc::new(UniqueStrings))),
        "arn: rules on an attribute that no configuration sets"
    );
    let provider = lint_schema(Sample::new().schema(), SchemaKind::Provider);
    // A default is known to the provider's own code, whatever else is computed is known to nobody.
    let (computed, other): (Vec<_>, Vec<_>) = provider.into_iter().partition(|fault| fault.contains(": computed"));
    let places: Vec<&str> = computed.iter().filter_map(|fault| fault.split(':').next()).collect();
    assert_eq!(
        places.join(" "),
        "arn revision zones tuning.profile rules.id status status.state container.digest volume.id access.id limits.hard"
    );
    assert_eq!(
        other,
        [
            "token: write-only attributes belong to managed resources",
            "tuning.secret: write-only attributes belong to managed resources"
        ]
    );
}

#[test]
fn blocks_that_clients_refuse() {
    let numbers = |name: &str, min: i64, max: i64| {
        linted(|block| {
            let nested = nested(block, name);
            (nested.min_items, nested.max_items) = (min, max);
        })
    };
    assert_eq!(numbers("container", 1, 0), "");
    assert_eq!(numbers("timeouts", 1, 1), "");
    for (name, min, max) in [
        ("container", 3, 2),
        ("container", -1, 0),
        ("timeouts", 0, 1),
        ("timeouts", 2, 2),
        ("limits", 1, 1),
        ("access", 0, 1),
    ] {
        assert_eq!(
            numbers(name, min, max),
            format!("{name}: numbers of blocks that do not fit the nesting"),
            "{min} {max}"
        );
    }
    let inside =
        |name: &str, attribute: Attribute| linted(|block| nested(block, name).block.attributes.push(attribute));
    let hidden = Attribute::new("hidden", Type::String, Mode::Optional, "").write_only();
    assert_eq!(inside("container", hidden.clone()), "");
    assert_eq!(
        inside("variable", hidden),
        "variable.hidden: a write-only attribute inside a set"
    );
    let any = Attribute::new("any", Type::list(Type::Dynamic), Mode::Optional, "");
    assert_eq!(inside("timeouts", any.clone()), "");
    assert_eq!(
        inside("variable", any.clone()),
        "variable.any: a dynamic type inside a set"
    );
    assert_eq!(
        inside("access", any),
        "access: a dynamic type inside a repeated block, which the plan pipeline does not support"
    );
}

#[test]
fn computed_leaves_of_blocks() {
    let found = lint_blocks(Sample::new().schema());
    assert_eq!(
        found,
        [
            "container.digest: computed inside a block, without a default",
            "volume.id: computed inside a set block",
            "access.id: computed inside a block, without a default",
            "limits.hard: computed inside a block, without a default",
        ]
    );
}

#[test]
fn identities() {
    let lint = |version: i64, name: &str, ty: Type, required_for_import: bool| {
        let attribute = IdentityAttribute {
            name: name.to_owned(),
            ty,
            required_for_import,
            description: String::new(),
        };
        lint_identity(&IdentitySchema {
            version,
            attributes: vec![attribute],
        })
        .join("\n")
    };
    assert_eq!(lint(0, "arn", Type::String, true), "");
    assert_eq!(lint(0, "arns", Type::list(Type::String), true), "");
    assert_eq!(lint(-1, "arn", Type::String, true), "the version is negative");
    assert_eq!(
        lint(0, "a", Type::map(Type::String), true),
        "a: an identity has primitives and lists of them only"
    );
    assert_eq!(lint(0, "A", Type::String, true), "A: not a name");
    assert_eq!(
        lint(0, "arn", Type::String, false),
        "no attribute is required for import, so that an empty identity would name an object"
    );
}
