//! Lists and actions, by the example `shelf`, which has one of each ability.

#![expect(clippy::unwrap_used, reason = "test helpers stand outside of test functions")]

use std::fs;

use tempfile::TempDir;
use tfplug_testing::{Driver, Query, Value, lint};

#[allow(dead_code, unreachable_pub, reason = "the example is a binary")]
#[path = "../../examples/shelf.rs"]
mod example;

/// A shelf with two books.
async fn shelf() -> (TempDir, Driver) {
    let folder = TempDir::new().unwrap();
    for (title, text) in [("ab", "one\ntwo"), ("b", "")] {
        fs::write(folder.path().join(format!("{title}.book")), text).unwrap();
    }
    fs::write(folder.path().join("no book"), "").unwrap();
    let driver = Driver::new(example::provider().build());
    let path = folder.path().to_string_lossy();
    let told = driver
        .configure(Value::object([("folder", path.as_ref().into())]))
        .await;
    assert!(told.is_empty(), "{told:?}");
    (folder, driver)
}

fn told(diagnostics: &tfplug::core::Diagnostics) -> Vec<String> {
    diagnostics.iter().map(ToString::to_string).collect()
}

#[test]
fn its_schemas_have_no_fault() {
    lint(&example::provider().build());
}

#[tokio::test]
async fn a_list_has_identities_and_objects_if_they_are_wanted() {
    let (_folder, driver) = shelf().await;
    let check = async |prefix: Option<&str>, query: Query, expected: &[(&str, Option<&str>)]| {
        let config = Value::object([("prefix", prefix.map(str::to_owned).into())]);
        let found = driver.list("shelf_book", config, query).await;
        assert_eq!(told(&found.diagnostics), [""; 0]);
        let objects: Vec<_> = found
            .objects
            .iter()
            .map(|object| {
                assert_eq!(
                    object.identity.get("title").as_str(),
                    Some(object.display_name.as_str())
                );
                (object.display_name.as_str(), object.resource.get("text").as_str())
            })
            .collect();
        assert_eq!(objects, expected);
    };
    let whole = Query {
        include_resource: true,
        limit: None,
    };
    let first = Query {
        include_resource: false,
        limit: Some(1),
    };
    check(None, Query::default(), &[("ab", None), ("b", None)]).await;
    check(None, whole, &[("ab", Some("one\ntwo")), ("b", Some(""))]).await;
    check(Some("b"), whole, &[("b", Some(""))]).await;
    check(None, first, &[("ab", None)]).await;
    check(Some("z"), whole, &[]).await;
}

#[tokio::test]
async fn an_action_tells_its_progress_and_what_would_fail() {
    let (folder, driver) = shelf().await;
    let copy = |from: &str, to: Value| Value::object([("from", from.into()), ("to", to)]);
    let planned = async |to: Value| told(&driver.plan_action("shelf_copy", copy("ab", to)).await);
    assert_eq!(planned("c".into()).await, [""; 0]);
    assert_eq!(
        planned(Value::Unknown).await,
        [""; 0],
        "it is asked again when it is known"
    );
    assert_eq!(
        planned("b".into()).await,
        ["warning: Book is replaced (at to): There is a book `b`."]
    );
    let done = driver.invoke("shelf_copy", copy("ab", "c".into())).await;
    assert_eq!(told(&done.diagnostics), [""; 0]);
    assert_eq!(done.progress, ["line 1: one", "line 2: two"]);
    assert_eq!(fs::read_to_string(folder.path().join("c.book")).unwrap(), "one\ntwo");
    let failed = driver.invoke("shelf_copy", copy("z", "c".into())).await;
    assert_eq!(
        told(&failed.diagnostics),
        ["error: No such book (at from): There is no book `z`."]
    );
}

#[tokio::test]
async fn an_action_is_planned_while_the_provider_waits() {
    let driver = Driver::new(example::provider().build());
    let told_first = driver.configure(Value::object([("folder", Value::Unknown)])).await;
    assert!(told_first.is_empty(), "{told_first:?}");
    let config = Value::object([("from", "a".into()), ("to", "b".into())]);
    assert_eq!(told(&driver.plan_action("shelf_copy", config).await), [""; 0]);
}
