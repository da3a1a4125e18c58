//! The stage: an emulator with the fleet, a directory with the configuration of `examples/stack`,
//! and what can be done on it.

use std::thread;
use std::time::Duration;

use acceptance_tests::{Cli, Emulator, Folder, Outcome, Place, Running, fail};
use tempfile::TempDir;

use crate::fleet::Fleet;
use crate::screen::Screen;

/// Virtual seconds in a second: twenty minutes of rollout are a few seconds.
const CLOCK: &str = "scaled:200";

const SCENARIO: &str = include_str!("fleet.toml");
const STACK: &str = include_str!("../../../../examples/stack/main.tf");
const VARIABLES: &str = include_str!("../../../../examples/stack/variables.tf");

/// Everything the scenes need.
pub(crate) struct Stage<'s> {
    screen: &'s Screen,
    place: Place,
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
        let place = Place::of_scenario(emulator, "production", "managed", "log-agent")?;
        let path = directory.path().join("stack");
        let mut folder = Folder::prepare(&path, directory.path(), Cli::under_test()?, &place, STACK)?;
        folder.write("variables.tf", VARIABLES)?;
        folder.set("TF_VAR_cluster_arn", place.cluster_arn());
        let providers = format!("[\"{}\"]", place.capacity_provider_arns().join("\", \""));
        folder.set("TF_VAR_capacity_provider_arns", &providers);
        folder.set("TF_ECS_POLL_INTERVAL", "200ms");
        Ok(Self {
            screen,
            place,
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

    /// Plans, and shows the plan or its summary.
    pub(crate) fn plan(&mut self, whole: bool) -> Outcome {
        let finished = self
            .folder
            .run(&["plan", "-input=false", "-out=plan.bin"])?
            .expect_code(0)?;
        self.screen.terraform("$ terraform plan");
        for line in told(&finished.stdout) {
            if whole || line.starts_with("Plan:") {
                self.screen.terraform(line);
            }
        }
        Ok(())
    }

    /// Applies the plan, showing the fleet beside it.
    pub(crate) fn apply(&mut self) -> Outcome {
        self.screen.terraform("$ terraform apply");
        let running = self.folder.start(&["apply", "-input=false", "plan.bin"])?;
        self.watch(running)
    }

    /// Destroys everything, showing the fleet beside it.
    pub(crate) fn destroy(&mut self) -> Outcome {
        self.screen.terraform("$ terraform destroy");
        let running = self.folder.start(&["destroy", "-auto-approve", "-input=false"])?;
        self.watch(running)
    }

    /// The other person's update, watched until the fleet is at rest again.
    pub(crate) fn update_leaving_out_the_rest(&mut self) -> Outcome {
        let arn = self.place.daemon_arn();
        self.screen.somebody(
            "$ aws ecs update-daemon --daemon-arn … --daemon-task-definition-arn … --capacity-provider-arns …",
        );
        self.place.outside().update_leaving_out_the_rest(&arn)?;
        self.fleet.restart();
        loop {
            let world = self.place.emulator()?.control().get("world")?;
            if let Some(line) = self.fleet.line(&world) {
                self.screen.fleet(&line);
            }
            let status = self.place.outside().deployment(&arn)?.status;
            match status.as_ref().map(|status| status.as_str()) {
                Some("SUCCESSFUL") => return Ok(()),
                Some("PENDING" | "IN_PROGRESS") => thread::sleep(GLANCE),
                other => return fail(format!("the outside update ended {other:?}")),
            }
        }
    }

    /// Says what is left, which is nothing.
    pub(crate) fn end(&self) -> Outcome {
        let left = self.place.outside().daemons(self.place.cluster_arn())?;
        if !left.is_empty() {
            return fail(format!("{left:?} are left"));
        }
        self.screen.scene("The end: no daemon is left, the fleet is as it was");
        Ok(())
    }

    fn watch(&mut self, mut running: Running) -> Outcome {
        self.fleet.restart();
        let mut shown = 0;
        loop {
            let ended = running.ended()?;
            let output = running.stdout()?;
            // A line is shown when it is complete.
            let complete = &output[..output.rfind('\n').map_or(0, |end| end + 1)];
            for line in told(complete).skip(shown) {
                self.screen.terraform(line);
            }
            shown = told(complete).count();
            let world = self.place.emulator()?.control().get("world")?;
            if let Some(line) = self.fleet.line(&world) {
                self.screen.fleet(&line);
            }
            if ended {
                break;
            }
            thread::sleep(GLANCE);
        }
        self.folder.finish(running)?.expect_code(0).map(drop)
    }
}

/// How often the world is looked at.
const GLANCE: Duration = Duration::from_millis(100);

/// Lines without Terraform's advice about the command itself, and without blank ones in a row.
fn told(output: &str) -> impl Iterator<Item = &str> {
    let advice = output.find("\n─────").unwrap_or(output.len());
    let mut blank = true;
    output[..advice].lines().filter(move |line| {
        let repeated = blank && line.is_empty();
        let keep = !(repeated || line.starts_with("Terraform used the selected providers"));
        blank = line.is_empty();
        keep
    })
}
