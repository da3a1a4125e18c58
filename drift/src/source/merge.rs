//! Several inputs together: the same daemon may stand in two of them if both want the same.

use std::collections::BTreeMap;

use super::{Document, SourceError, Wanted};
use crate::report::Problem;

/// The daemons of all documents by ARN, and the disagreements between them. A daemon on which inputs disagree is in
/// neither: nobody can say what is wanted.
pub fn merge(documents: &[Document]) -> (Vec<Wanted>, Vec<Problem>) {
    let mut by_arn: BTreeMap<String, Vec<&Wanted>> = BTreeMap::new();
    for wanted in documents.iter().flat_map(|document| &document.wanted) {
        by_arn.entry(wanted.arn.to_string()).or_default().push(wanted);
    }
    let (mut merged, mut problems) = (Vec::new(), Vec::new());
    for (arn, wanted) in by_arn {
        let first = wanted.first().copied();
        match first.and_then(|first| {
            wanted
                .iter()
                .find(|other| !agree(first, other))
                .map(|other| (first, other))
        }) {
            Some((first, other)) => problems.push(disagreement(&arn, first, other)),
            None => merged.extend(first.cloned()),
        }
    }
    (merged, problems)
}

fn agree(one: &Wanted, other: &Wanted) -> bool {
    one.settings == other.settings && one.tags == other.tags && one.task_definition_rule == other.task_definition_rule
}

fn disagreement(arn: &str, one: &Wanted, other: &Wanted) -> Problem {
    let error = SourceError::new(
        "Inputs disagree",
        format!(
            "`{}` of {} and `{}` of {} want different things of {arn}. Take it out of one of them.",
            one.source.address, one.source.input, other.source.address, other.source.input
        ),
    );
    error.problem(&other.source.input)
}
