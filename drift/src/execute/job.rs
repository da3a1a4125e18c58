//! The repair of one daemon: read again, decide, send, wait, and prove.

use std::{io, time::Duration};

use aws::Failure;
use daemons::{
    arn::DaemonArn,
    course::Course,
    describe,
    observe::{self, Known, Rollout},
    patience,
    rollout::{self, Outcome},
    settings::Settings,
    tagging,
    tags::TagChanges,
    wait::{self, Budget, Interrupt},
    why::Why,
    writer::{Latest, Writer},
};
use serde_json::json;

use super::{
    audit::Event,
    earlier::{Made, UPDATE},
    end::End,
    execution::Execution,
    place::Place,
};
use crate::{
    explain::absent::contradiction,
    interrupt::BySignal,
    observe::{Live, Reading, Target, fetch},
    repair::{Action, Decision, Now, Payload, Planned, Repaired, TagChange, Verdict, is_as},
    scan::ADVICE,
    setting::Setting,
};

/// The calls for tags in the audit.
const TAG: &str = "TagResource";
/// Readings after which answers that contradict each other, or do not know a daemon, are taken as final.
const TRIES: u32 = 8;
/// Pause between them.
const PAUSE: Duration = Duration::from_secs(1);
/// The time of waits that end by a number of looks.
const FOREVER: Duration = Duration::from_hours(24);

/// One repair with what it needs.
pub(super) struct Job<'a> {
    pub(super) planned: &'a Planned,
    pub(super) arn: DaemonArn,
    pub(super) place: &'a Place,
    pub(super) execution: &'a Execution<'a>,
}

