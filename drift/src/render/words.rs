//! How values, places, times and counts are said, the same in every form.

use jiff::{Timestamp, fmt::temporal::DateTimePrinter};

use crate::report::{
    Confidence, Daemon, Finding, Group, Kind, Origin, Report, Severity, Shown, SuppressionKind, Verdict,
};

/// What stands for a value that the source marks as sensitive.
const SENSITIVE: &str = "(sensitive value)";

/// What stands for standard input where a path is needed.
const STANDARD_INPUT: &str = "stdin";

/// A value.
pub(super) fn value(shown: &Shown) -> String {
    if shown.redacted {
        return SENSITIVE.to_owned();
    }
    let value = shown.value.as_ref().map(|value| plain(&value.to_string()));
    match (shown.origin, value) {
        (Origin::Recorded, Some(value)) => value,
        (Origin::ImplicitDefault, Some(value)) => format!("{value} (default)"),
        (Origin::Recorded | Origin::ImplicitDefault, None) => "nothing".to_owned(),
        (Origin::NotRecorded, _) => "not recorded".to_owned(),
        (Origin::UnknownUntilApply, _) => "known after apply".to_owned(),
        (Origin::NotReadable, _) => "no longer on record".to_owned(),
    }
}

/// Text of others without characters that steer a terminal; line breaks stay.
pub(super) fn plain(text: &str) -> String {
    let steers = |character: char| character.is_control() && character != '\n';
    if !text.contains(steers) {
        return text.to_owned();
    }
    let shown = text.chars().map(|character| {
        if steers(character) {
            character.escape_unicode().to_string()
        } else {
            character.to_string()
        }
    });
    shown.collect()
}

/// The same on one line.
pub(super) fn line(text: &str) -> String {
    plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A time, to the second.
pub(super) fn time(timestamp: Timestamp) -> String {
    DateTimePrinter::new()
        .precision(Some(0))
        .timestamp_to_string(&timestamp)
}

/// What a finding is about: cluster and name of the daemon, or what its ARN says.
pub(super) fn subject(report: &Report, finding: &Finding) -> String {
    match daemon(report, &finding.arn) {
        Some(daemon) => plain(&format!("{}/{}", daemon.cluster, daemon.name)),
        None => tail(&finding.arn),
    }
}

/// The daemon of an ARN; daemons of a sealed report are sorted.
pub(super) fn daemon<'a>(report: &'a Report, arn: &str) -> Option<&'a Daemon> {
    let position = report
        .daemons
        .binary_search_by(|daemon| daemon.arn.as_str().cmp(arn))
        .ok()?;
    report.daemons.get(position)
}

/// The group of a finding.
pub(super) fn group<'a>(report: &'a Report, finding: &Finding) -> Option<&'a Group> {
    let wanted = finding.group.as_deref()?;
    let position = report
        .groups
        .binary_search_by(|group| group.deployment_arn.as_str().cmp(wanted))
        .ok()?;
    report.groups.get(position)
}

/// Title of a finding with its setting, for example `Reset to its default: critical`.
pub(super) fn title(finding: &Finding) -> String {
    match &finding.setting {
        Some(setting) => format!("{}: {}", finding.cause.title(), plain(setting)),
        None => finding.cause.title().to_owned(),
    }
}

/// The message, unless it says no more than the title of the cause does.
pub(super) fn explanation(finding: &Finding) -> Option<&str> {
    let message = finding.message.as_str();
    (message.trim_end_matches('.') != finding.cause.title()).then_some(message)
}

/// Wanted and live value in a few words; none for a condition.
pub(super) fn difference(finding: &Finding) -> Option<String> {
    match (&finding.wanted, &finding.live) {
        (Some(wanted), Some(live)) => Some(format!("wanted {}, live {}", value(wanted), value(live))),
        (Some(wanted), None) => Some(format!("wanted {}", value(wanted))),
        (None, Some(live)) => Some(format!("live {}", value(live))),
        (None, None) => None,
    }
}

/// The deployment behind a finding and, where `CloudTrail` knows it, who made it.
pub(super) fn origin(group: &Group) -> String {
    let when = group
        .created_at
        .map(|at| format!(" began {}", time(at)))
        .unwrap_or_default();
    let who = group.event.as_ref().map(|event| {
        let agent = event.user_agent.as_deref();
        let agent = agent.map(|agent| format!(" with {}", line(agent))).unwrap_or_default();
        format!(
            ", {} by {}{agent}, members {}",
            line(&event.event_name),
            line(&event.principal),
            line(&event.members.join(", "))
        )
    });
    format!(
        "deployment {}{when}{}",
        tail(&group.deployment_arn),
        who.unwrap_or_default()
    )
}

/// The part of an ARN after account and kind, for example `prod/agent`.
pub(super) fn tail(arn: &str) -> String {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    let name = resource.split_once('/').map_or(resource, |(_, name)| name);
    plain(name)
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

/// Title of the whole report.
pub(super) fn headline(report: &Report) -> &'static str {
    let has = |kind| report.summary.kinds.contains_key(&kind);
    if report.interrupted {
        "interrupted"
    } else if !report.errors.is_empty() {
        "failed"
    } else if has(Kind::Difference) {
        "drift"
    } else if !report.complete {
        "incomplete"
    } else if has(Kind::Condition) {
        "conditions"
    } else {
        "in sync"
    }
}

/// `1 daemon`, `2 daemons`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Daemons by verdict, for example `22 daemons: 9 drifted, 13 in sync`.
pub(super) fn verdicts(report: &Report) -> String {
    const WORDS: [(Verdict, &str); 4] = [
        (Verdict::Drifted, "drifted"),
        (Verdict::Unread, "unread"),
        (Verdict::Condition, "with conditions"),
        (Verdict::InSync, "in sync"),
    ];
    let counted = WORDS.into_iter().filter_map(|(verdict, words)| {
        let number = report.summary.verdicts.get(&verdict)?;
        Some(format!("{number} {words}"))
    });
    listed(count(report.summary.daemons, "daemon"), counted)
}

/// Findings by severity, worst first.
pub(super) fn severities(report: &Report) -> String {
    let counted = report
        .summary
        .severities
        .iter()
        .rev()
        .map(|(severity, number)| match severity {
            Severity::None => format!("{number} without severity"),
            other => count(*number, severity_name(*other)),
        });
    listed(count(report.summary.findings, "finding"), counted)
}

/// Findings that do not count, by reason; none if there are none.
pub(super) fn suppressed(report: &Report) -> Option<String> {
    let total: u64 = report.summary.suppressed.values().sum();
    if total == 0 {
        return None;
    }
    let counted = report.summary.suppressed.iter();
    let counted = counted.map(|(kind, number)| format!("{number} {}", suppression_name(*kind)));
    Some(listed(format!("{} not counted", count(total, "finding")), counted))
}

fn listed(head: String, parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        return head;
    }
    format!("{head}: {}", parts.join(", "))
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

/// Name of a kind of suppression.
pub(super) fn suppression_name(kind: SuppressionKind) -> &'static str {
    match kind {
        SuppressionKind::Ignored => "ignored",
        SuppressionKind::Settling => "settling",
        SuppressionKind::Known => "known",
        SuppressionKind::Repaired => "repaired",
    }
}
