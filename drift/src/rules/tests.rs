//! Rules on the golden estate, and what is wrong with files.

use super::*;
use crate::report::{Cause, Finding, Report, Severity, SuppressionKind, Verdict, golden};

fn context() -> Context<'static> {
    Context {
        now: "2026-03-01T02:00:07Z".parse().unwrap(),
        is_now_given: false,
        min_age: None,
        known: None,
        service_time: None,
    }
}

fn applied(rules: &str, context: &Context<'_>) -> Report {
    let mut report = estate();
    apply(&Rules::parse(FILE_NAME, rules).unwrap(), context, &mut report);
    report
}

/// The estate without what could not be read, which keeps rules from being called unused, and without suppressions.
fn estate() -> Report {
    let mut report = golden::estate();
    report.warnings.clear();
    report
        .findings
        .retain(|finding| finding.kind != crate::report::Kind::Unread && finding.is_open());
    report
}

/// Causes of the findings that a rule suppresses, and the titles of warnings.
fn check(rule: &str, expected: &[Cause], warnings: &[&str]) {
    let report = applied(rule, &context());
    let suppressed: Vec<Cause> = report
        .findings
        .iter()
        .filter(|finding| !finding.is_open())
        .map(|finding| finding.cause)
        .collect();
    assert_eq!(suppressed, expected, "{rule}");
    let summaries: Vec<&str> = report.warnings.iter().map(|warning| warning.summary.as_str()).collect();
    assert_eq!(summaries, warnings, "{rule}");
}

#[test]
fn ignore_rules() {
    let rule = |selector: &str| format!("[[ignore]]\nreason = \"because\"\n{selector}\n");
    check(&rule("cause = \"tags\""), &[Cause::Tags], &[]);
    check(&rule("address = \"ecs_daemon.missing\""), &[Cause::Missing], &[]);
    check(
        &rule("address = \"ecs_daemon.missing\"\nsetting = \"**\""),
        &[],
        &["Rule matches nothing"],
    );
    check(
        &rule("setting = \"deployment_configuration.*\"\narn = \"arn:**:daemon/prod/*\""),
        &[Cause::DefaultRevert],
        &[],
    );
    check(&rule("cause = \"tags\"\nexpires = 2026-03-01"), &[Cause::Tags], &[]);
    check(
        &rule("cause = \"tags\"\nexpires = \"2026-02-28\""),
        &[],
        &["Rule has expired"],
    );
}

#[test]
fn an_owner_of_nothing_is_told() {
    let rule = |selector: &str| format!("[[owner]]\nowner = \"search\"\n{selector}\n");
    check(&rule("address = \"ecs_daemon.tags\""), &[], &[]);
    check(&rule("arn = \"not-an-arn\""), &[], &["Rule matches nothing"]);
}

#[test]
fn an_address_does_not_hide_what_other_daemons_share() {
    let rule = "[[ignore]]\nreason = \"because\"\naddress = \"ecs_daemon.cluster_missing\"\n";
    check(rule, &[Cause::ClusterMissing], &[]);
    let mut report = estate();
    for finding in &mut report.findings {
        if finding.cause == Cause::ClusterMissing {
            finding.daemons.push("another".to_owned());
        }
    }
    apply(&Rules::parse(FILE_NAME, rule).unwrap(), &context(), &mut report);
    assert!(report.findings.iter().all(Finding::is_open));
}

#[test]
fn a_gap_keeps_rules_from_being_called_unused() {
    let mut report = golden::estate();
    report.warnings.clear();
    let rules = Rules::parse(FILE_NAME, "[[ignore]]\nreason = \"because\"\narn = \"none\"\n").unwrap();
    apply(&rules, &context(), &mut report);
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
}

#[test]
fn the_last_severity_and_owner_win() {
    let report = applied(
        r#"
        [[severity]]
        arn = "arn:**"
        level = "note"
        [[severity]]
        cause = "tags"
        level = "error"
        [[owner]]
        arn = "arn:**"
        owner = "everyone"
        [[owner]]
        address = "ecs_daemon.tags"
        owner = "search"
        "#,
        &context(),
    );
    let severity = |cause| {
        report
            .findings
            .iter()
            .find(|finding| finding.cause == cause)
            .unwrap()
            .severity
    };
    assert_eq!(
        [severity(Cause::Tags), severity(Cause::Missing)],
        [Severity::Error, Severity::Note]
    );
    let owner = |name: &str| {
        report
            .daemons
            .iter()
            .find(|daemon| daemon.name == name)
            .unwrap()
            .owner
            .clone()
            .unwrap()
    };
    assert_eq!([owner("tags"), owner("missing")], ["search", "everyone"]);
}

