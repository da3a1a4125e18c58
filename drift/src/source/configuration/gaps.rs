//! Gaps, in words: the parts of a configuration that could not be evaluated, and the places where things are written.

use std::collections::BTreeMap;

use super::{address::without_keys, value::Unknown};
use crate::{
    report::{Location, Problem},
    source::Wanted,
};

/// Parts that a message names one by one.
const NAMED: usize = 20;

/// Settings that could not be evaluated: by block and name, with reason and place.
#[derive(Debug, Default)]
pub(super) struct Gaps(BTreeMap<(String, String), (Unknown, Option<Location>)>);

impl Gaps {
    /// A part of a daemon that is not known; without a name the daemon as a whole.
    pub(super) fn add(&mut self, wanted: &Wanted, part: &str, unknown: Unknown, place: Option<Location>) {
        let block = without_keys(&wanted.source.address);
        self.0.insert((block, part.to_owned()), (unknown, place));
    }

    /// Names them, if there are any.
    pub(super) fn problem(self) -> Option<Problem> {
        if self.0.is_empty() {
            return None;
        }
        let all = self.0.len();
        let parts = self
            .0
            .into_iter()
            .take(NAMED)
            .map(|((block, setting), (unknown, place))| {
                let place = place.map(|place| format!("{}, ", shown(&place))).unwrap_or_default();
                let setting = if setting.is_empty() {
                    String::new()
                } else {
                    format!(" `{setting}`")
                };
                format!("`{block}`{setting} ({place}{})", unknown.0)
            });
        let mut parts: Vec<String> = parts.collect();
        if all > NAMED {
            parts.push(format!("and {} more", all - NAMED));
        }
        Some(Problem {
            input: None,
            summary: "Parts of the configuration not evaluated".to_owned(),
            detail: format!(
                "These are compared with the state alone: {}. What a refresh took into the state is not seen there; a plan \
                 as input shows it.",
                parts.join("; ")
            ),
        })
    }
}

/// A sentence with the place and the origin of a value.
pub(super) fn told(what: &str, origin: Option<&str>, place: Option<Location>) -> String {
    let place = place.map(|place| format!(" at {}", shown(&place))).unwrap_or_default();
    let origin = origin.map(|origin| format!(", from {origin}")).unwrap_or_default();
    format!("{what}{place}{origin}.")
}

fn shown(place: &Location) -> String {
    format!("line {} of {}", place.line, place.file)
}
