//! The rollouts of one region, followed to their ends. All of them are looked at together, 20 a call, so that many rollouts
//! cost few calls.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use aws::Failure;
use aws_sdk_ecs::{Client, types::DaemonDeployment};
use daemons::{
    course::Course,
    describe::Described,
    observe::Rollout,
    patience,
    poll::PollSchedule,
    rollout::{self as rollouts, Outcome, Watch},
    wait::{Budget, Interrupt},
    why,
};

use super::{
    event::{WatchEnd, WatchEvent, Watched},
    look::{self, Seen},
    subject::Subject,
    watching::Watching,
};
use crate::{
    explain::absent::contradiction,
    observe::{EcsReader, Live, Reader, Reading, Target, describe, fetch, may_pass},
    rollout,
    scan::ADVICE,
};

/// Readings after which answers that contradict each other, are too old, or do not know a daemon, are taken as final.
const TRIES: u32 = 8;
/// Pause between them.
const PAUSE: Duration = Duration::from_secs(1);

/// A region with what is watched in it.
pub(super) struct Region<'a> {
    pub(super) reader: EcsReader,
    pub(super) client: Client,
    pub(super) watching: &'a Watching<'a>,
}

/// A daemon to be read: for the first time, or after the rollout that was followed.
struct Unseen {
    subject: Subject,
    after: Option<Watched>,
}

/// A rollout that goes on.
struct Following {
    subject: Subject,
    deployment: String,
    watch: Watch,
    course: Course,
    budget: Budget,
    failures: u32,
}

/// The daemons of a region by how far their watch is.
struct State {
    unseen: Vec<Unseen>,
    following: Vec<Following>,
    over: Vec<Watched>,
}

/// What became of a look.
enum Turn {
    Goes(Following),
    Read(Unseen),
    Over(Watched),
}

impl Region<'_> {
    /// Follows the latest rollout of each daemon until it ends, or until the watch is interrupted.
    pub(super) async fn watch(&self, subjects: Vec<Subject>) -> Vec<Watched> {
        let unseen = |subject| Unseen { subject, after: None };
        let mut state = State {
            unseen: subjects.into_iter().map(unseen).collect(),
            following: Vec::new(),
            over: Vec::new(),
        };
        let mut schedule = self.watching.poll.schedule();
        while !(state.following.is_empty() && state.unseen.is_empty()) {
            // A look that is given up leaves nothing of what it was about.
            let left: Vec<Watched> = state.interrupted().collect();
            let is_ended = tokio::select! {
                biased;
                () = self.watching.interrupt.interrupted() => true,
                () = self.step(&mut state, &mut schedule) => false,
            };
            if is_ended {
                let told: BTreeSet<String> = state.over.iter().map(|watched| watched.daemon.clone()).collect();
                for watched in left.into_iter().filter(|watched| !told.contains(&watched.daemon)) {
                    self.end(watched, &mut state.over);
                }
                break;
            }
        }
        state.over
    }

    /// Reads what is to be read, looks at what goes on, and pauses.
    async fn step(&self, state: &mut State, schedule: &mut PollSchedule) {
        for turn in self.read(std::mem::take(&mut state.unseen)).await {
            self.take(turn, state);
        }
        for turn in self.look(std::mem::take(&mut state.following)).await {
            self.take(turn, state);
        }
        if state.unseen.is_empty() && !state.following.is_empty() {
            tokio::time::sleep(schedule.next_delay()).await;
        }
    }

    fn take(&self, turn: Turn, state: &mut State) {
        match turn {
            Turn::Goes(goes) => state.following.push(goes),
            Turn::Read(read) => state.unseen.push(read),
            Turn::Over(watched) => self.end(watched, &mut state.over),
        }
    }

    fn end(&self, watched: Watched, over: &mut Vec<Watched>) {
        (self.watching.tell)(WatchEvent::Ended(watched.clone()));
        over.push(watched);
    }

    /// Reads daemons until their answers agree.
    async fn read(&self, mut unseen: Vec<Unseen>) -> Vec<Turn> {
        let mut turns = Vec::new();
        for round in 1..=TRIES {
            if unseen.is_empty() {
                break;
            }
            let targets: Vec<Target> = unseen.iter().map(target).collect();
            let mut again = Vec::new();
            for (one, reading) in unseen.into_iter().zip(fetch(&self.reader, &targets).await) {
                match self.judge(one, reading, round == TRIES).await {
                    Ok(turn) => turns.push(turn),
                    Err(one) => again.push(one),
                }
            }
            unseen = again;
            if !unseen.is_empty() {
                tokio::time::sleep(PAUSE).await;
            }
        }
        turns
    }

    /// What a reading means; the daemon itself if it is to be read again.
    async fn judge(&self, one: Unseen, reading: Reading, is_last: bool) -> Result<Turn, Unseen> {
        let arn = one.subject.arn.to_string();
        let unread = |reason: String| Turn::Over(Watched::new(&arn, WatchEnd::Unread, vec![reason]));
        let live = match reading {
            Reading::Live(live) => live,
            Reading::Failed(failure) => return Ok(unread(told(&failure, "read the daemon", &arn))),
            _ if !is_last => return Err(one),
            Reading::Torn(torn) => {
                let text = "The answers of ECS contradict each other, also after reading again.";
                return Ok(unread(format!("{text} {}", contradiction(&torn))));
            }
            Reading::DaemonNotFound | Reading::ClusterNotFound => {
                let text = vec!["ECS does not know the daemon, also after reading again.".to_owned()];
                return Ok(Turn::Over(Watched::new(&arn, WatchEnd::Missing, text)));
            }
        };
        let seen = match &one.after {
            None => look::first(&one.subject, &live),
            Some(watched) => {
                let deployment = watched.deployment_arn.clone().unwrap_or_default();
                let Some(seen) = look::after(&one.subject, &deployment, &live) else {
                    return Ok(Turn::Over(watched.clone()));
                };
                (self.watching.tell)(WatchEvent::Superseded {
                    daemon: arn.clone(),
                    deployment_arn: deployment,
                    by: live.observed.deployment_arn.clone(),
                });
                seen
            }
        };
        Ok(match seen {
            Seen::Stale if !is_last => return Err(one),
            Seen::Stale => unread("ECS still answers an older deployment than the input has as the latest.".to_owned()),
            Seen::Ended(watched) => Turn::Over(watched),
            Seen::Failed(rollout) => Turn::Over(self.failed(&one.subject, &rollout).await),
            Seen::Rolling => Turn::Goes(self.follow(one.subject, &live)),
        })
    }

    fn follow(&self, subject: Subject, live: &Live) -> Following {
        let settings = &live.observed.settings;
        let time = self.watching.timeout.unwrap_or_else(|| rollouts::time_for(settings));
        Following {
            subject,
            deployment: live.observed.deployment_arn.clone(),
            watch: Watch::default(),
            course: Course::of(&live.observed),
            budget: Budget::of(time),
            failures: 0,
        }
    }

    /// Looks at all rollouts once.
    async fn look(&self, following: Vec<Following>) -> Vec<Turn> {
        let arns = following.iter().map(|following| following.deployment.clone()).collect();
        let found = describe(arns, |arns| self.reader.describe_deployments(arns)).await;
        let mut turns = Vec::new();
        for one in following {
            let answer = found.get(&one.deployment).cloned();
            turns.push(self.see(one, answer).await);
        }
        turns
    }

    async fn see(&self, mut one: Following, answer: Option<Result<Arc<Described<DaemonDeployment>>, Failure>>) -> Turn {
        let arn = one.subject.arn.to_string();
        let record = match answer.transpose() {
            Ok(record) => record.map(|described| Box::new(Rollout::of(&described.record))),
            Err(failure) if may_pass(&failure) && one.failures < patience::FAILED_POLLS => {
                one.failures += 1;
                return one.or_late(&arn);
            }
            Err(failure) => {
                let reason = told(&failure, "watch the rollout", &arn);
                return Turn::Over(Watched::new(&arn, WatchEnd::Unread, vec![reason]).of(&one.deployment));
            }
        };
        one.failures = 0;
        if let Some(rollout) = &record
            && let Some(text) = one.course.news(rollout)
        {
            (self.watching.tell)(WatchEvent::progress(&arn, rollout, text));
        }
        let watched = match one.watch.see(record) {
            Some(Outcome::Successful(_)) => Watched::new(&arn, WatchEnd::Successful, Vec::new()).of(&one.deployment),
            Some(Outcome::Failed(rollout)) => self.failed(&one.subject, &rollout).await,
            Some(_) => {
                let text = "ECS lost the record of the rollout while it was watched, so that its end cannot be read.";
                Watched::new(&arn, WatchEnd::Unread, vec![text.to_owned()]).of(&one.deployment)
            }
            None => return one.or_late(&arn),
        };
        Turn::Read(Unseen {
            subject: one.subject,
            after: Some(watched),
        })
    }

    async fn failed(&self, subject: &Subject, failed: &Rollout) -> Watched {
        let why = why::read(&self.client, &subject.arn, failed).await;
        let end = if failed.failure().is_some() {
            WatchEnd::Failed
        } else {
            WatchEnd::RolledBack
        };
        Watched::new(&subject.arn.to_string(), end, rollout::reasons(Some(failed), &why)).of(&failed.arn)
    }
}

