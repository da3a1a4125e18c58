//! Wording of values, places, times and counts, the same in every form. A wording that holds text of others is a
//! [`Sheet`] of whatever surface asks, or the bare text, which no sheet takes unless it is marked as foreign.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    report::{
        CONFIGURATION, Confidence, ExitPolicy, Finding, Kind, Origin, Outcome, Report, Severity, Shown,
        SuppressionKind, Verdict,
    },
    surface::{Foreign, Sheet, Surface, sheet},
};

/// The text for a value that the source marks as sensitive.
const SENSITIVE: &str = "(sensitive value)";

/// The path of standard input where one is needed.
const STANDARD_INPUT: &str = "stdin";

/// A value.
pub(super) fn value<S: Surface>(shown: &Shown) -> Sheet<S> {
    if shown.redacted {
        return sheet!(SENSITIVE);
    }
    let text = shown.value.as_ref().map(ToString::to_string);
    let value = text.as_deref().map(Foreign);
    match (shown.origin, value) {
        (Origin::Recorded, Some(value)) => sheet!(value),
        (Origin::ImplicitDefault, Some(value)) => sheet!(value, " (default)"),
        (Origin::Recorded | Origin::ImplicitDefault, None) => sheet!("nothing"),
        (Origin::NotRecorded, _) => sheet!("not recorded"),
        (Origin::UnknownUntilApply, _) => sheet!("known after apply"),
        (Origin::NotReadable, _) => sheet!("no longer on record"),
    }
}

/// An input, as people call it.
pub(super) fn input(name: &str) -> Foreign<'_> {
    Foreign(if name == "-" { "standard input" } else { name })
}

/// The subject of a finding, as others call it.
pub(super) fn subject(report: &Report, finding: &Finding) -> String {
    name(report, &finding.arn)
}

/// Cluster and name of a daemon; of anything else what its ARN says, with its kind.
pub(super) fn name(report: &Report, arn: &str) -> String {
    let resource = || arn.splitn(6, ':').nth(5).unwrap_or(arn);
    match report.daemon(arn) {
        Some(daemon) => format!("{}/{}", daemon.cluster, daemon.name),
        None => resource().strip_prefix("daemon/").unwrap_or_else(resource).to_owned(),
    }
}

/// Title of a finding with its setting, for example `Reset to its default: critical`.
pub(super) fn title<S: Surface>(finding: &Finding) -> Sheet<S> {
    if let Some(setting) = &finding.setting {
        sheet!(finding.cause.title(), ": ", Foreign(setting))
    } else {
        sheet!(finding.cause.title())
    }
}

/// Wanted and live value in a few words; none for a condition.
pub(super) fn difference<S: Surface>(finding: &Finding) -> Option<Sheet<S>> {
    match (&finding.wanted, &finding.live) {
        (Some(wanted), Some(live)) => Some(sheet!("wanted ", value(wanted), ", live ", value(live))),
        (Some(wanted), None) => Some(sheet!("wanted ", value(wanted))),
        (None, Some(live)) => Some(sheet!("live ", value(live))),
        (None, None) => None,
    }
}

/// True if all texts of two values are ARNs of one account, region and kind, so that the part before their names says nothing.
pub(super) fn are_alike(both: [Option<&Shown>; 2]) -> bool {
    let mut texts = Vec::new();
    for shown in both {
        let Some(value) = shown.and_then(|shown| shown.value.as_ref()) else {
            return false;
        };
        match value {
            Value::String(text) => texts.push(text.as_str()),
            Value::Array(values) => texts.extend(values.iter().map(|value| value.as_str().unwrap_or_default())),
            _ => return false,
        }
    }
    let before = |text: &str| text.strip_suffix(tail(text)).map(str::to_owned);
    let is_arn = |text: &&str| text.starts_with("arn:") && text.split(':').count() > 5;
    let first = texts.first().and_then(|text| before(text));
    texts.iter().all(|text| is_arn(text) && before(text) == first)
}

/// A value of ARNs by their names.
pub(super) fn short<S: Surface>(shown: &Shown) -> Sheet<S> {
    let mut short = shown.clone();
    let name = |value: &mut Value| {
        if let Value::String(text) = value {
            *text = tail(text).to_owned();
        }
    };
    match &mut short.value {
        Some(Value::Array(values)) => values.iter_mut().for_each(name),
        Some(value) => name(value),
        None => {}
    }
    value(&short)
}

