//! Rates of calls, by class of operation.
//!
//! # Flow
//! A class runs free until a run of throttled answers shows that its bucket is empty. From then on it is
//! paced: calls leave one by one, in the order in which they came. When a paced call is throttled, the bucket is
//! empty again, so what was admitted since it was empty before is what flows into it: that becomes the rate, or
//! half of the rate if there is too little to count and nothing is known yet. Without throttling the rate grows: by one call a second each
//! second at first, and slowly once it is known what flows in. What was sent before the rate was last cut says nothing
//! about the new rate and cuts nothing.
//!
//! # Chance
//! An empty bucket throttles everything that is under way. A service may also throttle calls by chance, whatever
//! their rate; slowing down for that makes a scan of seconds one of minutes and changes nothing. Two things tell the
//! one from the other. How long a run has to be follows from the part of the answers that was throttled before it: a run
//! that this part alone hardly ever brings. And if a class is throttled again and again although it was slowed down to a
//! fraction, some calls leave at once: a bucket that is empty admits hardly any of them, chance as many as ever. Then the
//! class runs free again.
//!
//! # Guarantees
//! A throttled call is made again, and waits without holding a slot that another class could use.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::order::{Order, Ticket};

/// Throttled answers in a row that show an empty bucket, at the least.
const RUN: u32 = 5;
/// At the most: where nearly all answers are throttled, pacing is right, whatever the reason.
const LONGEST_RUN: u32 = 64;
/// Probability with which chance alone may bring such a run at a given place.
const HARDLY_EVER: f64 = 1e-6;
/// Assumed part that is throttled by chance, as answers and throttled ones among them, before there are answers.
const PRIOR: (f64, f64) = (5.0, 0.25);
/// Cuts in a row without enough admitted calls between them, after which it is tried whether the rate is the reason.
const EARLY_CUTS: u32 = 3;
/// Calls that leave at once to find out.
const TRIAL: u32 = 16;
/// Those of them that an empty bucket does not admit.
const BY_CHANCE: u32 = 5;
/// Calls a second with which pacing begins: three quarters of what AWS publishes as its example of a
/// sustained rate, 20.
const FIRST_RATE: f64 = 15.0;
/// Slowest rate, in calls a second.
const SLOWEST: f64 = 0.5;
/// Growth of the rate in calls a second each second, until what flows in is known.
const GROWTH: f64 = 1.0;
/// Growth of the rate each second after that, as a part of it.
const SLOW_GROWTH: f64 = 0.005;
/// Part of what flows in that is used at first.
const CAUTION: f64 = 0.97;
/// Part that is kept of a rate that was known and is too high all the same, by a little.
const SLIGHTLY: f64 = 0.95;
/// Admitted calls between two empty buckets that tell the rate at which they fill.
const ENOUGH: u32 = 10;

/// Operations that share a bucket of the service. Which do is assumed from its published groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Daemons, their deployments and revisions.
    Daemons,
    /// Task definitions.
    Definitions,
    /// Tags.
    Tags,
    /// Tasks.
    Tasks,
}

/// The pace of each class.
#[derive(Debug, Default)]
pub(super) struct Paces {
    paces: Mutex<BTreeMap<Class, Pace>>,
    /// One call of a class waits for its time; the others wait for it, so that a new rate counts for all of them.
    gates: [tokio::sync::Mutex<()>; 4],
}

#[derive(Debug, Default)]
struct Pace {
    /// Calls a second; free if none.
    rate: Option<f64>,
    /// Time at which the next call may leave.
    next: Option<Instant>,
    /// Time at which the rate was last cut.
    cut: Option<Instant>,
    /// Calls that were admitted since the rate was last cut.
    admitted: u32,
    /// True if the rate is what was seen to flow in.
    is_known: bool,
    order: Order,
    /// Cuts in a row with too few admitted calls before them.
    early: u32,
    /// Trials so far: each one that finds a bucket makes the next one rarer.
    trials: u32,
    trial: Option<Trial>,
}

