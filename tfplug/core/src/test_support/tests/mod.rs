//! The rules themselves: what they must accept and what they must refuse.

mod lints;
mod proposals;
mod provider_lints;
mod verdicts;

use super::{
    assert_conforms,
    literal::{parse, show, show_present},
    sample::value,
};
use crate::Type;

#[test]
fn literals() {
    let check = |text: &str, expected: &str| {
        let got = parse(text).map_or_else(|error| format!("error: {error}"), |value| show(&value));
        assert_eq!(got, expected, "{text}");
    };
    check("null", "null");
    check(
        " { a = 1\n b = [true, false,] \"c d\" = <2 1 2>, e = ? } ",
        r#"{ a = 1, b = [true, false], "c d" = <1, 2>, e = ? }"#,
    );
    check(r#""a \"quoted\" \\ text""#, r#""a \"quoted\" \\ text""#);
    check("{}", "{}");
    check("-1.5e2", "-150");
    check("[1", "error: a value is missing");
    check("{ a 1 }", "error: `=` is missing after `a`");
    check("{ = 1 }", "error: a name is missing");
    check("1 2", "error: `2` follows the value");
    check("\"a", "error: a string has no end");
    check("what", "error: `what` is not a decimal number");
    assert_eq!(
        show_present(&value(r#"{ a = null, b = [], c = "", d = { e = null } }"#)),
        r#"{ c = "" }"#
    );
}

#[test]
fn conformance() {
    let check = |ty: &Type, text: &str, expected: &[&str]| assert_eq!(assert_conforms(ty, &value(text)), expected);
    let object = Type::object([("a", Type::list(Type::Number)), ("b", Type::set(Type::map(Type::Bool)))]);
    check(&object, "{ a = [1, ?, null], b = <{ k = true }> }", &[]);
    check(&object, "?", &[]);
    check(
        &object,
        r#"{ a = [1, "x"], c = 1 }"#,
        &[
            ": there is no attribute `c`",
            "a[1]: expected number, got a string",
            ": the attribute `b` is missing",
        ],
    );
    check(
        &object,
        "{ a = <1>, b = <{ k = 1 }> }",
        &[
            "a: expected list(number), got a set",
            "b[\"k\"]: expected bool, got a number",
        ],
    );
    check(
        &Type::Tuple(vec![Type::Bool]),
        "[true, false]",
        &[": expected tuple, got a list"],
    );
    check(&Type::Dynamic, "1", &[": expected any, got a number"]);
}
