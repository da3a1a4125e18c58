//! How fast calls are made, by class of operation.
//!
//! # Flow
//! A class runs free until a run of throttled answers shows that its bucket is empty. From then on it is
//! paced: calls leave one by one, in the order in which they came. When a paced call is throttled, the bucket is
//! empty again, so what was admitted since it was empty before is what flows into it: that becomes the rate, or
//! half of the rate if there is too little to count. Without throttling the rate grows: by one call a second each
//! second at first, and slowly once it is known what flows in. What was sent before the rate was last cut says nothing about the new rate and cuts
//! nothing.
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
/// Growth of the rate in calls a second each second, until what flows in is known.
const GROWTH: f64 = 1.0;
/// Growth of the rate each second after that, as a part of it.
const SLOW_GROWTH: f64 = 0.005;
/// Part of what flows in that is used at first.
const CAUTION: f64 = 0.97;
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
}

/// The pace of each class.
#[derive(Debug, Default)]
pub(super) struct Paces {
    paces: Mutex<BTreeMap<Class, Pace>>,
    /// One call of a class waits for its time; the others wait for it, so that a new rate counts for all of them.
    gates: [tokio::sync::Mutex<()>; 3],
}

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
    /// Calls that were admitted since the rate was last cut.
    admitted: u32,
    /// Whether the rate is what was seen to flow in.
    is_known: bool,
}

impl Paces {
    /// Waits for the turn of a call, and says whether the class is paced.
    pub(super) async fn turn(&self, class: Class) -> bool {
        if !self.is_paced(class) {
            return false;
        }
        let [daemons, definitions, tags] = &self.gates;
        let gate = match class {
            Class::Daemons => daemons,
            Class::Definitions => definitions,
            Class::Tags => tags,
        };
        let _first = gate.lock().await;
        while let Some(at) = self.with(class, Pace::reserve) {
            tokio::time::sleep_until(at).await;
        }
        true
    }

    /// Whether calls of the class wait for their turns.
    pub(super) fn is_paced(&self, class: Class) -> bool {
        self.with(class, |pace| pace.rate.is_some())
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
        let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        change(paces.entry(class).or_default())
    }
}

impl Pace {
    /// When to look again; nothing if the call may leave now.
    fn reserve(&mut self) -> Option<Instant> {
        let rate = self.rate?;
        let now = Instant::now();
        if let Some(next) = self.next.filter(|next| *next > now) {
            return Some(next);
        }
        // Timers are coarse; what one call was late, the next one may be early.
        let due = self.next.map_or(now, |next| next.max(now - Duration::from_millis(100)));
        self.next = Some(due + Duration::from_secs_f64(1.0 / rate));
        None
    }

    fn grow(&mut self) {
        self.run = 0;
        self.admitted += 1;
        if let Some(rate) = &mut self.rate {
            // One call out of `rate` in a second.
            *rate += if self.is_known { SLOW_GROWTH } else { GROWTH / *rate };
        }
    }

    fn cut(&mut self, sent: Instant) {
        self.run += 1;
        if self.cut.is_some_and(|cut| sent < cut) {
            return;
        }
        self.rate = match self.rate {
            Some(rate) => {
                let inflow = self.inflow();
                self.is_known = inflow.is_some();
                Some(
                    inflow
                        .map_or(rate / 2.0, |inflow| inflow * CAUTION)
                        .clamp(SLOWEST, rate),
                )
            }
            None if self.run >= RUN => Some(FIRST_RATE),
            None => return,
        };
        self.cut = Some(Instant::now());
        self.admitted = 0;
    }

    /// What flows into the bucket, in calls a second: it was empty at the last cut, and is now.
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
        assert!(!paces.is_paced(Class::Daemons));
    }

    /// Calls against a bucket that holds 20 and is filled at a rate, and how long they take.
    async fn against(rate: f64, calls: u32) -> (f64, u32) {
        let paces = Paces::default();
        let (begin, mut tokens, mut filled) = (Instant::now(), 20.0_f64, Instant::now());
        let (mut admitted, mut throttled) = (0, 0);
        while admitted < calls {
            paces.turn(Class::Tags).await;
            let sent = Instant::now();
            tokio::time::advance(Duration::from_millis(1)).await;
            tokens = (tokens + filled.elapsed().as_secs_f64() * rate).min(20.0);
            filled = Instant::now();
            if tokens < 1.0 {
                paces.throttled(Class::Tags, sent);
                throttled += 1;
            } else {
                tokens -= 1.0;
                paces.answered(Class::Tags);
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

    #[tokio::test(start_paused = true)]
    async fn the_rate_is_halved_as_long_as_nothing_is_admitted() {
        let paces = Paces::default();
        for _ in 0..20 {
            tokio::time::advance(Duration::from_secs(1)).await;
            paces.throttled(Class::Tags, Instant::now());
        }
        let rate = paces.with(Class::Tags, |pace| pace.rate).unwrap();
        assert!((rate - SLOWEST).abs() < f64::EPSILON);
    }
}
