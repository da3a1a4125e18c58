//! The way of each daemon through a scan.
//!
//! Its own calls are made; 20 daemons that have them share the calls that describe many. One that is as wanted is
//! concluded at once. The others go into a queue by what has to be done before they are believed, and from there some at
//! a time through `confirm`, `past` and `conclude`. Every one that waits for something waits alone: a call that has to be
//! repeated or a pause of seconds holds up nothing else, and when the end comes, what is finished is finished.

use std::{collections::VecDeque, time::Duration};

use daemons::describe::BATCH;
use futures_util::{FutureExt, StreamExt, future::LocalBoxFuture, stream::FuturesUnordered};

use super::{
    Trail,
    conclude::conclude,
    confirm::{self, Doubt},
    part::Part,
    past::{self, Pasts},
    round::Round,
};
use crate::{
    observe::{Asked, Reader, Reading, ask, complete},
    source::Wanted,
};

/// Daemons whose own calls wait or run at a time. More than slots, so that those which wait for their pace leave the
/// slots to others.
const ASKED: usize = 64;
/// Daemons on their way at a time, whose answers are in memory.
const BEGUN: usize = 500;
/// Groups of one queue under way before the next one waits to be full.
const GROUPS: usize = 2;
/// Time without any answer after which those that wait for others to share a call with no longer do: one that is not
/// answered for minutes costs the others a call of their own, and not their findings when the end comes.
const PATIENCE: Duration = Duration::from_secs(1);

