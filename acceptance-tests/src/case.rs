//! A case: a test with a place and a directory of its own, run from the first step to the checks
//! that come after the last one.

use serde_json::Value;
use tempfile::TempDir;

use crate::cli::Cli;
use crate::failure::Outcome;
use crate::folder::{CANARY, Folder};
use crate::invariants;
use crate::normal::normalise;
use crate::place::Place;
use crate::target::{self, Targets};

/// The emulator that a case wants.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(crate) clock: String,
    pub(crate) instances: u32,
    pub(crate) scenario: Option<String>,
}

impl Setup {
    /// A fleet of so many instances in the first capacity provider, under a clock that jumps to
    /// the next milestone whenever somebody polls.
    pub fn instances(instances: u32) -> Self {
        Self {
            clock: "jump".to_owned(),
            instances,
            scenario: None,
        }
    }

    /// Another clock mode.
    #[must_use]
    pub fn clock(mut self, mode: &str) -> Self {
        mode.clone_into(&mut self.clock);
        self
    }

    /// A scenario file.
    #[must_use]
    pub fn scenario(mut self, text: &str) -> Self {
        self.scenario = Some(text.to_owned());
        self
    }
}

/// A case that has not begun.
pub struct Plan {
    name: &'static str,
    targets: Targets,
    setup: Setup,
}

/// A case in progress. Its steps are in the module `steps`.
pub struct Case {
    name: &'static str,
    pub(crate) cli: &'static Cli,
    pub(crate) place: Place,
    pub(crate) folder: Folder,
    pub(crate) shared: TempDir,
    /// The configuration of the last step.
    pub(crate) configuration: String,
    /// Tags that the provider's configuration adds, as the case states them.
    pub(crate) default_tags: Value,
    /// The attribute of a daemon that the service does not tell an import.
    pub(crate) untold: Option<&'static str>,
    /// Task definitions that stay on purpose.
    pub(crate) staying: Vec<String>,
    /// Sequence number in the journal up to which everything was looked at.
    pub(crate) seen: u64,
    /// Imports done in directories of their own, for their names.
    pub(crate) imports: u32,
}

impl Case {
    /// Describes a case; [`Plan::run`] runs it.
    #[expect(clippy::new_ret_no_self, reason = "reads as the beginning of a case")]
    pub fn new(name: &'static str, targets: Targets, setup: Setup) -> Plan {
        Plan { name, targets, setup }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.name
    }

    /// Where it takes place.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The working directory.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Changes an environment variable of the commands to come.
    pub fn set(&mut self, name: &str, value: &str) {
        self.folder.set(name, value);
    }

    /// The CLI under test.
    pub fn cli(&self) -> &Cli {
        self.cli
    }

    /// States tags that the configuration adds through `default_tags`.
    pub fn has_default_tags(&mut self, tags: Value) {
        self.default_tags = tags;
    }

    /// States that the service does not tell this attribute of the daemon, so that imports lack it:
    /// they are expected to, and to agree in everything else.
    pub fn imports_without(&mut self, attribute: &'static str) {
        self.untold = Some(attribute);
    }

    /// States that this task definition stays behind.
    pub fn leaves_behind(&mut self, arn: String) {
        self.staying.push(arn);
    }

    /// Whether output is compared with snapshots: of one version of the CLI, on the emulator.
    pub fn takes_snapshots(&self) -> bool {
        self.cli.takes_snapshots() && self.place.is_emulated()
    }

    /// Text with everything replaced that varies between runs.
    pub fn normalised(&self, text: &str) -> Outcome<String> {
        normalise(text, self.shared.path())
    }

    /// The planted secret key.
    pub fn secret(&self) -> &'static str {
        CANARY
    }

    fn begin(plan: &Plan, place: Place, shared: TempDir) -> Outcome<Self> {
        let cli = Cli::under_test()?;
        let folder = Folder::prepare(&shared.path().join(plan.name), shared.path(), cli, &place, "")?;
        Ok(Self {
            name: plan.name,
            cli,
            place,
            folder,
            shared,
            configuration: String::new(),
            default_tags: Value::Null,
            untold: None,
            staying: Vec::new(),
            seen: 0,
            imports: 0,
        })
    }
}

impl Plan {
    /// Runs the steps, then what belongs to the end of every case: import by id and by identity
    /// finds what was applied, destroy leaves nothing, and no fault rule was idle.
    pub fn run(self, steps: impl FnOnce(&mut Case) -> Outcome) -> Outcome {
        let shared = tempfile::Builder::new()
            .prefix("ecs-acc-")
            .disable_cleanup(std::env::var_os("TF_ACC_PERSIST_WORKING_DIR").is_some())
            .tempdir()?;
        let place = match (target::from_environment()?, self.targets) {
            (Some(_), Targets::EmulatorOnly(reason)) => {
                note(&format!("{} was left out on AWS: {reason}", self.name));
                return Ok(());
            }
            (Some(aws), Targets::Any) => Place::on_aws(aws, self.name)?,
            (None, _) => Place::emulated(&self.setup, shared.path())?,
        };
        let path = shared.path().display().to_string();
        let mut case = Case::begin(&self, place, shared)?;
        let result = steps(&mut case).and_then(|()| invariants::at_the_end(&mut case));
        result.map_err(|failure| failure.during(&format!("case {} in {path}", self.name)))
    }
}

/// Says something beside the test's own result.
#[expect(clippy::print_stderr, reason = "a case that does not run must say so")]
fn note(text: &str) {
    eprintln!("{text}");
}
