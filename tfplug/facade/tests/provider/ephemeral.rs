//! Ephemeral resources and write-only arguments, by the example `gate`.

use std::{
    fs,
    time::{Duration, SystemTime},
};

use tempfile::TempDir;
use tfplug_testing::{Driver, Opened, Stored, Value, lint};

#[allow(dead_code, unreachable_pub, reason = "the example is a binary")]
#[path = "../../examples/gate.rs"]
mod gate;

async fn driver(folder: &TempDir) -> Driver {
    let driver = Driver::new(gate::provider().build());
    let folder = folder.path().to_string_lossy();
    let told = driver
        .configure(Value::object([("folder", folder.as_ref().into())]))
        .await;
    assert!(told.is_empty(), "{told:?}");
    driver
}

async fn pass(driver: &Driver, valid_for: Option<i64>) -> Opened {
    let config = Value::object([("holder", "Ann".into()), ("valid_for", valid_for.into())]);
    driver.open("gate_pass", config).await
}

fn log(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join("log")).unwrap_or_default()
}

fn told(diagnostics: &tfplug::core::Diagnostics) -> Vec<String> {
    diagnostics.iter().map(ToString::to_string).collect()
}

#[test]
fn its_schemas_have_no_fault() {
    lint(&gate::provider().build());
}

#[tokio::test]
async fn a_pass_is_opened_renewed_and_closed() {
    let folder = TempDir::new().unwrap();
    let driver = driver(&folder).await;
    let mut opened = pass(&driver, None).await;
    assert_eq!(told(&opened.diagnostics), [""; 0]);
    let until = opened.renew_at.unwrap().duration_since(SystemTime::now()).unwrap();
    assert!(
        (50..=60).contains(&until.as_secs()),
        "the default is a minute: {until:?}"
    );
    let code = opened.value.get("code").as_str().unwrap();
    assert!(folder.path().join(format!("{code}.pass")).exists());
    assert_eq!(told(&driver.renew(&mut opened).await), [""; 0]);
    assert!(opened.renew_at.unwrap() > SystemTime::now() + Duration::from_secs(50));
    assert_eq!(told(&driver.close(opened).await), [""; 0]);
    assert_eq!(
        log(&folder),
        "pass of Ann opened\npass of Ann renewed\npass of Ann closed\n"
    );
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "the log alone is left");
}

#[tokio::test]
async fn a_failure_leaves_the_lease_to_be_closed() {
    let folder = TempDir::new().unwrap();
    let driver = driver(&folder).await;
    let mut opened = pass(&driver, Some(5)).await;
    let code = opened.value.get("code").as_str().unwrap().to_owned();
    let file = folder.path().join(format!("{code}.pass"));
    fs::remove_file(&file).unwrap();
    let failed = told(&driver.renew(&mut opened).await);
    assert!(failed.len() == 1 && failed[0].starts_with("error: "), "{failed:?}");
    assert!(opened.renew_at.is_none(), "it is not renewed again");
    fs::write(&file, "Ann").unwrap();
    assert_eq!(told(&driver.close(opened).await), [""; 0]);
    let refused = driver.open("gate_pass", Value::object::<&str>([])).await;
    assert_eq!(
        told(&refused.diagnostics),
        [
            "error: Missing required argument (at holder): The argument `holder` is required, but its value is null or not given."
        ]
    );
}

#[tokio::test]
async fn a_write_only_argument_reaches_the_code_and_no_state() {
    let folder = TempDir::new().unwrap();
    let driver = driver(&folder).await;
    let opened = pass(&driver, None).await;
    let door = |code: &str| Value::object([("name", "north".into()), ("code", code.into())]);
    let wrong = driver.plan_and_apply("gate_door", &Stored::nothing(), door("0")).await;
    assert_eq!(
        told(&wrong.diagnostics),
        ["error: Door stays closed (at code): No pass has this code."]
    );
    assert!(wrong.stored.state.is_null());
    let code = opened.value.get("code").as_str().unwrap().to_owned();
    let made = driver
        .plan_and_apply("gate_door", &Stored::nothing(), door(&code))
        .await;
    assert_eq!(told(&made.diagnostics), [""; 0]);
    assert!(made.stored.state.get("code").is_null());
    assert_eq!(log(&folder), "pass of Ann opened\ndoor north opened by Ann\n");
}
