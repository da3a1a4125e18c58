//! What does not count although it was found: what is younger than an apply may take, and what an
//! earlier report has already.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{Finding, Kind, Report, Suppression, SuppressionKind};

impl Report {
    /// Holds back what is younger than `age`, since an apply may be going on. `now` is the later of the host's clock and
    /// of any time that the service named, so that a service whose clock is ahead makes nothing look old, and one whose
    /// clock is behind holds nothing back for ever. What has no time is not held back, nor is a gap.
    pub fn hold_back(&mut self, age: SignedDuration, now: Timestamp) {
        let is_young = |since: Timestamp| now.duration_since(since) < age;
        for finding in &mut self.findings {
            if finding.kind != Kind::Unread && finding.since.is_some_and(is_young) {
                finding.suppress(SuppressionKind::Settling, None);
            }
        }
        self.seal();
    }

    /// Leaves only what an earlier report does not have, or has with another live value or as less severe. What could not
    /// be read stays: a gap is new each time.
    pub fn only_new(&mut self, earlier: &Self) {
        let told = earlier.findings.iter().filter(|finding| finding.is_told());
        let told: BTreeMap<&str, &Finding> = told.map(|finding| (finding.fingerprint.as_str(), finding)).collect();
        for finding in self.findings.iter_mut().filter(|finding| finding.kind != Kind::Unread) {
            let same = told.get(finding.fingerprint.as_str());
            if same.is_some_and(|same| same.has_same_live(finding) && same.severity >= finding.severity) {
                finding.suppress(SuppressionKind::Known, None);
            }
        }
        self.seal();
    }
}

impl Finding {
    /// Whether a report told its reader of it, then or before.
    pub fn is_told(&self) -> bool {
        let suppression = self.suppression.as_ref();
        suppression.is_none_or(|suppression| suppression.kind == SuppressionKind::Known)
    }

    /// Lets it not count. The first reason for that is the one it keeps.
    pub fn suppress(&mut self, kind: SuppressionKind, reason: Option<String>) {
        self.suppression.get_or_insert(Suppression { kind, reason });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cause, Severity, Shown, golden};

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
    fn what_is_young_is_held_back_and_a_gap_is_not() {
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
        assert_eq!(held(29), ["unreadable"]);
        assert_eq!(held(30), ["default-revert", "rolled-back", "unreadable"]);
        assert_eq!(held(-5), ["unreadable"], "a service ahead of the host");
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
        // Two values that are not shown look alike; the deployment that brought them tells them apart.
        let hidden = |group: &str| {
            let mut hidden = report(&causes);
            hidden.findings[0].live = Some(Shown::recorded(30).redacted());
            hidden.findings[0].group = Some(group.to_owned());
            hidden
        };
        let (mut again, mut other) = (hidden("one"), hidden("two"));
        again.only_new(&hidden("one"));
        other.only_new(&hidden("one"));
        assert_eq!(open(&again), ["unreadable"]);
        assert_eq!(open(&other), ["default-revert", "unreadable"]);
        let mut worse = report(&causes);
        worse.findings[0].severity = Severity::Error;
        let mut milder = earlier.clone();
        milder.findings[0].severity = Severity::Note;
        worse.only_new(&milder);
        assert_eq!(open(&worse), ["default-revert", "unreadable"], "it has become worse");
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
