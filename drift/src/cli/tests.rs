//! The command line without a process: arguments, stored reports, outputs.

use clap::{CommandFactory, Parser};

use super::{arguments::Arguments, diff::Diff, *};
use crate::{
    report::{Cause, FailOn, MASK, Report, Shown, SuppressionKind, golden},
    surface::Log,
};

#[test]
fn arguments_are_consistent() {
    Arguments::command().debug_assert();
}

fn finish(arguments: &[&str]) -> Result<Finish, String> {
    let words = ["ecs-drift", "merge", "report.json"].iter().chain(arguments);
    let parsed = Arguments::try_parse_from(words).map_err(|error| error.to_string())?;
    let Task::Merge(merge) = parsed.task else {
        panic!("{:?}", parsed.task)
    };
    Finish::new(&merge.finish).map_err(|failure| said(&failure))
}

fn said(failure: &Failure) -> String {
    failure.sheet().finish(Log::Plain).to_string()
}

/// A folder with the golden report in it.
fn folder() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    std::fs::write(&path, serde_json::to_vec(&golden::estate()).unwrap()).unwrap();
    (folder, path.display().to_string())
}

#[test]
fn several_outputs_at_once() {
    let (folder, _) = folder();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let outputs = [format!("json={}", path("a")), format!("sarif={}", path("b"))];
    let finish = finish(&["-o", &outputs[0], "-o", &outputs[1]]).unwrap();
    assert_eq!(finish.run(golden::estate(), None), 2);
    assert_eq!(stored::read(&folder.path().join("a")).unwrap(), golden::estate());
    assert!(
        std::fs::read_to_string(folder.path().join("b"))
            .unwrap()
            .contains("\"2.1.0\"")
    );
}

#[test]
fn wrong_outputs_and_files_are_known_before_a_scan() {
    let wrong = |arguments: &[&str]| finish(arguments).err().unwrap();
    let check = |arguments: &[&str], expected: &str| {
        let message = wrong(arguments);
        assert!(message.contains(expected), "{message}");
    };
    check(
        &["-o", "yaml"],
        "`yaml` is no format; the formats are text, json, ndjson",
    );
    check(&["-o", "json="], "the path after `json=` is empty");
    check(
        &["-o", "json", "-o", "text=-"],
        "Both `json` and `text` go to standard output",
    );
    check(&["-o", "json=a", "-o", "text=a"], "Both `json` and `text` go to `a`");
    check(
        &["-o", "json=no/such/a", "-o", "text=."],
        "Report cannot be written: no/such/a",
    );
    check(&["--rules", "no/such.toml"], "Rules cannot be read: no/such.toml");
    check(&["--only-new", "."], "Report cannot be read: .");
    check(&["--fail-on", "warn"], "invalid value 'warn'");
    check(&["--min-age", "soon"], "--min-age");
    check(&["--output-all"], "unexpected argument");
}

/// The first night has no earlier report, and neither has one whose path is wrong or whose download failed: so it is said.
#[test]
fn without_an_earlier_report_everything_is_new() {
    let (folder, report) = folder();
    let output = folder.path().join("out.json");
    let word = format!("json={}", output.display());
    let last = folder.path().join("last.json");
    let check = || {
        let finish = finish(&["--only-new", &last.display().to_string(), "-o", &word]).unwrap();
        assert_eq!(finish.run(golden::estate(), None), 2);
        let report_of_tonight = stored::read(&output).unwrap();
        assert_eq!(report_of_tonight.summary.findings, 25);
        let warnings = report_of_tonight
            .warnings
            .iter()
            .filter(|warning| warning.summary == "No earlier report");
        assert_eq!(warnings.count(), 1);
    };
    check();
    std::fs::write(&last, "").unwrap();
    check();
    drop(report);
}

/// Forms are said where they are asked for, and each command has examples and the exit codes that it has.
#[test]
fn help_says_what_can_be_given() {
    let help = |words: &[&str]| {
        let words = ["ecs-drift"].iter().chain(words);
        Arguments::try_parse_from(words).unwrap_err().to_string()
    };
    let scan = help(&["scan", "--help"]);
    for format in crate::render::Format::ALL {
        assert!(scan.contains(format.name()), "{format}");
    }
    assert!(scan.contains("AWS_ENDPOINT_URL"));
    assert!(!scan.contains("repaired"), "a scan repairs nothing");
    assert!(!help(&["diff", "--help"]).contains("--strict"));
    for command in ["scan", "diff", "merge", "baseline", "doctor"] {
        let text = help(&[command, "--help"]);
        assert!(
            text.contains("Example") && text.contains("Exit codes") || text.contains("exit code is"),
            "{command}"
        );
        assert!(text.contains(&format!("ecs-drift {command}")), "{command}");
    }
    assert!(help(&["baseline", "record", "--help"]).contains("nothing was written"));
    assert!(help(&["help"]).contains("Usage: ecs-drift"));
    assert!(help(&["scan", "--fail-on", "none"]).contains("any, note, warning, error, never"));
}

