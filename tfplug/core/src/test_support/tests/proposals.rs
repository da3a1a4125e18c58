//! Proposals of a client.

use crate::{
    Attribute, AttributeType, Mode, Nesting, Resource, Type,
    schema::{Block, Schema},
    test_support::{
        literal::{show, show_present},
        proposed_new,
        sample::{Sample, value},
    },
};

fn proposes(prior: &str, config: &str, expected: &str) {
    let sample = Sample::new();
    let proposed = proposed_new(sample.schema(), &sample.complete(prior), &sample.complete(config));
    assert_eq!(
        show_present(&proposed),
        show_present(&value(expected)),
        "from {prior} and {config}"
    );
}

#[test]
fn proposals() {
    proposes("null", "null", "null");
    proposes(r#"{ name = "n" }"#, "null", "null");
    // Nothing is unknown that the configuration does not leave unknown; write-only values are there.
    proposes(
        "null",
        r#"{ name = ?, token = "t", container = ?, access = { k = {} }, tuning = { level = 1 } }"#,
        r#"{ name = ?, token = "t", container = ?, access = { k = {} }, tuning = { level = 1 } }"#,
    );
    proposes(
        r#"{ name = "n", arn = "A", size = 9, zones = <"z">, labels = { a = "b" }, tuning = { mode = "m", profile = "p" } }"#,
        r#"{ name = "n", tuning = { level = 1 } }"#,
        r#"{ name = "n", arn = "A", size = 9, zones = <"z">, tuning = { mode = "m", level = 1, profile = "p" } }"#,
    );
    // By position: an inserted element gets the computed values of its neighbour.
    proposes(
        r#"{ container = [{ name = "a", digest = "of a" }], rules = [{ match = "m", id = "of m" }] }"#,
        r#"{ container = [{ name = "new" }, { name = "a" }], rules = [{ match = "x" }, { match = "m" }] }"#,
        r#"{ container = [{ name = "new", digest = "of a" }, { name = "a" }],
             rules = [{ match = "x", id = "of m" }, { match = "m" }] }"#,
    );
    // By key, and in sets by what is configured.
    proposes(
        r#"{ access = { k = { role = "a", id = "1" } }, volume = <{ name = "v", id = "1" }, { name = "w", id = "2" }> }"#,
        r#"{ access = { k = { role = "b" }, l = { role = "a" } }, volume = <{ name = "w" }, { name = "x" }> }"#,
        r#"{ access = { k = { role = "b", id = "1" }, l = { role = "a" } }, volume = <{ name = "w", id = "2" }, { name = "x" }> }"#,
    );
}

#[test]
fn a_removed_nested_attribute_is_proposed_as_null() {
    let attributes = vec![
        Attribute::new("set", Type::String, Mode::Optional, ""),
        Attribute::new("given", Type::String, Mode::Computed, ""),
    ];
    let ty = AttributeType::Nested {
        nesting: Nesting::List,
        attributes,
    };
    let attributes = vec![Attribute::with_type("nested", ty, Mode::OptionalComputed, "")];
    let schema = Schema {
        version: 0,
        block: Block {
            attributes,
            ..Block::default()
        },
    };
    let proposed = |prior: &str| show(&proposed_new(&schema, &value(prior), &value("{ nested = null }")));
    assert_eq!(
        proposed(r#"{ nested = [{ set = "a", given = "b" }] }"#),
        "{ nested = null }"
    );
    assert_eq!(
        proposed(r#"{ nested = [{ set = null, given = "b" }] }"#),
        r#"{ nested = [{ given = "b", set = null }] }"#
    );
}