/// A step that has come to an end.
enum Step<'a> {
    /// The own calls of a daemon.
    Asked(&'a Wanted, Box<Asked>),
    /// Calls that complete some.
    Read(Vec<(&'a Wanted, Reading)>),
    /// All that is to be done for a group of a queue.
    Settled(Doubt, Part<'a>),
    /// All that is to be done for those that needed nothing more.
    Concluded(Part<'a>),
}

/// Daemons that have to be looked at once more for the same reason.
#[derive(Default)]
struct Queue<'a> {
    waiting: VecDeque<(&'a Wanted, Reading)>,
    groups: usize,
}

impl<'a> Queue<'a> {
    /// The next group, if one is to begin. Few wait while little is under way; many share calls.
    fn group(&mut self, is_urgent: bool) -> Option<Vec<(&'a Wanted, Reading)>> {
        let is_full = self.waiting.len() >= BATCH;
        if self.waiting.is_empty() || !(is_full || is_urgent) {
            return None;
        }
        self.groups += 1;
        let count = self.waiting.len().min(BATCH);
        Some(self.waiting.drain(..count).collect())
    }
}

/// The daemons by the step at which they are.
struct Flow<'r, 'a> {
    left: VecDeque<&'a Wanted>,
    running: FuturesUnordered<LocalBoxFuture<'r, Step<'a>>>,
    /// Own calls under way.
    asking: usize,
    /// Calls under way that complete some.
    completing: usize,
    begun: usize,
    asked: Vec<(&'a Wanted, Asked)>,
    queues: [Queue<'a>; Doubt::ALL.len()],
    /// True if no answer came for some time.
    is_stalled: bool,
    part: Part<'a>,
}

impl<R: Reader, T: Trail> Round<'_, R, T> {
    /// Looks at daemons.
    pub(super) async fn look_at<'a>(&self, wanted: &[&'a Wanted]) -> Part<'a> {
        let mut flow = Flow {
            left: wanted.iter().copied().collect(),
            running: FuturesUnordered::new(),
            asking: 0,
            completing: 0,
            begun: 0,
            asked: Vec::new(),
            queues: Default::default(),
            is_stalled: false,
            part: Part::default(),
        };
        loop {
            self.begin(&mut flow);
            self.complete(&mut flow);
            self.settle(&mut flow);
            match tokio::time::timeout(PATIENCE, flow.running.next()).await {
                Ok(Some(step)) => self.take(&mut flow, step),
                Ok(None) => return flow.part,
                Err(_) => flow.is_stalled = true,
            }
        }
    }

    /// Begins with as many daemons as there is room for.
    fn begin<'s, 'a>(&'s self, flow: &mut Flow<'s, 'a>)
    where
        'a: 's,
    {
        let tags = self.options.explain.tags;
        while flow.asking < ASKED && flow.begun < BEGUN {
            let Some(wanted) = flow.left.pop_front() else { return };
            flow.asking += 1;
            flow.begun += 1;
            let asked =
                async move { Step::Asked(wanted, Box::new(ask(self.reader, confirm::target(wanted, tags)).await)) };
            flow.running.push(asked.boxed_local());
        }
    }

    /// Completes those that have their own answers: so many as a call takes, or all if no more will come soon.
    fn complete<'s, 'a>(&'s self, flow: &mut Flow<'s, 'a>)
    where
        'a: 's,
    {
        let is_urgent = flow.asking == 0 || flow.is_stalled;
        while flow.asked.len() >= BATCH || (is_urgent && !flow.asked.is_empty()) {
            let count = flow.asked.len().min(BATCH);
            let (wanted, asked): (Vec<_>, Vec<_>) = flow.asked.drain(..count).unzip();
            flow.completing += 1;
            let read = async move { Step::Read(wanted.into_iter().zip(complete(self.reader, asked).await).collect()) };
            flow.running.push(read.boxed_local());
        }
    }

    /// Begins with groups of the queues.
    fn settle<'s, 'a>(&'s self, flow: &mut Flow<'s, 'a>)
    where
        'a: 's,
    {
        let are_all_read = flow.asking == 0 && flow.completing == 0;
        let is_late = are_all_read || std::mem::take(&mut flow.is_stalled);
        for (doubt, queue) in Doubt::ALL.into_iter().zip(&mut flow.queues) {
            let is_urgent = is_late || (doubt.is_worth_calls() && queue.groups < GROUPS);
            while let Some(group) = queue.group(is_urgent) {
                flow.running
                    .push(async move { Step::Settled(doubt, self.look_closer(group).await) }.boxed_local());
            }
        }
    }

    fn take<'s, 'a>(&'s self, flow: &mut Flow<'s, 'a>, step: Step<'a>)
    where
        'a: 's,
    {
        match step {
            Step::Asked(wanted, asked) => {
                flow.asking -= 1;
                flow.asked.push((wanted, *asked));
            }
            Step::Read(readings) => {
                flow.completing -= 1;
                let mut plain = Vec::new();
                for (wanted, reading) in readings {
                    match Doubt::about(wanted, &reading) {
                        Some(doubt) => flow.queues[doubt as usize].waiting.push_back((wanted, reading)),
                        None => plain.push((wanted, reading)),
                    }
                }
                let concluded = async move { Step::Concluded(conclude(self, &plain, &Pasts::default()).await) };
                flow.running.push(concluded.boxed_local());
            }
            Step::Settled(doubt, part) => {
                flow.queues[doubt as usize].groups -= 1;
                flow.conclude(part);
            }
            Step::Concluded(part) => flow.conclude(part),
        }
    }

    /// Everything for daemons that are not to be believed by their first reading.
    async fn look_closer<'a>(&self, group: Vec<(&'a Wanted, Reading)>) -> Part<'a> {
        let (wanted, readings): (Vec<&Wanted>, Vec<Reading>) = group.into_iter().unzip();
        let settled = confirm::settle(self.reader, &wanted, readings, self.options).await;
        let pasts = past::read(self.reader, &wanted, &settled.readings).await;
        let daemons: Vec<_> = wanted.into_iter().zip(settled.readings).collect();
        let mut part = conclude(self, &daemons, &pasts).await;
        part.read_again = settled.read_again;
        part
    }
}

impl<'a> Flow<'_, 'a> {
    fn conclude(&mut self, part: Part<'a>) {
        self.begun -= part.daemons.len() + part.later.len();
        self.part.add(part);
    }
}
