//! The course of a case, from the first step to the checks that come after the last one.

use crate::case::Case;
use crate::failure::Outcome;
use crate::invariants;
use crate::setup::Setup;
use crate::target::{self, Targets};
use crate::testbed::Testbed;

/// A case that has not begun.
pub struct Plan {
    name: &'static str,
    targets: Targets,
    setup: Setup,
}

impl Case {
    /// Describes a case; [`Plan::run`] runs it.
    #[expect(clippy::new_ret_no_self, reason = "reads as the beginning of a case")]
    pub fn new(name: &'static str, targets: Targets, setup: Setup) -> Plan {
        Plan { name, targets, setup }
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
            (Some(aws), Targets::Any) => Testbed::on_aws(aws, self.name)?,
            (None, _) => Testbed::emulated(&self.setup, shared.path())?,
        };
        let path = shared.path().display().to_string();
        let mut case = Case::begin(self.name, place, shared)?;
        let result = steps(&mut case).and_then(|()| invariants::at_the_end(&mut case));
        result.map_err(|failure| failure.during(&format!("case {} in {path}", self.name)))
    }
}

/// Says something beside the test's own result.
#[expect(clippy::print_stderr, reason = "a case that does not run must say so")]
fn note(text: &str) {
    eprintln!("{text}");
}