/// The part of an ARN after account and kind, for example `prod/agent`.
pub(super) fn tail(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    resource.split_once('/').map_or(resource, |(_, name)| name)
}

/// File, line and column to point to: where the wanted value is written, else the input, else the report's first
/// input. Something is needed, because code scanning refuses a finding without a place.
pub(super) fn place<'a>(report: &'a Report, finding: &'a Finding) -> (&'a str, u32, Option<u32>) {
    if let Some(location) = &finding.location {
        return (&location.file, location.line, location.column);
    }
    let own = finding.source.as_ref().map(|source| source.input.as_str());
    let first = || report.inputs.first().map(|input| input.name.as_str());
    match own.or_else(first) {
        None | Some("-") => (STANDARD_INPUT, 1, None),
        Some(name) => (name, 1, None),
    }
}

/// Title of the whole report. It says the same as the exit code, but for `--exit-zero`, which is about the code alone; and "in
/// sync" only if nothing was found that matters, whether it counts or not.
pub(super) fn headline(report: &Report, policy: ExitPolicy) -> &'static str {
    let open = || report.findings.iter().filter(|finding| finding.is_open());
    let is_difference = |finding: &&Finding| finding.kind == Kind::Difference;
    let policy = ExitPolicy {
        exit_zero: false,
        ..policy
    };
    match Outcome::of(report, policy) {
        Outcome::Ended(_) => "interrupted",
        Outcome::Failed => "failed",
        Outcome::Incomplete => "incomplete",
        Outcome::Repaired => silenced(report).unwrap_or("repaired"),
        Outcome::Drift => {
            let mut failing = open().filter(|finding| policy.fail_on.is_met(finding.severity));
            if failing.any(|finding| is_difference(&finding)) {
                "drift"
            } else {
                "needs attention"
            }
        }
        Outcome::InSync if open().any(|finding| is_difference(&finding)) => "drift below --fail-on",
        Outcome::InSync if open().any(|finding| finding.severity > Severity::Note) => "findings below --fail-on",
        Outcome::InSync => silenced(report).unwrap_or("in sync"),
    }
}

/// Title of a report in which all that matters does not count; none if nothing is such.
fn silenced(report: &Report) -> Option<&'static str> {
    let of = |kind| {
        let is_it = move |finding: &&Finding| finding.suppression.as_ref().is_some_and(|own| own.kind == kind);
        report.findings.iter().filter(is_it)
    };
    let titles = [
        (SuppressionKind::Known, "known drift", "known findings"),
        (SuppressionKind::Settling, "settling drift", "settling findings"),
        (SuppressionKind::Ignored, "ignored drift", "ignored findings"),
    ];
    let has_drift = |kind| of(kind).any(|finding| finding.kind == Kind::Difference);
    let matters = |kind| of(kind).any(|finding| finding.severity > Severity::Note);
    let drift = titles.iter().find(|(kind, ..)| has_drift(*kind));
    let other = || titles.iter().find(|(kind, ..)| matters(*kind));
    drift
        .map(|(_, drift, _)| *drift)
        .or_else(|| other().map(|(.., findings)| *findings))
}

/// `1 daemon`, `2 daemons`.
pub(crate) fn count<S>(number: u64, noun: &'static str) -> Sheet<S> {
    sheet!(number, " ", noun, plural(number))
}

/// The ending of a noun.
pub(crate) fn plural(number: u64) -> &'static str {
    if number == 1 { "" } else { "s" }
}

/// Daemons by verdict, for example `22 daemons: 9 drifted, 13 in sync`.
pub(super) fn verdicts<S>(report: &Report) -> Sheet<S> {
    const WORDS: [(Verdict, &str); 7] = [
        (Verdict::Drifted, "drifted"),
        (Verdict::Unread, "unread"),
        (Verdict::Condition, "with other findings"),
        (Verdict::KnownDrift, "with known drift"),
        (Verdict::SettlingDrift, "with settling drift"),
        (Verdict::IgnoredDrift, "with ignored drift"),
        (Verdict::InSync, "in sync"),
    ];
    let counted = WORDS.into_iter().filter_map(|(verdict, words)| {
        let number = report.summary.verdicts.get(&verdict)?;
        Some(sheet!(*number, " ", words))
    });
    listed(count(report.summary.daemons, "daemon"), counted)
}

