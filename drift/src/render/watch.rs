//! How rollouts ended that were watched, for people.

use anstyle::{AnsiColor, Style};
use daemons::arn::DaemonArn;

use super::{Options, wording};
use crate::{
    surface::{Finished, Foreign, Sentences, Sheet, Spaces, Terminal, put, sheet},
    watch::{WatchEnd, Watched},
};

/// Columns before the text of a daemon.
const INDENT: usize = 4;

/// Name of a daemon for people: `CLUSTER/NAME`.
pub(crate) fn daemon_name(arn: &str) -> String {
    DaemonArn::parse(arn).map_or_else(|_| arn.to_owned(), |arn| format!("{}/{}", arn.cluster, arn.name))
}

/// The ends of all watches; it ends with a line break. Daemons of which nothing rolled out are only counted.
pub fn render(ended: &[Watched], options: &Options) -> Finished {
    let mut text: Sheet<Terminal> = Sheet::new();
    let paint = |text: &mut Sheet<Terminal>, style: Style, part: &Sheet<Terminal>| {
        text.paint(options.color.then_some(style), part);
    };
    paint(&mut text, Style::new().bold(), &headline(ended));
    put!(text, "\n");
    for watched in ended.iter().filter(|watched| watched.end != WatchEnd::AtRest) {
        put!(text, "\n");
        paint(
            &mut text,
            Style::new().bold(),
            &sheet!(Foreign(&daemon_name(&watched.daemon))),
        );
        put!(text, "  ");
        paint(&mut text, style(watched.end), &sheet!(watched.end.title()));
        put!(text, "\n");
        let sentences = watched.reasons.iter().map(|reason| sheet!(Sentences(reason)));
        let sentences: Vec<Sheet<Terminal>> = sentences.collect();
        for line in sentences.iter().flat_map(|line| line.wrapped(options.width)) {
            put!(text, Spaces(INDENT), line, "\n");
        }
    }
    text.finish(options.log)
}

/// Counts by how the watches ended.
fn headline(ended: &[Watched]) -> Sheet<Terminal> {
    let mut ends: Vec<WatchEnd> = ended.iter().map(|watched| watched.end).collect();
    ends.sort_unstable();
    let daemons: Sheet<Terminal> = wording::count(ended.len() as u64, "daemon");
    if ends.iter().all(|end| *end == WatchEnd::AtRest) {
        return sheet!("Nothing is rolling out: ", daemons);
    }
    let parts = ends.chunk_by(|one, other| one == other).filter_map(|chunk| {
        let title = chunk.first()?.title();
        Some(sheet!(chunk.len(), " ", title))
    });
    let parts: Sheet<Terminal> = Sheet::joined(parts, ", ");
    sheet!("Watched ", daemons, ": ", parts)
}

fn style(end: WatchEnd) -> Style {
    let color = match end {
        WatchEnd::AtRest | WatchEnd::Successful => AnsiColor::Green,
        WatchEnd::NotOnRecord | WatchEnd::BeingDeleted | WatchEnd::Interrupted | WatchEnd::Unread => AnsiColor::Yellow,
        WatchEnd::RolledBack | WatchEnd::Failed | WatchEnd::Missing | WatchEnd::TimedOut => AnsiColor::Red,
    };
    color.on_default()
}
