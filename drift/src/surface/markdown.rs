//! Markdown, where text of others stands in code and nowhere else: whatever else is done to it, some host finds a link,
//! a mention, the number of an issue or an element of HTML in it.

use super::{Finished, Sheet, Show, Surface, steering};

/// Markdown as GitHub and GitLab read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Markdown;

/// A cell of a table in Markdown, which a `|` would end even within code; so there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell;

/// Language of a fenced block. A report that was stored may name any, but only these become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// Command lines.
    Shell,
    /// Configurations.
    Hcl,
    /// JSON.
    Json,
    /// Anything else.
    Text,
}

impl Language {
    /// The language of a name.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "sh" => Self::Shell,
            "hcl" => Self::Hcl,
            "json" => Self::Json,
            _ => Self::Text,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Shell => "sh",
            Self::Hcl => "hcl",
            Self::Json => "json",
            Self::Text => "text",
        }
    }
}

/// A code span, whatever backticks the text holds: the fence is longer than the longest run of them. Must not stand in a
/// table, where it has to be a [`Cell`].
impl Surface for Markdown {
    fn escape(text: &str, to: &mut String) {
        let text = steering::harmless(text);
        // There is no empty code span.
        let text = if text.is_empty() { " " } else { &text };
        let fence = "`".repeat(longest_run(text) + 1);
        let pad = if needs_pad(text) { " " } else { "" };
        // Two spans without anything between them would be one.
        if to.ends_with('`') {
            to.push(' ');
        }
        to.push_str(&[&fence, pad, text, pad, &fence].concat());
    }
}

impl Surface for Cell {
    fn escape(text: &str, to: &mut String) {
        Markdown::escape(&text.replace('|', "\\u{7c}"), to);
    }
}

impl Show<Markdown> for Sheet<Cell> {
    fn show(&self, sheet: &mut Sheet<Markdown>) {
        sheet.text.push_str(&self.text);
    }
}

/// Of a span that begins and ends with a space one of each is taken away, unless it is nothing but spaces; and a
/// backtick must not touch the fence.
fn needs_pad(text: &str) -> bool {
    let is_blank = text.chars().all(|character| character == ' ');
    let is_spaced = text.starts_with(' ') && text.ends_with(' ');
    text.starts_with('`') || text.ends_with('`') || (is_spaced && !is_blank)
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|character| character != '`');
    runs.map(str::len).max().unwrap_or(0)
}

impl Sheet<Markdown> {
    /// Adds a fenced block with text of others, after an empty line.
    pub(crate) fn fenced(&mut self, language: Language, text: &str) {
        let lines = text.trim_end().lines();
        let lines = lines.map(|line| steering::uncommanded(&steering::harmless(line)) + "\n");
        let text: String = lines.collect();
        let fence = "`".repeat((longest_run(&text) + 1).max(3));
        let block = ["\n", &fence, language.name(), "\n", &text, &fence, "\n"];
        self.text.push_str(&block.concat());
    }

    /// The whole document.
    pub(crate) fn finish(self) -> Finished {
        Finished(self.text)
    }
}
