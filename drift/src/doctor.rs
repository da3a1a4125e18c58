//! The needs of a scan, tried one by one: credentials, region, clock, and each IAM action by a call that changes
//! nothing.
//!
//! If no input names a daemon, one is asked about that is not there. "Not found" is taken for allowed, assuming that
//! AWS looks at permissions before it looks for the daemon. A refusal proves less: a policy for certain ARNs gives it,
//! too, and may allow everything about the daemons that are there. So it is `unknown` then, not failed.

use aws::{Aws, Failure, FailureKind};
use daemons::arn::DaemonArn;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::observe::{Reader, ecs, reader::Sweep};

/// Version of the form of [`Told`], as that of a report.
const SCHEMA_VERSION: &str = "1.0";
/// Name of cluster and daemon that are asked about where no input names one.
const NOBODY: &str = "ecs-drift-doctor";
/// Id of a deployment or revision that is asked about. It looks like one of theirs, lest its form be refused before the
/// permission is looked at.
const NO_ID: &str = "0123456789abcdefghij";
/// The same of a task.
const NO_TASK: &str = "0123456789abcdef0123456789abcdef";
/// Difference of the clocks, in seconds, at which AWS refuses signatures.
const REFUSED_SKEW: i64 = 300;
/// Difference of the clocks, in seconds, that is worth a word.
const NOTED_SKEW: i64 = 30;

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Check {
    /// What was checked; an IAM action is called by its name.
    pub name: String,
    /// Account and region that it is about, `ACCOUNT/REGION`; none for the connection.
    pub place: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// Whether what was asked for needs it. What is not needed has no part in the exit code.
    pub needed: bool,
    /// What was found, and what to do; empty if there is nothing to say.
    pub detail: String,
    /// Whether AWS said that it is not allowed.
    #[serde(skip)]
    denied: bool,
}

/// A statement of an IAM policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    /// `Allow`.
    pub effect: &'static str,
    /// The IAM actions, sorted.
    pub action: Vec<String>,
    /// `*`.
    pub resource: &'static str,
}

/// What `ecs-drift doctor --output json` writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Told {
    /// Version of this form, `MAJOR.MINOR`. The part before the dot changes when a reader of the old form would go
    /// wrong; readers ignore members that they do not know.
    pub schema_version: String,
    /// The checks, in the order in which they were made.
    pub checks: Vec<Check>,
    /// Allows every action that was refused; none if none was.
    pub statement: Option<Statement>,
}

/// All checks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examination {
    /// The checks, in the order in which they were made.
    pub checks: Vec<Check>,
}

/// A daemon to ask about.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its ARN.
    pub daemon: DaemonArn,
    /// True if an input names it, so that it should be there.
    pub is_named: bool,
}

/// The needs of the later scan, by its options.
#[derive(Clone, Copy, Debug, Default)]
pub struct Needs {
    /// `--tags`, or a baseline to be recorded.
    pub tags: bool,
    /// `--who`.
    pub who: bool,
}

impl Examination {
    /// Adds a check that every scan needs.
    pub fn add(&mut self, name: &str, place: Option<&str>, outcome: Outcome, detail: impl Into<String>) {
        self.checks.push(Check {
            name: name.to_owned(),
            place: place.map(str::to_owned),
            outcome,
            needed: true,
            detail: detail.into(),
            denied: false,
        });
    }

    /// The statement that a policy lacks, or may lack; none if nothing was refused.
    pub fn statement(&self) -> Option<Statement> {
        let denied = self.checks.iter().filter(|check| check.denied);
        let mut action: Vec<String> = denied.map(|check| check.name.clone()).collect();
        action.sort_unstable();
        action.dedup();
        (!action.is_empty()).then_some(Statement {
            effect: "Allow",
            action,
            resource: "*",
        })
    }

    /// True if the policy may allow for the daemons of inputs what was refused for one that is not there.
    pub fn may_be_allowed(&self) -> bool {
        let mut checks = self.checks.iter();
        checks.any(|check| check.denied && check.outcome == Outcome::Unknown)
    }

    /// All of it, as a program reads it.
    pub fn told(&self) -> Told {
        Told {
            schema_version: SCHEMA_VERSION.to_owned(),
            checks: self.checks.clone(),
            statement: self.statement(),
        }
    }

    /// 0 if a scan can work, 1 if something that it needs fails, 4 if something that it needs could not be found out.
    pub fn code(&self) -> u8 {
        let needed = self.checks.iter().filter(|check| check.needed);
        let has = |outcome| needed.clone().any(|check| check.outcome == outcome);
        match (has(Outcome::Failed), has(Outcome::Unknown)) {
            (true, _) => 1,
            (false, true) => 4,
            (false, false) => 0,
        }
    }