#[test]
fn only_new_keeps_what_is_new_or_has_another_live_value() {
    let mut earlier = golden::estate();
    earlier.findings.retain(|finding| finding.cause != Cause::Coverage);
    for finding in &mut earlier.findings {
        match finding.cause {
            Cause::Tags => finding.live = None,
            Cause::Missing => {
                finding.suppression = Some(crate::report::Suppression {
                    kind: SuppressionKind::Settling,
                    reason: None,
                });
            }
            // The cause may become clearer without the finding being new.
            Cause::NeverApplied => finding.cause = Cause::ChangedOutside,
            _ => {}
        }
    }
    let report = applied(
        "",
        &Context {
            known: Some(&earlier),
            ..context()
        },
    );
    let open: Vec<Cause> = report
        .findings
        .iter()
        .filter(|finding| finding.is_open())
        .map(|finding| finding.cause)
        .collect();
    assert_eq!(open, [Cause::Coverage, Cause::Missing, Cause::Tags]);
}

#[test]
fn what_is_young_is_settling_and_now_may_be_given() {
    let settling_at = |minutes: i64, is_now_given| {
        let context = Context {
            now: "2026-02-27T14:03:12Z".parse().unwrap(),
            is_now_given,
            min_age: Some(jiff::SignedDuration::from_mins(minutes)),
            ..context()
        };
        let report = applied("", &context);
        let settling = report.summary.suppressed.get(&SuppressionKind::Settling).copied();
        let tags = report
            .daemons
            .iter()
            .find(|daemon| daemon.name == "tags")
            .unwrap()
            .verdict;
        (settling, tags)
    };
    let settling = |minutes| settling_at(minutes, false);
    // Everything in the estate is since 35 hours, 56 minutes and 56 seconds before the end of the scan.
    assert_eq!(settling(35 * 60 + 56), (None, Verdict::Drifted));
    assert_eq!(settling(35 * 60 + 57), (Some(23), Verdict::SettlingDrift));
    assert_eq!(settling_at(1, true), (Some(23), Verdict::SettlingDrift));
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let wrong = [
        "strict = true\n[[ignore]]\nadress = \"a\"\nreason = \"b\"\n",
        "[[ignore]]\ncause = \"default-revrt\"\nreason = \"b\"\n",
        "\n\n[[ignore]]\nreason = \"b\"\n",
        "[[ignore]]\ncause = \"tags\"\nreason = \" \"\n",
        "[[ignore]]\ncause = \"tags\"\n",
        "[[ignore]]\ncause = \"tags\"\nreason = \"b\"\nexpires = \"soon\"\n",
        "min_age = \"long\"\n",
        "fail_on = \"warn\"\n",
        "fail_on = \n",
    ];
    let details = wrong.map(|text| Rules::parse(FILE_NAME, text).unwrap_err().detail);
    insta::assert_snapshot!("wrong", details.join("\n"));
}

/// A gap that may be a repair is a note until an earlier report shows that it lasts.
#[test]
fn a_gap_that_lasts_longer_than_a_repair_is_a_warning() {
    let gap = |minutes: Option<i64>| {
        let mut report = estate();
        report.findings.retain(|finding| finding.cause == Cause::Coverage);
        let finding = &mut report.findings[0];
        (finding.severity, finding.since) = (Severity::Note, None);
        let mut earlier = report.clone();
        let since = minutes.map(|minutes| report.finished_at - jiff::SignedDuration::from_mins(minutes));
        earlier.findings[0].since = since;
        let known = since.map(|_| &earlier);
        apply(&Rules::default(), &Context { known, ..context() }, &mut report);
        let finding = &report.findings[0];
        (
            finding.severity,
            finding.since == Some(since.unwrap_or(report.finished_at)),
            finding.is_open(),
        )
    };
    assert_eq!(gap(None), (Severity::Note, true, true));
    assert_eq!(gap(Some(30)), (Severity::Note, true, false), "known");
    assert_eq!(
        gap(Some(31)),
        (Severity::Warning, true, true),
        "it has become worse, so that it is new"
    );
}
