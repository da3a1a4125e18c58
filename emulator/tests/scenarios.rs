//! Scenario files: the published examples, the schema, and what the command says about mistakes.

#![expect(clippy::expect_used, reason = "helpers of tests stand outside of them")]

use std::path::{Path, PathBuf};
use std::process::Command;

use ecs_emulator::{Emulator, Scenario};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The example scenarios, sorted.
fn examples() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(root().join("examples/scenarios")).expect("there are examples");
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    assert!(files.len() >= 5, "{files:?}");
    files
}

#[test]
fn every_example_can_be_played_and_fits_the_schema() {
    let schema: Value = serde_json::from_str(&Scenario::schema()).expect("the schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("the schema is a schema");
    for file in examples() {
        let scenario = Scenario::load(&file).expect("the example is right");
        Emulator::builder()
            .scenario(scenario)
            .build()
            .expect("the example can be played");
        let text = std::fs::read_to_string(&file).expect("it can be read");
        let value: Value = toml::from_str(&text).expect("it is TOML");
        let problems: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(problems.is_empty(), "{}: {problems:?}", file.display());
    }
}

#[test]
fn the_committed_schema_is_the_one_of_the_code() {
    let file = root().join("schemas/ecs-emulator-scenario.schema.json");
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        committed == Scenario::schema(),
        "schemas/ecs-emulator-scenario.schema.json is out of date: run `cargo xtask generate`"
    );
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let schema: Value = serde_json::from_str(&Scenario::schema()).expect("the schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let check = |text: &str, expected: bool| {
        let value: Value = toml::from_str(text).expect("it is TOML");
        let readable = Scenario::parse("test.toml", text)
            .ok()
            .is_some_and(|scenario| Emulator::builder().scenario(scenario).build().is_ok());
        assert_eq!((schema.is_valid(&value), readable), (expected, expected), "{text}");
    };
    for right in [
        "[[fault]]\neffect = 'throttle'",
        "[[fault]]\neffect = { error = { type = 'A', status = 500 } }",
        "[[fault]]\neffect = 'slow'\nseconds = 0.5",
        "[[fault]]\nimage = '*'\neffect = 'exits'\nseconds = 3\nwhen = { at = 5 }",
        "[[fault]]\neffect = 'no_capacity'\ncapacity_provider = 'f*'\ncount = 'for_ever'",
        "[[fault]]\neffect = 'slow_drain'\nfactor = 2\nwhen = { daemon = 'a', bake = 'start' }",
        "[[fault]]\ncall = { operation = 'ListClusters' }\nwhen = { daemon = 'a', batch = 1 }\nregion = 'eu-west-1'",
        "[knobs]\nbake = 'per_batch'",
    ] {
        check(right, true);
    }
    for wrong in [
        "[[fault]]\noperation = 'A'",
        "[[fault]]\neffect = 'flood'",
        "[[fault]]\neffect = 'throttle'\nafter = -1",
        "[[fault]]\neffect = 'throttle'\nprobability = 2",
        "[[fault]]\neffect = { slow = {} }",
        "[[fault]]\nimage = '*'\neffect = 'flood'",
        "[[fault]]\neffect = 'slow_drain'\nfactor = 0",
        "[[fault]]\nalarm = 'a'\nstate = 'ALARM'\nwhen = { bake = 'end' }",
        "[[fault]]\ncall = { operation = 'A', body = 3 }",
        "[knobs]\nbake = 'twice'",
        "[[cluster]]\nnmae = 'a'",
    ] {
        check(wrong, false);
    }
}

/// Runs `ecs-emulator scenario` on a file of this text; answers exit status and output.
fn command(task: &str, text: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("demo.toml");
    std::fs::write(&file, text).expect("it can be written");
    let output = Command::new(env!("CARGO_BIN_EXE_ecs-emulator"))
        .current_dir(folder.path())
        .args(["scenario", task, "demo.toml"])
        .output()
        .expect("the binary starts");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn mistakes_name_line_and_key_and_what_to_do() {
    let check = |text: &str| match command("check", text) {
        (Some(1), output) => output.trim_end().to_owned(),
        other => panic!("{text} is wrong, but {other:?}"),
    };
    insta::assert_snapshot!(check("[[cluster]]\nregion = 'r'\n"), @"demo.toml:1: [[cluster]]: missing field `name`; add it to this entry");
    insta::assert_snapshot!(check("[knobs]\nstale_reads = -1\n"), @"demo.toml:2: stale_reads: invalid value: integer `-1`, expected u32; change the value");
    insta::assert_snapshot!(check("clok = 'jump'\n"), @"demo.toml:1: unknown field `clok`, expected one of `seed`, `epoch`, `clock`, `knobs`, `cluster`, `capacity_provider`, `call`, `alarm`, `fault`; rename or remove it");
    insta::assert_snapshot!(check("\n[[fault]]\n\neffect = 'throttle'\nafter = -1\n"), @"demo.toml:5: fault.after: -1 is no integer of the allowed range; change it");
    insta::assert_snapshot!(check("[[fault]]\neffect = { slow = { seconds = 'long' } }\n"), @"demo.toml:2: fault.effect.slow.seconds: must be a number from 0 to 86400; change it");
    insta::assert_snapshot!(check("[[call]]\noperation = 'CreateClutser'\n"), @"demo.toml:1: CreateClutser was refused: UnknownOperationException: The operation 'CreateClutser' is unknown.; change this entry");
    insta::assert_snapshot!(check("[[call]]\noperation = 'CreateCluster'\nbody = { clusterName = 5 }\n"), @"demo.toml:1: CreateCluster was refused: SerializationException: clusterName: expected a string, found a number; change this entry");
    insta::assert_snapshot!(check("[[fault]]\neffect = 'throttle'\nprobability = nan\n"), @"demo.toml:3: probability: inf and nan are no numbers that can be used; change the value");
    insta::assert_snapshot!(check("[[cluster]]\nname = 'a'\naccount = '12'\n"), @"demo.toml:3: account: '12' is no account id: it has 12 digits; change it");
    insta::assert_snapshot!(check("[[fault]]\ncall = { operation = 'DeleteDemon' }\n"), @"demo.toml:2: fault.call.operation: 'DeleteDemon' is no operation that is emulated; names are like UpdateDaemon; change it");
    insta::assert_snapshot!(check("seed = [\n"), @"demo.toml:1: seed: unclosed array, expected `]`; change the value");
    let missing = Command::new(env!("CARGO_BIN_EXE_ecs-emulator"))
        .args(["scenario", "check", "no/such/file.toml"])
        .output()
        .expect("the binary starts");
    insta::assert_snapshot!(String::from_utf8_lossy(&missing.stderr), @"no/such/file.toml: cannot be read: No such file or directory (os error 2)");
}

#[test]
fn show_prints_the_world_that_it_begins_with() {
    let (code, output) = command(
        "show",
        "seed = 5\n[[cluster]]\nname = 'prod'\n[[fault]]\neffect = 'throttle'\n",
    );
    assert_eq!(code, Some(0), "{output}");
    let shown: Value = serde_json::from_str(&output).expect("it is JSON");
    assert_eq!(
        (&shown["seed"], &shown["faults"][0]["id"]),
        (&Value::from(5), &Value::from("fault-1"))
    );
    assert!(output.contains("\"prod\""), "{output}");
    assert_eq!(command("check", "seed = 5\n"), (Some(0), "demo.toml: ok\n".to_owned()));
}
