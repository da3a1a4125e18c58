//! What became of a repair plan, for people and programs.

use anstyle::{AnsiColor, Style};

use super::{Options, PlanFormat, length, plan_wording, wording};
use crate::{
    repair::{Repaired, Results, Verdict},
    surface::{self, Finished, Foreign, Markdown, Sentences, Sheet, Spaces, Stream, Surface, Terminal, put, sheet},
};

/// Columns before the text of a daemon.
const INDENT: usize = 4;

/// The results in a form; they end with a line break.
pub fn render<'a>(format: PlanFormat, results: &'a Results, options: &Options) -> Stream<'a> {
    match format {
        PlanFormat::Text => text(results, options).into(),
        PlanFormat::Json => surface::json_stream(results),
        PlanFormat::Markdown => markdown(results).into(),
    }
}

/// Counts by what became of the repairs.
fn headline<S: Surface>(results: &Results) -> Sheet<S> {
    let mut verdicts: Vec<Verdict> = results.results.iter().map(|result| result.verdict).collect();
    verdicts.sort_unstable();
    let mut parts: Vec<Sheet<S>> = Vec::new();
    for chunk in verdicts.chunk_by(|one, other| one == other) {
        if let Some(verdict) = chunk.first() {
            parts.push(sheet!(length(chunk), " ", verdict.title()));
        }
    }
    if !results.refused.is_empty() {
        parts.push(sheet!(length(&results.refused), " refused"));
    }
    if parts.is_empty() {
        return sheet!("nothing to repair");
    }
    Sheet::joined(parts, ", ")
}

/// Sentences about one repair.
fn sentences<S: Surface>(repaired: &Repaired) -> Vec<Sheet<S>> {
    let mut lines: Vec<Sheet<S>> = repaired
        .reasons
        .iter()
        .map(|reason| sheet!(Sentences(reason)))
        .collect();
    lines.extend(repaired.remaining.iter().flat_map(plan_wording::remaining));
    lines
}

fn text(results: &Results, options: &Options) -> Finished {
    let mut text: Sheet<Terminal> = Sheet::new();
    let paint = |text: &mut Sheet<Terminal>, style: Style, part: &Sheet<Terminal>| {
        text.paint(options.color.then_some(style), part);
    };
    paint(
        &mut text,
        Style::new().bold(),
        &sheet!("Repair: ", headline::<Terminal>(results)),
    );
    put!(text, "\n");
    for repaired in &results.results {
        put!(text, "\n");
        let name = plan_wording::name(&repaired.subject);
        paint(&mut text, Style::new().bold(), &sheet!(Foreign(&name)));
        put!(text, "  ");
        paint(&mut text, style(repaired.verdict), &sheet!(repaired.verdict.title()));
        put!(text, "\n");
        for line in sentences::<Terminal>(repaired)
            .iter()
            .flat_map(|line| line.wrapped(options.width))
        {
            put!(text, Spaces(INDENT), line, "\n");
        }
    }
    for refused in &results.refused {
        let name = plan_wording::name(&refused.subject);
        put!(
            text,
            "\n",
            Foreign(&name),
            "  refused: ",
            plan_wording::causes::<Terminal>(&refused.causes, refused.confidence),
            "\n"
        );
        for reason in &refused.reasons {
            put!(text, Spaces(INDENT), plan_wording::reason::<Terminal>(reason), "\n");
        }
    }
    if results
        .results
        .iter()
        .any(|result| result.verdict == Verdict::Repaired && result.cost.is_some())
    {
        put!(text, "\n", REFRESH, "\n");
    }
    text.finish(options.log)
}

/// Said after a repair: a state still names the deployment of before.
const REFRESH: &str = "A Terraform state names the deployment of before until the next apply. `terraform apply \
                       -refresh-only` without `-target` also takes into it what still differs.";

fn markdown(results: &Results) -> Finished {
    let mut text: Sheet<Markdown> = sheet!("## Repair: ", headline::<Markdown>(results), "\n");
    for repaired in &results.results {
        let name = plan_wording::name(&repaired.subject);
        put!(text, "\n### ", repaired.verdict.title(), ": ", Foreign(&name), "\n");
        for line in sentences::<Markdown>(repaired) {
            put!(text, "\n", line, "\n");
        }
    }
    for refused in &results.refused {
        let name = plan_wording::name(&refused.subject);
        put!(
            text,
            "\n### refused: ",
            Foreign(&name),
            "\n\n",
            plan_wording::causes::<Markdown>(&refused.causes, refused.confidence),
            "\n"
        );
        for reason in &refused.reasons {
            put!(text, "\n", plan_wording::reason::<Markdown>(reason), "\n");
        }
    }
    let seconds = results.finished_at.duration_since(results.started_at).as_secs();
    let minutes: Sheet<Markdown> = wording::count(u64::try_from(seconds / 60).unwrap_or_default(), "minute");
    put!(
        text,
        "\n_Digest of the plan: ",
        Foreign(&results.plan_digest),
        ", after ",
        minutes,
        "_\n"
    );
    text.finish()
}

fn style(verdict: Verdict) -> Style {
    let color = match verdict {
        Verdict::Repaired => AnsiColor::Green,
        Verdict::Skipped | Verdict::NotBegun | Verdict::Superseded | Verdict::Interrupted => AnsiColor::Yellow,
        Verdict::RolledBack | Verdict::TimedOut | Verdict::Failed => AnsiColor::Red,
    };
    color.on_default()
}
