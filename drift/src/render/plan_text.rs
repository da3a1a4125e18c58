//! A repair plan for people at a terminal: daemon by daemon, one line a setting.

use anstyle::{AnsiColor, Style};

use super::{Options, plan_wording as wording, wording::input};
use crate::{
    repair::{Plan, Planned, Refused, Subject},
    surface::{Finished, Foreign, Sheet, Spaces, Terminal, put, sheet},
};

type Text = Sheet<Terminal>;

/// Columns before the text of a daemon.
const INDENT: usize = 4;
/// Fewest columns that text is wrapped to.
const NARROWEST: usize = 40;

/// The plan as text.
pub(super) fn render(plan: &Plan, options: &Options) -> Finished {
    let mut page = Page {
        text: Sheet::new(),
        options,
    };
    page.paint(
        Style::new().bold(),
        &sheet!("Repair plan: ", wording::headline::<Terminal>(plan)),
    );
    put!(page.text, "\n");
    if let Some(line) = wording::total::<Terminal>(plan) {
        put!(page.text, line, "\n");
    }
    if !plan.complete {
        put!(
            page.text,
            "incomplete: not everything could be read, and nothing is planned for the rest\n"
        );
    }
    plan.repairs.iter().for_each(|planned| page.planned(planned));
    plan.refused.iter().for_each(|refused| page.refused(refused));
    page.text.finish(options.log)
}

struct Page<'a> {
    text: Text,
    options: &'a Options,
}

impl Page<'_> {
    fn heading(&mut self, subject: &Subject) {
        put!(self.text, "\n");
        self.paint(Style::new().bold(), &sheet!(Foreign(&wording::name(subject))));
        if let Some(source) = &subject.source {
            put!(self.text, "  ", Foreign(&source.address), " in ", input(&source.input));
        }
        if let Some(owner) = &subject.owner {
            put!(self.text, ", owner ", Foreign(owner));
        }
        put!(self.text, "\n");
        if self.options.verbose {
            self.line(&sheet!(Foreign(&subject.arn)));
        }
    }

    fn planned(&mut self, planned: &Planned) {
        self.heading(&planned.subject);
        put!(self.text, "  ");
        self.paint(AnsiColor::Green.on_default(), &sheet!("repair"));
        let causes: Text = wording::causes(&planned.causes, planned.confidence);
        if !causes.is_empty() {
            put!(self.text, " ", causes);
        }
        put!(self.text, ": ", wording::action::<Terminal>(planned), "\n");
        let names = wording::changing(planned).map(|member| member.setting.chars().count());
        let width = names.max().unwrap_or_default();
        for member in wording::changing(planned) {
            let [live, sent]: [Text; 2] = wording::change(member);
            let fill = Spaces(width - member.setting.chars().count());
            put!(
                self.text,
                Spaces(INDENT),
                Foreign(&member.setting),
                fill,
                "  ",
                live,
                " -> ",
                sent,
                "\n"
            );
        }
        for line in wording::lines(planned) {
            self.line(&line);
        }
    }

    fn refused(&mut self, refused: &Refused) {
        self.heading(&refused.subject);
        put!(self.text, "  ");
        self.paint(AnsiColor::Yellow.on_default(), &sheet!("refused"));
        put!(
            self.text,
            " ",
            wording::causes::<Terminal>(&refused.causes, refused.confidence),
            "\n"
        );
        for reason in &refused.reasons {
            self.line(&wording::reason(reason));
        }
    }

    fn line(&mut self, text: &Text) {
        let width = self.options.width.map(|width| width.max(NARROWEST) - INDENT);
        for line in text.wrapped(width) {
            put!(self.text, Spaces(INDENT), line, "\n");
        }
    }

    fn paint(&mut self, style: Style, text: &Text) {
        self.text.paint(self.options.color.then_some(style), text);
    }
}