/// A trial whether throttling is chance: some calls leave at once.
#[derive(Debug)]
struct Trial {
    /// Calls that may still leave without waiting.
    free: u32,
    left: u32,
    admitted: u32,
    throttled: u32,
}

impl Paces {
    /// Waits for the turn of a call, and says whether the class is paced.
    pub(super) async fn turn(&self, class: Class) -> bool {
        if !self.is_paced(class) {
            return false;
        }
        let [daemons, definitions, tags, tasks] = &self.gates;
        let gate = match class {
            Class::Daemons => daemons,
            Class::Definitions => definitions,
            Class::Tags => tags,
            Class::Tasks => tasks,
        };
        let _first = gate.lock().await;
        while let Some(at) = self.with(class, Pace::reserve) {
            tokio::time::sleep_until(at).await;
        }
        true
    }

    /// True if calls of the class wait for their turns.
    pub(super) fn is_paced(&self, class: Class) -> bool {
        self.with(class, |pace| pace.rate.is_some())
    }

    /// A call leaves.
    pub(super) fn leave(&self, class: Class) -> Ticket {
        self.with(class, Pace::leave)
    }

    /// A call was answered.
    pub(super) fn answered(&self, class: Class, ticket: Ticket) {
        self.with(class, |pace| pace.grow(ticket));
    }

    /// A call was throttled.
    pub(super) fn throttled(&self, class: Class, ticket: Ticket) {
        self.with(class, |pace| pace.cut(ticket));
    }

    /// Frees the class, since the reason why it was slowed down has ended.
    pub(super) fn free(&self, class: Class) {
        self.with(class, |pace| pace.free(0, 0));
    }

    fn with<T>(&self, class: Class, change: impl FnOnce(&mut Pace) -> T) -> T {
        let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        change(paces.entry(class).or_default())
    }
}

impl Pace {
    /// The time at which to look again; nothing if the call may leave now.
    fn reserve(&mut self) -> Option<Instant> {
        let rate = self.rate?;
        if let Some(trial) = self.trial.as_mut().filter(|trial| trial.free > 0) {
            trial.free -= 1;
            return None;
        }
        let now = Instant::now();
        if let Some(next) = self.next.filter(|next| *next > now) {
            return Some(next);
        }
        // Timers are coarse; what one call was late, the next one may be early.
        let due = self.next.map_or(now, |next| next.max(now - Duration::from_millis(100)));
        self.next = Some(due + Duration::from_secs_f64(1.0 / rate));
        None
    }

    fn leave(&mut self) -> Ticket {
        let trial = self.trial.as_mut().filter(|trial| trial.left < TRIAL);
        let is_trial = trial.map(|trial| trial.left += 1).is_some();
        self.order.leave(is_trial)
    }

    /// Runs free again, with what is known of chance.
    fn free(&mut self, answers: u32, throttled: u32) {
        let mut order = std::mem::take(&mut self.order);
        order.begin_with(answers, throttled);
        *self = Self {
            order,
            ..Self::default()
        };
    }

    fn grow(&mut self, ticket: Ticket) {
        self.order.note(ticket, false);
        self.admitted += u32::from(self.cut.is_none_or(|cut| ticket.at >= cut));
        if let Some(rate) = &mut self.rate {
            // One call out of `rate` in a second. A narrow bucket is not to be outgrown by a single answer.
            *rate += if self.is_known {
                SLOW_GROWTH
            } else {
                (GROWTH / *rate).min(*rate / 4.0)
            };
        }
        self.note_trial(ticket, true);
    }

