//! Answers of create, update, delete and read, and what becomes of them.

use crate::{
    Diagnostic, Diagnostics, Value, pipeline,
    resource::{ApplyRequest, ApplyResponse, ReadRequest, ReadResponse},
    test_support::{
        literal::show_present,
        sample::{Sample, value},
    },
};

/// One answer to settle, and how it comes out: state, private bytes, identity, messages.
struct Case<'a> {
    prior: &'a str,
    planned: &'a str,
    state: &'a str,
    identity: &'a str,
    fails: bool,
}

const UPDATE: Case<'_> = Case {
    prior: r#"{ name = "n", arn = "A" }"#,
    planned: r#"{ name = "n", arn = "A", size = 4 }"#,
    state: r#"{ name = "n", arn = "A", size = 4 }"#,
    identity: "null",
    fails: false,
};
const CREATE: Case<'_> = Case {
    prior: "null",
    planned: r#"{ name = "n", arn = ? }"#,
    state: r#"{ name = "n", arn = "A" }"#,
    ..UPDATE
};
const DELETE: Case<'_> = Case {
    planned: "null",
    state: "null",
    ..UPDATE
};

fn diagnostics(fails: bool) -> Diagnostics {
    if fails {
        Diagnostic::error("Failed", "It did.").into()
    } else {
        Diagnostics::new()
    }
}

fn outcome(state: &Value, private: &[u8], identity: &Value, diagnostics: &Diagnostics) -> String {
    let (state, identity) = (show_present(state), show_present(identity));
    let first = format!("{state} {} {identity}", String::from_utf8_lossy(private));
    let messages = diagnostics.iter().map(ToString::to_string);
    std::iter::once(first).chain(messages).collect::<Vec<_>>().join("\n")
}

fn apply(sample: &Sample, case: &Case<'_>) -> String {
    let stored = if case.prior == "null" {
        "null"
    } else {
        r#"{ arn = "A" }"#
    };
    let request = ApplyRequest {
        prior: sample.complete(case.prior),
        planned: sample.complete(case.planned),
        config: Value::Null,
        private: b"planned".to_vec(),
        identity: value(stored),
    };
    let response = ApplyResponse {
        state: value(case.state),
        private: b"answered".to_vec(),
        identity: value(case.identity),
        diagnostics: diagnostics(case.fails),
    };
    let settled = pipeline::settle_apply(sample, &request, response);
    outcome(
        &settled.state,
        &settled.private,
        &settled.identity,
        &settled.diagnostics,
    )
}

fn check(case: &Case<'_>) -> String {
    apply(&Sample::new(), case)
}

