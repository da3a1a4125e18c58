//! The steps of a case. Each ends with the invariants of `invariants`, so that a test lists what
//! happens and the harness checks what must always hold.

use crate::after::After;
use crate::case::Case;
use crate::changes::Changes;
use crate::failure::{Outcome, fail};
use crate::import;
use crate::invariants;
use crate::journal::Journal;
use crate::process::{Finished, Running, says};
use crate::testbed::Testbed;

/// A command that ran, and what it sent.
#[derive(Debug)]
pub struct Applied {
    /// All output, normalised.
    pub output: String,
    /// The error output, normalised, with the warnings and errors that the provider printed.
    pub errors: String,
    /// Requests of the provider, in order.
    pub journal: Journal,
}

/// An outside change as Terraform sees it.
#[derive(Debug)]
pub struct Drifted {
    /// The plan, normalised.
    pub plan: String,
}

impl Applied {
    /// Fails unless exactly these operations changed something.
    pub fn expect_changes(self, operations: &[&str]) -> Outcome<Self> {
        if self.journal.changes() == operations {
            return Ok(self);
        }
        fail(format!(
            "the provider sent {:?} instead of {operations:?}\n{}{}",
            self.journal.changes(),
            self.output,
            self.errors
        ))
    }

    /// Fails unless the output contains this text, blanks and line ends aside.
    pub fn expect_text(self, text: &str) -> Outcome<Self> {
        if says(&format!("{}\n{}", self.output, self.errors), text) {
            return Ok(self);
        }
        fail(format!("`{text}` is not in\n{}{}", self.output, self.errors))
    }
}

impl Case {
    /// Applies a configuration; the next plan is empty.
    pub fn apply(&mut self, configuration: &str) -> Outcome<Applied> {
        self.apply_then(configuration, &[], After::PlanEmpty)
    }

    /// Applies a configuration with more arguments; the next plan is as stated.
    pub fn apply_then(&mut self, configuration: &str, arguments: &[&str], after: After<'_>) -> Outcome<Applied> {
        self.configure(configuration)?;
        let finished = self.folder.run(&apply_arguments(arguments))?.expect_code(0)?;
        self.after(&finished, after)
    }

    /// Applies a configuration in vain; the next plan is as stated.
    pub fn fails(&mut self, configuration: &str, after: After<'_>) -> Outcome<Applied> {
        self.configure(configuration)?;
        let finished = self.folder.run(&apply_arguments(&[]))?.expect_code(1)?;
        self.after(&finished, after)
    }

    /// Plans a configuration in vain; nothing is sent that could change anything.
    pub fn plan_fails(&mut self, configuration: &str) -> Outcome<Applied> {
        self.configure(configuration)?;
        let finished = self.folder.run(&["plan", "-input=false"])?.expect_code(1)?;
        let journal = self.sent()?;
        invariants::only_reads(&journal, "plan")?;
        self.applied(&finished, journal)
    }

    /// Plans a configuration without applying it; the plan names these changes.
    pub fn plans(&mut self, configuration: &str, names: &[&str]) -> Outcome<Drifted> {
        self.configure(configuration)?;
        let plan = invariants::plan(self, After::PlanNames(names))?;
        Ok(Drifted { plan })
    }

    /// Plans the configuration of the last step again: there is nothing to do.
    pub fn plans_nothing(&mut self) -> Outcome {
        self.seen = self.last_sequence()?;
        invariants::at_rest(self, After::PlanEmpty)
    }

    /// Writes a configuration without running anything.
    pub fn configure_only(&mut self, configuration: &str) -> Outcome {
        self.configure(configuration)
    }

    /// Somebody changes something: plan and refresh-only see it and name the same paths.
    pub fn drifts(&mut self, change: impl FnOnce(&Testbed) -> Outcome, names: &[&str]) -> Outcome<Drifted> {
        self.drifts_in_two_ways(change, After::PlanNames(names), names)
    }

    /// As [`Self::drifts`], where the plan names other paths than the refresh: what was deleted is
    /// drift as `(delete)` and planned as `(create)`.
    pub fn drifts_in_two_ways(
        &mut self,
        change: impl FnOnce(&Testbed) -> Outcome,
        planned: After<'_>,
        refreshed: &[&str],
    ) -> Outcome<Drifted> {
        change(&self.testbed)?;
        self.seen = self.last_sequence()?;
        let plan = invariants::plan(self, planned)?;
        let saved = self.testbed.frozen(|| {
            let arguments = [
                "plan",
                "-refresh-only",
                "-detailed-exitcode",
                "-input=false",
                "-out=refresh.bin",
            ];
            self.folder.run(&arguments)?.expect_code(2)?;
            self.folder.show(Some("refresh.bin"))
        })?;
        Changes::drifted(&saved).expect("the refresh", refreshed)?;
        invariants::only_reads(&self.sent()?, "plan")?;
        Ok(Drifted { plan })
    }

