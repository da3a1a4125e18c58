//! SARIF 2.1.0 for code scanning. What stands here decides whether an alert stays one alert: the rule is the
//! cause, but the fingerprint is the finding's, which does not change when the cause becomes clearer.
//!
//! Findings that a rule ignores or that are still settling are left out, because GitHub opens alerts for
//! suppressed results, too. Those which an earlier report knew stay in as `unchanged`: left out, their alerts would be closed.

use std::{cmp::Reverse, fmt::Write};

use serde_json::{Map, Value, json};

use super::wording;
use crate::{
    report::{Cause, Finding, Kind, Problem, Report, Severity, SuppressionKind},
    surface::{self, Finished, Foreign, Sarif, Sentences, Sheet, sheet},
};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Results that GitHub takes of a run; it refuses a file with more of them.
const MOST_RESULTS: usize = 25_000;

/// Name under which the fingerprint is kept; the number changes when the way to make it does.
const FINGERPRINT: &str = "ecsDriftFinding/v1";

/// The report as a SARIF log of one run.
pub(super) fn render(report: &Report) -> Finished {
    let mut findings: Vec<&Finding> = report.findings.iter().filter(|finding| finding.is_told()).collect();
    let all = findings.len();
    if all > MOST_RESULTS {
        findings.sort_by_key(|finding| Reverse(finding.severity));
        findings.truncate(MOST_RESULTS);
    }
    let results: Vec<Value> = findings.iter().map(|finding| result(report, finding)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver(report) },
            "automationDetails": { "id": "ecs-drift/" },
            "columnKind": "utf16CodeUnits",
            "invocations": [invocation(report, all)],
            "results": results,
        }],
    });
    surface::json(&log)
}

fn driver(report: &Report) -> Value {
    json!({
        "name": report.tool.name,
        "version": report.tool.version,
        "semanticVersion": report.tool.version,
        "informationUri": env!("CARGO_PKG_REPOSITORY"),
        "rules": Cause::ALL.map(rule),
    })
}

fn rule(cause: Cause) -> Value {
    let kind = match cause.kind() {
        Kind::Difference => "difference",
        Kind::Condition => "condition",
        Kind::Note => "note",
        Kind::Unread => "unread",
        Kind::Estate => "estate",
    };
    json!({
        "id": cause.id(),
        "shortDescription": { "text": format!("{}.", cause.title()) },
        "fullDescription": { "text": cause.explanation() },
        "help": { "text": cause.explanation() },
        "helpUri": format!("{}/blob/main/docs/drift/causes.md#{}", env!("CARGO_PKG_REPOSITORY"), cause.id()),
        "defaultConfiguration": { "level": level(cause.severity()) },
        "properties": { "tags": ["drift", "ecs", kind] },
    })
}

fn level(severity: Severity) -> &'static str {
    wording::severity_name(severity)
}

fn result(report: &Report, finding: &Finding) -> Value {
    let index = Cause::ALL.iter().position(|cause| *cause == finding.cause);
    let mut result = json!({
        "ruleId": finding.cause.id(),
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": Value::from(message(report, finding)),
        "locations": [location(report, finding)],
        "partialFingerprints": { FINGERPRINT: finding.fingerprint },
        "properties": properties(finding),
    });
    let is_compared = report.summary.suppressed.contains_key(&SuppressionKind::Known);
    if let (true, Some(members)) = (is_compared, result.as_object_mut()) {
        let state = if finding.is_open() { "new" } else { "unchanged" };
        members.insert("baselineState".to_owned(), Value::from(state));
    }
    result
}

fn message(report: &Report, finding: &Finding) -> Sheet<Sarif> {
    let difference: Option<Sheet<Sarif>> = wording::difference(finding).map(|difference| sheet!(": ", difference));
    let title = wording::title(finding);
    let head = sheet!(
        title,
        " (",
        Foreign(&wording::subject(report, finding)),
        ")",
        difference,
        "."
    );
    let explanation = (finding.message != finding.cause.title()).then(|| sheet!(Sentences(&finding.message)));
    let sentences = [
        Some(head),
        explanation,
        Some(sheet!(Sentences(&finding.next_step.text))),
    ];
    Sheet::joined(sentences.into_iter().flatten(), " ")
}

fn properties(finding: &Finding) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut property = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            properties.insert(name.to_owned(), Value::from(value));
        }
    };
    property("arn", Some(finding.arn.clone()));
    property(
        "confidence",
        Some(wording::confidence_name(finding.confidence).to_owned()),
    );
    property("setting", finding.setting.clone());
    property("since", finding.since.map(|at| format!("{at:.0}")));
    property("deploymentArn", finding.group.clone());
    property("address", finding.source.as_ref().map(|source| source.address.clone()));
    properties
}

fn location(report: &Report, finding: &Finding) -> Value {
    let (file, line, column) = wording::place(report, finding);
    let mut region = json!({ "startLine": line });
    if let (Some(column), Some(region)) = (column, region.as_object_mut()) {
        region.insert("startColumn".to_owned(), Value::from(column));
    }
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(file) },
            "region": region,
        },
    })
}

/// A path as a URI reference. An absolute path is one of this machine, and code scanning knows only the repository's,
/// but a wrong place is better than none.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let path = path.strip_prefix("./").unwrap_or(&path);
    let mut uri = String::new();
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _infallible = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

fn invocation(report: &Report, results: usize) -> Value {
    let errors = report.errors.iter().map(|problem| notification("error", problem));
    let warnings = report.warnings.iter().map(|problem| notification("warning", problem));
    let mut notifications: Vec<Value> = errors.chain(warnings).collect();
    if results > MOST_RESULTS {
        let text: Sheet<Sarif> = sheet!(
            results - MOST_RESULTS,
            " results were left out; the JSON report has all."
        );
        notifications.push(json!({ "level": "warning", "message": Value::from(text) }));
    }
    json!({
        "executionSuccessful": report.complete,
        "startTimeUtc": format!("{:.0}", report.started_at),
        "endTimeUtc": format!("{:.0}", report.finished_at),
        "toolExecutionNotifications": notifications,
    })
}

fn notification(level: &'static str, problem: &Problem) -> Value {
    let text: Sheet<Sarif> = sheet!(Sentences(&problem.summary), ": ", Sheet::lines(&problem.detail, 2));
    json!({ "level": level, "message": Value::from(text) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        let check = |path: &str, expected: &str| assert_eq!(uri(path), expected);
        check("prod/main.tf", "prod/main.tf");
        check("./a b.tf", "a%20b.tf");
        check("/tmp/ä.tf", "file:///tmp/%C3%A4.tf");
        check("terraform show -json", "terraform%20show%20-json");
        check("a:b", "a%3Ab");
    }
}
