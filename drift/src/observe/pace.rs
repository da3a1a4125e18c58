//! How fast calls are made, by class of operation.
//!
//! # Flow
//! A class runs free until a run of throttled answers shows that its bucket is empty. From then on it is
//! paced: calls leave at a rate that grows by one call a second for every second without throttling and is
//! halved when a call is throttled. What was sent before the rate was last cut says nothing about the new
//! rate and cuts nothing.
//!
//! # Why a run
//! An empty bucket throttles everything that is under way. Now and then a service throttles a single call
//! without reason; slowing down for that would make a scan of seconds one of minutes.
//!
//! # Guarantees
//! A throttled call is made again, and waits without holding a slot that another class could use.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Throttled answers in a row that show an empty bucket.
const RUN: u32 = 5;
/// Calls a second with which pacing begins: three quarters of what AWS publishes as its example of a
/// sustained rate, 20.
const FIRST_RATE: f64 = 15.0;
/// Slowest rate, in calls a second.
const SLOWEST: f64 = 0.5;
/// Growth of the rate, in calls a second each second.
const GROWTH: f64 = 1.0;

/// Operations that share a bucket of the service. Which do is assumed from its published groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Daemons, their deployments and revisions.
    Daemons,
    /// Task definitions.
    Definitions,
    /// Tags.
    Tags,
}

/// The pace of each class.
#[derive(Debug, Default)]
pub(super) struct Paces(Mutex<BTreeMap<Class, Pace>>);

#[derive(Debug, Default)]
struct Pace {
    /// Calls a second; free if none.
    rate: Option<f64>,
    /// When the next call may leave.
    next: Option<Instant>,
    /// When the rate was last cut.
    cut: Option<Instant>,
    /// Throttled answers in a row.
    run: u32,
}

impl Paces {
    /// Waits for the turn of a call.
    pub(super) async fn turn(&self, class: Class) {
        if let Some(at) = self.with(class, Pace::reserve) {
            tokio::time::sleep_until(at).await;
        }
    }

    /// A call that left at `sent` was answered.
    pub(super) fn answered(&self, class: Class) {
        self.with(class, Pace::grow);
    }

    /// A call that left at `sent` was throttled.
    pub(super) fn throttled(&self, class: Class, sent: Instant) {
        self.with(class, |pace| pace.cut(sent));
    }

    fn with<T>(&self, class: Class, change: impl FnOnce(&mut Pace) -> T) -> T {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(paces.entry(class).or_default())
    }
}

impl Pace {
    fn reserve(&mut self) -> Option<Instant> {
        let rate = self.rate?;
        let now = Instant::now();
        let at = self.next.map_or(now, |next| next.max(now));
        self.next = Some(at + Duration::from_secs_f64(1.0 / rate));
        Some(at)
    }

    fn grow(&mut self) {
        self.run = 0;
        if let Some(rate) = &mut self.rate {
            // One call out of `rate` in a second, so that a second adds GROWTH.
            *rate += GROWTH / *rate;
        }
    }

    fn cut(&mut self, sent: Instant) {
        self.run += 1;
        if self.cut.is_some_and(|cut| sent < cut) {
            return;
        }
        self.rate = match self.rate {
            Some(rate) => Some((rate / 2.0).max(SLOWEST)),
            None if self.run >= RUN => Some(FIRST_RATE),
            None => return,
        };
        self.cut = Some(Instant::now());
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
            paces.throttled(Class::Tags, Instant::now());
            paces.answered(Class::Tags);
        }
        assert!(seconds(&paces, 1000).await < 0.001);
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_of_them_begins_to_pace_its_own_class_only() {
        let paces = Paces::default();
        let sent = Instant::now();
        tokio::time::advance(Duration::from_millis(1)).await;
        for _ in 0..16 {
            paces.throttled(Class::Tags, sent);
        }
        // The first call leaves at once.
        let took = seconds(&paces, 31).await;
        assert!(
            (1.9..2.1).contains(&took),
            "{took}: those under way cut the rate once, to 15 a second"
        );
        assert!(paces.with(Class::Daemons, Pace::reserve).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn the_rate_grows_by_one_a_second_and_is_halved() {
        let paces = Paces::default();
        for _ in 0..5 {
            paces.throttled(Class::Tags, Instant::now());
        }
        let rate = || paces.with(Class::Tags, |pace| pace.rate).unwrap();
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(10) {
            paces.turn(Class::Tags).await;
            paces.answered(Class::Tags);
        }
        assert!((24.0..26.0).contains(&rate()), "{}", rate());
        paces.throttled(Class::Tags, Instant::now());
        assert!((12.0..13.0).contains(&rate()), "{}", rate());
        for _ in 0..20 {
            tokio::time::advance(Duration::from_secs(1)).await;
            paces.throttled(Class::Tags, Instant::now());
        }
        assert!((rate() - SLOWEST).abs() < f64::EPSILON);
    }
}