impl State {
    /// The ends of what is not over, should the watch end now.
    fn interrupted(&self) -> impl Iterator<Item = Watched> + '_ {
        let following = self.following.iter().map(interrupted);
        following.chain(self.unseen.iter().map(not_read))
    }
}

impl Following {
    /// The rollout goes on, unless its time is over.
    fn or_late(self, arn: &str) -> Turn {
        if !self.budget.is_spent() {
            return Turn::Goes(self);
        }
        let text = "The rollout did not end in time, and goes on in ECS. Watch again to see its end, or give a longer \
                    `--rollout-timeout`.";
        Turn::Over(Watched::new(arn, WatchEnd::TimedOut, vec![text.to_owned()]).of(&self.deployment))
    }
}

fn interrupted(one: &Following) -> Watched {
    let text = format!("The rollout {} goes on in ECS.", one.deployment);
    Watched::new(&one.subject.arn.to_string(), WatchEnd::Interrupted, vec![text]).of(&one.deployment)
}

fn not_read(one: &Unseen) -> Watched {
    one.after.clone().unwrap_or_else(|| {
        let text = "The watch was interrupted before the daemon was read.".to_owned();
        Watched::new(&one.subject.arn.to_string(), WatchEnd::Interrupted, vec![text])
    })
}

fn target(one: &Unseen) -> Target {
    let followed = one.after.as_ref().and_then(|watched| watched.deployment_arn.clone());
    Target {
        arn: one.subject.arn.to_string(),
        deployment_arn: followed.or_else(|| one.subject.deployment_arn.clone()),
        known: None,
        with_tags: false,
    }
}

fn told(failure: &Failure, what: &str, arn: &str) -> String {
    let problem = failure.problem(&ADVICE, what, arn);
    format!("{}. {}", problem.summary, problem.detail)
}
