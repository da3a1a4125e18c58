//! Findings that are new, gone or changed between two reports, by fingerprint, for a person who asks "what happened since".

use std::collections::{BTreeMap, BTreeSet};

use super::{Failure, arguments::DiffArguments, stored, streams};
use crate::{
    render::one_line,
    report::{FailOn, Finding, Kind, Report, SuppressionKind},
    surface::{Sheet, Terminal, put},
};

/// Prints the difference; the exit code is 2 if something new or changed is severe enough.
pub(super) fn run(arguments: &DiffArguments) -> Result<u8, Failure> {
    let (old, new) = (stored::read(&arguments.old)?, stored::read(&arguments.new)?);
    let diff = Diff::between(&old, &new);
    streams::print(diff.text())?;
    Ok(diff.code(arguments.fail_on.fail_on(), &new))
}

/// Findings of two reports, by what became of them from one to the next. A finding that the later report knows from the
/// earlier one, as with `--only-new`, is still there.
pub(super) struct Diff<'a> {
    new: Vec<&'a Finding>,
    gone: Vec<&'a Finding>,
    changed: Vec<&'a Finding>,
    /// In both, and the same.
    same: usize,
    /// Of these, those whose live value is not shown, so that nothing tells whether it is the same.
    untold: usize,
    /// In both, but since then a rule ignores them, or they are younger than they have to be.
    silenced: usize,
    /// In the earlier one, of daemons that the later one did not read.
    unread: usize,
}

impl<'a> Diff<'a> {
    pub(super) fn between(old: &'a Report, new: &'a Report) -> Self {
        let (earlier, later) = (by_fingerprint(old), by_fingerprint(new));
        let mut diff = Self {
            new: Vec::new(),
            gone: Vec::new(),
            changed: Vec::new(),
            same: 0,
            untold: 0,
            silenced: 0,
            unread: 0,
        };
        for (fingerprint, finding) in later.iter().filter(|(_, finding)| finding.is_told()) {
            match earlier.get(fingerprint).filter(|earlier| earlier.is_told()) {
                None => diff.new.push(finding),
                Some(earlier) => match earlier.has_same_live(finding) {
                    Some(false) => diff.changed.push(finding),
                    is_same => {
                        diff.same += 1;
                        diff.untold += usize::from(is_same.is_none());
                    }
                },
            }
        }
        let read = Read::of(new);
        for (fingerprint, finding) in earlier.iter().filter(|(_, finding)| finding.is_told()) {
            match later.get(fingerprint) {
                Some(now) if now.is_told() => {}
                Some(now) if !is_repaired(now) => diff.silenced += 1,
                None if !read.covers(finding) => diff.unread += 1,
                _ => diff.gone.push(finding),
            }
        }
        for findings in [&mut diff.new, &mut diff.gone, &mut diff.changed] {
            findings.sort_by(|one, other| {
                (&one.arn, one.cause, &one.setting).cmp(&(&other.arn, other.cause, &other.setting))
            });
        }
        diff
    }

    pub(super) fn text(&self) -> Sheet<Terminal> {
        let mut text = Sheet::new();
        let kinds = [("+ ", &self.new), ("~ ", &self.changed), ("- ", &self.gone)];
        for (sign, findings) in kinds {
            for finding in findings {
                put!(text, sign, one_line(finding), "\n");
            }
        }
        let [new, changed, gone] = [&self.new, &self.changed, &self.gone].map(Vec::len);
        if new + changed + gone == 0 {
            put!(text, "no change: ", self.same, " as before");
        } else {
            put!(
                text,
                new,
                " new, ",
                changed,
                " changed, ",
                gone,
                " gone, ",
                self.same,
                " as before"
            );
        }
        if self.untold > 0 {
            put!(
                text,
                ", of which ",
                self.untold,
                " may have another live value, which is not shown"
            );
        }
        if self.silenced > 0 {
            put!(text, ", ", self.silenced, " not counted any more");
        }
        if self.unread > 0 {
            put!(text, ", ", self.unread, " not read again");
        }
        put!(text, "\n");
        text
    }

    /// 2 for what is new or changed and severe enough, 4 if the later report is incomplete.
    pub(super) fn code(&self, fail_on: FailOn, later: &Report) -> u8 {
        let mut findings = self.new.iter().chain(&self.changed);
        if findings.any(|finding| fail_on.is_met(finding.severity)) {
            return 2;
        }
        if later.complete { 0 } else { 4 }
    }
}

/// Daemons that a report has looked at. A report that was interrupted, or whose input failed, may not even name a daemon.
struct Read<'a> {
    report: &'a Report,
    unread: BTreeSet<&'a str>,
    /// Daemons of which the tags alone are unread.
    without_tags: BTreeSet<&'a str>,
    named: BTreeSet<&'a str>,
}

impl<'a> Read<'a> {
    fn of(report: &'a Report) -> Self {
        let of = |is_partial| {
            let unread = report.findings.iter().filter(|finding| finding.kind == Kind::Unread);
            let unread = unread.filter(|finding| finding.is_partial_gap() == is_partial);
            unread.map(|finding| finding.arn.as_str()).collect()
        };
        Self {
            report,
            unread: of(false),
            without_tags: of(true),
            named: report.daemons.iter().map(|daemon| daemon.arn.as_str()).collect(),
        }
    }

    fn covers(&self, finding: &Finding) -> bool {
        let is_whole = self.report.errors.is_empty() && !self.report.interrupted;
        let arn = finding.arn.as_str();
        let is_unread = self.unread.contains(arn) || (finding.is_about_tags() && self.without_tags.contains(arn));
        !is_unread && (is_whole || self.named.contains(arn))
    }
}

fn is_repaired(finding: &Finding) -> bool {
    let suppression = finding.suppression.as_ref();
    suppression.is_some_and(|suppression| suppression.kind == SuppressionKind::Repaired)
}

fn by_fingerprint(report: &Report) -> BTreeMap<&str, &Finding> {
    let findings = report.findings.iter();
    findings
        .map(|finding| (finding.fingerprint.as_str(), finding))
        .collect()
}
