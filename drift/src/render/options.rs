//! What a report leaves open and a reader decides.

use crate::{
    report::{ExitPolicy, Finding, Severity},
    surface::Log,
};

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
    /// What the exit code tells, so that no form says anything else.
    pub policy: ExitPolicy,
}

impl Options {
    /// Whether people are shown a finding that counts: it has a severity, or fails the run.
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
