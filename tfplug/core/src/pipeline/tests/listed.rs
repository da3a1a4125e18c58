//! Objects that a list found, and what becomes of them.

use crate::{
    Diagnostic, Diagnostics,
    list::Listed,
    pipeline::settle_listed,
    test_support::{
        literal::show_present,
        sample::{Sample, value},
    },
};

const GOOD: &str = r#"{ arn = "A" }"#;
const WHOLE: &str = r#"{ name = "n", arn = "A", token = "secret" }"#;

/// The settled object: identity, object, messages.
fn check(wanted: bool, identity: &str, resource: &str, diagnostics: Diagnostics) -> String {
    let found = Listed {
        identity: value(identity),
        display_name: "n".to_owned(),
        resource: value(resource),
        diagnostics,
    };
    let settled = settle_listed(&Sample::new(), wanted, found);
    let first = format!(
        "{} {}",
        show_present(&settled.identity),
        show_present(&settled.resource)
    );
    let messages = settled.diagnostics.iter().map(ToString::to_string);
    std::iter::once(first).chain(messages).collect::<Vec<_>>().join("\n  ")
}

#[test]
fn objects_that_fit_stay() {
    let warning = || Diagnostic::warning("Old", "It is.").into();
    let seen = [
        check(false, GOOD, "null", Diagnostics::new()),
        // A write-only value is nothing that a read answers.
        check(true, GOOD, WHOLE, Diagnostics::new()),
        check(true, GOOD, WHOLE, warning()),
        check(true, "null", "null", warning()),
        check(true, GOOD, "null", Diagnostic::error("Failed", "It did.").into()),
    ];
    insta::assert_snapshot!(seen.join("\n"), @r#"
    { arn = "A" } null
    { arn = "A" } { arn = "A", name = "n" }
    { arn = "A" } { arn = "A", name = "n" }
      warning: Old: It is.
    null null
      warning: Old: It is.
    null null
      error: Failed: It did.
    "#);
}

#[test]
fn objects_that_do_not_fit_are_told_and_taken_out() {
    let check = |wanted, identity, resource| check(wanted, identity, resource, Diagnostics::new());
    let seen = [
        check(false, "null", "null"),
        check(false, "?", "null"),
        check(false, "{ arn = ? }", "null"),
        check(false, "{ arn = 7 }", "null"),
        check(false, "{}", "null"),
        check(false, r#"{ arn = "A", name = "n" }"#, "null"),
        check(false, GOOD, WHOLE),
        check(true, GOOD, "null"),
        check(true, GOOD, "?"),
        check(true, GOOD, r#"{ name = "n", arn = ? }"#),
        check(true, GOOD, r#"{ name = ["n"], colour = "red" }"#),
        check(true, "null", WHOLE),
    ];
    insta::assert_snapshot!(seen.join("\n"), @r#"
    null null
      error: Missing identity: The listed `test_sample` "n" has no identity. This is a bug in the provider; please report it with this message.
    null null
      error: Unknown values in a list: The identity of the listed `test_sample` "n" is not wholly known. This is a bug in the provider; please report it with this message.
    null null
      error: Unknown values in a list: The identity of the listed `test_sample` "n" is not wholly known: `arn`. This is a bug in the provider; please report it with this message.
    null null
      error: Provider produced a value of the wrong type: The identity of the listed `test_sample` "n" does not fit the schema: arn: expected string, got a number. This is a bug in the provider; please report it with this message.
    null null
      error: Incomplete identity: The listed `test_sample` "n" has an identity without `arn`, which an import needs. This is a bug in the provider; please report it with this message.
    null null
      error: Provider produced a value of the wrong type: The identity of the listed `test_sample` "n" does not fit the schema: there is no attribute `name`. This is a bug in the provider; please report it with this message.
    { arn = "A" } null
      warning: Object that was not asked for: The listed `test_sample` "n" was answered as a whole, which was not asked for. This is a bug in the provider.
    null null
      error: Missing object: The listed `test_sample` "n" was answered without the object that was asked for. This is a bug in the provider; please report it with this message.
    null null
      error: Unknown values in a list: The object of the listed `test_sample` "n" is not wholly known. This is a bug in the provider; please report it with this message.
    null null
      error: Unknown values in a list: The object of the listed `test_sample` "n" is not wholly known: `arn`. This is a bug in the provider; please report it with this message.
    null null
      error: Provider produced a value of the wrong type: The object of the listed `test_sample` "n" does not fit the schema: there is no attribute `colour`. This is a bug in the provider; please report it with this message.
      error: Provider produced a value of the wrong type: The object of the listed `test_sample` "n" does not fit the schema: name: expected string, got a list. This is a bug in the provider; please report it with this message.
    null null
      error: Missing identity: The listed `test_sample` "n" has no identity. This is a bug in the provider; please report it with this message.
    "#);
}