/// Findings by severity, worst first.
pub(super) fn severities<S>(report: &Report) -> Sheet<S> {
    let counted = report
        .summary
        .severities
        .iter()
        .rev()
        .map(|(severity, number)| match severity {
            Severity::None => sheet!(*number, " without severity"),
            other => count(*number, severity_name(*other)),
        });
    listed(count(report.summary.findings, "finding"), counted)
}

/// What could not be read, by its kind, for example `2 daemons, a part of 1 daemon, 1 cluster, a part of the configuration`;
/// none if all was read.
pub(super) fn unread<S>(report: &Report) -> Option<Sheet<S>> {
    let whole: BTreeSet<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.kind == Kind::Unread && !finding.is_partial_gap())
        .map(|finding| finding.arn.as_str())
        .collect();
    let (mut daemons, mut in_part, mut clusters, mut lists) = (0, 0, 0, 0);
    let sources = report.findings.iter().filter_map(|finding| finding.source.as_ref());
    let modules: BTreeSet<&str> = sources
        .filter(|source| source.resource_type == "module")
        .map(|source| source.address.as_str())
        .collect();
    let is_of_configuration = |arn: &String| *arn == CONFIGURATION || modules.contains(arn.as_str());
    let (of_configuration, unread): (Vec<&String>, Vec<&String>) =
        report.unread.iter().partition(|arn| is_of_configuration(arn));
    for arn in unread {
        let kind = arn
            .splitn(6, ':')
            .nth(5)
            .and_then(|resource| resource.split('/').next());
        let number = match kind {
            Some("cluster") => &mut clusters,
            Some("daemon-task-definition") => &mut lists,
            _ if whole.contains(arn.as_str()) => &mut daemons,
            _ => &mut in_part,
        };
        *number += 1;
    }
    let parts = [
        (daemons, "", "daemon"),
        (in_part, "a part of ", "daemon"),
        (clusters, "", "cluster"),
        (lists, "", "task definition list"),
    ];
    let parts = parts.into_iter().filter(|(number, ..)| *number > 0);
    let parts = parts.map(|(number, before, noun)| sheet!(before, count(number, noun)));
    let of_configuration = (!of_configuration.is_empty()).then(|| sheet!("a part of the configuration"));
    let parts = Sheet::joined(parts.chain(of_configuration), ", ");
    (!parts.is_empty()).then_some(parts)
}

/// Findings that do not count, by reason; none if there are none.
pub(super) fn suppressed<S>(report: &Report) -> Option<Sheet<S>> {
    let total: u64 = report.summary.suppressed.values().sum();
    if total == 0 {
        return None;
    }
    let counted = report.summary.suppressed.iter();
    let counted = counted.map(|(kind, number)| sheet!(*number, " ", suppression_name(*kind)));
    let total: Sheet<S> = count(total, "finding");
    Some(listed(sheet!(total, " not counted"), counted))
}

fn listed<S>(head: Sheet<S>, parts: impl Iterator<Item = Sheet<S>>) -> Sheet<S> {
    let parts = Sheet::joined(parts, ", ");
    if parts.is_empty() {
        return head;
    }
    sheet!(head, ": ", parts)
}

/// Name of a severity.
pub(super) fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::None => "none",
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// Name of a confidence.
pub(super) fn confidence_name(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Possible => "possible",
        Confidence::Likely => "likely",
        Confidence::Certain => "certain",
        Confidence::Recorded => "recorded",
    }
}

/// How sure causes are, behind their titles; nothing of those that are certain.
pub(super) fn sureness<S: Surface>(confidence: Confidence) -> Option<Sheet<S>> {
    (confidence != Confidence::Certain).then(|| sheet!(" (", confidence_name(confidence), ")"))
}

/// Name of a kind of suppression.
pub(super) fn suppression_name(kind: SuppressionKind) -> &'static str {
    match kind {
        SuppressionKind::Ignored => "ignored",
        SuppressionKind::Settling => "settling",
        SuppressionKind::Known => "known",
        SuppressionKind::Repaired => "repaired",
    }
}

/// The number of items.
pub(super) fn length<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}
