//! The settings of an entry: what is wanted and what is live, a row each.

use super::wording;
use crate::{
    report::{Cause, Entry, Finding, Shown},
    surface::{Foreign, Sheet, Spaces, Surface, Terminal, put, sheet},
};

/// Columns between two columns of a table.
const GAP: usize = 2;

/// A setting of an entry.
pub(super) struct Row<'a> {
    finding: &'a Finding,
    setting: &'a str,
    /// Said where the settings of an entry have several causes.
    cause: Option<Cause>,
}

/// The settings of an entry, if it is about settings.
pub(super) fn rows<'a>(entry: &Entry<'a>) -> Vec<Row<'a>> {
    let is_mixed = entry.causes().len() > 1;
    let rows = entry.findings().filter_map(|finding| {
        // Of one that could not be read there are no values.
        finding.wanted.as_ref().or(finding.live.as_ref())?;
        let setting = finding.setting.as_deref()?;
        Some(Row {
            finding,
            setting,
            cause: is_mixed.then_some(finding.cause),
        })
    });
    rows.collect()
}

impl Row<'_> {
    /// Setting, wanted and live value, and the cause if the rows have several.
    pub(super) fn cells<S: Surface>(&self) -> Vec<Sheet<S>> {
        let [wanted, live] = self.values().map(|value| value.unwrap_or_else(|| sheet!("-")));
        let cause = self.cause.map(|cause| sheet!(cause.title()));
        [sheet!(Foreign(self.setting)), wanted, live]
            .into_iter()
            .chain(cause)
            .collect()
    }

    /// The row on a line of its own.
    pub(super) fn sentence<S: Surface>(&self) -> Sheet<S> {
        let [wanted, live] = self.values();
        let wanted: Option<Sheet<S>> = wanted.map(|value: Sheet<S>| sheet!("wanted ", value));
        let live: Option<Sheet<S>> = live.map(|value: Sheet<S>| sheet!("live ", value));
        let difference: Sheet<S> = Sheet::joined(wanted.into_iter().chain(live), ", ");
        let cause: Option<Sheet<S>> = self.cause.map(|cause| sheet!(", ", cause.title()));
        sheet!(Foreign(self.setting), ": ", difference, cause)
    }

    /// Wanted and live value, of ARNs that differ in their names only the names.
    fn values<S: Surface>(&self) -> [Option<Sheet<S>>; 2] {
        let both = [self.finding.wanted.as_ref(), self.finding.live.as_ref()];
        let is_short = wording::are_alike(both);
        both.map(|shown: Option<&Shown>| {
            shown.map(|shown| {
                if is_short {
                    wording::short(shown)
                } else {
                    wording::value(shown)
                }
            })
        })
    }
}

/// The rows as lines below a head, or as sentences if they are too wide for a table.
pub(super) fn lines(rows: &[Row<'_>], columns: usize) -> Vec<Sheet<Terminal>> {
    let head = ["setting", "wanted", "live", "cause"].map(|name| sheet!(name));
    let cells: Vec<Vec<Sheet<Terminal>>> = rows.iter().map(Row::cells).collect();
    let Some(number) = cells.first().map(Vec::len) else {
        return Vec::new();
    };
    let all: Vec<&[Sheet<Terminal>]> = std::iter::once(&head[..number])
        .chain(cells.iter().map(Vec::as_slice))
        .collect();
    let width = |place: usize| {
        let widths = all.iter().filter_map(|row| row.get(place)).map(Sheet::characters);
        widths.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..number).map(width).collect();
    if widths.iter().map(|width| width + GAP).sum::<usize>() > columns + GAP {
        let lines = rows.iter().flat_map(|row| row.sentence().wrapped(Some(columns)));
        return lines.collect();
    }
    all.into_iter().map(|row| aligned(row, &widths)).collect()
}

fn aligned(row: &[Sheet<Terminal>], widths: &[usize]) -> Sheet<Terminal> {
    let mut line = Sheet::new();
    let mut owed = 0;
    for (cell, width) in row.iter().zip(widths) {
        put!(line, Spaces(owed), *cell);
        owed = width + GAP - cell.characters().min(*width);
    }
    line
}
