//! What does not count although it was found: what is younger than an apply may take, and what an
//! earlier report has already.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{Finding, Kind, Report, Shown, Suppression, SuppressionKind};

impl Report {
    /// Holds back differences that are younger than `age`. `now` is the later of the host's clock and of any time that
    /// the service named, so that a service whose clock is ahead makes nothing look old, and one whose clock is behind
    /// holds nothing back for ever. A difference without a time is not held back.
    pub fn hold_back(&mut self, age: SignedDuration, now: Timestamp) {
        for finding in self.findings.iter_mut().filter(|finding| finding.is_open()) {
            let is_young = finding.since.is_some_and(|since| now.duration_since(since) < age);
            if finding.kind == Kind::Difference && is_young {
                finding.suppression = Some(Suppression {
                    kind: SuppressionKind::Settling,
                    reason: None,
                });
            }
        }
        self.seal();
    }

    /// Leaves only what an earlier report does not have, or has with another live value. What could not be read stays:
    /// a gap is new each time.
    pub fn only_new(&mut self, earlier: &Self) {
        let known: BTreeMap<&str, Option<&Shown>> = earlier
            .findings
            .iter()
            .filter(|finding| is_reported(finding))
            .map(|finding| (finding.fingerprint.as_str(), finding.live.as_ref()))
            .collect();
        for finding in self.findings.iter_mut().filter(|finding| finding.is_open()) {
            let is_known = known.get(finding.fingerprint.as_str()) == Some(&finding.live.as_ref());
            if is_known && finding.kind != Kind::Unread {
                finding.suppression = Some(Suppression {
                    kind: SuppressionKind::Known,
                    reason: None,
                });
            }
        }
        self.seal();
    }
}

/// Whether a report told its reader of a finding, then or before.
fn is_reported(finding: &Finding) -> bool {
    finding
        .suppression
        .as_ref()
        .is_none_or(|suppression| suppression.kind == SuppressionKind::Known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cause, golden};

    fn open(report: &Report) -> Vec<&'static str> {
        let open = report.findings.iter().filter(|finding| finding.is_open());
        open.map(|finding| finding.cause.id()).collect()
    }

    fn report(causes: &[Cause]) -> Report {
        let mut report = golden::empty();
        report.findings = causes.iter().map(|cause| golden::finding(*cause)).collect();
        report.seal();
        report
    }

    #[test]
    fn young_differences_are_held_back_and_conditions_are_not() {
        let causes = [Cause::DefaultRevert, Cause::RolledBack, Cause::Unreadable];
        let since = golden::finding(Cause::DefaultRevert).since.unwrap();
        let held = |minutes| {
            let mut report = report(&causes);
            report.hold_back(
                SignedDuration::from_mins(30),
                since + SignedDuration::from_mins(minutes),
            );
            open(&report)
        };
        assert_eq!(held(29), ["rolled-back", "unreadable"]);
        assert_eq!(held(30), ["default-revert", "rolled-back", "unreadable"]);
        assert_eq!(held(-5), ["rolled-back", "unreadable"], "a service ahead of the host");
        let mut timeless = report(&causes[..1]);
        timeless.findings[0].since = None;
        timeless.hold_back(SignedDuration::from_mins(30), since);
        assert_eq!(open(&timeless), ["default-revert"]);
    }

    #[test]
    fn a_known_finding_is_new_again_when_its_live_value_changed() {
        let causes = [Cause::DefaultRevert, Cause::Unreadable];
        let earlier = report(&causes);
        let mut same = report(&causes);
        same.only_new(&earlier);
        assert_eq!(open(&same), ["unreadable"]);
        let mut third = report(&causes);
        third.only_new(&same);
        assert_eq!(open(&third), ["unreadable"], "known to the one before the last");
        let mut changed = report(&causes);
        changed.findings[0].live = Some(Shown::recorded(30));
        changed.only_new(&earlier);
        assert_eq!(open(&changed), ["default-revert", "unreadable"]);
        let mut settling = report(&causes);
        let since = settling.findings[0].since.unwrap();
        settling.hold_back(SignedDuration::from_mins(30), since);
        let mut later = report(&causes);
        later.only_new(&settling);
        assert_eq!(
            open(&later),
            ["default-revert", "unreadable"],
            "what was held back was never told"
        );
    }
}