#[test]
fn what_is_no_report_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let check = |text: &str, expected: &str| {
        std::fs::write(&path, text).unwrap();
        let failure = stored::read(&path).unwrap_err();
        assert!(failure.detail.contains(expected), "{failure:?}");
    };
    check("", "it ends in the middle of a value, at line 1");
    check("<html>", "it is not JSON at line 1, column 1");
    check("{}", "no `schema_version`");
    check("{\"schema_version\": 9}", "its `schema_version` is no text");
    check(
        "{\"schema_version\": \"2.0\"}",
        "is `2.0`, and this version of ecs-drift reads 1.x only",
    );
    check(
        "{\"schema_version\": \"1.1\"}",
        "what stands at line 1, column 25 is not of its form",
    );
}

fn without(cause: Cause) -> Report {
    let mut report = golden::estate();
    report.findings.retain(|finding| finding.cause != cause);
    report.seal();
    report
}

#[test]
fn diff_tells_new_gone_and_changed() {
    let old = without(Cause::Tags);
    let mut new = without(Cause::Coverage);
    for finding in &mut new.findings {
        if finding.cause == Cause::TaskDefinition {
            finding.live = None;
        }
    }
    let diff = Diff::between(&old, &new);
    insta::assert_snapshot!("diff", diff.text().finish(Log::Plain));
    assert_eq!(diff.code(FailOn::Warning, &new), 2);
    assert_eq!(
        diff.code(FailOn::Error, &new),
        4,
        "what is severe enough is known, but the report has gaps"
    );
    assert_eq!(
        Diff::between(&old, &old).text().finish(Log::Plain).as_str(),
        "no change: 25 as before\n"
    );
}

/// The second night with `--only-new` knows what the first one told.
#[test]
fn two_nights_without_a_change_are_no_change() {
    let first = golden::estate();
    let mut second = first.clone();
    second.only_new(&first);
    let told = |old: &Report, new: &Report| Diff::between(old, new).text().finish(Log::Plain).to_string();
    assert_eq!(told(&first, &second), "no change: 26 as before\n");
    let mut third = first.clone();
    third.only_new(&second);
    assert_eq!(told(&second, &third), "no change: 26 as before\n");
    let mut silenced = first.clone();
    for finding in silenced
        .findings
        .iter_mut()
        .filter(|finding| finding.cause == Cause::Tags)
    {
        finding.suppress(SuppressionKind::Ignored, None);
    }
    assert_eq!(
        told(&first, &silenced),
        "no change: 25 as before, 1 not counted any more\n"
    );
}

/// Nothing tells whether a tag that is not shown is the same.
#[test]
fn a_hidden_value_may_have_changed() {
    let mut report = golden::estate();
    report.findings.retain(|finding| finding.cause == Cause::Tags);
    for finding in &mut report.findings {
        finding.live = Some(Shown::recorded(serde_json::json!({"token": MASK})));
        (finding.group, finding.since) = (None, None);
    }
    let text = Diff::between(&report, &report).text().finish(Log::Plain).to_string();
    assert_eq!(
        text,
        "no change: 1 as before, of which 1 may have another live value, which is not shown\n"
    );
}

/// A scan that was ended early says nothing about what it did not come to.
#[test]
fn what_was_not_read_again_is_not_gone() {
    let old = golden::estate();
    let mut new = old.clone();
    new.interrupted = true;
    new.daemons.retain(|daemon| daemon.name == "tags");
    new.findings.clear();
    new.seal();
    let diff = Diff::between(&old, &new);
    let text = diff.text().finish(Log::Plain).to_string();
    assert!(
        text.ends_with("0 new, 0 changed, 1 gone, 0 as before, 25 not read again\n"),
        "{text}"
    );
}

#[test]
fn merged_reports_are_one_and_the_later_one_knows_better() {
    let one = golden::estate();
    assert_eq!(stored::merge(vec![one.clone()]), one);
    let mut later = without(Cause::Tags);
    later.finished_at = "2026-03-01T03:00:00Z".parse().unwrap();
    let merged = stored::merge(vec![one.clone(), later.clone()]);
    assert_eq!(merged.findings, later.findings, "the tags were repaired in between");
    assert_eq!(merged.statistics.daemons_scanned, 2 * one.statistics.daemons_scanned);
    later.daemons.retain(|daemon| daemon.name != "tags");
    let merged = stored::merge(vec![later, one.clone()]);
    assert_eq!(merged.findings, one.findings, "the later one did not look at it");
}

#[test]
fn inputs_of_a_file_of_rules_are_seen_from_its_folder() {
    let (folder, report) = folder();
    let rules = folder.path().join("nested.toml");
    std::fs::write(folder.path().join("state.json"), "{}").unwrap();
    std::fs::write(
        &rules,
        "[[input]]\npath = 'state.json'\n[[input]]\ncommand = ['cat', 'state.json']\n[[input]]\npath = '-'\n",
    )
    .unwrap();
    let finish = finish(&["--rules", &rules.display().to_string()]).unwrap();
    let [path, command, stdin] = finish.inputs() else {
        panic!("{:?}", finish.inputs())
    };
    assert_eq!(path.name(), folder.path().join("state.json").display().to_string());
    assert_eq!(path.load(std::path::Path::new("")).unwrap(), b"{}");
    assert_eq!(command.load(std::path::Path::new("")).unwrap(), b"{}");
    assert_eq!(stdin.name(), "-");
    drop(report);
}
