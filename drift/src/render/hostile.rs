//! Reports in which every text is one of an enemy, in every form: a report that was stored and is merged holds whatever
//! its author likes. Markdown is read by a foreign parser.

use fastrand::Rng;
use pulldown_cmark::{Event, Options as Extensions, Parser, Tag, TagEnd};
use serde_json::{Map, Value};

use super::*;
use crate::report::{Severity, golden};
use crate::surface::Log;

/// Stands in many texts of an enemy and nowhere in ours.
const MARK: &str = "Ж";

/// Texts that mean something on some surface.
const PARTS: [&str; 41] = [
    "`",
    "``",
    "```",
    "~~~",
    "\n```\n",
    "[a](javascript:x)",
    "![i](http://e.invalid/i.png)",
    "<img src=x onerror=alert(1)>",
    "<!-- ",
    "-->",
    "<http://e.invalid>",
    "http://e.invalid",
    "www.e.invalid",
    "@octo/team",
    "#123",
    "GH-1",
    ":tada:",
    "|",
    "\n",
    "\r\n",
    "\n\n# h",
    "\u{1b}[31m",
    "\u{1b}]0;t\u{7}",
    "\u{202e}",
    "\u{2028}",
    "\u{feff}",
    "\u{9b}",
    "\u{85}",
    "\n::error::x",
    "##[group]",
    "##vso[x]",
    "%0A",
    "${{ x }}",
    "]]>",
    "&amp;",
    "\\",
    "\"",
    " ",
    "\0",
    "\n  error Forged: ",
    "\t* *_b_*",
];

/// Members that are no free text.
const FIXED: [&str; 13] = [
    "kind",
    "cause",
    "severity",
    "confidence",
    "origin",
    "verdict",
    "headline",
    "since",
    "at",
    "created_at",
    "event_time",
    "started_at",
    "finished_at",
];

/// Texts of an enemy, the same for the same text of the report, so that ARNs still lead from one member to another.
struct Enemy {
    rng: Rng,
    texts: Map<String, Value>,
}

impl Enemy {
    fn text(&mut self, of: &str) -> String {
        if let Some(Value::String(text)) = self.texts.get(of) {
            return text.clone();
        }
        let mut text = String::new();
        for _ in 0..self.rng.usize(0..6) {
            // Parts mean most where they touch.
            text.push_str(if self.rng.bool() { MARK } else { "" });
            text.push_str(PARTS[self.rng.usize(..PARTS.len())]);
        }
        self.texts.insert(of.to_owned(), Value::from(text.clone()));
        text
    }

    fn spoil(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.spoil(value)),
            Value::Object(members) => {
                let old = std::mem::take(members);
                for (name, mut value) in old {
                    let is_fixed = FIXED.contains(&name.as_str());
                    // `reconcile` says by a word or by an object which repairs it does.
                    let is_word = name == "repair" && value.is_string();
                    if !is_fixed && !is_word {
                        self.spoil(&mut value);
                    }
                    let name = if name.starts_with("Describe") {
                        self.text(&name)
                    } else {
                        name
                    };
                    members.insert(name, value);
                }
            }
            _ => {}
        }
    }
}

fn report(seed: u64) -> Report {
    let mut enemy = Enemy {
        rng: Rng::with_seed(seed),
        texts: Map::new(),
    };
    let mut value = serde_json::to_value(golden::estate()).unwrap();
    enemy.spoil(&mut value);
    let problem = &value["warnings"][0];
    value["errors"] =
        serde_json::json!([problem, {"input": enemy.text("i"), "summary": enemy.text("s"), "detail": "a\nb"}]);
    let mut report: Report = serde_json::from_value(value).unwrap();
    report.seal();
    report
}

fn rendered(seed: u64, format: Format, width: Option<usize>) -> String {
    let options = Options {
        verbose: true,
        log: Log::Job,
        width,
        ..Options::default()
    };
    render(format, &report(seed), &options).to_string()
}

const SEEDS: std::ops::Range<u64> = 0..60;

#[test]
fn no_form_steers_a_terminal_or_a_log() {
    for seed in SEEDS {
        for format in Format::ALL {
            let text = rendered(seed, format, None);
            let steers =
                |character: char| crate::surface::visible(&character.to_string()).len() != character.len_utf8();
            assert!(
                !text.contains(|character: char| steers(character) && character != '\n'),
                "{seed} {format}"
            );
            let is_title = |line: &str| line.starts_with("## ECS daemons: ") || line.starts_with("### ");
            let commands = text.lines().filter(|line| line.trim_start().starts_with("::"));
            let is_ours = |line: &str| {
                ["::error ", "::warning ", "::notice "]
                    .iter()
                    .any(|level| line.starts_with(level))
            };
            assert!(commands.clone().all(is_ours), "{seed} {format}");
            assert_eq!(commands.count() > 0, format == Format::Github, "{seed} {format}");
            for line in text.lines().filter(|line| line.contains("##")) {
                let rest = line.trim_start_matches('#');
                assert!(
                    is_title(line) && !rest.contains("##") && !rest.starts_with('['),
                    "{seed} {format}: {line}"
                );
            }
        }
    }
}

