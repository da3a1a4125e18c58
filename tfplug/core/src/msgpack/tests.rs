//! The codec as tables: type, bytes, value.

use super::{decode, encode};
use crate::{
    test_support::literal::{parse, show},
    types::Type,
    value::Value,
};

fn ty(json: &str) -> Type {
    let json = if json.starts_with('[') {
        json.to_owned()
    } else {
        format!("{json:?}")
    };
    Type::from_json(&serde_json::from_str(&json).unwrap()).unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().filter(|digit| !digit.is_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

fn decoded(bytes: &[u8], of: &str) -> String {
    match decode(bytes, &ty(of)) {
        Ok(value) => show(&value),
        Err(error) => format!("error: {error}"),
    }
}

/// Decodes only.
fn reads(of: &str, input: &str, expected: &str) {
    assert_eq!(decoded(&bytes(input), of), expected, "{of} {input}");
}

/// Decodes, and encodes the result to the same bytes.
fn check(of: &str, input: &str, expected: &str) {
    reads(of, input, expected);
    let value = decode(&bytes(input), &ty(of)).unwrap();
    assert_eq!(
        hex(&encode(&value, &ty(of)).unwrap()),
        hex(&bytes(input)),
        "{of} {expected}"
    );
}

/// Encodes to an error.
fn refuses(of: &str, value: &str, expected: &str) {
    let error = encode(&parse(value).unwrap(), &ty(of)).unwrap_err();
    assert_eq!(error.to_string(), expected, "{of} {value}");
}

#[test]
fn null_and_unknown() {
    check("string", "c0", "null");
    check(r#"["object",{"a":"string"}]"#, "c0", "null");
    reads("string", "", "null");
    check("string", "d40000", "?");
    check(r#"["list","string"]"#, "d40000", "?");
    reads("string", "c70000", "?");
    reads("string", "c7010000", "?");
    reads("number", "d40500", "?");
    reads("string", "c7030c 8101c2", "?");
    reads("string", "c7 0b 0c 8201c202a67072652d3030", "?");
    reads("number", "d50c 80c0", "?");
    reads("bool", "d60c 8101c2c0", "?");
    reads("bool", "c8 0003 0c 8101c2", "?");
    reads("bool", "c9 00000003 0c 8101c2", "?");
    reads(
        "string",
        "d50700ff",
        "error: expected string, got an extension that is not known",
    );
}

#[test]
fn integers() {
    reads("number", "00", "0");
    reads("number", "7f", "127");
    reads("number", "ff", "-1");
    reads("number", "e0", "-32");
    reads("number", "ccff", "255");
    reads("number", "cdffff", "65535");
    reads("number", "ceffffffff", "4294967295");
    reads("number", "cf7fffffffffffffff", "9223372036854775807");
    reads("number", "d080", "-128");
    reads("number", "d18000", "-32768");
    reads("number", "d280000000", "-2147483648");
    reads("number", "d38000000000000000", "-9223372036854775808");
    // Forms that are larger than needed, and one above the range of i64.
    reads("number", "d07f", "127");
    reads("number", "d30000000000000001", "1");
    reads("number", "cf0000000000000001", "1");
    reads("number", "cfffffffffffffffff", "18446744073709551615");
}

#[test]
fn decimals() {
    reads("number", "cb3fe0000000000000", "0.5");
    reads("number", "cbbff8000000000000", "-1.5");
    reads("number", "a3302e31", "0.1");
    check(
        "number",
        "b4 3138343436373434303733373039353531363135",
        "18446744073709551615",
    );
    reads("number", "ca3f000000", "0.5");
    reads("number", "cb3fb999999999999a", "0.1");
    // A whole double is taken digit by digit: 2^80.
    reads("number", "cb44f0000000000000", "1208925819614629174706176");
    reads("number", "a13a", "error: `:` is not a decimal number");
    reads("number", "cb7ff0000000000000", "error: the number is infinite");
    reads("number", "cbfff0000000000000", "error: the number is infinite");
    reads("number", "ca7f800000", "error: the number is infinite");
    reads("number", "cb7ff8000000000000", "error: it is not a number");
    reads("number", "c3", "error: expected number, got a boolean");
}

/// Decimal text is the one form in which a client reads any number back without loss.
#[test]
fn numbers_are_written_as_text() {
    let written = |literal: &str| hex(&encode(&parse(literal).unwrap(), &Type::Number).unwrap());
    assert_eq!(written("0"), "a130");
    assert_eq!(written("-1.50"), "a42d312e35");
    assert_eq!(written("0.1"), "a3302e31");
    assert_eq!(
        written("18446744073709551615"),
        "b43138343436373434303733373039353531363135"
    );
    assert_eq!(written("1e3"), "a431303030");
    for literal in [
        "9223372036854775807",
        "-9223372036854775808",
        "0.30000000000000004",
        "1e300",
        "1e-300",
    ] {
        let value = parse(literal).unwrap();
        assert_eq!(
            decode(&encode(&value, &Type::Number).unwrap(), &Type::Number),
            Ok(value)
        );
    }
}

#[test]
fn a_number_of_301_digits_survives() {
    let text = format!("1{}", "0".repeat(300));
    let mut message = vec![0xda, 0x01, 0x2d];
    message.extend(text.as_bytes());
    let value = decode(&message, &Type::Number).unwrap();
    assert_eq!(show(&value), text);
    assert_eq!(encode(&value, &Type::Number).unwrap(), message);
}

#[test]
fn strings_and_booleans() {
    check("bool", "c2", "false");
    check("bool", "c3", "true");
    check("string", "a0", "\"\"");
    check("string", "a161", "\"a\"");
    reads("string", "d90161", "\"a\"");
    reads("string", "da000161", "\"a\"");
    reads("string", "db0000000161", "\"a\"");
    // e and a combining accent become one letter.
    reads("string", "a365cc81", "\"é\"");
    assert_eq!(hex(&encode(&Value::from("e\u{301}"), &Type::String).unwrap()), "a2c3a9");
    reads("string", "a1ff", "error: a string is not valid UTF-8");
    reads("string", "01", "error: expected string, got a number");
    reads("string", "c40161", "error: expected string, got bytes");
    reads("bool", "a474727565", "error: expected bool, got a string");
}

#[test]
fn collections() {
    check(r#"["list","string"]"#, "90", "[]");
    check(r#"["list","string"]"#, "93a162a161c0", r#"["b", "a", null]"#);
    reads(r#"["list","string"]"#, "dc0001a161", r#"["a"]"#);
    reads(r#"["list","string"]"#, "dd00000001a161", r#"["a"]"#);
    reads(r#"["set","string"]"#, "93a162a161a162", r#"<"a", "b">"#);
    check(r#"["set","string"]"#, "92a161a162", r#"<"a", "b">"#);
    // Two unknown elements are two: a plan that answered one would be refused.
    check(r#"["set","string"]"#, "93 d40000 d40000 a161", r#"<?, ?, "a">"#);
    check(r#"["map","number"]"#, "82 a161a131 a162c0", "{ a = 1, b = null }");
    check(r#"["map","number"]"#, "80", "{}");
    reads(r#"["map","number"]"#, "de0001a16101", "{ a = 1 }");
    reads(
        r#"["map","number"]"#,
        "810101",
        "error: expected the name of a member, got a number",
    );
    check(r#"["tuple",["string","bool"]]"#, "92a161c3", r#"["a", true]"#);
    reads(
        r#"["tuple",["string","bool"]]"#,
        "91a161",
        "error: expected tuple, got an array of 1",
    );
}

#[test]
fn objects_have_exactly_their_attributes() {
    let object = r#"["object",{"a":"string","b":["list","number"]}]"#;
    check(object, "82 a161a178 a16292a131a132", r#"{ a = "x", b = [1, 2] }"#);
    check(object, "82 a161c0 a162c0", "{ a = null, b = null }");
    reads(object, "82 a162c0 a161c0", "{ a = null, b = null }");
    check(r#"["object",{}]"#, "80", "{}");
    reads(object, "81 a161c0", "error: the attribute `b` is missing");
    reads(object, "80", "error: the attribute `a` is missing");
    reads(object, "82 a161c0 a161c0", "error: the attribute `a` is given twice");
    reads(object, "83 a161c0 a162c0 a163c0", "error: there is no attribute `c`");
    reads(
        object,
        "82 a161c0 a1629201a178",
        "error: b[1]: `x` is not a decimal number",
    );
    let written = encode(&parse("{ b = [] }").unwrap(), &ty(object)).unwrap();
    assert_eq!(hex(&written), "82a161c0a16290");
    refuses(object, "{ c = 1 }", "there is no attribute `c`");
    refuses(object, r#"{ b = [1, "x"] }"#, "b[1]: expected number, got a string");
    refuses(
        r#"["list",["object",{"m":["map","bool"]}]]"#,
        "[{ m = { k = 1 } }]",
        "[0].m[\"k\"]: expected bool, got a number",
    );
    refuses(
        r#"["object",{"s":["set",["list","bool"]]}]"#,
        "{ s = <[1]> }",
        "s: expected bool, got a number",
    );
    refuses(r#"["set","bool"]"#, "[true]", "expected set(bool), got a list");
}

#[test]
fn dynamic_values() {
    check("dynamic", "c0", "null");
    check("dynamic", "d40000", "?");
    check("dynamic", "92 c408 22737472696e6722 a161", "any(\"a\")");
    reads("dynamic", "92 a8 22737472696e6722 a161", "any(\"a\")");
    check("dynamic", "92 c408 22737472696e6722 d40000", "any(?)");
    check("dynamic", "92 c408 22737472696e6722 c0", "any(null)");
    reads(
        "dynamic",
        "92 c409 2264796e616d696322 92 c408 22737472696e6722 a161",
        "any(\"a\")",
    );
    reads("dynamic", "91 a161", "error: expected any, got an array of 1");
    reads(
        "dynamic",
        "92 01 a161",
        "error: expected the type of a dynamic value, got a number",
    );
    reads(
        "dynamic",
        "92 c401 78 a161",
        "error: malformed type: expected value at line 1 column 1",
    );
    reads("dynamic", "92 c403 227822 a161", "error: `\"x\"` is not a type");
    reads(
        "dynamic",
        "92 c408 22737472696e6722 01",
        "error: expected string, got a number",
    );
}

#[test]
fn malformed_messages() {
    let early = "error: malformed msgpack: the message ends inside a value";
    reads("string", "a161 c0", "error: 1 bytes follow the value");
    reads("string", "c1", "error: malformed msgpack: the byte 0xc1 means nothing");
    for truncated in [
        "a2 61",
        "d9",
        "db ffffffff 61",
        "c4 05 00",
        "c6 ffffffff",
        "c7 05 0c",
        "d3 00",
        "cb 00",
        "d4 00",
    ] {
        reads("string", truncated, early);
    }
    // Announced lengths of four billion allocate nothing.
    reads(r#"["list","string"]"#, "dd ffffffff a161", early);
    reads(r#"["map","string"]"#, "df ffffffff a161", early);
    reads(r#"["object",{"a":"string"}]"#, "df ffffffff", early);
    reads(r#"["set","string"]"#, "dc ffff a161", early);
}

#[test]
fn depth_and_size_are_bounded() {
    let dynamic = bytes("92 c409 2264796e616d696322");
    let mut deep: Vec<u8> = dynamic.iter().copied().cycle().take(dynamic.len() * 10_000).collect();
    deep.push(0xc0);
    assert_eq!(decoded(&deep, "dynamic"), "error: the value is too large or too deep");

    let mut wide = vec![0xdd, 0x00, 0x2d, 0xc6, 0xc0];
    wide.resize(wide.len() + 3_000_000, 0xc0);
    let outcome = decode(&wide, &ty(r#"["list","string"]"#)).unwrap_err().to_string();
    assert!(outcome.ends_with("the value is too large or too deep"), "{outcome}");
}

#[test]
fn every_truncation_and_flipped_bit_is_an_error_or_a_value() {
    let of = r#"["object",{"a":["list",["map","number"]],"b":"dynamic","c":["set","string"]}]"#;
    let value = parse(r#"{ a = [{ k = 1.5, l = 0.1 }], c = <"x", ?, "yyyy"> }"#).unwrap();
    let message = encode(&value, &ty(of)).unwrap();
    for end in 1..message.len() {
        assert!(decode(&message[..end], &ty(of)).is_err(), "cut at {end}");
    }
    for position in 0..message.len() * 8 {
        let mut broken = message.clone();
        broken[position / 8] ^= 1 << (position % 8);
        if let Ok(value) = decode(&broken, &ty(of)) {
            assert_eq!(decode(&encode(&value, &ty(of)).unwrap(), &ty(of)).unwrap(), value);
        }
    }
}
