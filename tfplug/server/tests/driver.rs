//! The driver, on the toy provider: the sequences of the client and the rules it enforces.

#![expect(clippy::unwrap_used, reason = "a test ends with its first surprise")]

#[path = "../toy/provider.rs"]
mod toy;

use std::sync::Arc;

use tfplug_core::{
    Type, Value,
    test_support::{
        lint_provider,
        literal::{parse, show, show_present},
    },
};
use tfplug_server::driver::{Action, Driver, Found, Outcome, Query, Stored};

const THING: &str = "toy_thing";

fn driver() -> Driver {
    Driver::new(Arc::new(toy::Toy::new()))
}

fn config(literal: &str) -> Value {
    parse(literal).unwrap()
}

/// The stored object with its private bytes and identity.
fn told(outcome: &Outcome) -> String {
    let Stored {
        state,
        private,
        identity,
        tainted,
    } = &outcome.stored;
    let mut text = format!(
        "{} {:?} {}",
        show_present(state),
        String::from_utf8_lossy(private),
        show(identity)
    );
    if *tainted {
        text.push_str(" tainted");
    }
    for diagnostic in &outcome.diagnostics {
        text.push_str("\n  ");
        text.push_str(&diagnostic.to_string());
    }
    text
}

/// The fate of a thing under each configuration in turn.
async fn check(configs: &[&str]) -> String {
    let driver = driver();
    let mut stored = Stored::nothing();
    let mut lines = Vec::new();
    for literal in configs {
        let planned = driver.plan(THING, &stored, config(literal)).await;
        let action = format!("{:?} {}", planned.action, show_present(&planned.state));
        if planned.diagnostics.has_error() {
            lines.push(
                planned
                    .diagnostics
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("\n"),
            );
            continue;
        }
        let outcome = driver.apply(planned).await;
        lines.push(format!("{action}\n  -> {}", told(&outcome)));
        stored = driver.refresh(THING, &outcome.stored).await.stored;
        assert_eq!(stored, outcome.stored, "a read changes nothing");
        if !stored.tainted {
            let again = driver.plan(THING, &stored, config(literal)).await;
            assert_eq!(again.action, Action::NoOp, "a second plan changes nothing");
        }
    }
    if stored.state.is_present() {
        let outcome = driver.destroy(THING, &stored).await;
        lines.push(format!("Destroy\n  -> {}", told(&outcome)));
    }
    lines.join("\n")
}

#[test]
fn clients_load_it() {
    assert_eq!(lint_provider(&toy::Toy::new()), Vec::<String>::new());
}