    fn cut(&mut self, ticket: Ticket) {
        self.order.note(ticket, true);
        if self.note_trial(ticket, false) || self.cut.is_some_and(|cut| ticket.at < cut) {
            return;
        }
        self.rate = match self.rate {
            Some(rate) => {
                let inflow = self.inflow();
                self.early = if inflow.is_some() { 0 } else { self.early + 1 };
                let lower = if self.is_known { SLIGHTLY } else { 0.5 } * rate;
                self.is_known |= inflow.is_some();
                Some(inflow.map_or(lower, |inflow| inflow * CAUTION).clamp(SLOWEST, rate))
            }
            None if self.is_empty(ticket) => Some(FIRST_RATE),
            None => return,
        };
        self.cut = Some(Instant::now());
        self.admitted = 0;
        if self.trial.is_none() && self.early >= EARLY_CUTS << self.trials.min(16) {
            self.trial = Some(Trial {
                free: TRIAL,
                left: 0,
                admitted: 0,
                throttled: 0,
            });
        }
    }

    /// True if a throttled call stands in a run that is no chance, by what was throttled beside it.
    fn is_empty(&self, ticket: Ticket) -> bool {
        let run = self.order.run(ticket);
        let (answers, throttled) = self.order.without(run);
        let part = (f64::from(throttled) + PRIOR.1) / (f64::from(answers) + PRIOR.0);
        run >= LONGEST_RUN || (run >= RUN && part.powf(f64::from(run)) <= HARDLY_EVER)
    }

    /// Counts an answer to a call of a trial, and draws the conclusion when there are enough; says whether it was one.
    fn note_trial(&mut self, ticket: Ticket, is_admitted: bool) -> bool {
        let Some(trial) = self.trial.as_mut().filter(|_| ticket.is_trial) else {
            return false;
        };
        if is_admitted {
            trial.admitted += 1;
        } else {
            trial.throttled += 1;
        }
        if trial.admitted >= BY_CHANCE {
            // Most of the throttled answers are there by now, and not all of the others.
            let throttled = trial.throttled;
            self.free(TRIAL, throttled);
        } else if trial.throttled > TRIAL - BY_CHANCE {
            self.trial = None;
            self.trials += 1;
            self.early = 0;
            // What was admitted on trial did not flow in at the rate.
            (self.cut, self.admitted) = (Some(Instant::now()), 0);
        }
        true
    }

