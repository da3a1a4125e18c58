//! Scenario files: what is read, and what errors say.

use super::Scenario;
use crate::Emulator;

fn check(text: &str) -> String {
    match Scenario::parse("demo.toml", text) {
        Ok(scenario) => format!(
            "seed {:?} clock {:?} epoch {:?} clusters {} providers {} faults {} alarms {} stale_reads {}",
            scenario.seed(),
            scenario.clock(),
            scenario.epoch_ms(),
            scenario.content.cluster.len(),
            scenario.content.capacity_provider.len(),
            scenario.content.fault.len(),
            scenario.content.alarm.len(),
            scenario.knobs().stale_reads,
        ),
        Err(error) => error.to_string(),
    }
}

#[test]
fn files() {
    insta::assert_snapshot!(check(""), @"seed None clock None epoch None clusters 0 providers 0 faults 0 alarms 0 stale_reads 0");
    insta::assert_snapshot!(
        check(r#"
            seed = 7
            epoch = "2026-01-01T00:00:00Z"
            clock = "manual"
            [knobs]
            stale_reads = 2
            [[cluster]]
            name = "prod"
            [[capacity_provider]]
            name = "fleet"
            cluster = "prod"
            instances = 12
            [[fault]]
            operation = "Describe*"
            effect = "throttle"
            [[alarm]]
            name = "errors"
            state = "OK"
        "#),
        @"seed Some(7) clock Some(Manual) epoch Some(1767225600000) clusters 1 providers 1 faults 1 alarms 1 stale_reads 2"
    );
}

#[test]
fn errors_name_file_and_line() {
    insta::assert_snapshot!(check("seed = 1\nsede = 2\n"), @"demo.toml:2: unknown field `sede`, expected one of `seed`, `epoch`, `clock`, `knobs`, `cluster`, `capacity_provider`, `call`, `alarm`, `fault`; rename or remove it");
    insta::assert_snapshot!(check("\n\nclock = \"sundial\"\n"), @"demo.toml:3: 'sundial' is no clock mode: use jump, step, manual, real or scaled:1 to scaled:100000");
    insta::assert_snapshot!(check("[[cluster]]\nnmae = \"prod\"\n"), @"demo.toml:2: unknown field `nmae`, expected one of `name`, `account`, `region`; rename or remove it");
    insta::assert_snapshot!(check("seed = \n"), @"demo.toml:1: seed: string values must be quoted, expected literal string; change the value");
    insta::assert_snapshot!(check("[knobs]\nstale_reads = -1\n"), @"demo.toml:2: stale_reads: invalid value: integer `-1`, expected u32; change the value");
}

#[test]
fn a_call_that_is_refused_names_its_entry() {
    let text = "[[cluster]]\nname = \"prod\"\n\n[[capacity_provider]]\nname = \"fleet\"\ncluster = \"typo\"\n";
    let scenario = Scenario::parse("demo.toml", text).expect("the form is right");
    let error = Emulator::builder()
        .scenario(scenario)
        .build()
        .expect_err("there is no such cluster");
    let text = error.to_string();
    assert!(
        text.starts_with("demo.toml:4: CreateCapacityProvider was refused: ClusterNotFoundException"),
        "{text}"
    );
}
