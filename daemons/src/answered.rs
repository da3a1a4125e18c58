//! The checks that an answer is the answer to the question that was asked.
//!
//! A record of another daemon, an answer for ARNs that nobody asked for, or a refusal inside of a success would
//! otherwise be read as "in sync" or as "gone". Whatever does not fit is a failure, and the daemon counts as unread.

use std::collections::BTreeSet;

use aws::{Failure, FailureKind};
use aws_sdk_ecs::types::{DaemonDetail, Failure as Missed};

use crate::arn::DaemonArn;

/// Reason of a failure in an answer which says that something is not on record.
const MISSING: &str = "MISSING";

/// The description of the daemon that was asked for.
pub(super) fn daemon(
    operation: &'static str,
    arn: &str,
    answer: Option<DaemonDetail>,
) -> Result<DaemonDetail, Failure> {
    let unfit = |reason: &str| Err(Failure::unfit(operation, reason));
    let Some(daemon) = answer else {
        return unfit("it has no `daemon`");
    };
    match daemon.daemon_arn() {
        None => return unfit("it has no `daemonArn`"),
        Some(answered) if answered != arn => return unfit("it is about another daemon"),
        Some(_) => {}
    }
    let cluster = DaemonArn::parse(arn).map(|arn| arn.cluster_arn().to_string());
    if let (Ok(asked), Some(answered)) = (cluster, daemon.cluster_arn())
        && asked != answered
    {
        return unfit("it is about a daemon of another cluster");
    }
    if daemon.status().is_none() {
        return unfit("it has no `status`");
    }
    Ok(daemon)
}

/// A deployment or a revision in an answer, by what it says to be and to belong to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Record<'a> {
    /// Its ARN.
    pub(super) arn: Option<&'a str>,
    /// ARN of the cluster, where the answer tells it.
    pub(super) cluster_arn: Option<&'a str>,
    /// ARN of the daemon, where the answer tells it.
    pub(super) daemon_arn: Option<&'a str>,
}

impl Record<'_> {
    /// True if the record contradicts its own ARN, which names cluster and daemon: `KIND/CLUSTER/DAEMON/ID`.
    fn is_of_another(&self) -> bool {
        let arn = self.arn.unwrap_or_default();
        let Some((account, resource)) = arn.rsplit_once(':') else {
            return false;
        };
        let mut parts = resource.split('/').skip(1);
        let (Some(cluster), Some(daemon)) = (parts.next(), parts.next()) else {
            return false;
        };
        let differs = |told: Option<&str>, expected: String| told.is_some_and(|told| told != expected);
        differs(self.cluster_arn, format!("{account}:cluster/{cluster}"))
            || differs(self.daemon_arn, format!("{account}:daemon/{cluster}/{daemon}"))
    }
}

/// The deployment that a change of a daemon has started. Without it there is nothing to wait for, and a state with another
/// daemon's would wait for that one.
pub fn deployment(operation: &'static str, daemon: &DaemonArn, answered: Option<String>) -> Result<String, Failure> {
    let Some(arn) = answered.filter(|arn| !arn.is_empty()) else {
        return Err(Failure::unfit(operation, "it has no `deploymentArn`"));
    };
    let record = Record {
        arn: Some(&arn),
        daemon_arn: Some(&daemon.to_string()),
        ..Record::default()
    };
    if record.is_of_another() {
        return Err(Failure::unfit(
            operation,
            "its `deploymentArn` is that of another daemon",
        ));
    }
    Ok(arn)
}

