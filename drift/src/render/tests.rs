//! Every form of the one golden estate as a whole, and what all of them must keep.

use serde_json::Value;

use super::*;
use crate::report::{Cause, ExitPolicy, FailOn, Severity, golden};

fn golden_of(format: Format) -> String {
    let options = Options::default();
    let text = render(format, &golden::estate(), &options);
    assert!(text.as_str().ends_with('\n'), "{format}");
    text.to_string()
}

/// The tests' snapshots carry the name of the form.
fn check(format: Format) {
    insta::assert_snapshot!(format.name(), golden_of(format));
}

/// The snapshot of a form, its page and its foreign reader stand in files that no form needs to be compiled.
#[test]
fn every_form_has_a_golden_report_a_page_and_a_reader() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap();
    let (page, readers) = (read("docs/ecs-drift.md"), read("drift/readers/test_reports.py"));
    let suffixes = read("drift/readers/estate.py");
    for name in Format::NAMES {
        let snapshot = format!("drift/src/render/snapshots/ecs_drift__render__tests__{name}.snap");
        assert!(
            root.join(&snapshot).exists() || name == Format::StepSummary.name(),
            "{snapshot} is missing: add a test that calls `check`"
        );
        assert!(
            page.contains(&format!("`{name}`")),
            "docs/ecs-drift.md does not name `{name}`"
        );
        let is_read = readers.contains(&format!("\"{name}\"")) && suffixes.contains(&format!("\"{name}\": "));
        assert!(
            is_read || ["text", "markdown", "step-summary", "github"].contains(&name),
            "{name} has no reader in drift/readers: add its suffix to `estate.py` and its case to `test_reports.py`"
        );
    }
}

#[test]
fn text() {
    check(Format::Text);
}

#[test]
fn text_for_a_terminal() {
    let options = Options {
        color: true,
        width: Some(72),
        verbose: true,
        ..Options::default()
    };
    insta::assert_snapshot!("text-terminal", render(Format::Text, &golden::estate(), &options));
}

#[test]
fn text_of_a_clean_estate() {
    let mut report = golden::empty();
    report.seal();
    insta::assert_snapshot!(render(Format::Text, &report, &Options::default()), @r"
    in sync · 0 daemons
    0 findings
    ");
}

/// The words of a form for drift that an earlier report told.
fn says_known(format: Format) -> &'static str {
    match format {
        Format::Text | Format::Github => "known drift",
        Format::Markdown | Format::StepSummary => "## ECS daemons: known drift",
        Format::Json => "\"verdict\": \"known-drift\"",
        Format::Ndjson => "\"verdict\":\"known-drift\"",
        Format::Sarif => "\"baselineState\": \"unchanged\"",
        Format::Junit => "<skipped message=\"known\"/>",
        Format::Gitlab => "\"check_name\": \"missing\"",
        Format::Prometheus => "ecs_drift_daemons{verdict=\"known-drift\"} 10",
    }
}