#[test]
fn good_answers_pass() {
    insta::assert_snapshot!(check(&UPDATE), @r#"{ arn = "A", name = "n", size = 4 } answered { arn = "A" }"#);
    insta::assert_snapshot!(check(&CREATE), @r#"{ arn = "A", name = "n" } answered null"#);
    insta::assert_snapshot!(check(&Case { identity: r#"{ arn = "A" }"#, ..CREATE }), @r#"{ arn = "A", name = "n" } answered { arn = "A" }"#);
    insta::assert_snapshot!(check(&DELETE), @"null  null");
    // A delete without an error leaves nothing, whatever the answer holds.
    insta::assert_snapshot!(check(&Case { state: UPDATE.state, ..DELETE }), @"null  null");
}

#[test]
fn failures_lose_nothing() {
    insta::assert_snapshot!(check(&Case { fails: true, ..CREATE }), @r#"
    { arn = "A", name = "n" } answered null
    error: Failed: It did.
    "#);
    insta::assert_snapshot!(check(&Case { fails: true, state: "null", ..CREATE }), @"
    null  null
    error: Failed: It did.
    ");
    insta::assert_snapshot!(check(&Case { fails: true, ..UPDATE }), @r#"
    { arn = "A", name = "n", size = 4 } answered { arn = "A" }
    error: Failed: It did.
    "#);
    insta::assert_snapshot!(check(&Case { fails: true, state: "null", ..UPDATE }), @r#"
    { arn = "A", name = "n" } planned { arn = "A" }
    error: Failed: It did.
    "#);
    insta::assert_snapshot!(check(&Case { fails: true, ..DELETE }), @r#"
    { arn = "A", name = "n" } planned { arn = "A" }
    error: Failed: It did.
    "#);
    insta::assert_snapshot!(check(&Case { fails: true, state: UPDATE.state, ..DELETE }), @r#"
    { arn = "A", name = "n", size = 4 } answered { arn = "A" }
    error: Failed: It did.
    "#);
    insta::assert_snapshot!(check(&Case { fails: true, state: CREATE.planned, ..CREATE }), @r#"
    { name = "n" } answered null
    error: Failed: It did.
    "#);
}

#[test]
fn a_missing_state_is_a_bug() {
    insta::assert_snapshot!(check(&Case { state: "null", ..CREATE }), @r#"
    { name = "n" } planned null
    error: Missing resource state: Creating the test_sample gave neither an error nor a state. The state last known is kept; the object may exist. This is a bug in the provider; please report it with this message.
    "#);
    insta::assert_snapshot!(check(&Case { state: "null", ..UPDATE }), @r#"
    { arn = "A", name = "n" } planned { arn = "A" }
    error: Missing resource state: Updating the test_sample gave neither an error nor a state. The state last known is kept; the object may exist. This is a bug in the provider; please report it with this message.
    "#);
}

#[test]
fn unknown_values_left_are_a_bug() {
    insta::assert_snapshot!(check(&Case {
        state: r#"{ name = "n", arn = ?, labels = { a = ? }, container = ?, rules = [{ id = ? }], zones = <?, "z"> }"#,
        ..CREATE
    }), @r#"
    { name = "n", rules = [{}], zones = <null, "z"> } answered null
    error: Unknown values in state: The test_sample that was applied has values that are still unknown: `arn`, `container`, `labels.a`, `rules[0].id`, `zones`. This is a bug in the provider; please report it with this message.
    "#);
}

#[test]
fn write_only_values_are_never_stored() {
    insta::assert_snapshot!(check(&Case {
        state: r#"{ name = "n", token = "t", tuning = { level = 1, secret = "s" } }"#,
        ..CREATE
    }), @r#"{ name = "n", tuning = { level = 1 } } answered null"#);
}

#[test]
fn identities() {
    insta::assert_snapshot!(check(&Case { identity: r#"{ arn = "B" }"#, ..UPDATE }), @r#"
    { arn = "A", name = "n", size = 4 } answered { arn = "B" }
    error: Unexpected identity change: The test_sample that was applied has another identity than before, which it must keep. This is a bug in the provider; please report it with this message.
    "#);
    insta::assert_snapshot!(check(&Case { identity: "{ arn = ? }", ..UPDATE }), @r#"
    { arn = "A", name = "n", size = 4 } answered { arn = "A" }
    error: Unknown identity: The identity of the test_sample that was applied has unknown values: `arn`. This is a bug in the provider; please report it with this message.
    "#);
    let mutable = Sample::new().identity_may_change();
    insta::assert_snapshot!(apply(&mutable, &Case { identity: r#"{ arn = "B" }"#, ..UPDATE }), @r#"{ arn = "A", name = "n", size = 4 } answered { arn = "B" }"#);
}

fn read(state: &str, identity: &str, fails: bool) -> String {
    let sample = Sample::new();
    let request = ReadRequest {
        state: sample.complete(r#"{ name = "n", arn = "A" }"#),
        private: b"stored".to_vec(),
        identity: value(r#"{ arn = "A" }"#),
    };
    let response = ReadResponse {
        state: value(state),
        private: b"answered".to_vec(),
        identity: value(identity),
        diagnostics: diagnostics(fails),
    };
    let settled = pipeline::settle_read(&sample, &request, response);
    outcome(
        &settled.state,
        &settled.private,
        &settled.identity,
        &settled.diagnostics,
    )
}

#[test]
fn reads() {
    insta::assert_snapshot!(read(r#"{ name = "n", arn = "A", size = 5, token = "t" }"#, "null", false), @r#"{ arn = "A", name = "n", size = 5 } answered { arn = "A" }"#);
    insta::assert_snapshot!(read("null", "null", false), @"null  null");
    insta::assert_snapshot!(read("null", "null", true), @r#"
    { arn = "A", name = "n" } stored { arn = "A" }
    error: Failed: It did.
    "#);
    insta::assert_snapshot!(read(r#"{ name = "m" }"#, r#"{ arn = "B" }"#, true), @r#"
    { arn = "A", name = "n" } stored { arn = "A" }
    error: Failed: It did.
    "#);
    insta::assert_snapshot!(read("{ name = ? }", "null", false), @r#"
    { arn = "A", name = "n" } stored { arn = "A" }
    error: Unknown values in state: The test_sample that was read has values that are still unknown: `name`. This is a bug in the provider; please report it with this message.
    "#);
    insta::assert_snapshot!(read(r#"{ name = "n" }"#, r#"{ arn = "B" }"#, false), @r#"
    { name = "n" } answered { arn = "B" }
    error: Unexpected identity change: The test_sample that was read has another identity than before, which it must keep. This is a bug in the provider; please report it with this message.
    "#);
}
