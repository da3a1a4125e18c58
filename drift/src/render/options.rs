//! What a report leaves open and a reader decides.

use crate::{report::FailOn, surface::Log};

/// How to render what the report leaves open.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether text is coloured.
    pub color: bool,
    /// Columns of the terminal; text is not wrapped without.
    pub width: Option<usize>,
    /// Whether text shows evidence, findings without severity and findings that do not count.
    pub verbose: bool,
    /// What reads text beside people.
    pub log: Log,
    /// From which severity on a test of `JUnit` fails.
    pub fail_on: FailOn,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            color: false,
            width: None,
            verbose: false,
            log: Log::Plain,
            fail_on: FailOn::Warning,
        }
    }
}
