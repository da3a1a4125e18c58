//! Each rule as a table: value, message.

use super::*;
use crate::test_support::literal::parse;

fn check(rule: &dyn Validator, value: &str, expected: &str) {
    let got = rule.check(&parse(value).unwrap()).err().unwrap_or_default();
    assert_eq!(got, expected, "{value}");
}

#[test]
fn one_of() {
    let rule = OneOf(&["task", "host", "none"]);
    assert_eq!(rule.describe(), "one of `task`, `host` or `none`");
    check(&rule, r#""task""#, "");
    check(
        &rule,
        r#""Task""#,
        "The value is `Task`; it must be one of `task`, `host` or `none`.",
    );
    check(
        &rule,
        r#""a\nb""#,
        r"The value is `a\nb`; it must be one of `task`, `host` or `none`.",
    );
    assert_eq!(OneOf(&["x"]).describe(), "`x`");
}

#[test]
fn length() {
    let rule = Length { min: 1, max: 3 };
    assert_eq!(rule.describe(), "between 1 and 3 characters");
    check(&rule, r#""äöü""#, "");
    check(
        &rule,
        r#""""#,
        "The value `` has 0 characters; it must have between 1 and 3 characters.",
    );
    check(
        &rule,
        r#""äöüß""#,
        "The value `äöüß` has 4 characters; it must have between 1 and 3 characters.",
    );
    assert_eq!(Length { min: 0, max: 1 }.describe(), "at most 1 character");
    assert_eq!(
        Length {
            min: 2,
            max: usize::MAX
        }
        .describe(),
        "at least 2 characters"
    );
    assert_eq!(Length { min: 2, max: 2 }.describe(), "exactly 2 characters");
    let long = format!("{:?}", "x".repeat(500));
    let message = Length { min: 0, max: 1 }.check(&parse(&long).unwrap()).unwrap_err();
    assert!(
        message.contains("x…` has 500 characters") && message.len() < 250,
        "{message}"
    );
}

#[test]
fn numbers() {
    let rule = Between { min: 0, max: 100 };
    check(&rule, "0", "");
    check(&rule, "100", "");
    check(
        &rule,
        "101",
        "The value is 101; it must be a whole number between 0 and 100.",
    );
    check(
        &rule,
        "0.5",
        "The value is 0.5; it must be a whole number between 0 and 100.",
    );
    check(
        &rule,
        "18446744073709551616",
        "The value is 18446744073709551616; it must be a whole number between 0 and 100.",
    );
    let rule = BetweenNumbers {
        min: 0_i64.into(),
        max: "99.5".parse().unwrap(),
    };
    check(&rule, "99.5", "");
    check(
        &rule,
        "99.50001",
        "The value is 99.50001; it must be a number between 0 and 99.5.",
    );
    check(
        &rule,
        "-0.1",
        "The value is -0.1; it must be a number between 0 and 99.5.",
    );
}

#[test]
fn forms() {
    let rule = Matches {
        test: |text| text.starts_with('/'),
        expected: "an absolute path",
    };
    check(&rule, r#""/var""#, "");
    check(&rule, r#""var""#, "The value is `var`; it must be an absolute path.");
    let rule = Custom {
        expected: "even".to_owned(),
        check: Box::new(|value| {
            if value.elements().count() % 2 == 0 {
                Ok(())
            } else {
                Err("Odd.".to_owned())
            }
        }),
    };
    check(&rule, "[1, 2]", "");
    check(&rule, "[1]", "Odd.");
    check(&rule, "[?]", "");
}

#[test]
fn collections() {
    let rule = Each(Length { min: 1, max: 1 });
    check(&rule, r#"["a", ?, null]"#, "");
    check(
        &rule,
        r#"["a", "bc"]"#,
        "Element 1: The value `bc` has 2 characters; it must have exactly 1 character.",
    );
    check(
        &rule,
        r#"{ k = "bc" }"#,
        "Element `k`: The value `bc` has 2 characters; it must have exactly 1 character.",
    );
    check(
        &rule,
        r#"<"a", "bc">"#,
        "The value `bc` has 2 characters; it must have exactly 1 character.",
    );
    let rule = Size { min: 1, max: 2 };
    check(&rule, "[1, 2]", "");
    check(
        &rule,
        "[]",
        "There are 0 elements; there must be between 1 and 2 elements.",
    );
    check(
        &rule,
        "[1, ?, 3]",
        "There are 3 elements; there must be between 1 and 2 elements.",
    );
    // Unknown elements of a set may turn out equal to others.
    check(&rule, r#"<"a", "b", ?>"#, "");
    check(
        &rule,
        r#"<"a", "b", "c">"#,
        "There are 3 elements; there must be between 1 and 2 elements.",
    );
    check(&UniqueStrings, r#"["a", ?, ?, "b"]"#, "");
    check(
        &UniqueStrings,
        r#"["a", "b", "a"]"#,
        "The element `a` is given more than once; each may be given once.",
    );
}

/// The positions that a rule names, in order; -1 stands for the whole.
fn positions(rule: &dyn Validator, value: &str) -> Vec<i64> {
    let faults = rule.faults(&parse(value).unwrap());
    let position = |fault: &Fault| fault.element.map_or(-1, |element| i64::try_from(element).unwrap());
    faults.iter().map(position).collect()
}

#[test]
fn every_element_at_fault_is_told_with_its_position() {
    let named = Each(Length { min: 1, max: 9 });
    assert_eq!(positions(&named, r#"["", "a", ?, null, ""]"#), [0, 4]);
    assert_eq!(positions(&named, r#"<"", "a">"#), [-1]);
    assert_eq!(positions(&named, r#"{ k = "", l = "", m = "a" }"#), [-1, -1]);
    assert_eq!(positions(&UniqueStrings, r#"["a", "b", "a", ?, "a"]"#), [2, 4]);
    assert_eq!(positions(&Size { min: 3, max: 3 }, r#"["a"]"#), [-1]);
}

#[test]
fn other_kinds_and_unknown_values_never_fail() {
    let rules: [&dyn Validator; 7] = [
        &OneOf(&["a"]),
        &Length { min: 5, max: 5 },
        &Between { min: 5, max: 5 },
        &Matches {
            test: |_| false,
            expected: "nothing",
        },
        &Size { min: 5, max: 5 },
        &UniqueStrings,
        &Each(OneOf(&["a"])),
    ];
    for rule in rules {
        check(rule, "?", "");
        check(rule, "true", "");
    }
}
