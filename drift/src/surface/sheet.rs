//! A text in the making for one surface, and what can be put into it.

use std::{
    fmt::{self, Write},
    marker::PhantomData,
};

use jiff::{Timestamp, fmt::temporal::DateTimePrinter};

/// A place where text is read, by someone who gives meaning to certain characters.
pub(crate) trait Surface {
    /// The break between lines of one text here.
    const BREAK: &'static str = "\n";

    /// Writes one line of text of others, so that it is data here.
    fn escape(text: &str, to: &mut String);
}

/// A text in the making for a surface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sheet<S> {
    pub(super) text: String,
    surface: PhantomData<S>,
}

/// Things that can be put into a sheet.
pub(crate) trait Show<S> {
    /// Adds it at the end.
    fn show(&self, sheet: &mut Sheet<S>);
}

/// Text of others, on one line: a line break is shown as an escape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Foreign<'a>(pub(crate) &'a str);

/// Sentences that may hold text of others, on one line: white space between words is one space.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sentences<'a>(pub(crate) &'a str);

/// So many spaces.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spaces(pub(crate) usize);

/// A text that is safe where it goes; the only thing that can be printed or written to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished(pub(super) String);

/// Adds parts to a sheet: literals, numbers, sheets of the same surface, [`Foreign`] and [`Sentences`].
macro_rules! put {
    ($sheet:expr, $($part:expr),+ $(,)?) => {{
        let sheet = &mut $sheet;
        $( $crate::surface::Show::show(&$part, sheet); )+
    }};
}

/// A sheet of these parts.
macro_rules! sheet {
    ($($part:expr),+ $(,)?) => {{
        let mut sheet = $crate::surface::Sheet::new();
        $( $crate::surface::Show::show(&$part, &mut sheet); )+
        sheet
    }};
}

pub(crate) use {put, sheet};

impl<S> Sheet<S> {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::of(String::new())
    }

    /// Text that is safe already; only surfaces know what is.
    pub(super) fn of(text: String) -> Self {
        let surface = PhantomData;
        Self { text, surface }
    }

    /// True if nothing stands in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Its size in characters.
    pub(crate) fn characters(&self) -> usize {
        self.text.chars().count()
    }

    /// Its size in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Sheets in a row, with something of ours between them.
    pub(crate) fn joined(sheets: impl IntoIterator<Item = Self>, between: &'static str) -> Self {
        let mut joined = Self::new();
        for (index, sheet) in sheets.into_iter().enumerate() {
            if index > 0 {
                joined.text.push_str(between);
            }
            joined.text.push_str(&sheet.text);
        }
        joined
    }
}

impl<S: Surface> Sheet<S> {
    /// Text of others with its line breaks. Every line but the first begins with spaces of ours, so that none can pass
    /// for a line of its own; an empty line has none.
    pub(crate) fn lines(text: &str, indent: usize) -> Self {
        let mut all = Self::new();
        for (index, line) in text.lines().enumerate() {
            if index > 0 {
                all.text.push_str(S::BREAK);
            }
            let line = line.trim_end();
            if line.is_empty() {
                continue;
            }
            if index > 0 {
                Spaces(indent).show(&mut all);
            }
            S::escape(line, &mut all.text);
        }
        all
    }
}

impl Finished {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Finished {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<S> Show<S> for &'static str {
    fn show(&self, sheet: &mut Sheet<S>) {
        sheet.text.push_str(self);
    }
}

impl<S: Surface> Show<S> for Foreign<'_> {
    fn show(&self, sheet: &mut Sheet<S>) {
        S::escape(self.0, &mut sheet.text);
    }
}

impl<S: Surface> Show<S> for Sentences<'_> {
    fn show(&self, sheet: &mut Sheet<S>) {
        let words: Vec<&str> = self.0.split_whitespace().collect();
        S::escape(&words.join(" "), &mut sheet.text);
    }
}

impl<S> Show<S> for Sheet<S> {
    fn show(&self, sheet: &mut Sheet<S>) {
        sheet.text.push_str(&self.text);
    }
}

impl<S, T: Show<S>> Show<S> for Option<T> {
    fn show(&self, sheet: &mut Sheet<S>) {
        if let Some(part) = self {
            part.show(sheet);
        }
    }
}

impl<S> Show<S> for Spaces {
    fn show(&self, sheet: &mut Sheet<S>) {
        sheet.text.extend(std::iter::repeat_n(' ', self.0));
    }
}

/// To the second.
impl<S> Show<S> for Timestamp {
    fn show(&self, sheet: &mut Sheet<S>) {
        let printer = DateTimePrinter::new().precision(Some(0));
        sheet.text.push_str(&printer.timestamp_to_string(self));
    }
}

macro_rules! show_numbers {
    ($($number:ty),+) => {$(
        impl<S> Show<S> for $number {
            fn show(&self, sheet: &mut Sheet<S>) {
                let _infallible = write!(sheet.text, "{self}");
            }
        }
    )+};
}

show_numbers!(u32, u64, usize, i64, f64);