/// Drift that an earlier report told is not in sync because nobody wants to hear it again.
#[test]
fn known_drift_is_known_drift_in_every_form() {
    let mut report = golden::estate();
    report
        .findings
        .retain(|finding| finding.kind != crate::report::Kind::Unread);
    report.warnings.clear();
    report.seal();
    let earlier = report.clone();
    report.only_new(&earlier);
    let form = |format| render(format, &report, &Options::default()).to_string();
    insta::assert_snapshot!(form(Format::Text), @r#"
known drift · 25 daemons: 10 with known drift, 15 in sync
0 findings
27 findings not counted: 1 ignored, 1 settling, 24 known, 1 repaired
"#);
    insta::assert_snapshot!(form(Format::Github), @"known drift · 25 daemons: 10 with known drift, 15 in sync · 0 findings · 27 findings not counted: 1 ignored, 1 settling, 24 known, 1 repaired");
    for format in Format::ALL {
        let expected = says_known(format);
        assert!(form(format).contains(expected), "{format}: {}", form(format));
    }
    report.findings.retain(|finding| finding.cause == Cause::RolledBack);
    report.seal();
    let title = |report: &Report| wording::headline(report, ExitPolicy::default());
    assert_eq!(title(&report), "known findings");
    report.findings[0].suppression = None;
    assert_eq!(title(&report), "needs attention");
    report.findings[0].severity = Severity::Note;
    assert_eq!(title(&report), "in sync");
}

/// A finding that fails the run is shown, also without a severity, and the title is not that of a run in which nothing does.
#[test]
fn what_fails_the_run_is_in_the_title_and_shown() {
    let mut report = golden::empty();
    report.findings = vec![golden::finding(Cause::NewerRevision)];
    report.seal();
    let any = Options {
        policy: ExitPolicy {
            fail_on: FailOn::Any,
            ..ExitPolicy::default()
        },
        ..Options::default()
    };
    for format in [Format::Text, Format::Markdown, Format::StepSummary, Format::Github] {
        let form = |options: &Options| render(format, &report, options).to_string();
        assert!(form(&any).contains("needs attention"), "{}", form(&any));
        assert!(form(&any).contains(Cause::NewerRevision.title()), "{}", form(&any));
        assert!(form(&Options::default()).contains("in sync"), "{format}");
    }
    report.findings = vec![golden::finding(Cause::Tags)];
    report.seal();
    let error = ExitPolicy {
        fail_on: FailOn::Error,
        ..ExitPolicy::default()
    };
    assert_eq!(wording::headline(&report, error), "drift below --fail-on");
    report.findings.push(golden::finding(Cause::Unreadable));
    report.seal();
    let strict = ExitPolicy {
        strict: true,
        ..ExitPolicy::default()
    };
    assert_eq!(wording::headline(&report, strict), "incomplete");
    assert_eq!(wording::headline(&report, ExitPolicy::default()), "drift");
}

#[test]
fn markdown() {
    check(Format::Markdown);
}

#[test]
fn step_summary() {
    assert_eq!(golden_of(Format::StepSummary), golden_of(Format::Markdown));
}

#[test]
fn github() {
    check(Format::Github);
}

#[test]
fn sarif() {
    check(Format::Sarif);
}

#[test]
fn junit() {
    check(Format::Junit);
}

#[test]
fn gitlab() {
    check(Format::Gitlab);
}

#[test]
fn prometheus() {
    check(Format::Prometheus);
}

#[test]
fn json() {
    check(Format::Json);
}

#[test]
fn ndjson() {
    check(Format::Ndjson);
}

/// The schemas as they are published.
fn validator(name: &str) -> jsonschema::Validator {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../schemas")
        .join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    jsonschema::draft202012::new(&serde_json::from_str(&text).unwrap()).unwrap()
}

fn assert_valid(validator: &jsonschema::Validator, document: &Value) {
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn json_forms_keep_their_published_schemas() {
    let report = validator("ecs-drift-report.schema.json");
    let mut document: Value = serde_json::from_str(&golden_of(Format::Json)).unwrap();
    assert_valid(&report, &document);
    document["findings"][0]["cause"] = Value::from("drifted");
    assert!(!report.is_valid(&document), "the schema knows the causes");
    let record = validator("ecs-drift-record.schema.json");
    for line in golden_of(Format::Ndjson).lines() {
        assert_valid(&record, &serde_json::from_str(line).unwrap());
    }
}

/// Both a sensitive value and text that steers a terminal are in the report; neither may come out of any form.
#[test]
fn no_form_shows_what_must_not_be_shown() {
    let mut report = golden::estate();
    for finding in &mut report.findings {
        finding.message.push_str("\u{1b}]0;title\u{7}\r");
        if let Some(live) = &mut finding.live {
            live.value = Some(Value::from("\u{9b}31m"));
        }
    }
    for format in Format::ALL {
        let text = render(
            format,
            &report,
            &Options {
                verbose: true,
                ..Options::default()
            },
        );
        let text = text.as_str();
        assert!(
            !text.contains(|character: char| character.is_control() && character != '\n'),
            "{format}"
        );
        assert!(!text.contains("hunter2"), "{format} shows the redacted value");
    }
}

#[test]
fn forms_are_called_by_their_names() {
    for format in Format::ALL {
        assert_eq!(Format::from_name(format.name()), Some(format));
    }
    assert_eq!(Format::from_name("yaml"), None);
}