/// Fails where text of others breaks the syntax of a form. The match has no arm for the rest, so that a new form does not
/// compile until its author has written here what its syntax must keep.
fn assert_syntax(seed: u64, format: Format, text: &str) {
    match format {
        Format::Text => assert!(!text.lines().any(|line| line.starts_with("  error Forged")), "{seed}"),
        Format::Json => assert_eq!(parsed(text), serde_json::to_value(report(seed)).unwrap(), "{seed}"),
        Format::Ndjson => assert_records(seed, text),
        Format::Markdown | Format::StepSummary => assert_markdown(seed, text),
        Format::Github => assert_commands(seed, text),
        Format::Sarif => assert_sarif(seed, text),
        Format::Junit => assert_xml(seed, text),
        Format::Gitlab => assert_issues(seed, text),
        Format::Prometheus => assert_metrics(seed, text),
    }
}

#[test]
fn every_form_keeps_its_syntax() {
    for seed in SEEDS {
        for format in Format::ALL {
            assert_syntax(seed, format, &rendered(seed, format, None));
        }
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// One record a line: the run, what it found, the summary.
fn assert_records(seed: u64, text: &str) {
    let report = report(seed);
    let records: Vec<Value> = text.lines().map(parsed).collect();
    let found = report.daemons.len() + report.groups.len() + report.findings.len();
    assert_eq!(records.len(), found + 2, "{seed}");
    let fingerprints = records.iter().filter_map(|record| record["fingerprint"].as_str());
    let expected = report.findings.iter().map(|finding| finding.fingerprint.as_str());
    assert!(fingerprints.eq(expected), "{seed}");
}

/// Each line is one command, whose properties are ours.
fn assert_commands(seed: u64, text: &str) {
    for line in text.lines().filter(|line| line.starts_with("::")) {
        let (properties, _) = line.trim_start_matches(':').split_once("::").unwrap();
        let (_, properties) = properties.split_once(' ').unwrap();
        let names = properties
            .split(',')
            .map(|property| property.split('=').next().unwrap());
        let is_ours = |name: &str| ["file", "line", "col", "title"].contains(&name);
        assert!(names.clone().all(is_ours), "{seed}: {line}");
        let names: Vec<_> = names.collect();
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len(), "{seed}: {line}");
    }
}

/// One issue for each finding, with its members and no others.
fn assert_issues(seed: u64, text: &str) {
    let report = report(seed);
    let issues = parsed(text);
    let told = report.findings.iter().filter(|finding| finding.is_told());
    let fingerprints = issues
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| issue["fingerprint"].as_str());
    assert!(
        fingerprints.eq(told.map(|finding| Some(finding.fingerprint.as_str()))),
        "{seed}"
    );
    for issue in issues.as_array().unwrap() {
        let members: Vec<_> = issue.as_object().unwrap().keys().collect();
        let ours = ["check_name", "description", "fingerprint", "location", "severity"];
        assert_eq!(members, ours, "{seed}");
    }
}

/// An entry stands two columns in, a problem and a verdict none; what others say stands further in, however narrow the
/// terminal is.
#[test]
fn no_text_of_others_passes_for_a_line_of_the_report() {
    for seed in SEEDS {
        for width in [None, Some(20)] {
            let text = rendered(seed, Format::Text, width);
            assert!(!text.lines().any(|line| line.starts_with("  error Forged")), "{seed}");
            let titles = text
                .lines()
                .filter(|line| line.starts_with("  error ") || line.starts_with("  warning "));
            let report = report(seed);
            let subjects = crate::report::subjects(&report, |_| true);
            let entries = subjects.iter().flat_map(|subject| &subject.entries);
            let counted = entries.filter(|entry| entry.severity() >= Severity::Warning);
            assert_eq!(titles.count(), counted.count(), "{seed}\n{text}");
        }
    }
}

