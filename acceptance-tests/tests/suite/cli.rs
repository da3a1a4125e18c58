//! The CLI itself, without a provider: an obtained Terraform must behave like the official binary
//! where the suite relies on it.

use std::thread;
use std::time::{Duration, Instant};

use acceptance_tests::{Case, Outcome, Setup, Targets, fail};

const SLOW: &str = r#"
resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "sleep 100"
  }
}

resource "terraform_data" "after" {
  input = terraform_data.slow.id
}
"#;

#[test]
fn an_interrupt_stops_gracefully() -> Outcome {
    let targets = Targets::EmulatorOnly("it is about the CLI");
    Case::new("an-interrupt-stops-gracefully", targets, Setup::instances(0)).run(|case| {
        let mut running = case.start_apply(SLOW)?;
        let deadline = Instant::now() + Duration::from_secs(30);
        while !running.stdout()?.contains("Executing") {
            if running.ended()? || Instant::now() > deadline {
                return fail("the provisioner was not started");
            }
            thread::sleep(Duration::from_millis(20));
        }
        running.interrupt()?;
        let finished = case.folder().finish(running)?.expect_code(1)?;
        assert!(
            finished.stdout.contains("Gracefully shutting down"),
            "{}",
            finished.stdout
        );
        // The state was written: the interrupted resource is in it, the one after it is not.
        let state = case.folder().show(None)?.to_string();
        assert!(state.contains("terraform_data.slow"), "{state}");
        assert!(!state.contains("terraform_data.after"), "{state}");
        Ok(())
    })
}

#[test]
fn exit_codes_are_those_of_the_official_binary() -> Outcome {
    let targets = Targets::EmulatorOnly("it is about the CLI");
    Case::new("exit-codes", targets, Setup::instances(0)).run(|case| {
        case.run(&["validate"], 0)?;
        case.run(&["no-such-command"], 1)?;
        case.folder().write("main.tf", "resource \"terraform_data\" \"a\" {}")?;
        case.run(&["plan", "-detailed-exitcode"], 2)?;
        case.run(&["apply", "-auto-approve"], 0)?;
        case.run(&["plan", "-detailed-exitcode"], 0)?;
        Ok(())
    })
}
