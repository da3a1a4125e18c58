//! Likeness of what happened to two daemons, so that it is told once: all that is said of it is equal, apart from
//! times, names and ids.

use super::{Cause, Evidence, Finding, Group, Kind};

/// Characters of the shortest id in hexadecimal digits, like those of requests and tasks, and of one in letters of any
/// kind, like those of deployments.
const ID: usize = 8;
const LONG_ID: usize = 16;

/// The members that have to be equal for parts to be told as one. Times, names and ids are not part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Likeness<'a> {
    findings: Vec<Vec<String>>,
    caller: Option<(&'a str, &'a str, Option<&'a str>)>,
}

impl<'a> Likeness<'a> {
    /// The likeness of what one deployment, or none, did to the daemon or cluster of an ARN.
    pub(super) fn of(arn: &str, group: Option<&'a Group>, findings: &[&Finding]) -> Self {
        let event = group.and_then(|group| group.event.as_ref());
        Self {
            findings: findings.iter().map(|finding| Self::finding(arn, finding)).collect(),
            caller: event.map(|event| (event.event_name.as_str(), event.principal.as_str(), event.program())),
        }
    }

    fn finding(arn: &str, finding: &Finding) -> Vec<String> {
        let general = |text: &str| general(text, arn);
        let kinds = (
            finding.cause,
            finding.severity,
            finding.confidence,
            finding.suppression.as_ref(),
        );
        let mut likeness = vec![
            format!("{kinds:?}"),
            format!("{:?}", finding.setting),
            format!("{:?} {:?}", finding.wanted, finding.live),
            general(&finding.message),
            general(&finding.next_step.text),
        ];
        // The times of calls differ, and who made them must not.
        likeness.extend(calls(finding).map(without_time));
        // What could not be read has the same reason if the operation and the kind of failure are, whatever ECS says.
        if finding.kind != Kind::Unread {
            let has_reasons = matches!(finding.cause, Cause::RolledBack | Cause::RolloutFailed);
            // Why tasks stopped is asked of some daemons only, and must not tell these from the others.
            let is_of_tasks = |evidence: &&Evidence| ["ListTasks", "DescribeTasks"].contains(&evidence.from.as_str());
            let reasons = finding
                .evidence
                .iter()
                .filter(|evidence| has_reasons && !is_of_tasks(evidence));
            likeness.extend(reasons.map(|evidence| general(&evidence.text)));
        }
        likeness
    }
}

/// Calls that `CloudTrail` recorded and a finding rests on.
pub(super) fn calls(finding: &Finding) -> impl Iterator<Item = &Evidence> {
    finding.evidence.iter().filter(|evidence| evidence.from == "CloudTrail")
}

/// A fact without the time when it happened.
pub(super) fn without_time(evidence: &Evidence) -> String {
    let time = evidence.at.map(|at| format!(" at {at}")).unwrap_or_default();
    evidence.text.replace(&time, "")
}

/// The words of a text that are the same for each daemon: no ARNs, ids and names, and no full stop.
pub(super) fn general(text: &str, arn: &str) -> String {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    let has_digit = |word: &str| word.contains(|character: char| character.is_ascii_digit());
    let is_hex = |character: char| character.is_ascii_hexdigit() || character == '-';
    let is_id = |word: &str| {
        let is_long = word.len() >= LONG_ID && word.chars().all(|character| character.is_ascii_alphanumeric());
        has_digit(word) && (is_long || (word.len() >= ID && word.chars().all(is_hex)))
    };
    let words = text.split_whitespace().filter(|word| {
        let bare = word.trim_matches(|character: char| !character.is_alphanumeric());
        let last = bare.rsplit('/').next().unwrap_or(bare);
        last != name && !word.contains("arn:") && !is_id(last)
    });
    let words: Vec<&str> = words.collect();
    words.join(" ").trim_end_matches('.').to_owned()
}
