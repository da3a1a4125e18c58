//! Several inputs together: the same daemon may stand in two of them if both want the same.

use std::collections::BTreeSet;

use super::{Claim, SourceError, Wanted};
use crate::report::Problem;

/// The daemons of all inputs by ARN, each once, and the disagreements between inputs. A daemon on which they disagree
/// is not among the daemons: nobody can say what is wanted. Inputs are given up for it, because two copies of a big
/// estate are too much memory.
pub fn merge(inputs: impl IntoIterator<Item = Vec<Wanted>>) -> (Vec<Wanted>, Vec<Problem>) {
    let mut inputs = inputs.into_iter();
    let mut wanted = inputs.next().unwrap_or_default();
    wanted.extend(inputs.flatten());
    // An input that has the daemon says more than a plan that creates it.
    let is_new = |wanted: &Wanted| wanted.claim == Claim::Creation;
    let had = wanted.iter().filter(|wanted| !is_new(wanted));
    let had: BTreeSet<String> = had.map(|wanted| wanted.arn.to_string()).collect();
    wanted.retain(|wanted| !is_new(wanted) || !had.contains(&wanted.arn.to_string()));
    // Stable, so that the first input is the one that is kept.
    wanted.sort_by_cached_key(|wanted| wanted.arn.to_string());
    let mut problems = Vec::new();
    let mut disputed = BTreeSet::new();
    for same in wanted.chunk_by(|one, other| one.arn == other.arn) {
        let Some((first, others)) = same.split_first() else {
            continue;
        };
        if let Some(other) = others.iter().find(|other| !first.agrees_with(other)) {
            let arn = first.arn.to_string();
            problems.push(disagreement(&arn, first, other));
            disputed.insert(arn);
        }
    }
    if !disputed.is_empty() {
        wanted.retain(|wanted| !disputed.contains(&wanted.arn.to_string()));
    }
    wanted.dedup_by(|other, first| {
        let is_same = other.arn == first.arn;
        if is_same {
            // What only one of them marks is sensitive all the same.
            first.mark_as(other);
        }
        is_same
    });
    (wanted, problems)
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
