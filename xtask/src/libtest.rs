//! Counts tests from what libtest prints, so that the closing line of `cargo xtask test` is a sum
//! of what really ran.

use std::collections::BTreeSet;
use std::fmt;
use std::process::Command;
use std::time::Duration;

use crate::process::{Ended, Outcome, follow, say};

/// Counted tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that ran and passed.
    pub(crate) passed: u64,
    /// Tests that failed, and test programs that ended without a result.
    pub(crate) failed: u64,
    /// Tests that did not run because they are marked so.
    pub(crate) ignored: u64,
}

impl Tally {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            ignored: self.ignored + other.ignored,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)?;
        if self.ignored > 0 {
            write!(formatter, ", {} ignored", self.ignored)?;
        }
        Ok(())
    }
}

/// Time without a line of output after which a test hangs. Compilation, which prints none, is part of it.
const SILENCE: Duration = Duration::from_mins(30);

/// Runs `cargo test …` and counts. A run that fails without a failed test (a crash, code that does
/// not compile) counts as one failure: it must never look like success. One that hangs is killed and named.
pub(crate) fn counted(command: &mut Command) -> Outcome<Tally> {
    counted_within(command, SILENCE)
}

fn counted_within(command: &mut Command, silence: Duration) -> Outcome<Tally> {
    let mut tally = Tally::default();
    let mut slow = BTreeSet::new();
    let ended = follow(command, silence, |line| {
        if let Some(result) = parse(line) {
            tally = tally.plus(result);
        }
        if let Some(test) = line.strip_suffix(" has been running for over 60 seconds") {
            slow.insert(test.to_owned());
        } else if let Some((test, _)) = line.split_once(" ... ") {
            slow.remove(test);
        }
    })?;
    if ended == Ended::Hung {
        say(&format!("No line for {} minutes: killed.", silence.as_secs() / 60));
        for test in &slow {
            say(&format!("  {test} was running"));
        }
        tally.failed += slow.len().max(1) as u64;
    }
    if ended == Ended::Badly && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

/// Reads a line of the form `test result: ok. 5 passed; 0 failed; 1 ignored; …`.
fn parse(line: &str) -> Option<Tally> {
    let (_, counts) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
    let count = |name: &str| {
        counts.split(';').find_map(|part| {
            let (number, what) = part.trim().split_once(' ')?;
            (what == name).then(|| number.parse().ok())?
        })
    };
    Some(Tally {
        passed: count("passed")?,
        failed: count("failed")?,
        ignored: count("ignored").unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Option<[u64; 3]>) {
        let expected = expected.map(|[passed, failed, ignored]| Tally {
            passed,
            failed,
            ignored,
        });
        assert_eq!(parse(line), expected, "{line}");
    }

    #[test]
    fn result_lines_are_read() {
        check(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.01s",
            Some([12, 0, 1]),
        );
        check(
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 9.10s",
            Some([3, 2, 0]),
        );
        check("test basic ... ok", None);
        check("test result: nonsense", None);
    }

    #[test]
    fn a_crash_counts_as_a_failure() {
        let tally = counted(Command::new("sh").args(["-c", "exit 3"])).unwrap();
        assert_eq!(tally.failed, 1);
    }

    #[test]
    fn a_test_that_hangs_is_killed_and_counts_as_failed() {
        let script = "echo 'test result: ok. 4 passed; 0 failed; 0 ignored';
            for test in a b; do echo \"test $test has been running for over 60 seconds\"; done
            echo 'test a ... ok'; sleep 1000 & wait";
        let started = std::time::Instant::now();
        let tally = counted_within(Command::new("sh").args(["-c", script]), Duration::from_millis(300)).unwrap();
        assert_eq!((tally.passed, tally.failed), (4, 1));
        assert!(started.elapsed() < Duration::from_secs(100));
    }

    #[test]
    fn several_programs_are_summed() {
        let script =
            "for i in 1 2; do echo 'test result: ok. 4 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out'; done";
        let tally = counted(Command::new("sh").args(["-c", script])).unwrap();
        assert_eq!((tally.passed, tally.failed), (8, 2));
    }
}
