//! The code quality report of GitLab: what of Code Climate's form GitLab reads.
//!
//! GitLab compares reports by fingerprint, and what is missing in the later one is "fixed". So what an earlier report
//! knew stays in, as it does in SARIF.

use serde_json::{Value, json};

use super::wording;
use crate::{
    report::{Finding, Report, Severity},
    surface::{self, Finished, Foreign, Plain, Sheet, sheet},
};

/// The report as a list of issues.
pub(super) fn render(report: &Report) -> Finished {
    let told = report.findings.iter().filter(|finding| finding.is_told());
    let issues: Value = told.map(|finding| issue(report, finding)).collect();
    surface::json(&issues)
}

fn issue(report: &Report, finding: &Finding) -> Value {
    let (file, line, _) = wording::place(report, finding);
    json!({
        "description": Value::from(description(report, finding)),
        "check_name": finding.cause.id(),
        "fingerprint": finding.fingerprint,
        "severity": severity(finding.severity),
        "location": { "path": file.strip_prefix("./").unwrap_or(file), "lines": { "begin": line } },
    })
}

fn description(report: &Report, finding: &Finding) -> Sheet<Plain> {
    let difference: Option<Sheet<Plain>> = wording::difference(finding).map(|difference| sheet!(", ", difference));
    let title = wording::title(finding);
    sheet!(
        title,
        " (",
        Foreign(&wording::subject(report, finding)),
        ")",
        difference
    )
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::None => "info",
        Severity::Note => "minor",
        Severity::Warning => "major",
        Severity::Error => "critical",
    }
}
