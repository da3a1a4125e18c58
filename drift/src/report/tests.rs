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

/// The page of causes: a section for each, in their order, with the words of the code, and with what no code can say.
#[test]
fn each_cause_has_its_section_on_the_page() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/drift/causes.md");
    let page = std::fs::read_to_string(path).unwrap();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let sections: Vec<&str> = page.split("\n## ").skip(1).collect();
    let ids: Vec<&str> = sections.iter().filter_map(|section| section.lines().next()).collect();
    assert_eq!(ids, Cause::ALL.map(Cause::id));
    for (cause, section) in Cause::ALL.into_iter().zip(sections) {
        let [kind, severity] = [
            serde_json::to_value(cause.kind()),
            serde_json::to_value(cause.severity()),
        ]
        .map(|word| word.unwrap().as_str().unwrap().to_owned());
        let begin = format!(
            "{} **{}** ({kind}, {severity}) {}",
            cause.id(),
            cause.title(),
            cause.explanation()
        );
        let section = words(section);
        assert!(section.starts_with(&begin), "expected: {begin}\nfound: {section}");
        let rest = section
            .split_once(" **Why it happens:** ")
            .and_then(|(_, rest)| rest.split_once(" **What to do:** "));
        let (why, what) = rest.unwrap_or_else(|| panic!("{section}"));
        assert!(why.len() > 40 && what.len() > 40, "{section}");
    }
}