#[tokio::test]
async fn create_update_replace() {
    let seen = check(&[
        r#"{ name = "a" }"#,
        r#"{ name = "a", size = 1 }"#,
        r#"{ name = "a", size = 2, tags = { b = "c" }, part = [{ name = "p" , count_of = null }] }"#,
        r#"{ name = "b", size = 2 }"#,
    ])
    .await;
    insta::assert_snapshot!(seen, @r#"
        Create { id = ?, name = "a", revision = ?, size = 1 }
          -> { id = "a", name = "a", revision = 1, size = 1 } "applied" { name = "a" }
        NoOp { id = "a", name = "a", revision = 1, size = 1 }
          -> { id = "a", name = "a", revision = 1, size = 1 } "applied" { name = "a" }
        Update { id = "a", name = "a", part = [{ count_of = 1, name = "p" }], revision = ?, size = 2, tags = { b = "c" } }
          -> { id = "a", name = "a", part = [{ count_of = 1, name = "p" }], revision = 2, size = 2, tags = { b = "c" } } "applied" { name = "a" }
        Replace { id = ?, name = "b", revision = ?, size = 2 }
          -> { id = "b", name = "b", revision = 1, size = 2 } "applied" { name = "b" }
        Destroy
          -> null "" null
          warning: Going away: The thing will be gone.
        "#);
}

#[tokio::test]
async fn a_half_created_thing_is_replaced() {
    let seen = check(&[
        r#"{ name = "a", behaviour = "fail_after_create" }"#,
        r#"{ name = "a" }"#,
    ])
    .await;
    insta::assert_snapshot!(seen, @r#"
        Create { behaviour = "fail_after_create", id = ?, name = "a", revision = ?, size = 1 }
          -> { behaviour = "fail_after_create", id = "a", name = "a", revision = 1, size = 1 } "applied" { name = "a" } tainted
          error: Half done: The thing exists, but.
        Replace { id = ?, name = "a", revision = ?, size = 1 }
          -> { id = "a", name = "a", revision = 1, size = 1 } "applied" { name = "a" }
        Destroy
          -> null "" null
          warning: Going away: The thing will be gone.
        "#);
}

#[tokio::test]
async fn errors_of_validation_end_it() {
    insta::assert_snapshot!(check(&["{ size = 1 }", r#"{ name = "a", size = -1 }"#]).await, @"
        error: Missing required argument (at name): The argument `name` is required, but its value is null or not given.
        error: Negative size (at size): The size is -1.
        ");
}

#[tokio::test]
async fn failures_keep_what_there_was() {
    let driver = driver();
    let created = driver
        .plan_and_apply(THING, &Stored::nothing(), config(r#"{ name = "a" }"#))
        .await;
    let failed = driver
        .plan_and_apply(
            THING,
            &created.stored,
            config(r#"{ name = "a", behaviour = "panic_in_update" }"#),
        )
        .await;
    assert!(failed.diagnostics.has_error());
    assert_eq!(failed.stored.state, created.stored.state);
    let stubborn = driver
        .plan_and_apply(
            THING,
            &created.stored,
            config(r#"{ name = "a", behaviour = "fail_delete" }"#),
        )
        .await;
    let kept = driver.destroy(THING, &stubborn.stored).await;
    assert!(kept.diagnostics.has_error());
    assert_eq!(kept.stored.state, stubborn.stored.state);
}

#[tokio::test]
async fn values_that_become_known_at_apply() {
    let driver = driver();
    let planned = driver
        .plan(THING, &Stored::nothing(), config(r#"{ name = "a", note = ? }"#))
        .await;
    assert_eq!(planned.state.get("note"), &Value::Unknown);
    let outcome = driver
        .apply_with(planned, config(r#"{ name = "a", note = "n" }"#))
        .await;
    insta::assert_snapshot!(told(&outcome), @r#"{ id = "a", name = "a", note = "n", revision = 1, size = 1 } "applied" { name = "a" }"#);
}

#[tokio::test]
#[should_panic(expected = "Provider produced inconsistent final plan")]
async fn a_known_value_may_not_change_at_apply() {
    let driver = driver();
    let planned = driver
        .plan(THING, &Stored::nothing(), config(r#"{ name = "a", note = "n" }"#))
        .await;
    driver
        .apply_with(planned, config(r#"{ name = "a", note = "m" }"#))
        .await;
}

#[tokio::test]
async fn imports_and_what_one_would_write_for_them() {
    let driver = driver();
    let by_id = driver.import(THING, "a").await;
    let by_identity = driver.import_by_identity(THING, &config(r#"{ name = "a" }"#)).await;
    assert_eq!(by_id.stored, by_identity.stored);
    insta::assert_snapshot!(told(&by_id), @r#"{ id = "a", name = "a", revision = 1, size = 1 } "imported" { name = "a" }"#);
    let generated = driver.generate_config(THING, &by_id.stored).await;
    insta::assert_snapshot!(show_present(&generated), @r#"{ name = "a" }"#);
    assert_eq!(driver.plan(THING, &by_id.stored, generated).await.action, Action::NoOp);
    let missing = driver.import(THING, "nothing").await;
    assert_eq!(missing.diagnostics.iter().next().unwrap().summary, "Not found");
}

#[tokio::test]
async fn generated_configuration_changes_nothing() {
    let driver = driver();
    let literal = r#"{ name = "a", size = 1, note = "", tags = { a = "b" }, part = [{ name = "p", count_of = 1 }, { name = "q", count_of = 2 }] }"#;
    let outcome = driver.plan_and_apply(THING, &Stored::nothing(), config(literal)).await;
    let mut stored = outcome.stored;
    let generated = driver.generate_config(THING, &stored).await;
    insta::assert_snapshot!(show_present(&generated), @r#"{ name = "a", part = [{ name = "p" }, { count_of = 2, name = "q" }], tags = { a = "b" } }"#);
    // An empty text is the one thing that the generated configuration does not keep.
    stored.state.insert("note", Value::Null);
    assert_eq!(driver.plan(THING, &stored, generated).await.action, Action::NoOp);
}

#[tokio::test]
async fn moves() {
    let raw = r#"{ "title": "a", "anything": [1] }"#;
    let source = ("registry.terraform.io/acme/other", "other_thing", 3);
    let outcome = driver().move_state(source, raw, THING).await;
    insta::assert_snapshot!(told(&outcome), @r#"{ id = "a", name = "a", size = 1 } "moved" { name = "a" }"#);
}

#[tokio::test]
async fn upgrades() {
    let state = driver()
        .upgrade(THING, 0, r#"{ "name": "a", "width": 4 }"#)
        .await
        .unwrap();
    insta::assert_snapshot!(show_present(&state), @r#"{ name = "a", size = 4 }"#);
    let error = driver().upgrade(THING, 2, "{}").await.unwrap_err();
    assert!(error.has_error());
}

#[tokio::test]
async fn data_and_configuration() {
    let driver = driver();
    assert!(driver.configure(config("{}")).await.is_empty());
    let (value, diagnostics) = driver.read_data("toy_echo", config(r#"{ text = "hi" }"#)).await;
    assert!(diagnostics.is_empty());
    assert_eq!(show(&value), r#"{ echo = "hi", text = "hi" }"#);
    let (_, diagnostics) = driver.read_data("toy_echo", config("{}")).await;
    assert!(diagnostics.has_error());
    assert!(driver.configure(config(r#"{ prefix = "" }"#)).await.has_error());
}

#[tokio::test]
async fn an_ephemeral_resource_from_opening_to_closing() {
    let driver = driver();
    let mut opened = driver.open("toy_token", config(r#"{ behaviour = "ann" }"#)).await;
    assert_eq!(lines(&opened.diagnostics), "");
    assert_eq!(opened.value.get("seconds").as_i64(), Some(60));
    assert_eq!(lines(&driver.renew(&mut opened).await), "");
    assert_eq!(lines(&driver.close(opened).await), "\n  warning: Closed: ann+");
    let refused = driver.open("toy_token", config("{ seconds = -1 }")).await;
    assert!(refused.value.is_null() && refused.renew_at.is_none());
    assert_eq!(
        lines(&refused.diagnostics),
        "\n  error: Negative time (at seconds): The time is -1."
    );
}

#[tokio::test]
async fn a_stop_reaches_a_running_call() {
    let driver = driver();
    let planned = driver
        .plan(
            THING,
            &Stored::nothing(),
            config(r#"{ name = "a", behaviour = "wait_for_stop" }"#),
        )
        .await;
    let other = driver.clone();
    let apply = tokio::spawn(async move { other.apply(planned).await });
    while !apply.is_finished() {
        driver.stop().await;
        tokio::task::yield_now().await;
    }
    insta::assert_snapshot!(told(&apply.await.unwrap()), @r#"
        { behaviour = "wait_for_stop", id = "a", name = "a", revision = 1, size = 1 } "applied" { name = "a" } tainted
          error: Interrupted: The thing exists; its end was not awaited.
        "#);
}

fn lines(diagnostics: &tfplug_core::Diagnostics) -> String {
    let lines = diagnostics.iter().map(|diagnostic| format!("\n  {diagnostic}"));
    lines.collect::<Vec<_>>().concat()
}

#[tokio::test]
async fn functions() {
    let driver = driver();
    let list = |literal| Value::Dynamic(Box::new((Type::list(Type::String), config(literal))));
    let mut seen = Vec::new();
    for (name, arguments) in [
        ("joined", vec!["-".into(), "a".into(), Value::Null, "b".into()]),
        ("joined", vec![Value::Null]),
        ("joined", vec!["-".into(), Value::Unknown]),
        ("joined", vec![]),
        ("first", vec![list(r#"["a"]"#)]),
        ("first", vec![Value::Null]),
        ("first", vec![Value::Unknown]),
        ("first", vec![list("[]")]),
        ("misbehaved", vec!["number".into()]),
        ("misbehaved", vec!["a".into(), "b".into()]),
    ] {
        let answer = match driver.call(name, &arguments).await {
            Ok(value) => show(&value),
            Err(error) => format!("{:?} {error}", error.argument),
        };
        seen.push(answer);
    }
    insta::assert_snapshot!(seen.join("\n"), @r#"
    "a-b"
    Some(0) The argument `separator` is null. Give it a value, for example with `coalesce`.
    ?
    None The function `joined` was called with no argument; it takes 1 or more. Give it `separator`, too.
    any("a")
    null
    ?
    Some(0) The list is empty.
    None The function `misbehaved` gave a value of another type than it declares: expected string, got a number. This is a bug in the provider; please report it.
    Some(1) The function `misbehaved` was called with 2 arguments; it takes 1. Remove the arguments from this one on.
    "#);
}

#[tokio::test]
#[should_panic(expected = "the same result for the same arguments")]
async fn a_function_may_not_answer_differently() {
    let _ = driver().call("misbehaved", &["impure".into()]).await;
}

fn shown(found: &Found) -> String {
    let objects = found.objects.iter().map(|object| {
        let (identity, resource) = (show(&object.identity), show_present(&object.resource));
        format!("{} {identity} {resource}", object.display_name)
    });
    objects.collect::<Vec<_>>().join("\n") + &lines(&found.diagnostics)
}

#[tokio::test]
async fn lists() {
    let driver = driver();
    let whole = Query {
        include_resource: true,
        limit: Some(2),
    };
    let mut seen = Vec::new();
    for (literal, query) in [
        ("null", Query::default()),
        ("{ count_of = 9 }", whole),
        (r#"{ count_of = 2, behaviour = "message" }"#, whole),
        (r#"{ behaviour = "warn_at_end" }"#, whole),
        (r#"{ behaviour = "no_object" }"#, whole),
        (r#"{ behaviour = "panic" }"#, Query::default()),
        ("{ count_of = -1 }", whole),
    ] {
        seen.push(shown(&driver.list(THING, config(literal), query).await));
    }
    insta::assert_snapshot!(seen.join("\n---\n"), @r#"
    Thing 0 { name = "thing-0" } null
    Thing 1 { name = "thing-1" } null
    Thing 2 { name = "thing-2" } null
    ---
    Thing 0 { name = "thing-0" } { id = "thing-0", name = "thing-0", revision = 1, size = 1 }
    Thing 1 { name = "thing-1" } { id = "thing-1", name = "thing-1", revision = 1, size = 1 }
    ---
    Thing 1 { name = "thing-1" } { id = "thing-1", name = "thing-1", revision = 1, size = 1 }
      warning: Unreadable: One thing could not be read.
    ---
    Thing 0 { name = "thing-0" } { id = "thing-0", name = "thing-0", revision = 1, size = 1 }
    Thing 1 { name = "thing-1" } { id = "thing-1", name = "thing-1", revision = 1, size = 1 }
      warning: Not all: There may be more.
    ---

      error: Missing object: The listed `toy_thing` "Thing 0" was answered without the object that was asked for. This is a bug in the provider; please report it with this message.
    ---

      error: The provider failed unexpectedly: ListResource stopped with an internal error: no listing today. This is a bug in the provider; please report it together with the stack trace. The list is incomplete.
    ---

      error: Negative number (at count_of): The number is -1.
    "#);
}

/// `terraform query -generate-config-out` writes the configuration of each listed object and its import.
#[tokio::test]
async fn listed_objects_have_a_configuration_that_plans_them() {
    let driver = driver();
    let query = Query {
        include_resource: true,
        ..Query::default()
    };
    let found = driver.list(THING, Value::Null, query).await;
    for object in found.objects {
        let stored = Stored {
            state: object.resource,
            identity: object.identity,
            ..Stored::default()
        };
        let generated = driver.generate_config(THING, &stored).await;
        assert!(driver.validate(THING, &generated).await.is_empty());
        let imported = driver.import_by_identity(THING, &stored.identity).await.stored;
        assert_eq!((&imported.state, &imported.identity), (&stored.state, &stored.identity));
        assert_eq!(driver.plan(THING, &imported, generated).await.action, Action::NoOp);
    }
}

#[tokio::test]
async fn actions() {
    let driver = driver();
    let mut seen = Vec::new();
    for literal in [
        "{ times = ? }",
        "{ times = 0 }",
        "{ times = -1 }",
        "null",
        r#"{ times = 1, behaviour = "panic_in_plan" }"#,
    ] {
        seen.push(format!(
            "plan{}",
            lines(&driver.plan_action("toy_jump", config(literal)).await)
        ));
    }
    for literal in [
        "{ times = 2 }",
        r#"{ times = 1, behaviour = "fail" }"#,
        r#"{ times = 0, behaviour = "panic" }"#,
    ] {
        let invoked = driver.invoke("toy_jump", config(literal)).await;
        seen.push(format!("{:?}{}", invoked.progress, lines(&invoked.diagnostics)));
    }
    insta::assert_snapshot!(seen.join("\n"), @r#"
    plan
    plan
      warning: Nothing to do (at times): It does not jump.
    plan
      error: Negative number (at times): The number is -1.
    plan
      error: Missing required argument (at times): The argument `times` is required, but its value is null or not given.
    plan
      error: The provider failed unexpectedly: PlanAction stopped with an internal error: no planning today. This is a bug in the provider; please report it together with the stack trace.
    ["jump 1 of 2", "jump 2 of 2"]
    ["jump 1 of 1"]
      error: Fell (at times): It fell.
    []
      error: The provider failed unexpectedly: InvokeAction stopped with an internal error: no jumping today. This is a bug in the provider; please report it together with the stack trace. Nothing that was stored is lost, but look at the remote object before you try again.
    "#);
}

#[tokio::test]
async fn a_stop_reaches_lists_and_actions() {
    let driver = driver();
    let wait = r#"behaviour = "wait_for_stop""#;
    let (lister, jumper) = (driver.clone(), driver.clone());
    let list = config(&format!("{{ count_of = 1, {wait} }}"));
    let list = tokio::spawn(async move { lister.list(THING, list, Query::default()).await });
    let jump = config(&format!("{{ times = 1, {wait} }}"));
    let jump = tokio::spawn(async move { jumper.invoke("toy_jump", jump).await });
    while !list.is_finished() || !jump.is_finished() {
        driver.stop().await;
        tokio::task::yield_now().await;
    }
    let (found, invoked) = (list.await.unwrap(), jump.await.unwrap());
    let seen = format!(
        "list{}\n{:?}{}",
        shown(&found),
        invoked.progress,
        lines(&invoked.diagnostics)
    );
    insta::assert_snapshot!(seen, @r#"
    list
      error: Interrupted: There may be more.
    ["jump 1 of 1"]
      error: Interrupted: It is still in the air.
    "#);
}
