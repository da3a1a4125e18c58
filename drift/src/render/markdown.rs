//! Markdown for issues, pull requests and step summaries. Hosts drop a text that is too long as a whole, so it
//! is cut here, by whole findings and worst first, and says what was cut.

use std::{cmp::Reverse, fmt::Write};

use super::words;
use crate::report::{Command, Finding, Problem, Report};

/// Characters that the body of an issue or pull request of GitHub takes; other hosts take more.
pub(super) const BODY: Limit = Limit::Characters(65_536);
/// Bytes that GitHub takes as the summary of a step.
pub(super) const STEP_SUMMARY: Limit = Limit::Bytes(1024 * 1024);

/// What a host takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Limit {
    /// So many characters.
    Characters(usize),
    /// So many bytes.
    Bytes(usize),
}

impl Limit {
    fn size(self, text: &str) -> usize {
        match self {
            Self::Characters(_) => text.chars().count(),
            Self::Bytes(_) => text.len(),
        }
    }

    fn most(self) -> usize {
        match self {
            Self::Characters(most) | Self::Bytes(most) => most,
        }
    }
}

/// The report as Markdown.
pub(super) fn render(report: &Report, limit: Limit) -> String {
    let mut blocks: Vec<String> = problems(report).collect();
    let mut open: Vec<&Finding> = report.findings.iter().filter(|finding| finding.is_open()).collect();
    // Stable, so that findings of one severity stay in the order of the report.
    open.sort_by_key(|finding| Reverse(finding.severity));
    blocks.extend(open.into_iter().map(|finding| block(report, finding)));
    cut(head(report), &blocks, limit)
}

/// As many blocks as fit behind the head, and a line that says how many did not.
fn cut(mut text: String, blocks: &[String], limit: Limit) -> String {
    // Longer than any closing line can become.
    let reserve = limit.size(&closing(usize::MAX, usize::MAX));
    let mut room = limit.most().saturating_sub(limit.size(&text) + reserve);
    for (shown, block) in blocks.iter().enumerate() {
        let size = limit.size(block);
        if size > room {
            text.push_str(&closing(blocks.len() - shown, blocks.len()));
            return text;
        }
        room -= size;
        text.push_str(block);
    }
    text
}

fn closing(missing: usize, all: usize) -> String {
    format!("\n_Cut to what the host takes: {missing} of {all} entries are not shown; the JSON report has all._\n")
}

fn head(report: &Report) -> String {
    let mut text = format!(
        "## ECS daemons: {}\n\n{}  \n{}  \n",
        words::headline(report),
        words::verdicts(report),
        words::severities(report)
    );
    if let Some(suppressed) = words::suppressed(report) {
        let _infallible = writeln!(text, "{suppressed}  ");
    }
    if !report.complete {
        text.push_str("**The scan is incomplete: what could not be read may have drifted, too.**  \n");
    }
    if !report.summary.causes.is_empty() {
        text.push_str("\n| cause | findings |\n|---|---|\n");
    }
    for (cause, count) in &report.summary.causes {
        let _infallible = writeln!(text, "| {} | {count} |", cause.title());
    }
    let _infallible = writeln!(
        text,
        "\n_{} {}, {} to {}_",
        report.tool.name,
        prose(&report.tool.version),
        words::time(report.started_at),
        words::time(report.finished_at)
    );
    text
}

fn problems(report: &Report) -> impl Iterator<Item = String> {
    let errors = report.errors.iter().map(|problem| problem_block("Error", problem));
    errors.chain(report.warnings.iter().map(|problem| problem_block("Warning", problem)))
}

fn problem_block(label: &str, problem: &Problem) -> String {
    let input = problem.input.as_ref().map(|input| format!(" ({})", code(input)));
    format!(
        "\n### {label}: {}{}\n\n{}\n",
        prose(&problem.summary),
        input.unwrap_or_default(),
        prose(&problem.detail)
    )
}