/// An answer about several ARNs: each must be answered once, by a record or by a reason, and no other one.
pub(super) fn batch(
    operation: &'static str,
    asked: &[String],
    records: &[Record<'_>],
    missed: &[Missed],
) -> Result<(), Failure> {
    let unfit = |reason: &str| Err(Failure::unfit(operation, reason));
    let asked: BTreeSet<&str> = asked.iter().map(String::as_str).collect();
    let mut answered = BTreeSet::new();
    for record in records {
        let Some(arn) = record.arn else {
            return unfit("a record in it has no ARN");
        };
        if !asked.contains(arn) {
            return unfit("it has a record that was not asked for");
        }
        if !answered.insert(arn) {
            return unfit("it has two records of one ARN");
        }
        if record.is_of_another() {
            return unfit("a record in it says to belong to another daemon");
        }
    }
    for missed in missed {
        let Some(arn) = missed.arn().filter(|arn| asked.contains(arn)) else {
            return unfit("it tells a failure of something that was not asked for");
        };
        match missed.reason() {
            Some(MISSING) => answered.insert(arn),
            reason => return Err(refused(operation, reason, missed.detail())),
        };
    }
    if answered.len() < asked.len() {
        return unfit("it says nothing about an ARN that was asked for");
    }
    Ok(())
}

/// A reason other than "missing" is a refusal.
fn refused(operation: &'static str, reason: Option<&str>, detail: Option<&str>) -> Failure {
    let is_denied = reason.is_some_and(|reason| reason.to_ascii_uppercase().replace('_', "").contains("ACCESSDENIED"));
    let kind = if is_denied {
        FailureKind::AccessDenied
    } else {
        FailureKind::Refused
    };
    Failure::of_answer(operation, kind, reason, detail.unwrap_or("the answer tells no detail"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:ecs:eu-west-1:111122223333:daemon/c/d";

    fn missed(arn: &str, reason: Option<&str>) -> Missed {
        let reason = reason.map(str::to_owned);
        Missed::builder().arn(arn).set_reason(reason).detail("why").build()
    }

    #[test]
    fn a_daemon_is_the_one_that_was_asked_for() {
        let check = |arn: Option<&str>, cluster: Option<&str>, expected: Result<(), &str>| {
            let answer = DaemonDetail::builder()
                .set_daemon_arn(arn.map(str::to_owned))
                .set_cluster_arn(cluster.map(str::to_owned))
                .status("ACTIVE".into())
                .build();
            let told = daemon("DescribeDaemon", ARN, Some(answer)).map(drop);
            let told = told.map_err(|failure| failure.message);
            let expected = expected.map_err(|why| format!("the answer does not fit the question: {why}"));
            assert_eq!(told, expected);
        };
        check(Some(ARN), None, Ok(()));
        check(Some(ARN), Some("arn:aws:ecs:eu-west-1:111122223333:cluster/c"), Ok(()));
        check(None, None, Err("it has no `daemonArn`"));
        for other in ["daemon/c/e", "daemon/x/d"] {
            let other = format!("arn:aws:ecs:eu-west-1:111122223333:{other}");
            check(Some(&other), None, Err("it is about another daemon"));
        }
        let cluster = "arn:aws:ecs:eu-west-1:111122223333:cluster/x";
        check(Some(ARN), Some(cluster), Err("it is about a daemon of another cluster"));
    }

    #[test]
    fn a_batch_answers_each_arn_once_and_no_other() {
        let check = |records: &[Option<&'static str>], failures: &[Missed], expected: &str| {
            let asked = ["a".to_owned(), "b".to_owned()];
            let of = |arn| Record {
                arn,
                ..Record::default()
            };
            let records: Vec<Record<'_>> = records.iter().copied().map(of).collect();
            let told = batch("Describe", &asked, &records, failures);
            let told = told.map_or_else(
                |failure| format!("{:?} {failure}", failure.kind),
                |()| "fits".to_owned(),
            );
            assert!(told.contains(expected), "{told}");
        };
        check(&[Some("a"), Some("b")], &[], "fits");
        check(&[Some("a")], &[missed("b", Some("MISSING"))], "fits");
        check(
            &[],
            &[missed("a", Some("MISSING")), missed("b", Some("MISSING"))],
            "fits",
        );
        check(
            &[Some("a")],
            &[],
            "Unfit Describe: the answer does not fit the question: it says nothing",
        );
        check(&[Some("a"), Some("c")], &[], "not asked for");
        check(&[Some("a"), Some("a")], &[], "two records");
        check(&[Some("a"), None], &[], "has no ARN");
        check(
            &[Some("a")],
            &[missed("c", Some("MISSING"))],
            "a failure of something that was not asked for",
        );
        check(
            &[Some("a")],
            &[missed("b", Some("ACCESS_DENIED"))],
            "AccessDenied Describe: ACCESS_DENIED: why",
        );
        check(
            &[Some("a")],
            &[missed("b", Some("OTHER"))],
            "Refused Describe: OTHER: why",
        );
        check(&[Some("a")], &[missed("b", None)], "Refused Describe: why");
    }

    #[test]
    fn a_record_belongs_to_what_its_arn_names() {
        let check = |cluster_arn: Option<&str>, daemon_arn: Option<&str>, is_of_another: bool| {
            let arn = Some("arn:aws:ecs:eu-west-1:111122223333:daemon-revision/c/d/1");
            let record = Record {
                arn,
                cluster_arn,
                daemon_arn,
            };
            assert_eq!(record.is_of_another(), is_of_another, "{record:?}");
        };
        check(None, None, false);
        check(Some("arn:aws:ecs:eu-west-1:111122223333:cluster/c"), Some(ARN), false);
        check(Some("arn:aws:ecs:eu-west-1:111122223333:cluster/x"), Some(ARN), true);
        check(None, Some("arn:aws:ecs:eu-west-1:111122223333:daemon/c/e"), true);
        check(None, Some("arn:aws:ecs:eu-west-1:999999999999:daemon/c/d"), true);
    }
}
