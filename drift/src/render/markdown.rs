//! Markdown for issues, pull requests and step summaries. Hosts drop a text that is too long as a whole, so it
//! is cut here, by whole entries and the most urgent first, and says what was cut.
//!
//! Text of others stands in code. Sentences of a report are among it: they hold names and messages of AWS, and a report
//! that was stored may hold anything in their place.

use super::{Options, entries, table, wording};
use crate::{
    report::{Entry, Finding, Given, Problem, Report, Subject, subjects},
    surface::{Cell, Finished, Foreign, Language, Markdown, Sentences, Sheet, put, sheet},
};

/// Findings that do not count, which are listed.
const LISTED: usize = 50;

/// Characters that the body of an issue or pull request of GitHub takes; other hosts take more.
pub(super) const BODY: Limit = Limit::Characters(65_536);
/// Bytes that GitHub takes as the summary of a step.
pub(super) const STEP_SUMMARY: Limit = Limit::Bytes(1024 * 1024);

/// The size of a text that a host takes.
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

    /// What is left of it behind a text.
    pub(super) fn without(self, text: &Sheet<Markdown>) -> Self {
        let left = self.most().saturating_sub(self.size(text));
        match self {
            Self::Characters(_) => Self::Characters(left),
            Self::Bytes(_) => Self::Bytes(left),
        }
    }

    fn most(self) -> usize {
        match self {
            Self::Characters(most) | Self::Bytes(most) => most,
        }
    }
}

/// The report as Markdown.
pub(super) fn render(report: &Report, options: &Options, limit: Limit) -> Finished {
    document(report, options, limit).finish()
}

/// The same as a part of a text.
pub(super) fn document(report: &Report, options: &Options, limit: Limit) -> Sheet<Markdown> {
    let mut blocks: Vec<Sheet<Markdown>> = problems("Error", &report.errors).collect();
    let subjects = subjects(report, |finding| options.shows(finding));
    let mut given = Given::default();
    blocks.extend(subjects.iter().map(|subject| block(report, subject, &mut given)));
    blocks.extend(problems("Warning", &report.warnings));
    blocks.extend(silenced(report));
    cut(head(report, options), &blocks, limit)
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

fn head(report: &Report, options: &Options) -> Sheet<Markdown> {
    let mut text = sheet!("## ECS daemons: ", wording::headline(report, options.policy), "\n\n");
    let counts: [Sheet<Markdown>; 2] = [wording::verdicts(report), wording::severities(report)];
    for line in counts.into_iter().chain(wording::suppressed(report)) {
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

fn problems<'a>(label: &'static str, problems: &'a [Problem]) -> impl Iterator<Item = Sheet<Markdown>> + 'a {
    problems.iter().map(move |problem| problem_block(label, problem))
}

fn problem_block(label: &'static str, problem: &Problem) -> Sheet<Markdown> {
    let mut text = sheet!("\n### ", label, ": ", Sentences(&problem.summary));
    if let Some(input) = &problem.input {
        put!(text, " (", wording::input(input), ")");
    }
    put!(text, "\n");
    if problem.detail.trim_end().contains('\n') {
        text.fenced(Language::Text, &problem.detail);
    } else {
        put!(text, "\n", Sentences(&problem.detail), "\n");
    }
    text
}

fn block<'a>(report: &Report, subject: &Subject<'a>, given: &mut Given<'a>) -> Sheet<Markdown> {
    let severity = wording::severity_name(subject.severity());
    let name: Sheet<Markdown> = entries::subject(report, subject);
    let mut text = sheet!("\n### ", severity, ": ", name, "\n");
    let one = subject.first().filter(|_| subject.parts().len() == 1);
    if let Some(source) = one.and_then(|finding| finding.source.as_ref()) {
        put!(
            text,
            "\n",
            Foreign(&source.address),
            " in ",
            wording::input(&source.input)
        );
        let owner = one.and_then(|finding| report.daemon(&finding.arn)?.owner.as_deref());
        let owner: Option<Sheet<Markdown>> = owner.map(|owner| sheet!(", owner ", Foreign(owner)));
        put!(text, owner, "\n");
    }
    if let Some(daemons) = entries::daemons::<Markdown>(report, subject) {
        put!(text, "\n", daemons, "\n");
    }
    for entry in &subject.entries {
        put!(text, described(entry, given));
    }
    text
}

fn described<'a>(entry: &Entry<'a>, given: &mut Given<'a>) -> Sheet<Markdown> {
    let title: Sheet<Markdown> = entries::title(entry);
    let why: Option<Sheet<Markdown>> = entries::why(entry).map(|why: Sheet<Markdown>| sheet!(": ", why));
    let mut text = sheet!("\n**", title, "**", why, "\n");
    put!(text, settings(entry));
    for sentence in entry.sentences() {
        put!(text, "\n", Sentences(&sentence), "\n");
    }
    let step: Sheet<Markdown> = entries::next_step(entry);
    put!(text, "\n", step, "\n");
    let (pastes, are_given) = given.without_repeated(entry.commands(false));
    if given.first_needs(&pastes) {
        put!(text, "\n", entries::NEEDS, "\n");
    }
    let have_titles = entries::have_titles(&pastes);
    for paste in &pastes {
        if have_titles {
            put!(text, "\n", Sentences(paste.title), ":\n");
        }
        let role: Option<Sheet<Markdown>> = entries::role(paste);
        if let Some(role) = role {
            put!(text, "\n", role, "\n");
        }
        text.fenced(Language::named(paste.language), &paste.text);
    }
    if are_given {
        put!(text, "\n", entries::given(entry, &pastes), "\n");
    }
    if let Some(rest) = entries::without_commands::<Markdown>(entry) {
        put!(text, "\n", rest, "\n");
    }
    text
}

fn settings(entry: &Entry<'_>) -> Option<Sheet<Markdown>> {
    let rows = table::rows(entry);
    let cells: Vec<Vec<Sheet<Cell>>> = rows.iter().map(table::Row::cells).collect();
    let has_causes = cells.first()?.len() > 3;
    let mut text = Sheet::new();
    let head = if has_causes {
        "\n| setting | wanted | live | cause |\n|---|---|---|---|\n"
    } else {
        "\n| setting | wanted | live |\n|---|---|---|\n"
    };
    put!(text, head);
    for row in cells {
        let row: Sheet<Cell> = Sheet::joined(row, " | ");
        put!(text, "| ", row, " |\n");
    }
    Some(text)
}

/// The findings that do not count, a line each.
fn silenced(report: &Report) -> Option<Sheet<Markdown>> {
    let all: Vec<&Finding> = report.findings.iter().filter(|finding| !finding.is_open()).collect();
    if all.is_empty() {
        return None;
    }
    let mut text = sheet!("\n### Not counted\n\n");
    for finding in all.iter().take(LISTED) {
        let kind = finding
            .suppression
            .as_ref()
            .map(|suppression| wording::suppression_name(suppression.kind));
        let title: Sheet<Markdown> = wording::title(finding);
        let subject = wording::subject(report, finding);
        put!(text, "- ", kind, ": ", Foreign(&subject), ", ", title, "\n");
    }
    if all.len() > LISTED {
        put!(text, "- and ", all.len() - LISTED, " more\n");
    }
    Some(text)
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
