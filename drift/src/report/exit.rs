//! The exit code: a function of the report and of what the caller wants to fail on.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | in sync |
//! | 1 | error: an input or the run itself failed |
//! | 2 | drift: a finding of at least the severity to fail on is open |
//! | 3 | drift was found and all of it repaired |
//! | 4 | incomplete: something could not be read |
//! | 130, 143 | ended by SIGINT, by SIGTERM |
//!
//! The order is 130 and 143, 1, 2, 4, 3, 0. An incomplete scan never ends with 0.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, Report, Severity, Signal, SuppressionKind};

/// From which severity on an open finding fails the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// Any finding.
    Any,
    /// Notes and worse.
    Note,
    /// Warnings and errors.
    #[default]
    Warning,
    /// Errors.
    Error,
    /// No finding at all.
    Never,
}

impl FailOn {
    /// True if a finding of the severity fails the run.
    pub fn is_met(self, severity: Severity) -> bool {
        let least = match self {
            Self::Any => Severity::None,
            Self::Note => Severity::Note,
            Self::Warning => Severity::Warning,
            Self::Error => Severity::Error,
            Self::Never => return false,
        };
        severity >= least
    }
}

/// The policy by which the caller wants the exit code to be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitPolicy {
    /// Findings that count as drift.
    pub fail_on: FailOn,
    /// True if "incomplete" is more important than "drift".
    pub strict: bool,
    /// True if drift, repaired or not, is no failure. Errors and gaps still are.
    pub exit_zero: bool,
}

impl Default for ExitPolicy {
    fn default() -> Self {
        Self {
            fail_on: FailOn::Warning,
            strict: false,
            exit_zero: false,
        }
    }
}

/// The outcome of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing counts.
    InSync,
    /// An input or the run failed.
    Failed,
    /// A finding fails the run.
    Drift,
    /// All drift was repaired.
    Repaired,
    /// Something could not be read.
    Incomplete,
    /// A signal ended the run.
    Ended(Signal),
}

impl Outcome {
    /// Of a sealed report.
    pub fn of(report: &Report, policy: ExitPolicy) -> Self {
        if report.interrupted {
            return Self::Ended(report.signal.unwrap_or(Signal::Interrupt));
        }
        if !report.errors.is_empty() {
            return Self::Failed;
        }
        let drift = has_drift(report, policy.fail_on).then_some(Self::Drift);
        let gap = (!report.complete).then_some(Self::Incomplete);
        let repaired = is_repaired(report).then_some(Self::Repaired);
        let order = if policy.strict {
            [gap, drift, repaired]
        } else {
            [drift, gap, repaired]
        };
        let is_forgiven = |outcome: &Self| policy.exit_zero && matches!(outcome, Self::Drift | Self::Repaired);
        let mut outcomes = order.into_iter().flatten();
        outcomes.find(|outcome| !is_forgiven(outcome)).unwrap_or(Self::InSync)
    }

    fn code(self) -> u8 {
        match self {
            Self::InSync => 0,
            Self::Failed => 1,
            Self::Drift => 2,
            Self::Repaired => 3,
            Self::Incomplete => 4,
            Self::Ended(signal) => signal.code(),
        }
    }
}

/// The exit code of a sealed report.
pub fn code(report: &Report, policy: ExitPolicy) -> u8 {
    Outcome::of(report, policy).code()
}

/// The exit code of a run that has several: the first of 130 and 143, 1, 2, 4, 3, 0 counts.
pub fn first_code(codes: &[u8], policy: ExitPolicy) -> u8 {
    let order = if policy.strict {
        [130, 143, 1, 4, 2, 3]
    } else {
        [130, 143, 1, 2, 4, 3]
    };
    let is_forgiven = |code: &u8| policy.exit_zero && matches!(code, 2 | 3);
    let mut held = order.into_iter().filter(|code| codes.contains(code));
    held.find(|code| !is_forgiven(code)).unwrap_or(0)
}

