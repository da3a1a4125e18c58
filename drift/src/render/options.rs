//! Options of rendering, which a report leaves open and a reader decides.

use crate::{
    report::{ExitPolicy, Finding, Severity},
    surface::Log,
};

/// The choices of a reader that the report leaves open.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// True if text is coloured.
    pub color: bool,
    /// Columns of the terminal; text is not wrapped without.
    pub width: Option<usize>,
    /// True if text shows evidence, findings without severity and findings that do not count.
    pub verbose: bool,
    /// The reader of text beside people.
    pub log: Log,
    /// The policy of the exit code, so that no form says anything else.
    pub policy: ExitPolicy,
}

impl Options {
    /// True if people are shown a finding: it counts, and has a severity or fails the run.
    pub(super) fn shows(&self, finding: &Finding) -> bool {
        let matters = finding.severity > Severity::None || self.policy.fail_on.is_met(finding.severity);
        finding.is_open() && matters
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            color: false,
            width: None,
            verbose: false,
            log: Log::Plain,
            policy: ExitPolicy::default(),
        }
    }
}
