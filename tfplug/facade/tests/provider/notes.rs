//! The provider of the README.

use std::{fs, sync::Arc};

use tempfile::TempDir;
use tfplug_testing::{Action, Driver, Provider, Stored, Value, lint, random_lifecycles};

#[allow(dead_code, unreachable_pub, reason = "the example is a binary")]
#[path = "../../examples/note.rs"]
pub(crate) mod note;

const FILE: &str = "note_file";

fn provider() -> Arc<dyn Provider> {
    tfplug::provider::<note::Notes>().resource::<note::Note>().build()
}

fn settings(folder: &TempDir) -> Value {
    Value::object([("folder", folder.path().to_string_lossy().as_ref().into())])
}

async fn driver(folder: &TempDir) -> Driver {
    let driver = Driver::new(provider());
    let told = driver.configure(settings(folder)).await;
    assert!(told.is_empty(), "{told:?}");
    driver
}

fn config(name: &str, text: Option<&str>) -> Value {
    Value::object([("name", name.into()), ("text", text.map(str::to_owned).into())])
}

fn told(diagnostics: &tfplug::core::Diagnostics) -> Vec<String> {
    diagnostics.iter().map(ToString::to_string).collect()
}

#[test]
fn the_readme_has_the_example() {
    let (readme, example) = (include_str!("../../README.md"), include_str!("../../examples/note.rs"));
    let (_, program) = example.split_once("\n\n").unwrap();
    assert!(readme.contains(program), "README.md and examples/note.rs differ");
    let lines = program.lines().filter(|line| !line.is_empty()).count();
    assert!(lines <= 60, "{lines} lines");
    let (_, tests) = include_str!("readme.rs").split_once("\n#[cfg(test)]\n").unwrap();
    assert!(
        readme.contains(tests),
        "the tests of README.md and tests/provider/readme.rs differ"
    );
}

#[test]
fn its_schemas_have_no_fault() {
    lint(&provider());
}

#[tokio::test]
async fn a_note_lives_as_its_file_does() {
    let folder = TempDir::new().unwrap();
    let driver = driver(&folder).await;
    let file = folder.path().join("milk");
    let planned = driver.plan(FILE, &Stored::nothing(), config("milk", None)).await;
    assert_eq!(
        (planned.action, planned.state.get("size")),
        (Action::Create, &Value::Unknown)
    );
    let created = driver.apply(planned).await;
    assert_eq!(fs::read_to_string(&file).unwrap(), "");
    let expected = Value::object([("name", "milk".into()), ("text", "".into()), ("size", 0.into())]);
    assert_eq!(created.stored.state, expected);
    assert_eq!(created.stored.identity, Value::object([("name", "milk".into())]));

    // Somebody writes another text.
    fs::write(&file, "two bottles").unwrap();
    let refreshed = driver.refresh(FILE, &created.stored).await.stored;
    assert_eq!(refreshed.state.get("size").as_i64(), Some(11));
    let planned = driver.plan(FILE, &refreshed, config("milk", Some("one"))).await;
    assert_eq!(planned.action, Action::Update);
    let updated = driver.apply(planned).await.stored;
    assert_eq!(
        (
            fs::read_to_string(&file).unwrap().as_str(),
            updated.state.get("size").as_i64()
        ),
        ("one", Some(3))
    );

    let renamed = driver.plan(FILE, &updated, config("bread", Some("one"))).await;
    assert_eq!(renamed.action, Action::Replace);
    let renamed = driver.apply(renamed).await.stored;
    assert!(!file.exists() && folder.path().join("bread").exists());

    fs::remove_file(folder.path().join("bread")).unwrap();
    let gone = driver.refresh(FILE, &renamed).await.stored;
    assert_eq!(gone.state, Value::Null);
    assert_eq!(
        driver.plan(FILE, &gone, config("bread", Some("one"))).await.action,
        Action::Create
    );
}

#[tokio::test]
async fn a_note_is_imported_by_its_id_or_identity() {
    let folder = TempDir::new().unwrap();
    let driver = driver(&folder).await;
    fs::write(folder.path().join("milk"), "two").unwrap();
    let identity = Value::object([("name", "milk".into())]);
    for imported in [
        driver.import(FILE, "milk").await,
        driver.import_by_identity(FILE, &identity).await,
    ] {
        assert_eq!(told(&imported.diagnostics), Vec::<String>::new());
        let planned = driver.plan(FILE, &imported.stored, config("milk", Some("two"))).await;
        assert_eq!((planned.action, &imported.stored.identity), (Action::NoOp, &identity));
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_where_it_stands() {
    let folder = TempDir::new().unwrap();
    let driver = driver(&folder).await;
    let empty = driver.validate(FILE, &config("", None)).await;
    assert_eq!(
        told(&empty),
        [
            "error: Invalid attribute value (at name): The value `` has 0 characters; it must have between 1 and 99 characters."
        ]
    );
    // Nothing can be written below a file. The model is stored, so that no object is forgotten.
    fs::write(folder.path().join("file"), "").unwrap();
    let failed = driver
        .plan_and_apply(FILE, &Stored::nothing(), config("file/below", None))
        .await;
    assert_eq!(
        told(&failed.diagnostics),
        ["error: Request failed: Not a directory (os error 20)"]
    );
    assert!(failed.stored.tainted);
    assert_eq!(failed.stored.state.get("name").as_str(), Some("file/below"));
}

#[tokio::test]
async fn a_folder_that_is_not_known_yet_is_waited_for() {
    let driver = Driver::new(provider());
    let told_first = driver.configure(Value::object([("folder", Value::Unknown)])).await;
    assert!(told_first.is_empty(), "{told_first:?}");
    let planned = driver.plan(FILE, &Stored::nothing(), config("milk", None)).await;
    assert_eq!(planned.action, Action::Create, "a plan needs no folder");
    let applied = driver.apply(planned).await;
    assert_eq!(
        told(&applied.diagnostics),
        [
            "error: Provider not configured: `folder` is known only after apply, and nothing can be read or changed without \
          it. Apply what it depends on first, with `-target`."
        ]
    );
    assert_eq!(applied.stored, Stored::nothing(), "nothing was made");
}

#[tokio::test]
async fn random_notes_keep_the_rules_of_clients() {
    let folder = TempDir::new().unwrap();
    let played = random_lifecycles(&provider(), settings(&folder), FILE, 0..60).await;
    assert!(played.applied > 60, "{played}");
}