/// True if there is drift. Something that could not be read is none, whatever its severity: it has a code of its own.
fn has_drift(report: &Report, fail_on: FailOn) -> bool {
    let mut open = report.findings.iter().filter(|finding| finding.is_open());
    open.any(|finding| finding.kind != Kind::Unread && fail_on.is_met(finding.severity))
}

fn is_repaired(report: &Report) -> bool {
    let mut suppressions = report
        .findings
        .iter()
        .filter_map(|finding| finding.suppression.as_ref());
    suppressions.any(|suppression| suppression.kind == SuppressionKind::Repaired)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cause, Finding, Problem, Suppression, golden};

    fn sealed(findings: Vec<Finding>, change: impl FnOnce(&mut Report)) -> Report {
        let mut report = golden::empty();
        report.findings = findings;
        change(&mut report);
        report.seal();
        report
    }

    fn suppressed(kind: SuppressionKind) -> Finding {
        Finding {
            suppression: Some(Suppression { kind, reason: None }),
            ..golden::finding(Cause::DefaultRevert)
        }
    }

    /// Codes by default, with `--strict`, with `--exit-zero`, with both.
    fn check(report: &Report, expected: [u8; 4]) {
        let with = |strict, exit_zero| {
            let policy = ExitPolicy {
                strict,
                exit_zero,
                ..ExitPolicy::default()
            };
            code(report, policy)
        };
        let codes = [
            with(false, false),
            with(true, false),
            with(false, true),
            with(true, true),
        ];
        assert_eq!(codes, expected, "{:?}", report.findings);
    }

    #[test]
    fn precedence() {
        let drift = || golden::finding(Cause::DefaultRevert);
        let gap = || golden::finding(Cause::Unreadable);
        let nothing = |_: &mut Report| {};
        check(&sealed(vec![], nothing), [0, 0, 0, 0]);
        check(&sealed(vec![drift()], nothing), [2, 2, 0, 0]);
        check(&sealed(vec![gap()], nothing), [4, 4, 4, 4]);
        check(&sealed(vec![drift(), gap()], nothing), [2, 4, 4, 4]);
        check(
            &sealed(vec![suppressed(SuppressionKind::Repaired)], nothing),
            [3, 3, 0, 0],
        );
        check(
            &sealed(vec![suppressed(SuppressionKind::Repaired), drift()], nothing),
            [2, 2, 0, 0],
        );
        check(
            &sealed(vec![suppressed(SuppressionKind::Repaired), gap()], nothing),
            [4, 4, 4, 4],
        );
        check(
            &sealed(vec![suppressed(SuppressionKind::Ignored)], nothing),
            [0, 0, 0, 0],
        );
        let failed = |report: &mut Report| {
            report.errors.push(Problem {
                input: None,
                summary: "No input".to_owned(),
                detail: "Give a state.".to_owned(),
            });
        };
        check(&sealed(vec![drift(), gap()], failed), [1, 1, 1, 1]);
        let interrupted = |report: &mut Report| {
            failed(report);
            report.interrupted = true;
        };
        check(&sealed(vec![drift()], interrupted), [130, 130, 130, 130]);
        let terminated = |report: &mut Report| {
            interrupted(report);
            report.signal = Some(Signal::Terminate);
        };
        check(&sealed(vec![drift()], terminated), [143, 143, 143, 143]);
    }

    #[test]
    fn a_gap_stays_a_gap_when_a_rule_silences_its_finding() {
        let silenced = Finding {
            suppression: Some(Suppression {
                kind: SuppressionKind::Ignored,
                reason: None,
            }),
            ..golden::finding(Cause::Unreadable)
        };
        check(&sealed(vec![silenced], |_| {}), [4, 4, 4, 4]);
    }

    #[test]
    fn only_what_is_severe_enough_fails() {
        let report = sealed(vec![golden::finding(Cause::Unmanaged)], |_| {});
        let at = |fail_on| {
            let policy = ExitPolicy {
                fail_on,
                ..ExitPolicy::default()
            };
            code(&report, policy)
        };
        assert_eq!(
            [FailOn::Any, FailOn::Note, FailOn::Warning, FailOn::Error, FailOn::Never].map(at),
            [2, 2, 0, 0, 0]
        );
    }
}
