//! What a scan needs, tried one by one: credentials, region, clock, and each IAM action by a call that changes
//! nothing.
//!
//! A call that is refused for anything but a missing permission was allowed. So an ARN of a daemon that is
//! not there will do, unless the policy allows only certain ARNs; then an input names one of them.

use daemons::{
    arn::DaemonArn,
    aws::{Aws, Failure, FailureKind},
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::observe::{Reader, reader::Sweep};

/// Name of cluster and daemon that are asked about where no input names one.
const NOBODY: &str = "ecs-drift-doctor";
/// Difference of the clocks, in seconds, at which AWS refuses signatures.
const REFUSED_SKEW: i64 = 300;
/// Difference of the clocks, in seconds, that is worth a word.
const NOTED_SKEW: i64 = 30;

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As it should be.
    Ok,
    /// Not needed by what was asked for, and not allowed.
    Missing,
    /// Not as it must be.
    Failed,
    /// Could not be found out.
    Unknown,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked; an IAM action is called by its name.
    pub name: String,
    /// Account and region that it is about; none for the connection.
    pub place: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// What was found, and what to do.
    pub detail: String,
}

/// All checks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Examination {
    /// The checks, in the order in which they were made.
    pub checks: Vec<Check>,
}

/// What is to be scanned later, and so what is needed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Needs {
    /// `--tags`, or a baseline to be recorded.
    pub tags: bool,
    /// `--who`.
    pub who: bool,
}

impl Examination {
    /// Adds a check.
    pub fn add(&mut self, name: &str, place: Option<&str>, outcome: Outcome, detail: impl Into<String>) {
        self.checks.push(Check {
            name: name.to_owned(),
            place: place.map(str::to_owned),
            outcome,
            detail: detail.into(),
        });
    }

    /// The statement that a policy lacks; none if nothing is missing.
    pub fn statement(&self) -> Option<Value> {
        let lacks = |check: &&Check| matches!(check.outcome, Outcome::Failed | Outcome::Missing);
        let actions = self.checks.iter().filter(lacks).map(|check| check.name.as_str());
        let mut actions: Vec<&str> = actions.filter(|name| name.contains(':')).collect();
        actions.sort_unstable();
        actions.dedup();
        (!actions.is_empty()).then(|| json!({"Effect": "Allow", "Action": actions, "Resource": "*"}))
    }

    /// 0 if a scan can work, 1 if something that it needs fails, 4 if something could not be found out.
    pub fn code(&self) -> u8 {
        let has = |outcome| self.checks.iter().any(|check| check.outcome == outcome);
        match (has(Outcome::Failed), has(Outcome::Unknown)) {
            (true, _) => 1,
            (false, true) => 4,
            (false, false) => 0,
        }
    }

    /// Account, region and clock of a connection; the account if it is known.
    pub async fn connection(&mut self, aws: &Aws, now: Timestamp) -> Option<String> {
        self.add("region", None, Outcome::Ok, aws.region());
        let account = match aws.account_id().await {
            Ok(account) => {
                self.add("credentials", None, Outcome::Ok, format!("account {account}"));
                Some(account)
            }
            Err(failure) => {
                let outcome = outcome(&failure, true);
                self.add("credentials", None, outcome, sentence(&failure));
                None
            }
        };
        match aws.service_time().await {
            Ok(Some(time)) => {
                let (outcome, detail) = clock(now.as_second() - time.secs());
                self.add("clock", None, outcome, detail);
            }
            Ok(None) => self.add("clock", None, Outcome::Unknown, "the answer of STS has no date"),
            // What keeps every call from being made is said once.
            Err(failure) if failure.kind == FailureKind::NotSent => {
                self.add("clock", None, Outcome::Unknown, "no call was answered");
            }
            Err(failure) => self.add("clock", None, Outcome::Unknown, sentence(&failure)),
        }
        account
    }

    /// Every call that a scan makes in a region, about one daemon.
    pub async fn region<R: Reader>(&mut self, reader: &R, daemon: &DaemonArn, needs: Needs) {
        let arn = daemon.to_string();
        let of = |kind: &str| {
            let resource = format!("{kind}/{}/{}/{NOBODY}", daemon.cluster, daemon.name);
            vec![daemon.arn.sibling(resource).to_string()]
        };
        let cluster = daemon.cluster_arn().to_string();
        let place = place(daemon);
        let mut note = |action, answer: Result<(), Failure>, why| self.action(action, &place, answer, why);
        note("ecs:DescribeDaemon", reader.describe_daemon(&arn).await.map(drop), None);
        let answer = reader.describe_deployments(of("daemon-deployment")).await;
        note("ecs:DescribeDaemonDeployments", answer.map(drop), None);
        let answer = reader.describe_revisions(of("daemon-revision")).await;
        note("ecs:DescribeDaemonRevisions", answer.map(drop), None);
        note(
            "ecs:ListDaemonDeployments",
            reader.list_deployments(&arn).await.map(drop),
            None,
        );
        let answer = reader.list_definitions(Sweep::BeingDeleted).await;
        note("ecs:ListDaemonTaskDefinitions", answer.map(drop), None);
        note("ecs:ListDaemons", reader.list_daemons(&cluster).await.map(drop), None);
        let why = (!needs.tags).then_some("needed by `scan --tags` and `baseline record`");
        note("ecs:ListTagsForResource", reader.list_tags(&arn).await.map(drop), why);
    }

