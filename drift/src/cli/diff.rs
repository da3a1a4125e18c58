//! What is new, gone or changed between two reports, by fingerprint, for a person who asks "what happened since".

use std::collections::BTreeMap;

use super::{Failure, arguments::DiffArguments, stored, streams};
use crate::{
    render::one_line,
    report::{Finding, Report, Severity},
    surface::{Sheet, Terminal, put},
};

/// Prints the difference; the exit code is 2 if something new or changed is severe enough.
pub(super) fn run(arguments: &DiffArguments) -> Result<u8, Failure> {
    let (old, new) = (stored::read(&arguments.old)?, stored::read(&arguments.new)?);
    let diff = Diff::between(&old, &new);
    streams::print(diff.text())?;
    Ok(diff.code(arguments.fail_on.severity(), &new))
}

/// Open findings that are only in one report, or have another live value.
pub(super) struct Diff<'a> {
    new: Vec<&'a Finding>,
    gone: Vec<&'a Finding>,
    changed: Vec<&'a Finding>,
}

impl<'a> Diff<'a> {
    pub(super) fn between(old: &'a Report, new: &'a Report) -> Self {
        let (old, later) = (open(old), open(new));
        let mut diff = Self {
            new: Vec::new(),
            gone: Vec::new(),
            changed: Vec::new(),
        };
        for (fingerprint, finding) in &later {
            match old.get(fingerprint) {
                None => diff.new.push(finding),
                Some(earlier) if earlier.live != finding.live => diff.changed.push(finding),
                Some(_) => {}
            }
        }
        // What was not read again is not gone.
        let is_unread = |finding: &Finding| new.unread.contains(&finding.arn);
        let missing = old.iter().filter(|(fingerprint, _)| !later.contains_key(*fingerprint));
        diff.gone.extend(
            missing
                .map(|(_, finding)| *finding)
                .filter(|finding| !is_unread(finding)),
        );
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
        put!(text, new, " new, ", changed, " changed, ", gone, " gone\n");
        text
    }

    /// 2 for what is new or changed and severe enough, 4 if the later report is incomplete.
    pub(super) fn code(&self, fail_on: Severity, later: &Report) -> u8 {
        let mut findings = self.new.iter().chain(&self.changed);
        if findings.any(|finding| finding.severity >= fail_on) {
            return 2;
        }
        if later.complete { 0 } else { 4 }
    }
}

fn open(report: &Report) -> BTreeMap<&str, &Finding> {
    let open = report.findings.iter().filter(|finding| finding.is_open());
    open.map(|finding| (finding.fingerprint.as_str(), finding)).collect()
}
