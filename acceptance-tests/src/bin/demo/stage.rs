//! The stage: an emulator with the fleet, a directory with the configuration of `examples/stack`,
//! and what can be done on it.

use std::fs;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use acceptance_tests::{Cli, Emulator, Folder, Outcome, Running, Testbed, binary, fail};
use tempfile::TempDir;

use crate::fleet::Fleet;
use crate::screen::Screen;

/// Virtual seconds in a second: ten minutes of rollout take six seconds.
const CLOCK: &str = "scaled:100";

const SCENARIO: &str = include_str!("fleet.toml");
const STACK: &str = include_str!("../../../../examples/stack/main.tf");
const VARIABLES: &str = include_str!("../../../../examples/stack/variables.tf");

/// Everything the scenes need.
pub(crate) struct Stage<'s> {
    screen: &'s Screen,
    testbed: Testbed,
    folder: Folder,
    fleet: Fleet,
    // Removed when the demo ends, after the processes that use it.
    _directory: TempDir,
}

impl<'s> Stage<'s> {
    /// Starts the emulator and prepares the directory.
    pub(crate) fn set(screen: &'s Screen) -> Outcome<Self> {
        let directory = tempfile::tempdir()?;
        let emulator = Emulator::start(CLOCK, Some(SCENARIO), directory.path())?;
        let testbed = Testbed::of_scenario(emulator, "production", "managed", "log-agent")?;
        let path = directory.path().join("stack");
        let mut folder = Folder::prepare(&path, directory.path(), Cli::under_test()?, &testbed, STACK)?;
        folder.write("variables.tf", VARIABLES)?;
        folder.set("TF_VAR_cluster_arn", testbed.cluster_arn());
        let providers = format!("[\"{}\"]", testbed.capacity_provider_arns().join("\", \""));
        folder.set("TF_VAR_capacity_provider_arns", &providers);
        folder.set("TF_ECS_POLL_INTERVAL", "200ms");
        Ok(Self {
            screen,
            testbed,
            folder,
            fleet: Fleet::default(),
            _directory: directory,
        })
    }

    /// Another image from now on.
    pub(crate) fn image(&mut self, image: &str) {
        self.screen.tell(&format!("image = \"{image}\""));
        self.folder.set("TF_VAR_image", image);
    }

    /// Plans and shows the plan.
    pub(crate) fn plan(&mut self) -> Outcome {
        let output = self.planned(&["plan"])?;
        for line in told(plan_of(&output)) {
            self.screen.cli(line);
        }
        Ok(())
    }

    /// Plans and shows the last line.
    pub(crate) fn plan_in_short(&mut self) -> Outcome {
        let output = self.planned(&["plan"])?;
        self.summary(&output);
        Ok(())
    }

    /// A command as a user types it.
    fn command_line(&self, arguments: &str) {
        self.screen.cli(&format!("$ {} {arguments}", self.screen.command()));
    }

    /// Applies the plan, showing the fleet beside it.
    pub(crate) fn apply(&mut self) -> Outcome {
        self.command_line("apply");
        let running = self.folder.start(&["apply", "-input=false", "plan.bin"])?;
        self.watch(running)
    }

    /// Destroys everything, showing the fleet beside it.
    pub(crate) fn destroy(&mut self) -> Outcome {
        let output = self.planned(&["plan", "-destroy"])?;
        self.summary(&output);
        self.apply()
    }

    /// The other person's update, watched until the fleet is at rest again.
    pub(crate) fn update_leaving_out_the_rest(&mut self) -> Outcome {
        let arn = self.testbed.daemon_arn();
        self.screen.somebody(
            "$ aws ecs update-daemon --daemon-arn … --daemon-task-definition-arn … --capacity-provider-arns …",
        );
        self.testbed.other_caller().update_leaving_out_the_rest(&arn)?;
        self.fleet.restart();
        loop {
            self.show_fleet()?;
            let status = self.testbed.other_caller().deployment(&arn)?.status;
            match status.as_ref().map(|status| status.as_str()) {
                Some("SUCCESSFUL") => return Ok(()),
                Some("PENDING" | "IN_PROGRESS") => thread::sleep(GLANCE),
                other => return fail(format!("the outside update ended {other:?}")),
            }
        }
    }

    /// The result of a scheduled job, without a plan and without a lock: the findings, and not the next steps.
    pub(crate) fn scan(&self) -> Outcome {
        let state = self.folder.show(None)?;
        fs::write(self.folder.path().join("state.json"), state.to_string())?;
        self.screen.drift("$ ecs-drift scan state.json");
        let scan = self.job(&["scan", "state.json"])?.output()?;
        let report = String::from_utf8_lossy(&scan.stdout);
        if scan.status.code() != Some(DRIFT) {
            let errors = String::from_utf8_lossy(&scan.stderr);
            return fail(format!("the scan ended with {}:\n{report}{errors}", scan.status));
        }
        let steps = ["Apply ", "Send ", "terraform ", "aws "];
        let is_step = |line: &&str| steps.iter().any(|begin| line.trim_start().starts_with(begin));
        for line in report.lines().filter(|line| !line.is_empty() && !is_step(line)) {
            self.screen.drift(line);
        }
        Ok(())
    }

