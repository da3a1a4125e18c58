//! Configurations and the messages about them.

use crate::{
    Attribute, Block, Mode, Resource, Schema, Type, Value,
    pipeline::{refuse_write_only, validate, validate_resource},
    test_support::{literal::parse, sample::Sample},
};

fn messages(config: &str) -> String {
    let sample = Sample::new();
    let found = validate_resource(&sample, &sample.complete(config));
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn valid_configurations_say_nothing() {
    assert_eq!(messages(r#"{ name = "n" }"#), "");
    assert_eq!(
        messages(r#"{ name = "n", container = [{ name = "a", image = "b", health = {} }] }"#),
        ""
    );
    assert_eq!(messages("null"), "");
    assert_eq!(messages("?"), "");
}

#[test]
fn unknown_values_never_fail() {
    assert_eq!(
        messages(r"{ name = ?, size = ?, labels = { a = ? }, password = ?, container = ?, rules = ?, zones = <?> }"),
        ""
    );
    assert_eq!(
        messages(r"{ name = ?, container = [{ name = ?, image = ? }], variable = <{ name = ? }>, tuning = ? }"),
        ""
    );
}

#[test]
fn what_is_required_is_missing() {
    insta::assert_snapshot!(messages(r#"{ container = [{ name = "a" }, { image = "b" }], variable = <{ value = "x" }>,
        access = { "k.l" = {} }, tuning = {}, rules = [{}] }"#), @r#"
        error: Missing required argument (at name): The argument `name` is required, but its value is null or not given.
        error: Missing required argument (at tuning.level): The argument `tuning.level` is required, but its value is null or not given.
        error: Missing required argument (at rules[0].match): The argument `rules[0].match` is required, but its value is null or not given.
        error: Missing required argument (at container[0].image): The argument `container[0].image` is required, but its value is null or not given.
        error: Missing required argument (at container[1].name): The argument `container[1].name` is required, but its value is null or not given.
        error: Missing required argument (at variable): In an element, `name`: The argument `name` is required, but its value is null or not given.
        error: Missing required argument (at access["k.l"].role): The argument `access["k.l"].role` is required, but its value is null or not given.
        "#);
}

#[test]
fn what_the_provider_sets_is_given() {
    insta::assert_snapshot!(messages(r#"{ name = "n", arn = ?, revision = 1, volume = <{ name = "v", id = "i" }>,
        rules = [{ match = "m", id = "i" }], status = {} }"#), @"
        error: Invalid configuration for read-only attribute (at arn): The provider sets `arn`; a configuration cannot. Remove the argument.
        error: Invalid configuration for read-only attribute (at revision): The provider sets `revision`; a configuration cannot. Remove the argument.
        error: Invalid configuration for read-only attribute (at rules[0].id): The provider sets `rules[0].id`; a configuration cannot. Remove the argument.
        error: Invalid configuration for read-only attribute (at status): The provider sets `status`; a configuration cannot. Remove the argument.
        error: Invalid configuration for read-only attribute (at volume): In an element, `id`: The provider sets `id`; a configuration cannot. Remove the argument.
        ");
}

#[test]
fn values_break_rules() {
    insta::assert_snapshot!(messages(r#"{ name = "A name that is much too long", size = 77, password = "x",
        labels = { a = "0123456789012345678901234567890" }, access = { k = { role = "z" } } }"#), @r#"
    error: Invalid attribute value (at name): The value `A name that is much too long` has 28 characters; it must have between 1 and 20 characters.
    error: Invalid attribute value (at name): The value is `A name that is much too long`; it must be in lower case.
    error: Invalid attribute value (at size): The value is 77; it must be a whole number between 0 and 50.
    error: Invalid attribute value (at labels): Element `a`: The value `0123456789012345678901234567890` has 31 characters; it must have at most 30 characters.
    error: Invalid attribute value (at password): The value of this sensitive argument is not valid; it must be at least 2 characters.
    error: Invalid attribute value (at access["k"].role): The value is `z`; it must be one of `a`, `b` or `c`.
    "#);
}

#[test]
fn numbers_of_blocks() {
    insta::assert_snapshot!(messages(r#"{ name = "n", container = [{ name = "1", image = "i" }, { name = "2", image = "i" },
        { name = "3", image = "i" }, { name = "4", image = "i" }, { name = "5", image = "i" }] }"#), @"error: Too many blocks (at container): There are 5 blocks `container`. At most 4 may be there.");
    let mut schema = Sample::new().schema().clone();
    for nested in &mut schema.block.blocks {
        nested.min_items = i64::from(["container", "variable"].contains(&nested.name.as_str())) * 2;
        nested.max_items = nested.min_items;
    }
    let check = |config: &str| {
        let found = validate(&schema, &Sample::new().complete(config));
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(check(r#"{ name = "n", container = [{ name = "1", image = "i" }] }"#), @"
    error: Too few blocks (at container): There is 1 block `container`. At least 2 must be there.
    error: Too few blocks (at variable): There are 0 blocks `variable`. At least 2 must be there.
    ");
    // Three elements of which two may turn out equal.
    assert_eq!(
        check(r#"{ name = "n", container = ?, variable = <{ name = "a" }, { name = ? }, { name = "b" }> }"#),
        ""
    );
}

#[test]
fn deprecated_attributes_and_own_rules() {
    insta::assert_snapshot!(messages(r#"{ name = "forbidden", old = "x" }"#), @"
    warning: Attribute deprecated (at old): Use `size` instead.
    error: Forbidden name (at name): Choose another.
    ");
    // The resource's own rules wait until the schema's are met.
    insta::assert_snapshot!(messages(r#"{ name = "forbidden", size = -1 }"#), @"error: Invalid attribute value (at size): The value is -1; it must be a whole number between 0 and 50.");
}

#[test]
fn write_only_attributes_and_old_clients() {
    let sample = Sample::new();
    let config = sample.complete(r#"{ name = "n", token = "t", tuning = { level = 1, secret = ? } }"#);
    assert!(validate_resource(&sample, &config).is_empty());
    let found = refuse_write_only(sample.schema(), &config);
    insta::assert_snapshot!(found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), @"
    error: Write-only attribute not allowed (at token): `token` is never stored, which needs Terraform 1.11 or OpenTofu 1.11 or later. Remove the argument or upgrade.
    error: Write-only attribute not allowed (at tuning.secret): `secret` is never stored, which needs Terraform 1.11 or OpenTofu 1.11 or later. Remove the argument or upgrade.
    ");
    assert!(refuse_write_only(sample.schema(), &sample.complete(r#"{ name = "n" }"#)).is_empty());
}

#[test]
fn null_elements_are_refused_and_null_members_of_maps_left_alone() {
    insta::assert_snapshot!(messages(r#"{ name = "n", zones = <null, "a"> }"#), @"error: Null element (at zones): An element of `zones` is null. Give it a value, or leave it out, for example with `[for element in LIST : element if element != null]`.");
    assert_eq!(
        messages(r#"{ name = "n", labels = { a = null }, zones = <?, "a"> }"#),
        ""
    );
    let list = Schema {
        version: 0,
        block: Block {
            attributes: vec![Attribute::new(
                "names",
                Type::list(Type::list(Type::String)),
                Mode::Optional,
                "",
            )],
            ..Block::default()
        },
    };
    let config = Value::object([("names", parse(r#"[["a", null], null]"#).unwrap())]);
    let told = validate(&list, &config);
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
error: Null element (at names[0][1]): Element 1 of `names[0]` is null. Give it a value, or leave it out, for example with `[for element in LIST : element if element != null]`.
error: Null element (at names[1]): Element 1 of `names` is null. Give it a value, or leave it out, for example with `[for element in LIST : element if element != null]`.
"#);
}
