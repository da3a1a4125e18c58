//! Structs there and back, and what is said of values of another type.

use std::collections::{BTreeMap, BTreeSet};

use super::{Fields, FromValue, Tf, ToValue};
use crate::{test_support::literal::parse, value::Value};

#[derive(Debug, PartialEq, FromValue, ToValue)]
struct Everything {
    text: String,
    #[tf(name = "type")]
    kind: Option<String>,
    r#use: bool,
    ratio: f64,
    count: i32,
    small: Tf<u8>,
    list: Vec<Tf<String>>,
    set: BTreeSet<String>,
    map: Tf<BTreeMap<String, Tf<i64>>>,
    any: Value,
    #[tf(single)]
    once: Tf<Inner>,
    many: Vec<Inner>,
}

#[derive(Debug, PartialEq, FromValue, ToValue)]
struct Inner {
    port: Option<u16>,
}

const FULL: &str = r#"{
    text = "a", type = "b", use = true, ratio = 0.5, count = -3, small = 255, list = ["x", null, ?],
    set = <"p", "q">, map = { k = 1, n = null, u = ? }, any = [true],
    once = [{ port = 80 }], many = [{ port = null }, { port = 1 }]
}"#;

fn with(name: &str, literal: &str) -> Value {
    let mut value = parse(FULL).unwrap();
    value.insert(name, parse(literal).unwrap());
    value
}

#[test]
fn what_is_written_is_read() {
    let check = |name: &str, literal: &str| {
        let value = with(name, literal);
        let read = Everything::from_value(&value).unwrap();
        assert_eq!(read.to_value(), value, "{name}");
    };
    check("text", r#""""#);
    check("type", "null");
    for literal in ["null", "?", "0"] {
        check("small", literal);
    }
    for literal in ["null", "?", "{}"] {
        check("map", literal);
    }
    for literal in ["[]", "?", "[{ port = null }]"] {
        check("once", literal);
    }
    check("any", "?");
    check("many", "[]");
    assert_eq!(
        Everything::FIELDS,
        [
            "text", "type", "use", "ratio", "count", "small", "list", "set", "map", "any", "once", "many"
        ]
    );
}

#[test]
fn a_mismatch_has_its_place_and_never_the_value() {
    let check = |name: &str, literal: &str, expected: &str| {
        let told = Everything::from_value(&with(name, literal)).unwrap_err();
        assert_eq!(told.to_string(), expected, "{name} {literal}");
    };
    check("text", "null", "`text` is null; it must be a string");
    check("text", "?", "`text` is an unknown value; it must be a string");
    check("text", "1", "`text` is a number; it must be a string");
    check("type", "?", "`type` is an unknown value; it must be a string");
    check("use", r#""true""#, "`use` is a string; it must be a boolean");
    check("ratio", "true", "`ratio` is a boolean; it must be a number");
    for literal in ["0.5", "2147483648", "-2147483649"] {
        check(
            "count",
            literal,
            "`count` is a number that does not fit; it must be a whole number from -2147483648 to 2147483647",
        );
    }
    check(
        "small",
        "-1",
        "`small` is a number that does not fit; it must be a whole number from 0 to 255",
    );
    check("list", r#"["x", 5]"#, "`list[1]` is a number; it must be a string");
    check(
        "list",
        r#"{ a = "x" }"#,
        "`list` is a map or object; it must be a list or set",
    );
    check("set", r#"<"p", null>"#, "`set` is null; it must be a string");
    check(
        "map",
        r#"{ k = "hush" }"#,
        "`map[\"k\"]` is a string; it must be a whole number from -9223372036854775808 to 9223372036854775807",
    );
    check(
        "once",
        r#"[{ port = "hush" }]"#,
        "`once[0].port` is a string; it must be a whole number from 0 to 65535",
    );
    check(
        "once",
        "[{}, {}]",
        "`once` is a list of several blocks; it must be one block at most",
    );
    check("once", "{}", "`once` is a map or object; it must be a list of blocks");
    check("many", "[null]", "`many[0]` is null; it must be an object");
    let told = Everything::from_value(&Value::Null).unwrap_err();
    assert_eq!(told.to_string(), "The value is null; it must be an object");
    let diagnostic = Inner::from_value(&parse("{ port = [] }").unwrap())
        .unwrap_err()
        .diagnostic("Invalid state");
    assert_eq!(
        diagnostic.to_string(),
        "error: Invalid state (at port): `port` is a list; it must be a whole number from 0 to 65535."
    );
}
