//! The decision about an issue: a function of what the report says and of the issue that is there.

use jiff::Timestamp;

use super::{issue::Issue, standing::Standing};
use crate::render::notice::Mark;

/// What becomes of the issue of an estate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Open,
    Edit,
    Reopen,
    Close,
    Leave(&'static str),
}

/// The issue of an estate among those that have the label: one that is open before one that is closed, the oldest of
/// several that are open, since people follow it, and the latest of several that are closed.
pub(super) fn choose<'a>(issues: &'a [Issue], estate: &str) -> (Option<&'a Issue>, Vec<u64>) {
    let is_ours = |issue: &&Issue| Mark::of(&issue.body).is_some_and(|mark| mark.estate.as_str() == estate);
    let mut open: Vec<&Issue> = issues.iter().filter(is_ours).filter(|issue| issue.is_open).collect();
    open.sort_by_key(|issue| issue.number);
    let others = open.iter().skip(1).map(|issue| issue.number).collect();
    let closed = || issues.iter().filter(is_ours).max_by_key(|issue| issue.number);
    (open.first().copied().or_else(closed), others)
}

/// What becomes of it.
pub(super) fn decide(standing: Standing, issue: Option<&Issue>, finished: Timestamp) -> Decision {
    let mark = issue.and_then(|issue| Mark::of(&issue.body));
    // The mark has no fractions of seconds.
    if mark.is_some_and(|mark| mark.finished > finished) {
        return Decision::Leave("it tells of a later report");
    }
    match (standing, issue.map(|issue| issue.is_open)) {
        (Standing::Drift, None) => Decision::Open,
        (Standing::Drift, Some(true)) => Decision::Edit,
        (Standing::Drift, Some(false)) => Decision::Reopen,
        (Standing::Clean, Some(true)) => Decision::Close,
        (Standing::Clean, _) => Decision::Leave("nothing is drifted"),
        (Standing::Unknown(why), _) => Decision::Leave(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(number: u64, is_open: bool, estate: &str) -> Issue {
        Issue {
            number,
            is_open,
            body: format!("<!-- ecs-drift estate={estate} finished=2026-03-01T02:00:00Z -->\ntext"),
            url: String::new(),
            labels: Vec::new(),
        }
    }

    #[test]
    fn the_issue_of_an_estate_is_found() {
        let check = |issues: &[Issue], expected: Option<u64>, others: &[u64]| {
            let (chosen, more) = choose(issues, "prod");
            assert_eq!((chosen.map(|issue| issue.number), more.as_slice()), (expected, others));
        };
        check(&[], None, &[]);
        check(&[issue(1, true, "other")], None, &[]);
        check(&[issue(3, false, "prod"), issue(2, true, "prod")], Some(2), &[]);
        check(&[issue(3, false, "prod"), issue(2, false, "prod")], Some(3), &[]);
        check(&[issue(9, true, "prod"), issue(4, true, "prod")], Some(4), &[9]);
    }

    #[test]
    fn every_standing_has_its_decision() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let check = |standing, is_open: Option<bool>, expected| {
            let issue = is_open.map(|is_open| issue(1, is_open, "prod"));
            assert_eq!(decide(standing, issue.as_ref(), at("2026-03-01T02:00:00.5Z")), expected);
        };
        check(Standing::Drift, None, Decision::Open);
        check(Standing::Drift, Some(true), Decision::Edit);
        check(Standing::Drift, Some(false), Decision::Reopen);
        check(Standing::Clean, Some(true), Decision::Close);
        check(Standing::Clean, Some(false), Decision::Leave("nothing is drifted"));
        check(Standing::Clean, None, Decision::Leave("nothing is drifted"));
        for is_open in [None, Some(true), Some(false)] {
            check(Standing::Unknown("x"), is_open, Decision::Leave("x"));
        }
        let earlier = decide(
            Standing::Clean,
            Some(&issue(1, true, "prod")),
            at("2026-03-01T01:59:59Z"),
        );
        assert_eq!(earlier, Decision::Leave("it tells of a later report"));
    }
}
