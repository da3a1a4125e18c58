//! Terminals, and the logs of jobs, which look like terminals but take commands out of lines.

use anstyle::Style;

use super::{Finished, Sheet, Show, Surface, put, sheet, steering};

/// Standard output and standard error, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terminal;

/// The reader of the lines beside people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Log {
    /// Nothing.
    #[default]
    Plain,
    /// A host of jobs, which takes commands out of lines.
    Job,
}

impl Surface for Terminal {
    fn escape(text: &str, to: &mut String) {
        to.push_str(&steering::visible(text));
    }
}

impl Sheet<Terminal> {
    /// Adds text in a style; without a style as it is.
    pub(crate) fn paint(&mut self, style: Option<Style>, text: &Self) {
        let Some(style) = style else {
            return text.show(self);
        };
        let painted = Self::of(format!("{style}{}{style:#}", text.text));
        put!(*self, painted);
    }

    /// Its lines, broken between words to fit a width. A word that is longer than a line, like an ARN, stays whole.
    pub(crate) fn wrapped(&self, width: Option<usize>) -> Vec<Self> {
        let lines = match width {
            Some(width) => wrap(&self.text, width),
            None => self.text.lines().map(str::to_owned).collect(),
        };
        lines.into_iter().map(Self::of).collect()
    }

    /// The text of a library for people: line breaks stay, everything else that steers is shown.
    pub(crate) fn of_library(text: &str) -> Self {
        sheet!(Self::lines(text, 0), "\n")
    }

    /// The text for the streams of this process. The whole of it is looked through, since a command of a log can also
    /// be made of two texts that meet, or by a line that is broken between two words.
    pub(crate) fn finish(self, log: Log) -> Finished {
        match log {
            Log::Plain => Finished(self.text),
            Log::Job => {
                let text = steering::unhashed(&self.text, "\\u{23}");
                let lines = text.split_inclusive('\n').map(steering::uncommanded);
                Finished(lines.collect())
            }
        }
    }
}

/// Breaks lines between words.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        let check = |text: &str, expected: &[&str]| assert_eq!(wrap(text, 10), expected, "{text}");
        check("", &[]);
        check("one two three", &["one two", "three"]);
        check("one\ntwo", &["one", "two"]);
        check("a-word-longer-than-the-line b", &["a-word-longer-than-the-line", "b"]);
    }
}
