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

/// Ways in which a state does not fit, as what stands beside `name = "n"`.
const MISFITS: [&str; 12] = [
    "nmae = \"n\"",
    "size = \"three\"",
    "arn = [\"A\"]",
    "labels = \"a\"",
    "labels = { a = 1 }",
    "zones = [\"a\"]",
    "zones = <1, \"a\">",
    "container = { name = \"c\" }",
    "container = [{ name = \"c\", imgae = \"i\" }]",
    "tuning = [1]",
    "rules = [{ match = 1 }, { match = \"m\" }]",
    "timeouts = [{ create = \"1m\" }]",
];

#[test]
fn an_object_whose_state_does_not_fit_is_created_all_the_same() {
    let sample = Sample::new();
    let ty = crate::Resource::schema(&sample).implied_type();
    let mut outcomes = Vec::new();
    for misfit in MISFITS {
        let request = ApplyRequest {
            prior: Value::Null,
            planned: sample.complete(r#"{ name = "n", arn = ?, size = 4, labels = { a = "planned" } }"#),
            config: Value::Null,
            private: Vec::new(),
            identity: Value::Null,
        };
        let response = ApplyResponse {
            state: value(&format!("{{ name = \"n\", {misfit} }}")),
            private: b"answered".to_vec(),
            ..ApplyResponse::default()
        };
        let settled = pipeline::settle_apply(&sample, &request, response);
        assert_eq!(settled.state.get("name"), &Value::from("n"), "{misfit}");
        assert!(settled.diagnostics.has_error(), "{misfit}");
        assert_eq!(settled.private, b"answered", "{misfit}");
        let sent = crate::msgpack::encode(&settled.state, &ty);
        assert!(sent.is_ok(), "{misfit}: {sent:?}");
        let told = settled.diagnostics.iter().map(|problem| {
            let text = problem
                .detail
                .trim_start_matches("The new state of `test_sample` does not fit the schema: ");
            text.trim_end_matches(" This is a bug in the provider; please report it.")
                .to_owned()
        });
        let told = told.collect::<Vec<_>>().join(" ");
        outcomes.push(format!("{misfit}\n  {told}\n  {}", show_present(&settled.state)));
    }
    insta::assert_snapshot!(outcomes.join("\n"), @r#"
    nmae = "n"
      there is no attribute `nmae`.
      { labels = { a = "planned" }, name = "n", size = 4 }
    size = "three"
      size: expected number, got a string.
      { name = "n", size = 4 }
    arn = ["A"]
      arn: expected string, got a list.
      { name = "n" }
    labels = "a"
      labels: expected map(string), got a string.
      { labels = { a = "planned" }, name = "n" }
    labels = { a = 1 }
      labels["a"]: expected string, got a number.
      { labels = { a = "planned" }, name = "n" }
    zones = ["a"]
      zones: expected set(string), got a list.
      { name = "n" }
    zones = <1, "a">
      zones: expected string, got a number.
      { name = "n", zones = <"a"> }
    container = { name = "c" }
      container: expected list(object), got a map or object.
      { name = "n" }
    container = [{ name = "c", imgae = "i" }]
      container[0]: there is no attribute `imgae`.
      { container = [{ name = "c" }], name = "n" }
    tuning = [1]
      tuning: expected object, got a list.
      { name = "n" }
    rules = [{ match = 1 }, { match = "m" }]
      rules[0].match: expected string, got a number.
      { name = "n", rules = [{}, { match = "m" }] }
    timeouts = [{ create = "1m" }]
      timeouts: expected object, got a list.
      { name = "n" }
    "#);
}

#[test]
fn a_state_that_is_no_object_becomes_the_planned_one() {
    insta::assert_snapshot!(check(&Case { state: "\"n\"", ..CREATE }), @r#"
    { name = "n" } answered null
    error: Provider produced a value of the wrong type: The new state of `test_sample` does not fit the schema: expected object, got a string. This is a bug in the provider; please report it.
    "#);
}

#[test]
fn an_object_that_was_there_keeps_its_state_if_the_new_one_does_not_fit() {
    insta::assert_snapshot!(check(&Case { state: r#"{ nmae = "n" }"#, ..UPDATE }), @r#"
    { arn = "A", name = "n" } planned { arn = "A" }
    error: Provider produced a value of the wrong type: The new state of `test_sample` does not fit the schema: there is no attribute `nmae`. This is a bug in the provider; please report it.
    "#);
}