impl Job<'_> {
    /// Repairs the daemon.
    pub(super) async fn run(&self) -> Repaired {
        let end = match self.repair().await {
            Ok(end) | Err(end) => end,
        };
        let ended = Event::Ended {
            verdict: end.verdict,
            reasons: end.reasons.clone(),
        };
        let mut repaired = Repaired::new(self.planned, end.verdict, end.reasons);
        if let Err(error) = self.note(ended) {
            // Everything that was sent has its line; only the end is missing.
            repaired
                .reasons
                .push(format!("The audit could not be completed: {error}."));
        }
        repaired.deployment_arn = end.deployment_arn;
        self.tell(repaired.verdict.title());
        repaired
    }

    async fn repair(&self) -> Result<End, End> {
        let (live, decision) = self.decide().await?;
        self.write_down(Event::Decided {
            decision: word(&decision).to_owned(),
            deployment_arn: live.observed.deployment_arn.clone(),
        })?;
        if self.execution.interrupt.is_interrupted() {
            return Ok(End::new(
                Verdict::NotBegun,
                "The run was interrupted before anything was sent. Run again to repair it.",
            ));
        }
        if decision == Decision::Send
            && let Some(why) = self.execution.refusal()
        {
            return Ok(End::new(Verdict::NotBegun, why));
        }
        let deployment = live.observed.deployment_arn.clone();
        match decision {
            Decision::Skip(reason) => Ok(End::new(Verdict::Skipped, reason)),
            Decision::RolledBack => {
                let rollout = live.observed.rollout.as_ref();
                Ok(End::rolled_back(rollout, &Why::default()).of(&deployment))
            }
            Decision::Done => {
                Ok(End::new(Verdict::Repaired, "It has the settings of the plan already.").of(&deployment))
            }
            Decision::Await => {
                self.tell("the rollout of these settings goes on");
                self.follow(&deployment, Course::of(&live.observed)).await
            }
            Decision::Send => self.send(&live).await,
        }
    }

    /// Reads, and decides. Where an earlier run made the same call and a reading does not show it, the reading may be older than
    /// the call, and is made again before the call is.
    async fn decide(&self) -> Result<(Box<Live>, Decision), End> {
        let settings = self.planned.settings().ok();
        let audit = self.execution.audit;
        let before = settings.and_then(|settings| audit.sent(&self.planned.subject.arn, &settings));
        let mut schedule = self.execution.poll.retry_schedule();
        let mut looks = patience::UPDATE.looks;
        loop {
            let live = self.read(None).await?;
            let asked = self.asked(&live).await;
            let decision = self.planned.decide(Now {
                observed: &live.observed,
                asked: asked.as_ref(),
            });
            let is_sent = decision == Decision::Send && self.planned.action == Action::Update;
            let Some(made) = before.as_ref().filter(|_| is_sent) else {
                return Ok((live, decision));
            };
            if let Made::Deployment(deployment) = made
                && !self.is_later(deployment, &live).await?
            {
                return Ok((live, decision));
            }
            looks -= 1;
            if looks == 0 {
                return match made {
                    Made::Unknown => Ok((live, decision)),
                    Made::Deployment(deployment) => Err(older_than(deployment)),
                };
            }
            let pause = wait::pause(schedule.next_delay(), Budget::of(FOREVER), &self.execution.interrupt);
            if pause.await.is_err() {
                return Ok((live, decision));
            }
        }
    }

    /// True if a deployment is on record, and was made after the one that a reading shows as the latest.
    async fn is_later(&self, deployment: &str, live: &Live) -> Result<bool, End> {
        let shown = &live.observed.deployment_arn;
        let asked = vec![deployment.to_owned(), shown.clone()];
        let found = describe::deployments(&self.place.client, asked).await;
        let found = found.map_err(|failure| self.failed(&failure, "find the deployment of an earlier run"))?;
        let created_at = |arn: &str| {
            let found = found.iter().find(|found| found.arn == arn)?;
            Rollout::of(&found.record).created_at
        };
        Ok(created_at(deployment).is_some_and(|made| created_at(shown).is_some_and(|shown| made > shown)))
    }

    /// Makes the calls of the plan.
    async fn send(&self, live: &Live) -> Result<End, End> {
        if let Some(tags) = &self.planned.tags {
            self.send_tags(tags, live).await?;
        }
        if self.planned.action != Action::Update {
            return self.prove_tags().await;
        }
        let Some(request) = self.planned.update.as_ref().map(Payload::tree) else {
            return Err(End::new(
                Verdict::Failed,
                "The plan has no call for it. Make the plan again.",
            ));
        };
        let settings = self.settings()?;
        self.write_down(Event::Sending {
            operation: UPDATE.to_owned(),
            request,
        })?;
        let sent = self.writer(&settings).update(&settings, &live.observed).await;
        let deployment = sent.map_err(|failure| self.failed(&failure, "repair the daemon"))?;
        self.write_down(Event::Sent {
            operation: UPDATE.to_owned(),
            deployment_arn: Some(deployment.clone()),
        })?;
        self.tell("sent");
        let cost = self.planned.cost.clone().unwrap_or_default();
        let course = Course::new(cost.instances, Duration::from_mins(cost.bake_minutes));
        self.follow(&deployment, course).await
    }

    /// Waits for a deployment, and proves what came of it.
    async fn follow(&self, deployment: &str, course: Course) -> Result<End, End> {
        let end = self.end_of(deployment, course).await;
        end.map_err(|end| end.unseen(deployment))
    }

    async fn end_of(&self, deployment: &str, mut course: Course) -> Result<End, End> {
        let settings = self.settings()?;
        let writer = self.writer(&settings);
        let outcome = writer
            .roll_out_seen(deployment, |rollout| {
                if let Some(line) = course.news(rollout) {
                    self.tell(&line);
                }
            })
            .await;
        let end = match outcome {
            Outcome::Successful(_) | Outcome::Expired => self.prove(deployment, &settings).await?,
            Outcome::Failed(rollout) => {
                let latest = writer.latest().await;
                match latest {
                    Some(Latest::Deployment(other)) if other != deployment && !rollout.is_rolled_back() => {
                        self.prove(&other, &settings).await?
                    }
                    Some(Latest::Leaving) => End::new(Verdict::Superseded, "Someone deleted the daemon meanwhile."),
                    _ => End::rolled_back(Some(&rollout), &writer.why(&rollout).await),
                }
            }
            Outcome::Cancelled(_) => End::new(
                Verdict::Interrupted,
                format!("The run was interrupted. The rollout {deployment} goes on in ECS; run again to see its end."),
            ),
            Outcome::TimedOut(_) => End::new(
                Verdict::TimedOut,
                format!("The rollout {deployment} did not end in time, and goes on in ECS. Run again to wait for it."),
            ),
            Outcome::Unreadable(failure) => return Err(self.failed(&failure, "wait for the rollout")),
        };
        Ok(if end.deployment_arn.is_none() {
            end.of(deployment)
        } else {
            end
        })
    }

    /// Reads again, and compares with the plan.
    async fn prove(&self, deployment: &str, settings: &Settings) -> Result<End, End> {
        let known = Known {
            deployment_arn: deployment.to_owned(),
            revision: None,
            settings: settings.clone(),
            just_made: true,
            ended: false,
            settled: false,
        };
        let live = self.read(Some(known)).await?;
        let observed = &live.observed;
        if is_as(observed, settings) {
            if let Some(tags) = &self.planned.tags {
                return Ok(proven_tags(tags, &live).of(deployment));
            }
            let text = "A reading after the rollout shows every setting as the plan has it.";
            return Ok(End::new(Verdict::Repaired, text).of(deployment));
        }
        let differing: Vec<String> = observed
            .settings
            .differing(settings)
            .into_iter()
            .map(Setting::name)
            .collect();
        if observed.deployment_arn == deployment {
            let text = format!(
                "After the rollout ECS answers other values than were sent: {}.",
                differing.join(", ")
            );
            return Ok(End::new(Verdict::Failed, text));
        }
        let text = format!(
            "The deployment {} came after it, and has other settings: {}.",
            observed.deployment_arn,
            differing.join(", ")
        );
        Ok(End::new(Verdict::Superseded, text))
    }

    /// Sets and removes the tags, if they are as the plan has seen them.
    async fn send_tags(&self, tags: &TagChange, live: &Live) -> Result<(), End> {
        let is_done = |key: &String| live.observed.tags.get(key) == tags.set.get(key);
        let is_seen = |(key, value): (&String, &Option<String>)| live.observed.tags.get(key) == value.as_ref();
        if tags.live.keys().all(is_done) {
            return Ok(());
        }
        if let Some((key, _)) = tags.live.iter().find(|entry| !is_seen(*entry) && !is_done(entry.0)) {
            let text = format!("The tag `{key}` is no longer as the plan has seen it.");
            return Err(End::new(Verdict::Skipped, text));
        }
        self.write_down(Event::Sending {
            operation: TAG.to_owned(),
            request: json!({"resourceArn": self.planned.subject.arn, "set": tags.set, "remove": tags.remove}),
        })?;
        let changes = TagChanges {
            set: tags.set.clone(),
            remove: tags.remove.clone(),
        };
        let sent = tagging::send(&self.place.client, &self.planned.subject.arn, changes).await;
        sent.map_err(|failure| self.failed(&failure, "repair the tags"))?;
        self.write_down(Event::Sent {
            operation: TAG.to_owned(),
            deployment_arn: None,
        })
    }

    async fn prove_tags(&self) -> Result<End, End> {
        let Some(tags) = &self.planned.tags else {
            return Ok(End::new(Verdict::Skipped, "The plan has nothing to send."));
        };
        for _ in 1..TRIES {
            let end = proven_tags(tags, &*self.read(None).await?);
            if end.verdict == Verdict::Repaired {
                return Ok(end);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(proven_tags(tags, &*self.read(None).await?))
    }

    /// The daemon as it is, read until its answers agree.
    async fn read(&self, known: Option<Known>) -> Result<Box<Live>, End> {
        let target = Target {
            arn: self.planned.subject.arn.clone(),
            deployment_arn: Some(self.planned.deployment_arn.clone()).filter(|arn| !arn.is_empty()),
            known,
            with_tags: self.planned.tags.is_some(),
        };
        let mut last = End::new(Verdict::Skipped, "It is not there.");
        for round in 1..=TRIES {
            let mut readings = fetch(&self.place.reading(), std::slice::from_ref(&target)).await;
            match readings.pop() {
                Some(Reading::Live(live)) => match &live.tags_unread {
                    Some(failure) => return Err(self.failed(failure, "read the tags")),
                    None => return Ok(live),
                },
                Some(Reading::Failed(failure)) => return Err(self.failed(&failure, "read the daemon")),
                Some(Reading::Torn(torn)) => {
                    let text = "The answers of ECS contradict each other, also after reading again. Run again later.";
                    last = End::new(Verdict::Failed, text);
                    last.reasons.push(contradiction(&torn));
                }
                Some(Reading::DaemonNotFound | Reading::ClusterNotFound) | None => {}
            }
            if round < TRIES {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Err(last)
    }

    /// The settings that the latest deployment asked for, if it was rolled back.
    async fn asked(&self, live: &Live) -> Option<Settings> {
        let latest = live.latest()?;
        if !Rollout::of(latest).is_rolled_back() {
            return None;
        }
        let target = latest.target_daemon_revision()?.arn()?.to_owned();
        let revisions = describe::revisions(&self.place.client, vec![target]).await.ok()?;
        let revisions: Vec<_> = revisions.into_iter().map(|revision| revision.record).collect();
        observe::asked(latest, &revisions)
    }

    fn settings(&self) -> Result<Settings, End> {
        let settings = self.planned.settings();
        settings.map_err(|reason| End::new(Verdict::Failed, format!("{reason}. Make the plan again.")))
    }

    fn writer(&self, settings: &Settings) -> Writer<BySignal> {
        Writer {
            arn: self.arn.clone(),
            reader: self.place.batches.clone(),
            once: self.place.once.clone(),
            poll: self.execution.poll,
            budget: Budget::of(self.execution.timeout.unwrap_or_else(|| rollout::time_for(settings))),
            interrupt: self.execution.interrupt.clone(),
        }
    }

    fn failed(&self, failure: &Failure, what: &str) -> End {
        let told = failure.problem(&ADVICE, what, &self.planned.subject.arn);
        let noted = self.note(Event::Failed {
            operation: failure.operation.to_owned(),
            error: failure.to_string(),
            unanswered: failure.is_ambiguous(),
        });
        let mut end = End::new(Verdict::Failed, format!("{}. {}", told.summary, told.detail));
        end.reasons.extend(
            noted
                .err()
                .map(|error| format!("The audit could not be written: {error}.")),
        );
        end
    }

    /// Notes what must be on the disk before anything goes on.
    fn write_down(&self, event: Event) -> Result<(), End> {
        self.note(event).map_err(|error| {
            End::new(
                Verdict::Failed,
                format!("The audit could not be written: {error}. Nothing more was sent for this daemon. Make room, and run again."),
            )
        })
    }

    fn note(&self, event: Event) -> io::Result<()> {
        self.execution.audit.note(&self.planned.subject.arn, event)
    }

    fn tell(&self, line: &str) {
        (self.execution.tell)(self.planned, line);
    }
}

fn older_than(deployment: &str) -> End {
    let text = format!(
        "An earlier run made the deployment {deployment}, and ECS still answers an older one as the latest. Nothing was sent. Run \
         again later."
    );
    End::new(Verdict::Failed, text)
}

fn word(decision: &Decision) -> &'static str {
    match decision {
        Decision::Send => "send",
        Decision::Await => "await",
        Decision::Done => "done",
        Decision::RolledBack => "rolled-back",
        Decision::Skip(_) => "skip",
    }
}

fn proven_tags(tags: &TagChange, live: &Live) -> End {
    let differing = tags
        .live
        .keys()
        .filter(|key| live.observed.tags.get(*key) != tags.set.get(*key));
    let differing: Vec<String> = differing.map(|key| format!("`{key}`")).collect();
    if differing.is_empty() {
        return End::new(
            Verdict::Repaired,
            "A reading after the calls shows settings and tags as the plan has them.",
        );
    }
    let text = format!(
        "After the calls these tags are otherwise than they were set: {}.",
        differing.join(", ")
    );
    End::new(Verdict::Superseded, text)
}
