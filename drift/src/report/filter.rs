//! Findings that do not count although they were found: those that are younger than an apply may take, and those that
//! an earlier report has already.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Finding, Kind, Problem, Report, Suppression, SuppressionKind};

/// Findings that a warning names one by one.
const NAMED: usize = 20;

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
    /// be read stays: a gap is new each time. Where a value is not shown and nothing tells whether it changed, a warning says
    /// so.
    pub fn only_new(&mut self, earlier: &Self) {
        let told = earlier.findings.iter().filter(|finding| finding.is_told());
        let told: BTreeMap<&str, &Finding> = told.map(|finding| (finding.fingerprint.as_str(), finding)).collect();
        let mut untold = Vec::new();
        for finding in self.findings.iter_mut().filter(|finding| finding.kind != Kind::Unread) {
            let Some(same) = told.get(finding.fingerprint.as_str()) else {
                continue;
            };
            let is_same = same.has_same_live(finding);
            if is_same == Some(false) || same.severity < finding.severity {
                continue;
            }
            if is_same.is_none() && finding.is_open() {
                let setting = finding.setting.as_deref().unwrap_or_default();
                untold.push(format!("{setting} of {}", finding.arn));
            }
            finding.suppress(SuppressionKind::Known, None);
        }
        self.warnings.extend(not_compared(&untold));
        self.keep_unread(&told);
        self.seal();
    }

    /// Keeps what an earlier report told of daemons that were not read, or of which a failed run says nothing: a night that
    /// could not look at them must not make it new the night after.
    fn keep_unread(&mut self, told: &BTreeMap<&str, &Finding>) {
        let gaps = self.findings.iter().filter(|finding| finding.kind == Kind::Unread);
        let unread: BTreeSet<&str> = gaps
            .filter(|gap| !gap.is_partial_gap())
            .flat_map(|gap| gap.daemons.iter().chain([&gap.arn]))
            .map(String::as_str)
            .collect();
        let there: BTreeSet<&str> = self
            .findings
            .iter()
            .map(|finding| finding.fingerprint.as_str())
            .collect();
        // A run that failed may have no word of a daemon: its input could not be read.
        let is_unread = |arn: &str| unread.contains(arn) || (!self.errors.is_empty() && self.daemon(arn).is_none());
        let kept = told.iter().filter(|(fingerprint, finding)| {
            finding.kind != Kind::Unread && is_unread(&finding.arn) && !there.contains(*fingerprint)
        });
        let kept: Vec<Finding> = kept
            .map(|(_, finding)| {
                let mut finding = Finding::clone(finding);
                finding.suppression = None;
                finding.suppress(SuppressionKind::Known, None);
                finding
            })
            .collect();
        self.findings.extend(kept);
    }
}

/// Values that cannot be compared with those of an earlier report.
fn not_compared(untold: &[String]) -> Option<Problem> {
    let named: Vec<&str> = untold.iter().take(NAMED).map(String::as_str).collect();
    let more = match untold.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    (!untold.is_empty()).then(|| Problem {
        input: None,
        summary: "Changes of sensitive values cannot be told".to_owned(),
        detail: format!(
            "These findings of the earlier report count as known, and no report holds their live values: {}{more}. Compare \
             two reports of scans with `--show-sensitive`.",
            named.join("; ")
        ),
    })
}

impl Finding {
    /// True if a report told its reader of it, then or before.
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

    /// Last night's rollback is known; that of another deployment is not.
    #[test]
    fn a_condition_is_new_again_when_another_deployment_brought_it() {
        let of = |deployment: &str| {
            let mut report = report(&[Cause::RolledBack]);
            report.findings[0].live = None;
            report.findings[0].group = Some(deployment.to_owned());
            report
        };
        for (deployment, expected) in [("one", &[][..]), ("two", &["rolled-back"])] {
            let mut night = of(deployment);
            night.only_new(&of("one"));
            assert_eq!(open(&night), expected, "{deployment}");
        }
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
        // Of tags nothing is known but their values.
        let tags = |value: &str| {
            let mut tags = report(&[Cause::Tags]);
            let tag = &mut tags.findings[0];
            tag.live = Some(Shown::recorded(serde_json::json!({"team": "a", "token": value})));
            (tag.group, tag.since) = (None, None);
            tags
        };
        let (mut same, mut hidden) = (tags("x"), tags(crate::report::MASK));
        same.only_new(&tags("x"));
        hidden.only_new(&tags(crate::report::MASK));
        assert_eq!((open(&same), same.warnings), (Vec::new(), Vec::new()));
        assert_eq!(open(&hidden), Vec::<&str>::new());
        insta::assert_snapshot!(hidden.warnings[0].detail, @"These findings of the earlier report count as known, and no report holds their live values: tags_all of arn:aws:ecs:eu-central-1:123456789012:daemon/prod/tags. Compare two reports of scans with `--show-sensitive`.");
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

    /// A night that could not read a daemon must not make its findings new the night after.
    #[test]
    fn what_was_told_of_a_daemon_that_is_unread_stays_known() {
        let first = report(&[Cause::ChangedOutside]);
        let mut second = first.clone();
        let mut gap = first.findings[0].clone();
        gap.cause = Cause::Unreadable;
        gap.kind = Kind::Unread;
        gap.setting = None;
        gap.fingerprint = "gap".to_owned();
        second.findings = vec![gap];
        second.only_new(&first);
        let open = second.findings.iter().filter(|finding| finding.is_open()).count();
        assert_eq!((second.findings.len(), open), (2, 1));
        // The same where the input of the daemon could not be read at all.
        let mut failed = golden::empty();
        failed.errors = vec![Problem {
            input: None,
            summary: "Command failed".to_owned(),
            detail: String::new(),
        }];
        failed.only_new(&first);
        assert_eq!(failed.findings.iter().filter(|finding| !finding.is_open()).count(), 1);
        let mut complete = golden::empty();
        complete.only_new(&first);
        assert_eq!(complete.findings, [], "it is no longer in any input");
        for earlier in [second, failed] {
            let mut third = first.clone();
            third.only_new(&earlier);
            assert!(third.findings.iter().all(|finding| !finding.is_open()));
        }
    }
}
