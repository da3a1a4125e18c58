//! The rules themselves: what they must accept and what they must refuse.

use super::{
    literal::{parse, show},
    *,
};
use crate::{path::Path, schema::Schema, types::Type, value::Value};

fn value(text: &str) -> Value {
    parse(text).unwrap()
}

#[test]
fn literals() {
    let check = |text: &str, expected: &str| {
        assert_eq!(
            parse(text).map_or_else(|error| format!("error: {error}"), |value| show(&value)),
            expected,
            "{text}"
        );
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
    check("1 2", "error: `2` follows the value");
    check("\"a", "error: a string has no end");
    check("what", "error: `what` is not a decimal number");
    assert_eq!(
        literal::show_present(&value(r#"{ a = null, b = [], c = "", d = { e = null } }"#)),
        r#"{ c = "" }"#
    );
}
