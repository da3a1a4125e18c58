//! The value as a whole: what sealing does, and that the JSON form keeps everything.

use super::*;

#[test]
fn the_golden_estate_has_every_cause_and_survives_json() {
    let report = golden::estate();
    let seen: std::collections::BTreeSet<Cause> = report.findings.iter().map(|finding| finding.cause).collect();
    assert_eq!(seen.len(), Cause::ALL.len());
    let text = serde_json::to_string_pretty(&report).unwrap();
    let back: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(back, report);
    let mut again = back;
    again.seal();
    assert_eq!(again, report, "sealing twice changes nothing");
}

#[test]
fn order_does_not_depend_on_who_came_first() {
    let report = golden::estate();
    let mut shuffled = report.clone();
    shuffled.findings.reverse();
    shuffled.daemons.reverse();
    shuffled.seal();
    assert_eq!(shuffled, report);
}

#[test]
fn verdicts_follow_from_open_findings() {
    let report = golden::estate();
    let verdict = |name: &str| {
        let daemon = report.daemons.iter().find(|daemon| daemon.name == name).unwrap();
        (daemon.verdict, daemon.headline.map(Cause::id))
    };
    assert_eq!(verdict("default-revert"), (Verdict::Drifted, Some("default-revert")));
    assert_eq!(verdict("coverage"), (Verdict::Condition, Some("coverage")));
    assert_eq!(verdict("unreadable"), (Verdict::Unread, Some("unreadable")));
    assert_eq!(verdict("cluster-missing"), (Verdict::Drifted, Some("cluster-missing")));
    assert_eq!(verdict("newer-revision"), (Verdict::InSync, Some("newer-revision")));
    let quiet = report.daemons.iter().find(|daemon| daemon.cluster == "edge").unwrap();
    assert_eq!((quiet.verdict, quiet.headline), (Verdict::InSync, None));
}

#[test]
fn the_form_of_the_report_is_a_json_schema() {
    let schema = schemars::schema_for!(Report);
    let properties = schema.get("properties").and_then(serde_json::Value::as_object).unwrap();
    for member in ["schema_version", "complete", "unread", "findings"] {
        assert!(properties.contains_key(member), "{member}");
    }
}