    /// `CloudTrail` of the region of a daemon.
    pub async fn trail(&mut self, aws: &Aws, daemon: &DaemonArn, needs: Needs) {
        let request = json!({"MaxResults": 1});
        let answer = aws.lookup_events(&daemon.arn.region, &request).await.map(drop);
        let why = (!needs.who).then_some("needed by `scan --who`");
        self.action("cloudtrail:LookupEvents", &place(daemon), answer, why);
    }

    /// `optional` says what needs an action that not every scan needs.
    fn action(&mut self, action: &str, place: &str, answer: Result<(), Failure>, optional: Option<&str>) {
        let (outcome, detail) = match answer {
            Ok(()) => (Outcome::Ok, String::new()),
            Err(failure) if failure.kind == FailureKind::Refused => (Outcome::Ok, String::new()),
            Err(failure) => (outcome(&failure, optional.is_none()), sentence(&failure)),
        };
        let detail = match optional {
            Some(why) if outcome == Outcome::Missing => format!("{why}. {detail}"),
            _ => detail,
        };
        self.add(action, Some(place), outcome, detail);
    }
}

/// The daemon to ask about where no input names one.
pub fn nobody(aws: &Aws, account: &str) -> Option<DaemonArn> {
    let (partition, region) = (Aws::partition(aws.region()), aws.region());
    DaemonArn::parse(&format!(
        "arn:{partition}:ecs:{region}:{account}:daemon/{NOBODY}/{NOBODY}"
    ))
    .ok()
}

fn place(daemon: &DaemonArn) -> String {
    format!("{}/{}", daemon.arn.account, daemon.arn.region)
}

fn outcome(failure: &Failure, is_needed: bool) -> Outcome {
    match failure.kind {
        FailureKind::AccessDenied if !is_needed => Outcome::Missing,
        FailureKind::Throttled | FailureKind::Server | FailureKind::NoAnswer => Outcome::Unknown,
        _ => Outcome::Failed,
    }
}

fn sentence(failure: &Failure) -> String {
    failure.to_string()
}

/// How far the clock of this machine is ahead of AWS, in seconds.
fn clock(ahead: i64) -> (Outcome, String) {
    let seconds = ahead.abs();
    let which = if ahead < 0 { "behind" } else { "ahead of" };
    if seconds >= REFUSED_SKEW {
        let detail =
            format!("{seconds} s {which} AWS, which refuses signatures from 5 minutes on. Set the clock by NTP.");
        return (Outcome::Failed, detail);
    }
    if seconds >= NOTED_SKEW {
        return (Outcome::Ok, format!("{seconds} s {which} AWS; set it by NTP"));
    }
    (Outcome::Ok, "agrees with AWS".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks() {
        assert_eq!(clock(2), (Outcome::Ok, "agrees with AWS".to_owned()));
        assert_eq!(clock(-40).1, "40 s behind AWS; set it by NTP");
        assert_eq!(clock(301).0, Outcome::Failed);
        assert_eq!(clock(-300).0, Outcome::Failed);
    }

    fn denied() -> Failure {
        Failure {
            operation: "DescribeDaemon",
            kind: FailureKind::AccessDenied,
            code: Some("AccessDeniedException".to_owned()),
            message: "no".to_owned(),
            request_id: None,
        }
    }

    #[test]
    fn what_is_missing_is_one_statement_and_only_what_is_needed_fails() {
        let mut examination = Examination::default();
        examination.action("ecs:ListDaemons", "1/r", Ok(()), None);
        assert_eq!((examination.code(), examination.statement()), (0, None));
        examination.action(
            "cloudtrail:LookupEvents",
            "1/r",
            Err(denied()),
            Some("needed by `scan --who`"),
        );
        assert_eq!(examination.code(), 0);
        examination.action("ecs:DescribeDaemon", "1/r", Err(denied()), None);
        examination.action("ecs:DescribeDaemon", "1/s", Err(denied()), None);
        assert_eq!(examination.code(), 1);
        let statement = examination.statement().unwrap();
        assert_eq!(
            statement["Action"],
            json!(["cloudtrail:LookupEvents", "ecs:DescribeDaemon"])
        );
        let throttled = Failure {
            kind: FailureKind::Throttled,
            ..denied()
        };
        let mut unknown = Examination::default();
        unknown.action("ecs:DescribeDaemon", "1/r", Err(throttled), None);
        assert_eq!((unknown.code(), unknown.statement()), (4, None));
        // Not found means that the question was allowed.
        let refused = Failure {
            kind: FailureKind::Refused,
            ..denied()
        };
        let mut allowed = Examination::default();
        allowed.action("ecs:DescribeDaemon", "1/r", Err(refused), None);
        assert_eq!(allowed.code(), 0);
    }
}