    /// The inflow of the bucket, in calls a second: it was empty at the last cut, and is now.
    fn inflow(&self) -> Option<f64> {
        let elapsed = self.cut?.elapsed().as_secs_f64();
        (self.admitted >= ENOUGH && elapsed > 0.5).then(|| f64::from(self.admitted) / elapsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds that a number of calls take.
    async fn seconds(paces: &Paces, calls: u32) -> f64 {
        let begin = Instant::now();
        for _ in 0..calls {
            paces.turn(Class::Tags).await;
        }
        begin.elapsed().as_secs_f64()
    }

    #[tokio::test(start_paused = true)]
    async fn a_single_throttled_answer_slows_nothing_down() {
        let paces = Paces::default();
        for _ in 0..100 {
            paces.throttled(Class::Tags, paces.leave(Class::Tags));
            paces.answered(Class::Tags, paces.leave(Class::Tags));
        }
        assert!(seconds(&paces, 1000).await < 0.001);
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_of_them_begins_to_pace_its_own_class_only() {
        let paces = Paces::default();
        let sent: Vec<Ticket> = (0..16).map(|_| paces.leave(Class::Tags)).collect();
        tokio::time::advance(Duration::from_millis(1)).await;
        for sent in sent {
            paces.throttled(Class::Tags, sent);
        }
        // The first call leaves at once.
        let took = seconds(&paces, 31).await;
        assert!(
            (1.9..2.1).contains(&took),
            "{took}: those under way cut the rate once, to 15 a second"
        );
        assert!(!paces.is_paced(Class::Daemons));
    }

    /// Calls against a bucket that holds 20 and is filled at a rate, and how long they take.
    async fn against(rate: f64, calls: u32) -> (f64, u32) {
        let paces = Paces::default();
        let (begin, mut tokens, mut filled) = (Instant::now(), 20.0_f64, Instant::now());
        let (mut admitted, mut throttled) = (0, 0);
        while admitted < calls {
            paces.turn(Class::Tags).await;
            let sent = paces.leave(Class::Tags);
            tokio::time::advance(Duration::from_millis(1)).await;
            tokens = (tokens + filled.elapsed().as_secs_f64() * rate).min(20.0);
            filled = Instant::now();
            if tokens < 1.0 {
                paces.throttled(Class::Tags, sent);
                throttled += 1;
            } else {
                tokens -= 1.0;
                paces.answered(Class::Tags, sent);
                admitted += 1;
            }
        }
        (begin.elapsed().as_secs_f64(), throttled)
    }

    #[tokio::test(start_paused = true)]
    async fn what_flows_into_a_bucket_is_found_out_and_used() {
        for rate in [5.0, 10.0, 14.0] {
            let (seconds, throttled) = against(rate, 1000).await;
            let best = (1000.0 - 20.0) / rate;
            assert!(seconds < 1.1 * best, "{rate}: {seconds} s instead of {best}");
            assert!(throttled <= 20, "{rate}: {throttled} throttled");
        }
    }

    /// Calls that are throttled by chance, 16 under way at a time, and how long they take. A throttled answer comes at
    /// once, another one after 5 ms.
    async fn by_chance(part: f64, calls: u32) -> f64 {
        let paces = Paces::default();
        let begin = Instant::now();
        let mut admitted = 0;
        while admitted < calls {
            let mut under_way = Vec::new();
            while under_way.len() < 16 {
                paces.turn(Class::Tags).await;
                let ticket = paces.leave(Class::Tags);
                if fastrand::f64() < part {
                    paces.throttled(Class::Tags, ticket);
                } else {
                    under_way.push(ticket);
                }
            }
            tokio::time::advance(Duration::from_millis(5)).await;
            for ticket in under_way {
                paces.answered(Class::Tags, ticket);
                admitted += 1;
            }
        }
        begin.elapsed().as_secs_f64()
    }

    #[tokio::test(start_paused = true)]
    async fn chance_slows_nothing_down_for_long() {
        for part in [0.05, 0.15, 0.2, 0.35, 0.5] {
            for seed in 0..10 {
                fastrand::seed(seed);
                let seconds = by_chance(part, 4400).await;
                let free = 4400.0 / 16.0 * 0.005;
                assert!(
                    seconds < free + 4.0,
                    "{part}, seed {seed}: {seconds} s, {free} s when free"
                );
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_class_that_was_slowed_down_by_chance_finds_that_out() {
        let paces = Paces::default();
        let sent: Vec<Ticket> = (0..RUN).map(|_| paces.leave(Class::Tags)).collect();
        tokio::time::advance(Duration::from_millis(1)).await;
        for sent in sent {
            paces.throttled(Class::Tags, sent);
        }
        assert!(paces.is_paced(Class::Tags));
        let begin = Instant::now();
        let mut is_admitted = false;
        while paces.is_paced(Class::Tags) {
            paces.turn(Class::Tags).await;
            let sent = paces.leave(Class::Tags);
            tokio::time::advance(Duration::from_millis(1)).await;
            is_admitted = !is_admitted;
            if is_admitted {
                paces.answered(Class::Tags, sent);
            } else {
                paces.throttled(Class::Tags, sent);
            }
        }
        assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_narrow_bucket_stays_paced() {
        for rate in [0.6, 1.0, 2.0] {
            let (seconds, throttled) = against(rate, 120).await;
            let best = (120.0 - 20.0) / rate;
            assert!(seconds < 1.25 * best, "{rate}: {seconds} s instead of {best}");
            assert!(throttled <= 120, "{rate}: {throttled} throttled");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_rate_is_halved_as_long_as_nothing_is_admitted() {
        let paces = Paces::default();
        for _ in 0..60 {
            tokio::time::advance(Duration::from_secs(1)).await;
            paces.throttled(Class::Tags, paces.leave(Class::Tags));
        }
        let rate = paces.with(Class::Tags, |pace| pace.rate).unwrap();
        assert!((rate - SLOWEST).abs() < f64::EPSILON);
    }
}
