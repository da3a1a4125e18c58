//! The codec as tables: type, JSON, value.

use super::{Extra, decode, encode};
use crate::{
    test_support::literal::{parse, show},
    types::Type,
};

fn ty(json: &str) -> Type {
    let json = if json.starts_with('[') {
        json.to_owned()
    } else {
        format!("{json:?}")
    };
    Type::from_json(&serde_json::from_str(&json).unwrap()).unwrap()
}

fn decoded(of: &str, input: &str, extra: Extra) -> String {
    match decode(&input.parse().unwrap(), &ty(of), extra) {
        Ok(value) => show(&value),
        Err(error) => format!("error: {error}"),
    }
}

/// Decodes only.
fn reads(of: &str, input: &str, expected: &str) {
    assert_eq!(decoded(of, input, Extra::Refuse), expected, "{of} {input}");
}

/// Decodes, and encodes the result to the same text.
fn check(of: &str, input: &str, expected: &str) {
    reads(of, input, expected);
    let value = decode(&input.parse().unwrap(), &ty(of), Extra::Refuse).unwrap();
    assert_eq!(encode(&value, &ty(of)).unwrap().to_string(), input, "{of} {expected}");
}

#[test]
fn primitives() {
    check("string", "null", "null");
    check("string", r#""a""#, r#""a""#);
    check("bool", "true", "true");
    reads("string", r#""e\u0301""#, r#""é""#);
    // A stored value of an older type, as far as its text allows.
    reads("string", "7.50", r#""7.5""#);
    reads("string", "true", r#""true""#);
    reads("bool", r#""false""#, "false");
    reads("number", r#""12""#, "12");
    reads("bool", "1", "error: expected bool, got a number");
    reads("number", "true", "error: expected number, got a boolean");
    reads("number", r#""x""#, "error: `x` is not a decimal number");
    reads("string", "[]", "error: expected string, got an array");
}

#[test]
fn numbers_keep_every_digit() {
    check("number", "9007199254740993", "9007199254740993");
    check("number", "18446744073709551616", "18446744073709551616");
    check("number", "0.1", "0.1");
    check(
        "number",
        "-1234567890.123456789012345678901234567890123",
        "-1234567890.123456789012345678901234567890123",
    );
    let long = format!("1{}", "0".repeat(300));
    check("number", &long, &long);
    reads("number", "1e300", &long);
    reads("number", "1.50", "1.5");
    reads("number", "1e999999", "error: the number has more than 4096 digits");
}

#[test]
fn collections() {
    check(r#"["list","string"]"#, r#"["b","a"]"#, r#"["b", "a"]"#);
    reads(r#"["set","string"]"#, r#"["b","a","b"]"#, r#"<"a", "b">"#);
    check(r#"["map","number"]"#, r#"{"a":1,"b":null}"#, "{ a = 1, b = null }");
    check(r#"["tuple",["string","number"]]"#, r#"["a",1]"#, r#"["a", 1]"#);
    reads(
        r#"["tuple",["string","number"]]"#,
        r#"["a"]"#,
        "error: expected tuple, got an array",
    );
    check(
        "dynamic",
        r#"{"type":["list","string"],"value":["a"]}"#,
        r#"any(["a"])"#,
    );
    check("dynamic", "null", "null");
    reads(
        "dynamic",
        r#"{"value":1}"#,
        "error: a dynamic value is an object of `value` and `type`",
    );
    reads("dynamic", "1", "error: expected any, got a number");
}

#[test]
fn objects() {
    let object = r#"["object",{"a":"string","b":["list",["object",{"c":"number"}]]}]"#;
    check(object, r#"{"a":"x","b":[{"c":1}]}"#, r#"{ a = "x", b = [{ c = 1 }] }"#);
    // Pretty-printed state with an attribute missing.
    reads(object, "{\n  \"b\": []\n}\n", "{ a = null, b = [] }");
    reads(object, r#"{"z":1}"#, "error: there is no attribute `z`");
    reads(
        object,
        r#"{"b":[{},{"d":1}]}"#,
        "error: b[1]: there is no attribute `d`",
    );
    reads(
        object,
        r#"{"b":[{"c":"x"}]}"#,
        "error: b[0].c: `x` is not a decimal number",
    );
    let ignoring = decoded(object, r#"{"z":1,"b":[{"d":1}]}"#, Extra::Ignore);
    assert_eq!(ignoring, "{ a = null, b = [{ c = null }] }");
}

#[test]
fn what_has_no_json_form() {
    let object = r#"["object",{"a":["list","string"]}]"#;
    let refused = |value: &str| encode(&parse(value).unwrap(), &ty(object)).unwrap_err();
    assert_eq!(
        refused("{ a = [?] }").to_string(),
        "a[0]: an unknown value has no JSON form"
    );
    assert_eq!(refused("{ a = [?] }").path().to_string(), "a[0]");
    assert_eq!(refused("{ a = <> }").to_string(), "a: expected list(string), got a set");
    assert_eq!(refused("{ z = 1 }").to_string(), "there is no attribute `z`");
}