    /// Account, region and clock of a connection; the account if it is known.
    pub async fn connection(&mut self, aws: &Aws, now: Timestamp) -> Option<String> {
        self.add("region", None, Outcome::Ok, aws.region());
        let account = match ecs::account(aws, &ecs::Counters::default()).await {
            Ok(account) => {
                self.add("credentials", None, Outcome::Ok, format!("account {account}"));
                Some(account)
            }
            Err(failure) => {
                let outcome = outcome(&failure, true);
                let stranded = aws.stranded_sts().map(|problem| format!(" {problem}"));
                let detail = format!("{}{}", sentence(&failure), stranded.unwrap_or_default());
                self.add("credentials", None, outcome, detail);
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
    pub async fn region<R: Reader>(&mut self, reader: &R, subject: &Subject, needs: Needs) {
        let daemon = &subject.daemon;
        let arn = daemon.to_string();
        let of = |kind: &str| {
            let resource = format!("{kind}/{}/{}/{NO_ID}", daemon.cluster, daemon.name);
            vec![daemon.arn.sibling(resource).to_string()]
        };
        let cluster = daemon.cluster_arn().to_string();
        let place = place(daemon);
        let about = Question {
            only_for: None,
            about_nobody: !subject.is_named,
        };
        let mut note = |action, answer: Result<(), Failure>, question| self.action(action, &place, answer, question);
        note(
            "ecs:DescribeDaemon",
            reader.describe_daemon(&arn).await.map(drop),
            about,
        );
        let answer = reader.describe_deployments(of("daemon-deployment")).await;
        note("ecs:DescribeDaemonDeployments", answer.map(drop), about);
        let answer = reader.describe_revisions(of("daemon-revision")).await;
        note("ecs:DescribeDaemonRevisions", answer.map(drop), about);
        let answer = reader.list_deployments(&arn).await;
        note("ecs:ListDaemonDeployments", answer.map(drop), about);
        let answer = reader.list_definitions(Sweep::BeingDeleted).await;
        note("ecs:ListDaemonTaskDefinitions", answer.map(drop), Question::default());
        note("ecs:ListDaemons", reader.list_daemons(&cluster).await.map(drop), about);
        let tags = Question {
            only_for: (!needs.tags).then_some("needed by `scan --tags` and `baseline record`"),
            ..about
        };
        note("ecs:ListTagsForResource", reader.list_tags(&arn).await.map(drop), tags);
        let reasons = Question {
            only_for: Some("needed to tell why tasks of a failed rollout stopped"),
            ..about
        };
        let answer = reader.list_stopped_tasks(daemon).await;
        note("ecs:ListTasks", answer.map(drop), reasons);
        let task = daemon
            .arn
            .sibling(format!("task/{}/{NO_TASK}", daemon.cluster))
            .to_string();
        let answer = reader.describe_tasks(daemon, vec![task]).await;
        note("ecs:DescribeTasks", answer.map(drop), reasons);
    }

    /// `CloudTrail` of the region of a daemon.
    pub async fn trail(&mut self, aws: &Aws, daemon: &DaemonArn, needs: Needs) {
        let request = json!({"MaxResults": 1});
        let answer = aws.lookup_events(&daemon.arn.region, &request).await.map(drop);
        let question = Question {
            only_for: (!needs.who).then_some("needed by `scan --who`"),
            ..Question::default()
        };
        self.action("cloudtrail:LookupEvents", &place(daemon), answer, question);
    }

    fn action(&mut self, action: &str, place: &str, answer: Result<(), Failure>, question: Question) {
        let denied = matches!(&answer, Err(failure) if failure.kind == FailureKind::AccessDenied);
        let (outcome, detail) = match answer {
            Ok(()) => (Outcome::Ok, String::new()),
            Err(failure) => question.judge(&failure),
        };
        let detail = match question.only_for {
            Some(why) if outcome != Outcome::Ok => format!("{why}. {detail}"),
            _ => detail,
        };
        self.checks.push(Check {
            name: action.to_owned(),
            place: Some(place.to_owned()),
            outcome,
            needed: question.only_for.is_none(),
            detail,
            denied,
        });
    }
}

/// The way in which a question was asked: a refusal means one thing or another by it.
#[derive(Clone, Copy, Default)]
struct Question {
    /// The part of a scan that needs the action, if not every scan does.
    only_for: Option<&'static str>,
    /// True if it names a daemon, or its cluster, that is not there.
    about_nobody: bool,
}

impl Question {
    fn judge(self, failure: &Failure) -> (Outcome, String) {
        match (failure.kind, failure.code.as_deref()) {
            (FailureKind::Refused, Some(code)) if !is_about_the_form(code) => {
                (Outcome::Ok, format!("allowed: the answer was {code}"))
            }
            (FailureKind::Refused, _) => {
                let detail = format!(
                    "{}. Whether the action is allowed does not follow from that.",
                    sentence(failure)
                );
                (Outcome::Unknown, detail)
            }
            (FailureKind::AccessDenied, _) if self.about_nobody => {
                let detail = format!(
                    "{}. This was asked about a daemon that is not there. A policy for certain ARNs refuses that and \
                     may allow the scan: run doctor with an input, and it asks about a daemon of the input.",
                    sentence(failure)
                );
                (Outcome::Unknown, detail)
            }
            _ => (outcome(failure, self.only_for.is_none()), sentence(failure)),
        }
    }
}

/// Codes that a service may answer before it looks at permissions.
fn is_about_the_form(code: &str) -> bool {
    [
        "Validation",
        "Serialization",
        "Invalid",
        "MissingParameter",
        "UnknownOperation",
    ]
    .iter()
    .any(|beginning| code.starts_with(beginning))
}

/// The daemon to ask about where no input names one.
pub fn nobody(aws: &Aws, account: &str) -> Option<Subject> {
    let (partition, region) = (Aws::partition(aws.region()), aws.region());
    let arn = format!("arn:{partition}:ecs:{region}:{account}:daemon/{NOBODY}/{NOBODY}");
    let daemon = DaemonArn::parse(&arn).ok()?;
    Some(Subject {
        daemon,
        is_named: false,
    })
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

/// Without a full stop, since some texts of AWS have one and others do not.
fn sentence(failure: &Failure) -> String {
    failure.to_string().trim_end_matches('.').to_owned()
}

/// The outcome for a clock of this machine that is ahead of AWS by some seconds.
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

    fn failure(kind: FailureKind, code: &str) -> Failure {
        Failure {
            operation: "DescribeDaemon",
            kind,
            code: Some(code.to_owned()),
            message: "no".to_owned(),
            request_id: None,
        }
    }

    /// Compares the judgment of doctor on an answer to a question of every scan, or of `--who`, about a daemon of an
    /// input or about nobody: outcome, exit code, and whether the statement has the action.
    fn check(answer: (FailureKind, &str), question: Question, expected: (Outcome, u8, bool)) {
        let mut examination = Examination::default();
        let action = "ecs:DescribeDaemon";
        examination.action(action, "1/r", Err(failure(answer.0, answer.1)), question);
        let made = &examination.checks[0];
        let statement = examination.statement();
        let found = (made.outcome, examination.code(), statement.is_some());
        assert_eq!(found, expected, "{answer:?}: {}", made.detail);
        assert!(!made.detail.is_empty(), "{answer:?}");
        assert_eq!(made.detail.contains("with an input"), examination.may_be_allowed());
    }

    #[test]
    fn an_answer_proves_what_it_proves() {
        let every = Question::default();
        let nobody = Question {
            about_nobody: true,
            ..every
        };
        let who = Question {
            only_for: Some("needed by `scan --who`"),
            ..every
        };
        let denied = (FailureKind::AccessDenied, "AccessDeniedException");
        check(denied, every, (Outcome::Failed, 1, true));
        check(denied, nobody, (Outcome::Unknown, 4, true));
        check(denied, who, (Outcome::Missing, 0, true));
        let who_of_nobody = Question {
            about_nobody: true,
            ..who
        };
        check(denied, who_of_nobody, (Outcome::Unknown, 0, true));
        for question in [every, nobody, who] {
            let absent = (FailureKind::Refused, "DaemonNotFoundException");
            check(absent, question, (Outcome::Ok, 0, false));
        }
        let form = (FailureKind::Refused, "InvalidParameterException");
        check(form, nobody, (Outcome::Unknown, 4, false));
        check(form, who, (Outcome::Unknown, 0, false));
        let throttled = (FailureKind::Throttled, "ThrottlingException");
        check(throttled, every, (Outcome::Unknown, 4, false));
        check(throttled, who, (Outcome::Unknown, 0, false));
        check(
            (FailureKind::NotSent, "NoCredentials"),
            every,
            (Outcome::Failed, 1, false),
        );
    }

    #[test]
    fn what_was_refused_anywhere_is_one_statement() {
        let mut examination = Examination::default();
        examination.action("ecs:ListDaemons", "1/r", Ok(()), Question::default());
        assert_eq!((examination.code(), examination.statement()), (0, None));
        let denied = || Err(failure(FailureKind::AccessDenied, "AccessDeniedException"));
        for (action, place) in [
            ("ecs:ListDaemons", "1/s"),
            ("ecs:DescribeDaemon", "1/r"),
            ("ecs:DescribeDaemon", "1/s"),
        ] {
            examination.action(action, place, denied(), Question::default());
        }
        let statement = serde_json::to_value(examination.statement()).unwrap();
        let actions = ["ecs:DescribeDaemon", "ecs:ListDaemons"];
        assert_eq!(
            statement,
            json!({"Effect": "Allow", "Action": actions, "Resource": "*"})
        );
    }
}
