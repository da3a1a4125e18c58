//! Markdown for issues, pull requests and step summaries. Hosts drop a text that is too long as a whole, so it
//! is cut here, by whole findings and worst first, and says what was cut.
//!
//! Text of others stands in code. Sentences of a report are among it: they hold names and messages of AWS, and a report
//! that was stored may hold anything in their place.

use std::cmp::Reverse;

use super::words;
use crate::{
    report::{Finding, Problem, Report},
    surface::{Finished, Foreign, Language, Markdown, Sentences, Sheet, put, sheet},
};

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
    fn size(self, text: &Sheet<Markdown>) -> usize {
        match self {
            Self::Characters(_) => text.characters(),
            Self::Bytes(_) => text.bytes(),
        }
    }

    fn most(self) -> usize {
        match self {
            Self::Characters(most) | Self::Bytes(most) => most,
        }
    }
}

/// The report as Markdown.
pub(super) fn render(report: &Report, limit: Limit) -> Finished {
    let mut blocks: Vec<Sheet<Markdown>> = problems(report).collect();
    let mut open: Vec<&Finding> = report.findings.iter().filter(|finding| finding.is_open()).collect();
    // Stable, so that findings of one severity stay in the order of the report.
    open.sort_by_key(|finding| Reverse(finding.severity));
    blocks.extend(open.into_iter().map(|finding| block(report, finding)));
    cut(head(report), &blocks, limit).finish()
}

/// As many blocks as fit behind the head, and a line that says how many did not.
fn cut(mut text: Sheet<Markdown>, blocks: &[Sheet<Markdown>], limit: Limit) -> Sheet<Markdown> {
    // Longer than any closing line can become.
    let reserve = limit.size(&closing(usize::MAX, usize::MAX));
    let mut room = limit.most().saturating_sub(limit.size(&text) + reserve);
    for (shown, block) in blocks.iter().enumerate() {
        let size = limit.size(block);
        if size > room {
            put!(text, closing(blocks.len() - shown, blocks.len()));
            return text;
        }
        room -= size;
        put!(text, *block);
    }
    text
}

fn closing(missing: usize, all: usize) -> Sheet<Markdown> {
    sheet!(
        "\n_Cut to what the host takes: ",
        missing,
        " of ",
        all,
        " entries are not shown; the JSON report has all._\n"
    )
}

fn head(report: &Report) -> Sheet<Markdown> {
    let mut text = sheet!("## ECS daemons: ", words::headline(report), "\n\n");
    let counts = [words::verdicts(report), words::severities(report)];
    for line in counts.into_iter().chain(words::suppressed(report)) {
        put!(text, line, "  \n");
    }
    if !report.complete {
        put!(
            text,
            "**The scan is incomplete: what could not be read may have drifted, too.**  \n"
        );
    }
    if !report.summary.causes.is_empty() {
        put!(text, "\n| cause | findings |\n|---|---|\n");
    }
    for (cause, count) in &report.summary.causes {
        put!(text, "| ", cause.title(), " | ", *count, " |\n");
    }
    let tool = format!("{} {}", report.tool.name, report.tool.version);
    put!(text, "\n_", Foreign(&tool), ", ");
    put!(text, report.started_at, " to ", report.finished_at, "_\n");
    text
}

fn problems(report: &Report) -> impl Iterator<Item = Sheet<Markdown>> {
    let errors = report.errors.iter().map(|problem| problem_block("Error", problem));
    errors.chain(report.warnings.iter().map(|problem| problem_block("Warning", problem)))
}

fn problem_block(label: &'static str, problem: &Problem) -> Sheet<Markdown> {
    let mut text = sheet!("\n### ", label, ": ", Sentences(&problem.summary));
    if let Some(input) = &problem.input {
        put!(text, " (", Foreign(input), ")");
    }
    put!(text, "\n");
    if problem.detail.trim_end().contains('\n') {
        text.fenced(Language::Text, &problem.detail);
    } else {
        put!(text, "\n", Sentences(&problem.detail), "\n");
    }
    text
}

fn block(report: &Report, finding: &Finding) -> Sheet<Markdown> {
    let severity = words::severity_name(finding.severity);
    let mut text = sheet!("\n### ", severity, ": ", finding.cause.title());
    if let Some(setting) = &finding.setting {
        put!(text, " · ", Foreign(setting));
    }
    put!(text, " · ", Foreign(&words::subject(report, finding)), "\n\n");
    put!(text, facts(report, finding));
    if finding.message != finding.cause.title() {
        put!(text, "\n", Sentences(&finding.message), "\n");
    }
    put!(text, "\n", Sentences(&finding.next_step.text), "\n");
    for command in &finding.next_step.commands {
        put!(text, "\n", Sentences(&command.title), ":\n");
        text.fenced(Language::named(&command.language), &command.text);
    }
    text
}

fn facts(report: &Report, finding: &Finding) -> Sheet<Markdown> {
    let mut text = Sheet::new();
    let mut fact = |name: &'static str, value: Sheet<Markdown>| put!(text, "- ", name, ": ", value, "\n");
    if let Some(wanted) = &finding.wanted {
        fact("wanted", words::value(wanted));
    }
    if let Some(live) = &finding.live {
        fact("live", words::value(live));
    }
    if let Some(source) = &finding.source {
        fact(
            "source",
            sheet!(Foreign(&source.address), " in ", Foreign(&source.input)),
        );
    }
    if let Some(owner) = words::daemon(report, &finding.arn).and_then(|daemon| daemon.owner.as_deref()) {
        fact("owner", sheet!(Foreign(owner)));
    }
    if !finding.daemons.is_empty() {
        let daemons = finding.daemons.iter().map(|arn| sheet!(Foreign(words::tail(arn))));
        fact("daemons", Sheet::joined(daemons, ", "));
    }
    if let Some(since) = finding.since {
        fact("since", sheet!(since));
    }
    fact("confidence", sheet!(words::confidence_name(finding.confidence)));
    if let Some(group) = words::group(report, finding) {
        fact("caused by", words::origin(group));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_cut_by_whole_entries() {
        let padding = "ä".repeat(90);
        let blocks: Vec<Sheet<Markdown>> = (0..10_usize)
            .map(|number| sheet!("entry ", number, " ", Foreign(&padding), "\n"))
            .collect();
        let limited = |limit| cut(sheet!("head\n"), &blocks, limit);
        for limit in [Limit::Characters(500), Limit::Bytes(500)] {
            let text = limited(limit);
            assert!(limit.size(&text) <= 500, "{limit:?}");
            let text = text.finish();
            let shown = text.as_str().lines().filter(|line| line.starts_with("entry")).count();
            assert!(
                shown > 0 && text.as_str().contains(&format!("{} of 10 entries", 10 - shown)),
                "{text}"
            );
        }
        let whole = Sheet::joined(std::iter::once(sheet!("head\n")).chain(blocks.clone()), "");
        assert_eq!(limited(Limit::Characters(5000)), whole);
    }
}
