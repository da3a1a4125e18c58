//! The tests of `acceptance-tests/harness`: the provider through the test harness of `HashiCorp`, as a foreign suite.
//! Each runs with an emulator of its own.

use acceptance_tests::{Case, Outcome, Setup, Targets, fail, harness};

use crate::fixture::broken;

/// The tests that the program has.
const TESTS: [&str; 9] = [
    "TestActions",
    "TestDataSources",
    "TestErrors",
    "TestFunctions",
    "TestImport",
    "TestImportByIdentity",
    "TestLifecycle",
    "TestLists",
    "TestRevert",
];

fn check(name: &'static str) -> Outcome {
    assert!(TESTS.contains(&name), "{name} is not in the list");
    let program = harness()?;
    let targets = Targets::EmulatorOnly("the other caller and the faults are the emulator's");
    Case::new(name, targets, Setup::instances(2)).run(|case| {
        let testbed = case.testbed();
        testbed.emulator()?.fault(&broken())?;
        let mut command = case.folder().command(&program);
        command
            .arg(format!("-test.run=^{name}$"))
            .args(["-test.v", "-test.count=1"])
            .env("TF_ACC", "1")
            .env("TF_ACC_TERRAFORM_PATH", case.cli().path())
            .env("TF_ACC_PROVIDER_HOST", case.cli().registry())
            .env("ECS_HARNESS_CLUSTER_ARN", testbed.cluster_arn())
            .env(
                "ECS_HARNESS_CAPACITY_PROVIDER_ARN",
                &testbed.capacity_provider_arns()[0],
            );
        let running = case.folder().start_other(&mut command)?;
        let finished = case.folder().finish(running)?.expect_code(0)?;
        // A test that was skipped has proven nothing.
        finished.expect_text(&format!("--- PASS: {name} "))?;
        Ok(())
    })
}

#[test]
fn every_test_of_the_program_runs_here() -> Outcome {
    let listed = std::process::Command::new(harness()?).arg("-test.list=.").output()?;
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let mut listed: Vec<&str> = listed.lines().collect();
    listed.sort_unstable();
    if listed != TESTS {
        return fail(format!("the program has {listed:?}"));
    }
    Ok(())
}

#[test]
fn lifecycle() -> Outcome {
    check("TestLifecycle")
}

#[test]
fn errors() -> Outcome {
    check("TestErrors")
}

#[test]
fn import() -> Outcome {
    check("TestImport")
}

#[test]
fn import_by_identity() -> Outcome {
    check("TestImportByIdentity")
}

#[test]
fn a_revert_from_outside() -> Outcome {
    check("TestRevert")
}

#[test]
fn data_sources() -> Outcome {
    check("TestDataSources")
}

#[test]
fn functions() -> Outcome {
    check("TestFunctions")
}

#[test]
fn lists() -> Outcome {
    check("TestLists")
}

#[test]
fn actions() -> Outcome {
    check("TestActions")
}
