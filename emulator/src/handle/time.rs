//! Moving virtual time, with a stop at every moment at which something from outside is due.
//!
//! The world is locked for a portion at a time only: a fleet that churns has no next milestone and never comes to rest,
//! and others want to be answered while somebody waits for that.

use std::time::Duration;

use tokio::time::Instant;

use super::Core;
use crate::clock::ClockMode;
use crate::journal::Record;
use crate::world::passage::{Halt, Until};
use crate::world::unrest::UNREST_MS;

/// Events of the world after which observers are told, so that what they are told is not far from what has just been
/// written.
const PORTION: usize = 256;
/// Events for which a poll or a portion of a move holds the world at most. The rollouts of big fleets have thousands
/// between two milestones.
const MOST: usize = 10_000;
/// Events after which a poll that has met no milestone looks at the clocks. Below, what it does is the same on every
/// machine.
const FEW: usize = 1024;
/// Host time after which it ends then.
const HOST_TIME: Duration = Duration::from_millis(40);
/// Virtual time after which it ends in any case, once a portion has passed: who polls in vain is not to see the fleet grow
/// old.
const FRUITLESS_MS: i64 = 3_600_000;

/// A move of time on which others are let in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Journey {
    until: Until,
    /// Virtual time at which it ends in any case.
    end: i64,
    began: i64,
}

impl Journey {
    pub(crate) fn ends_at_rest(&self) -> bool {
        self.until == Until::Rest
    }
}

impl Core {
    /// Follows the host's clock in the modes that do.
    pub(crate) fn sync(&mut self) {
        let now = self.world.now_ms();
        let Some(due) = self.clock.due(now).filter(|due| *due > now) else {
            return;
        };
        if self.clock.mode() == ClockMode::Embedder {
            self.advance_to(due);
        } else {
            // A world in which more happens than the host can follow lags behind.
            self.travel(Until::Time, due);
            self.finish_instant();
        }
    }

    /// Virtual time by the host's clock, the world left where it is.
    pub(crate) fn peek_ms(&mut self) -> i64 {
        let now = self.world.now_ms();
        self.clock.due(now).map_or(now, |due| due.max(now))
    }

    /// A move by hand from where the clock is.
    pub(crate) fn journey_by(&mut self, ms: i64) -> Journey {
        self.sync();
        self.journey(Until::Time, self.world.now_ms().saturating_add(ms))
    }

    /// A move by hand to a time; one in the past moves nothing.
    pub(crate) fn journey_to(&mut self, ms: i64) -> Journey {
        self.sync();
        self.journey(Until::Time, ms)
    }

    /// A move to the next milestone, or to an outside action that is due earlier.
    pub(crate) fn journey_to_milestone(&mut self) -> Journey {
        self.sync();
        self.journey(Until::Milestone, i64::MAX)
    }

    /// A move on until nothing is under way, for at most so long.
    pub(crate) fn journey_to_rest(&mut self, limit_ms: i64) -> Journey {
        self.sync();
        self.journey(Until::Rest, self.world.now_ms().saturating_add(limit_ms))
    }

    fn journey(&self, until: Until, end: i64) -> Journey {
        let began = self.world.now_ms();
        Journey { until, end, began }
    }

    /// Goes on with a move. None: it takes more portions. False: what it was to end at is not ahead, or not before its
    /// limit, or the world goes on for ever.
    pub(crate) fn go_on(&mut self, journey: &Journey) -> Option<bool> {
        let halt = self.travel(journey.until, journey.end);
        self.finish_instant();
        self.clock.moved_by_hand(self.world.now_ms());
        let in_vain = journey.until != Until::Time
            && self.world.does_not_settle()
            && self.world.now_ms() >= journey.began.saturating_add(UNREST_MS);
        match halt {
            Halt::There if journey.until == Until::Rest && self.world.pending() > 0 => {
                // What was due at the last moment may have begun something.
                None
            }
            // What keeps failing for ever has been given its chances; the world is as calm as it gets.
            Halt::There => Some(journey.until != Until::Rest || !self.world.keeps_failing()),
            Halt::Nothing => Some(false),
            Halt::Portion => in_vain.then_some(false),
        }
    }