fn assert_markdown(seed: u64, text: &str) {
    let mut is_code = false;
    for event in Parser::new_ext(text, Extensions::all()) {
        let is_active = matches!(
            event,
            Event::Html(_)
                | Event::InlineHtml(_)
                | Event::FootnoteReference(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_)
                | Event::TaskListMarker(_)
                | Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock | Tag::MetadataBlock(_))
        );
        assert!(!is_active, "{seed}: {event:?}\n{text}");
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let info = format!("{kind:?}");
                assert!(
                    ["\"sh\"", "\"hcl\"", "\"text\""].iter().any(|name| info.contains(name)),
                    "{info}"
                );
                is_code = true;
            }
            Event::End(TagEnd::CodeBlock) => is_code = false,
            Event::Text(words) if !is_code => {
                let foreign = [MARK, "e.invalid", "octo", "#123", ":tada:", "Forged", "`", "<", "]"];
                assert!(
                    !foreign.iter().any(|part| words.contains(part)),
                    "{seed}: {words}\n{text}"
                );
            }
            _ => {}
        }
    }
}

/// The text of an author is still there, in a span of its own.
#[test]
fn markdown_loses_no_text_of_others() {
    for parts in PARTS.windows(3) {
        for text in [
            parts.concat(),
            parts.join(MARK),
            parts[0].to_owned(),
            format!(" {} ", parts[1]),
        ] {
            let sheet: Sheet<crate::surface::Markdown> = sheet!("a ", Foreign(&text), " b");
            let written = sheet.finish();
            let spans: Vec<String> = Parser::new_ext(written.as_str(), Extensions::all())
                .filter_map(|event| match event {
                    Event::Code(code) => Some(code.to_string()),
                    _ => None,
                })
                .collect();
            let expected = crate::surface::visible(&text).replace("##", "#\\u{23}");
            assert_eq!(spans, [expected], "{written}");
        }
    }
}

/// Whatever stands in a cell, the row has as many as ours.
#[test]
fn no_text_of_others_ends_a_cell() {
    for parts in PARTS.windows(3) {
        for text in [parts.concat(), parts.join(MARK), format!("{}|", parts[0])] {
            let cells: [Sheet<crate::surface::Cell>; 2] = [sheet!(Foreign(&text)), sheet!("ours")];
            let row = Sheet::joined(cells, " | ");
            let table: Sheet<crate::surface::Markdown> = sheet!("| a | b |\n|---|---|\n| ", row, " |\n");
            let table = table.finish();
            let (mut spans, mut words) = (Vec::new(), Vec::new());
            for event in Parser::new_ext(table.as_str(), Extensions::all()) {
                match event {
                    Event::Code(code) => spans.push(code.to_string()),
                    Event::Text(text) => words.push(text.to_string()),
                    _ => {}
                }
            }
            let expected = crate::surface::visible(&text).replace("##", "#\\u{23}");
            assert_eq!(spans, [expected.replace('|', "\\u{7c}")], "{table}");
            assert_eq!(words, ["a", "b", "ours"], "{table}");
        }
    }
}

/// Text of others has no links.
fn assert_sarif(seed: u64, text: &str) {
    let log: Value = serde_json::from_str(text).unwrap();
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap().iter();
    let notes = run["invocations"][0]["toolExecutionNotifications"]
        .as_array()
        .unwrap()
        .iter();
    for entry in results.chain(notes) {
        let text = entry["message"]["text"].as_str().unwrap();
        let mut is_escaped = false;
        for character in text.chars() {
            assert!(is_escaped || !matches!(character, '[' | ']'), "{seed}: {text}");
            is_escaped = character == '\\' && !is_escaped;
        }
    }
}

/// Elements and attributes are those of ours.
fn assert_xml(seed: u64, xml: &str) {
    for tag in xml.split('<').skip(1) {
        let name = tag
            .trim_start_matches(['/', '?'])
            .split([' ', '>', '/'])
            .next()
            .unwrap();
        let ours = [
            "xml",
            "testsuites",
            "testsuite",
            "testcase",
            "failure",
            "error",
            "skipped",
        ];
        assert!(ours.contains(&name), "{seed}: {name}");
        assert_eq!(tag.matches('>').count(), 1, "{seed}: {tag}");
        let (attributes, text) = tag.split_once('>').unwrap();
        assert_eq!(attributes.matches('"').count() % 2, 0, "{seed}: {tag}");
        assert!(!text.contains('"'), "{seed}: {tag}");
    }
}

/// Each metric stays on its line.
fn assert_metrics(seed: u64, text: &str) {
    for line in text.lines() {
        let value = line.rsplit(' ').next().unwrap();
        let is_sample = line.starts_with("ecs_drift_") && value.parse::<f64>().is_ok();
        let is_ours = line.starts_with("# HELP ecs_drift_") || line.starts_with("# TYPE ecs_drift_");
        assert!(is_sample || is_ours, "{seed}: {line}");
    }
}