fn block(report: &Report, finding: &Finding) -> String {
    let mut text = format!(
        "\n### {}: {}",
        words::severity_name(finding.severity),
        finding.cause.title()
    );
    if let Some(setting) = &finding.setting {
        let _infallible = write!(text, " · {}", code(setting));
    }
    let _infallible = writeln!(text, " · {}\n", code(&words::subject(report, finding)));
    text.push_str(&facts(report, finding));
    if finding.message != finding.cause.title() {
        let _infallible = writeln!(text, "\n{}", prose(&finding.message));
    }
    let _infallible = writeln!(text, "\n{}", prose(&finding.next_step.text));
    for command in &finding.next_step.commands {
        text.push_str(&fenced(command));
    }
    text
}

fn facts(report: &Report, finding: &Finding) -> String {
    let mut text = String::new();
    let mut fact = |name: &str, value: &str| {
        let _infallible = writeln!(text, "- {name}: {value}");
    };
    if let Some(wanted) = &finding.wanted {
        fact("wanted", &code(&words::value(wanted)));
    }
    if let Some(live) = &finding.live {
        fact("live", &code(&words::value(live)));
    }
    if let Some(source) = &finding.source {
        fact(
            "source",
            &format!("{} in {}", code(&source.address), code(&source.input)),
        );
    }
    if let Some(owner) = words::daemon(report, &finding.arn).and_then(|daemon| daemon.owner.as_deref()) {
        fact("owner", &code(owner));
    }
    if !finding.daemons.is_empty() {
        let daemons: Vec<String> = finding.daemons.iter().map(|arn| code(&words::tail(arn))).collect();
        fact("daemons", &daemons.join(", "));
    }
    if let Some(since) = finding.since {
        fact("since", &words::time(since));
    }
    fact("confidence", words::confidence_name(finding.confidence));
    if let Some(group) = words::group(report, finding) {
        fact("caused by", &code(&words::origin(group)));
    }
    text
}

/// Text as code, whatever backticks it holds: the fence is longer than the longest run of them.
fn code(text: &str) -> String {
    let text = words::line(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn fenced(command: &Command) -> String {
    let text = words::plain(command.text.trim_end());
    let fence = "`".repeat((longest_run(&text) + 1).max(3));
    format!(
        "\n{}:\n\n{fence}{}\n{text}\n{fence}\n",
        prose(&command.title),
        command.language
    )
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|character| character != '`');
    runs.map(str::len).max().unwrap_or(0)
}

/// Sentences of ours, which hold values of others. What stands in backticks stays code; elsewhere nothing may
/// become markup or mention someone.
fn prose(text: &str) -> String {
    let text = words::plain(text);
    let parts: Vec<&str> = text.split('`').collect();
    let is_balanced = parts.len() % 2 == 1;
    if !is_balanced {
        return escape(&text);
    }
    let parts = parts.into_iter().enumerate().map(|(index, part)| match index % 2 {
        0 => escape(part),
        _ => code(part),
    });
    parts.collect()
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // An entity, because a backslash does not keep GitHub from mentioning.
            '@' => escaped.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' => escaped.extend(['\\', character]),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_never_becomes_markup() {
        let check = |text: &str, expected: &str| assert_eq!(prose(text), expected);
        check("Allow `ecs:DescribeDaemon`.", "Allow `ecs:DescribeDaemon`.");
        check("<img> @team *b* #1", "&lt;img&gt; &#64;team \\*b\\* \\#1");
        check("one ` only", "one \\` only");
        assert_eq!(code("a ``b`"), "``` a ``b` ```");
        assert_eq!(code("a\nb"), "`a b`");
    }

    #[test]
    fn what_does_not_fit_is_cut_by_whole_entries() {
        let blocks: Vec<String> = (0..10)
            .map(|number| format!("entry {number} {}\n", "ä".repeat(90)))
            .collect();
        let limited = |limit| cut("head\n".to_owned(), &blocks, limit);
        for limit in [Limit::Characters(500), Limit::Bytes(500)] {
            let text = limited(limit);
            assert!(limit.size(&text) <= 500, "{limit:?}");
            let shown = text.lines().filter(|line| line.starts_with("entry")).count();
            assert!(
                shown > 0 && text.contains(&format!("{} of 10 entries", 10 - shown)),
                "{text}"
            );
        }
        assert_eq!(limited(Limit::Characters(5000)), format!("head\n{}", blocks.concat()));
    }
}
