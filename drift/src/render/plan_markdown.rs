//! A repair plan for a pull request or an issue.

use super::{plan_wording as wording, wording::input};
use crate::{
    repair::{Plan, Planned, Refused, Subject},
    surface::{Cell, Finished, Foreign, Markdown, Sheet, put, sheet},
};

/// The plan as Markdown.
pub(super) fn render(plan: &Plan) -> Finished {
    let mut text: Sheet<Markdown> = sheet!("## Repair plan: ", wording::headline::<Markdown>(plan), "\n");
    if let Some(total) = wording::total::<Markdown>(plan) {
        put!(text, "\n", total, "\n");
    }
    if !plan.complete {
        put!(
            text,
            "\n**Not everything could be read, and nothing is planned for the rest.**\n"
        );
    }
    for planned in &plan.repairs {
        put!(text, described(planned));
    }
    for refused in &plan.refused {
        put!(text, kept(refused));
    }
    put!(text, "\n_Digest of the plan: ", Foreign(&plan.digest), "_\n");
    text.finish()
}

fn heading(label: &'static str, subject: &Subject) -> Sheet<Markdown> {
    let mut text = sheet!("\n### ", label, ": ", Foreign(&wording::name(subject)), "\n");
    if let Some(source) = &subject.source {
        put!(text, "\n", Foreign(&source.address), " in ", input(&source.input));
        let owner: Option<Sheet<Markdown>> = subject.owner.as_deref().map(|owner| sheet!(", owner ", Foreign(owner)));
        put!(text, owner, "\n");
    }
    text
}

fn described(planned: &Planned) -> Sheet<Markdown> {
    let mut text = heading("repair", &planned.subject);
    let causes: Sheet<Markdown> = wording::causes(&planned.causes, planned.confidence);
    if causes.is_empty() {
        put!(text, "\nIt ", wording::action::<Markdown>(planned), ".\n");
    } else {
        put!(
            text,
            "\n**",
            causes,
            "**: ",
            wording::action::<Markdown>(planned),
            ".\n"
        );
    }
    if wording::changing(planned).next().is_some() {
        put!(text, "\n| setting | live | sent |\n|---|---|---|\n");
    }
    for member in wording::changing(planned) {
        let [live, sent]: [Sheet<Cell>; 2] = wording::change(member);
        let row: Sheet<Cell> = sheet!(Foreign(&member.setting), " | ", live, " | ", sent);
        put!(text, "| ", row, " |\n");
    }
    for line in wording::lines::<Markdown>(planned) {
        put!(text, "\n", line, "\n");
    }
    text
}

fn kept(refused: &Refused) -> Sheet<Markdown> {
    let mut text = heading("refused", &refused.subject);
    put!(
        text,
        "\n**",
        wording::causes::<Markdown>(&refused.causes, refused.confidence),
        "**\n"
    );
    for reason in &refused.reasons {
        put!(text, "\n", wording::reason::<Markdown>(reason), "\n");
    }
    text
}
