//! Both programs connect by the same crate; a message of it names the settings of the program that shows it.

use std::fs;
use std::process::Command;
use std::time::Duration;

use acceptance_tests::{Case, Outcome, Running, Setup, Targets, binary, fail};
use serde_json::json;

use crate::fixture::{IMAGE_1, stack};

/// A setting of the environment that both programs refuse.
const WRONG: (&str, &str) = ("AWS_MAX_ATTEMPTS", "0");

/// A text on one line, without the frame that Terraform draws around errors.
fn on_one_line(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| *word != "│");
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn each_program_speaks_of_its_own_settings() -> Outcome {
    let targets = Targets::EmulatorOnly("nothing is called");
    Case::new("wording", targets, Setup::instances(0)).run(|case| {
        case.set(WRONG.0, WRONG.1);
        let refused = on_one_line(&case.plan_fails(&stack(IMAGE_1, ""))?.errors);
        case.set(WRONG.0, "");
        let scanned = on_one_line(&scan(case)?);
        let common = "The environment variable AWS_MAX_ATTEMPTS is `0`, but must be a whole number of at least 1";
        for (program, told, own, other) in [
            (
                "provider",
                &refused,
                "set `max_retries` in the provider block",
                "correct it",
            ),
            ("ecs-drift", &scanned, "Remove it, or correct it.", "provider block"),
        ] {
            if !told.contains(common) || !told.contains(own) || told.contains(other) {
                return fail(format!("{program} says: {told}"));
            }
        }
        case.configure_only("")
    })
}

/// All that `ecs-drift` says.
fn scan(case: &Case) -> Outcome<String> {
    let testbed = case.testbed();
    let values = json!({
        "arn": testbed.daemon_arn(), "name": testbed.name(), "cluster_arn": testbed.cluster_arn(),
        "daemon_task_definition_arn": testbed.definition_arn(1),
        "capacity_provider_arns": testbed.capacity_provider_arns(),
    });
    let resource = json!({
        "address": "ecs_daemon.agent", "mode": "managed", "type": "ecs_daemon", "name": "agent", "values": values,
    });
    let state = json!({
        "format_version": "1.0", "terraform_version": "1.15.0", "values": {"root_module": {"resources": [resource]}},
    });
    fs::write(case.folder().path().join("wanted.json"), state.to_string())?;
    let mut command = Command::new(binary("ecs-drift")?);
    command
        .current_dir(case.folder().path())
        .env_clear()
        .env("AWS_ACCESS_KEY_ID", "AKIAECSDRIFT00000001")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", case.testbed().region())
        .env(WRONG.0, WRONG.1)
        .args([
            "scan",
            "wanted.json",
            "--endpoint-url",
            &case.testbed().emulator()?.endpoint(),
        ]);
    let output = case.folder().path().join(".output");
    let finished = Running::start(&mut command, &output)?.wait(Duration::from_mins(1))?;
    if finished.code == Some(0) {
        return Err(finished.failure("is no failure"));
    }
    Ok(format!("{}\n{}", finished.stdout, finished.stderr))
}