    /// Destroys everything; before that, imports find what was applied.
    pub fn destroyed(&mut self) -> Outcome<Applied> {
        invariants::imports_agree(self)?;
        self.seen = self.last_sequence()?;
        let finished = self.folder.run(&DESTROY)?.expect_code(0)?;
        let applied = {
            let journal = self.sent()?;
            self.applied(&finished, journal)?
        };
        let left = import::resources(&self.folder.show(None)?);
        if !left.is_empty() {
            return fail(format!("destroy leaves in the state: {:?}", left.keys()));
        }
        Ok(applied)
    }

    /// Applies a configuration in the background, for cases that do something meanwhile.
    pub fn start_apply(&mut self, configuration: &str) -> Outcome<Running> {
        self.configure(configuration)?;
        self.folder.start(&apply_arguments(&[]))
    }

    /// Destroys in the background.
    pub fn start_destroy(&mut self) -> Outcome<Running> {
        self.seen = self.last_sequence()?;
        self.folder.start(&DESTROY)
    }

    /// Waits for a command of [`Self::start_apply`] or [`Self::start_destroy`]; the next plan is as
    /// stated.
    pub fn finish(&mut self, running: Running, code: i32, after: After<'_>) -> Outcome<Applied> {
        let finished = self.folder.finish(running)?.expect_code(code)?;
        self.after(&finished, after)
    }

    /// Waits for a destroy of [`Self::start_destroy`]. The configuration still has what is or was
    /// being destroyed, so the next plan says nothing about this step.
    pub fn finish_destroy(&mut self, running: Running, code: i32) -> Outcome<Applied> {
        let finished = self.folder.finish(running)?.expect_code(code)?;
        let journal = self.sent()?;
        invariants::updates_are_whole(&journal)?;
        self.applied(&finished, journal)
    }

    /// Waits until the provider has sent this operation and was answered.
    pub fn wait_for_request(&self, operation: &str) -> Outcome {
        let emulator = self.testbed.emulator()?;
        self.testbed
            .wait_until(&format!("the provider sends {operation}"), |_| {
                let journal = emulator.journal_since(self.seen)?.ours();
                Ok(!journal.of(operation).is_empty())
            })
    }

    /// Waits until the provider has asked this once more, and so knows the world as it is now.
    pub fn wait_for_another(&self, operation: &str) -> Outcome {
        let emulator = self.testbed.emulator()?;
        let count = || Ok(emulator.journal_since(self.seen)?.ours().of(operation).len());
        // The one that is under way may still be about the world before.
        let enough = count()? + 2;
        let what = format!("the provider sends {operation} again");
        self.testbed.wait_until(&what, |_| count().map(|count| count >= enough))
    }

    /// Runs any other command of the CLI.
    pub fn run(&mut self, arguments: &[&str], code: i32) -> Outcome<Applied> {
        self.seen = self.last_sequence()?;
        let finished = self.folder.run(arguments)?.expect_code(code)?;
        let journal = self.sent()?;
        self.applied(&finished, journal)
    }

    /// Values of a resource in the state.
    pub fn state_of(&self, address: &str) -> Outcome<serde_json::Value> {
        let state = self.folder.show(None)?;
        let resources = state["values"]["root_module"]["resources"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let found = resources.into_iter().find(|resource| resource["address"] == address);
        match found {
            Some(mut resource) => Ok(resource["values"].take()),
            None => fail(format!("{address} is not in the state:\n{state:#}")),
        }
    }

    pub(crate) fn configure(&mut self, configuration: &str) -> Outcome {
        self.seen = self.last_sequence()?;
        configuration.clone_into(&mut self.configuration);
        self.folder.write("main.tf", configuration)
    }

    /// Requests of the provider since the step began. On AWS there is no journal.
    pub(crate) fn sent(&self) -> Outcome<Journal> {
        match self.testbed.emulator() {
            Ok(emulator) => Ok(emulator.journal_since(self.seen)?.ours()),
            Err(_) => Ok(Journal::default()),
        }
    }

    pub(crate) fn last_sequence(&self) -> Outcome<u64> {
        match self.testbed.emulator() {
            Ok(emulator) => Ok(emulator.journal_since(self.seen)?.last().unwrap_or(self.seen)),
            Err(_) => Ok(0),
        }
    }

    fn after(&mut self, finished: &Finished, after: After<'_>) -> Outcome<Applied> {
        let journal = self.sent()?;
        let checked = invariants::updates_are_whole(&journal).and_then(|()| invariants::at_rest(self, after));
        checked.map_err(|failure| finished.failure(&failure.to_string()))?;
        self.applied(finished, journal)
    }

    fn applied(&self, finished: &Finished, journal: Journal) -> Outcome<Applied> {
        Ok(Applied {
            output: self.normalised(&finished.stdout)?,
            errors: self.normalised(&finished.stderr)?,
            journal,
        })
    }
}

const DESTROY: [&str; 4] = ["destroy", "-auto-approve", "-input=false", "-parallelism=1"];

fn apply_arguments<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["apply", "-auto-approve", "-input=false", "-parallelism=1"];
    arguments.extend(more);
    arguments
}
