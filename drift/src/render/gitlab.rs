//! The code quality report of GitLab: what of Code Climate's form GitLab reads.

use serde_json::{Value, json};

use super::{json as forms, words};
use crate::report::{Finding, Report, Severity};

/// The report as a list of issues.
pub(super) fn render(report: &Report) -> String {
    let open = report.findings.iter().filter(|finding| finding.is_open());
    let issues: Value = open.map(|finding| issue(report, finding)).collect();
    forms::without_controls(format!("{issues:#}\n"))
}

fn issue(report: &Report, finding: &Finding) -> Value {
    let (file, line, _) = words::place(report, finding);
    json!({
        "description": description(report, finding),
        "check_name": finding.cause.id(),
        "fingerprint": finding.fingerprint,
        "severity": severity(finding.severity),
        "location": { "path": file.strip_prefix("./").unwrap_or(file), "lines": { "begin": line } },
    })
}

fn description(report: &Report, finding: &Finding) -> String {
    let difference = words::difference(finding).map(|difference| format!(", {difference}"));
    format!(
        "{} ({}){}",
        words::title(finding),
        words::subject(report, finding),
        difference.unwrap_or_default()
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