    /// Moves to a time of a journal, a portion of it. True: it is there. Whatever is due at the present time has happened.
    pub(super) fn reach(&mut self, ms: i64) -> bool {
        if ms <= self.world.now_ms() {
            return true;
        }
        let halt = self.travel(Until::Time, ms);
        let there = halt != Halt::Portion;
        if there {
            self.finish_instant();
        }
        there
    }

    /// The effect of a poll on time in the present mode.
    pub(super) fn poll(&mut self) {
        let before = self.world.now_ms();
        match self.clock.mode() {
            ClockMode::Jump => {
                self.travel(Until::Milestone, i64::MAX);
                self.finish_instant();
            }
            ClockMode::Step => {
                self.step_to_event();
            }
            ClockMode::Manual | ClockMode::Real | ClockMode::Scaled(_) | ClockMode::Embedder => {}
        }
        if self.world.now_ms() > before {
            self.journal.push(self.world.now_ms(), Record::Clock(before));
            if let Some(keeper) = &mut self.keeper {
                keeper.polled_from = Some(before);
            }
        }
    }

    /// Moves to the next event of the world or outside action; `false` when nothing is ahead.
    pub(crate) fn step_to_event(&mut self) -> bool {
        self.sync();
        let ahead = [self.world.next_event_ms(), self.faults.next_moment()];
        let Some(next) = ahead.into_iter().flatten().min() else {
            return false;
        };
        self.advance_to(next);
        self.clock.moved_by_hand(self.world.now_ms());
        true
    }

    /// Advances to a time, acting on the way, however long that takes.
    fn advance_to(&mut self, target: i64) {
        while self.travel(Until::Time, target) == Halt::Portion {}
        self.finish_instant();
    }

    /// Moves on towards something until it is met, nothing is ahead, or a portion is used up. Somebody may wait for what
    /// an outside action causes, so that one is met like a milestone.
    fn travel(&mut self, until: Until, end: i64) -> Halt {
        let (began, start) = (Instant::now(), self.world.now_ms());
        let (mut events, mut nothing_before) = (0, false);
        loop {
            let moment = self.faults.next_moment().filter(|moment| *moment <= end);
            // Whether the world is at rest is asked when nothing more is to come from outside.
            let to_moment = moment.is_some() && (until == Until::Rest || nothing_before);
            let kind = if to_moment { Until::Time } else { until };
            let halt = self.stretch(kind, moment.unwrap_or(end));
            if self.world.now_ms() > start {
                self.polls.time_moved();
            }
            match halt {
                Halt::Portion => {}
                Halt::Nothing if moment.is_some() => nothing_before = true,
                Halt::There if moment.is_some() && kind == Until::Time => {
                    self.finish_instant();
                    nothing_before = false;
                    if until == Until::Milestone {
                        return Halt::There;
                    }
                }
                halt => return halt,
            }
            events += PORTION;
            let late = began.elapsed() >= HOST_TIME;
            let fruitless = until == Until::Milestone && self.world.now_ms() - start >= FRUITLESS_MS;
            if events >= MOST || fruitless || (events >= FEW && late) {
                return Halt::Portion;
            }
        }
    }

    /// A short way. Instant by instant when somebody waits for an event: what follows from it happens when all is over
    /// that happens at its time.
    fn stretch(&mut self, until: Until, end: i64) -> Halt {
        if !self.faults.watches_events() {
            let halt = self.world.walk(until, end, PORTION);
            self.publish();
            return halt;
        }
        for _ in 0..PORTION {
            let halt = self.world.walk_an_instant(until, end);
            self.act();
            if halt != Halt::Portion {
                return halt;
            }
        }
        Halt::Portion
    }

    /// Lets everything happen that is due at the present moment, with all that follows from it at once. Called after
    /// every input: the world is then a function of virtual time, however time gets there, and a replay need not know
    /// what moved it.
    pub(crate) fn finish_instant(&mut self) {
        let now = self.world.now_ms();
        self.act();
        while self.world.next_event_ms().is_some_and(|at| at <= now) {
            self.world.advance_to(now);
            self.act();
        }
    }

    /// Host time until something is due by itself; `None` when time does not follow the host or nothing is ahead.
    pub(crate) fn host_time_to_next(&mut self) -> Option<Duration> {
        let ahead = [self.world.next_event_ms(), self.faults.next_moment()];
        let next = ahead.into_iter().flatten().min()?;
        self.clock.host_time_until(self.world.now_ms(), next)
    }
}
