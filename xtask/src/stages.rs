//! The time of a task: every stage is timed, and a table at the end shows them all.

use std::time::{Duration, Instant};

use crate::libtest::Tally;
use crate::process::{Outcome, say};

/// The stages of one task, in the order they ran.
#[derive(Default)]
pub(crate) struct Stages {
    rows: Vec<Row>,
    left_out: Vec<String>,
}

struct Row {
    name: String,
    took: Duration,
    tally: Option<Tally>,
    failed: bool,
}

impl Stages {
    /// Runs a stage that either works or ends the task.
    pub(crate) fn stage<T>(&mut self, name: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        say(&format!("\n=== {name}"));
        let start = Instant::now();
        let result = work();
        self.push(name, start, None, result.is_err());
        result
    }

    /// Runs a stage that counts tests; failed tests do not end the task, so that one run shows all.
    pub(crate) fn tests(&mut self, name: &str, work: impl FnOnce() -> Outcome<Tally>) -> Outcome {
        say(&format!("\n=== {name}"));
        let start = Instant::now();
        let result = work();
        let tally = result.as_ref().ok().copied();
        self.push(name, start, tally, tally.is_none_or(|tally| tally.failed > 0));
        result.map(|_| ())
    }

    /// States what does not run on this machine, and why.
    pub(crate) fn leave_out(&mut self, what: &str) {
        say(&format!("\nleft out: {what}"));
        self.left_out.push(what.to_owned());
    }

    /// All counted tests together.
    pub(crate) fn total(&self) -> Tally {
        let tallies = self.rows.iter().filter_map(|row| row.tally);
        tallies.fold(Tally::default(), Tally::plus)
    }

    /// Prints the table.
    pub(crate) fn report(&self) {
        let width = self.rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
        say("\nWhere the time went:");
        for row in &self.rows {
            say(&format!(
                "  {:<width$}  {:>7.1} s  {}",
                row.name,
                row.took.as_secs_f64(),
                row.remark()
            ));
        }
        let all: Duration = self.rows.iter().map(|row| row.took).sum();
        say(&format!("  {:<width$}  {:>7.1} s", "total", all.as_secs_f64()));
        for what in &self.left_out {
            say(&format!("left out: {what}"));
        }
    }

    fn push(&mut self, name: &str, start: Instant, tally: Option<Tally>, failed: bool) {
        let name = name.to_owned();
        let took = start.elapsed();
        self.rows.push(Row {
            name,
            took,
            tally,
            failed,
        });
    }
}

impl Row {
    fn remark(&self) -> String {
        match (self.tally, self.failed) {
            (Some(tally), _) => tally.to_string(),
            (None, true) => "failed".to_owned(),
            (None, false) => String::new(),
        }
    }
}