    /// The plan of the same job, as a reviewer reads it.
    pub(crate) fn plan_repair(&self) -> Outcome {
        self.screen
            .drift("$ ecs-drift reconcile state.json --plan-out repair.json");
        let arguments = ["reconcile", "state.json", "--plan-out", "repair.json"];
        let plan = self.job(&arguments)?.output()?;
        self.shown(&plan, DRIFT)
    }

    /// The plan carried out, showing the fleet beside it.
    pub(crate) fn apply_repair(&mut self) -> Outcome {
        self.screen.drift("$ ecs-drift reconcile --apply --plan repair.json");
        let mut apply = self.job(&[
            "reconcile",
            "--apply",
            "--plan",
            "repair.json",
            "--poll",
            "1s",
            "--quiet",
            "--output",
            "text",
        ])?;
        let mut running = apply.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        self.fleet.restart();
        while running.try_wait()?.is_none() {
            self.show_fleet()?;
            thread::sleep(GLANCE);
        }
        self.show_fleet()?;
        self.shown(&running.wait_with_output()?, REPAIRED)
    }

    /// Shows what a command has said, if it ended with this code.
    fn shown(&self, output: &Output, code: i32) -> Outcome {
        let said = String::from_utf8_lossy(&output.stdout);
        if output.status.code() != Some(code) {
            let errors = String::from_utf8_lossy(&output.stderr);
            return fail(format!("ecs-drift ended with {}:\n{said}{errors}", output.status));
        }
        for line in told(&said) {
            self.screen.drift(line);
        }
        Ok(())
    }

    /// `ecs-drift` with the credentials of a scheduled job.
    fn job(&self, arguments: &[&str]) -> Outcome<Command> {
        let endpoint = self.testbed.emulator()?.endpoint();
        let mut job = Command::new(binary("ecs-drift")?);
        job.current_dir(self.folder.path())
            .args(arguments)
            .env("AWS_ENDPOINT_URL_ECS", &endpoint)
            .env("AWS_ENDPOINT_URL_STS", &endpoint)
            .env("AWS_REGION", self.testbed.region())
            .env("AWS_ACCESS_KEY_ID", "AKIASCHEDULEDJOB0000")
            .env("AWS_SECRET_ACCESS_KEY", "not a secret");
        Ok(job)
    }

    /// Says what is left, which is nothing.
    pub(crate) fn end(&self) -> Outcome {
        let left = self.testbed.other_caller().daemons(self.testbed.cluster_arn())?;
        if !left.is_empty() {
            return fail(format!("{left:?} are left"));
        }
        self.screen.scene("The end: no daemon is left");
        Ok(())
    }

    fn planned(&self, command: &[&str]) -> Outcome<String> {
        self.command_line(&command.join(" "));
        let arguments = [command, &["-input=false", "-out=plan.bin"]].concat();
        Ok(self.folder.run(&arguments)?.expect_code(0)?.stdout)
    }

    fn summary(&self, output: &str) {
        for line in output.lines().filter(|line| line.starts_with("Plan:")) {
            self.screen.cli(line);
        }
    }

    fn watch(&mut self, mut running: Running) -> Outcome {
        self.fleet.restart();
        let mut shown = 0;
        loop {
            let ended = running.ended()?;
            self.show_fleet()?;
            let output = running.stdout()?;
            // A line is shown when it is complete.
            let complete = &output[..output.rfind('\n').map_or(0, |end| end + 1)];
            for line in told(complete).skip(shown) {
                self.screen.cli(line);
            }
            shown = told(complete).count();
            if ended {
                break;
            }
            thread::sleep(GLANCE);
        }
        self.folder.finish(running)?.expect_code(0).map(drop)
    }

    fn show_fleet(&mut self) -> Outcome {
        let world = self.testbed.emulator()?.control().get("world")?;
        if let Some(line) = self.fleet.line(&world) {
            self.screen.fleet(&line);
        }
        Ok(())
    }
}

/// Exit code of a scan that has found drift.
const DRIFT: i32 = 2;

/// Exit code of a repair that is proven.
const REPAIRED: i32 = 3;

/// The pause between two looks at the world.
const GLANCE: Duration = Duration::from_millis(100);

/// The part of a plan's output that tells what would be done.
fn plan_of(output: &str) -> &str {
    let begins = |text: &str| output.find(text);
    let begin = begins("Terraform will perform").or_else(|| begins("No changes."));
    let end = output.find("\n─────").unwrap_or(output.len());
    &output[begin.unwrap_or(0).min(end)..end]
}

/// Lines without blank ones at the beginning and in a row.
fn told(output: &str) -> impl Iterator<Item = &str> {
    let mut blank = true;
    output.lines().filter(move |line| {
        let repeated = blank && line.is_empty();
        blank = line.is_empty();
        !repeated
    })
}
