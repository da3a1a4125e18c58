//! Moving virtual time, with a stop at every moment at which something from outside is due.

use std::time::Duration;

use super::Core;
use crate::clock::ClockMode;
use crate::journal::Record;

/// Events of the world after which observers are told while it settles, so that what they are told is not far from
/// what has just been written.
const PORTION: usize = 256;

impl Core {
    /// Follows the host's clock in the modes that do.
    pub(crate) fn sync(&mut self) {
        let now = self.world.now_ms();
        if let Some(due) = self.clock.due(now).filter(|due| *due > now) {
            self.advance_to(due);
        }
    }

    /// Virtual time by the host's clock, the world left where it is.
    pub(crate) fn peek_ms(&mut self) -> i64 {
        let now = self.world.now_ms();
        self.clock.due(now).map_or(now, |due| due.max(now))
    }

    /// Moves by hand from where the clock is.
    pub(crate) fn advance_by(&mut self, ms: i64) {
        self.sync();
        self.move_to(self.world.now_ms().saturating_add(ms));
    }

    /// Moves by hand to a time; one in the past moves nothing.
    pub(crate) fn move_to(&mut self, ms: i64) {
        self.sync();
        self.advance_to(ms);
        self.clock.moved_by_hand(self.world.now_ms());
    }

    /// Moves to a time of a journal. Nothing happens when it is the present one: whatever is due has happened.
    pub(super) fn reach(&mut self, ms: i64) {
        if ms > self.world.now_ms() {
            self.advance_to(ms);
        }
    }

    /// What a poll does to time in the present mode.
    pub(super) fn poll(&mut self) {
        let before = self.world.now_ms();
        let moved = match self.clock.mode() {
            ClockMode::Jump => self.jump_to_milestone(),
            ClockMode::Step => self.step_to_event(),
            ClockMode::Manual | ClockMode::Real | ClockMode::Scaled(_) | ClockMode::Embedder => false,
        };
        if moved {
            self.journal.push(self.world.now_ms(), Record::Clock("poll", before));
        }
    }

    /// Moves to the next milestone, or to an outside action that is due earlier: somebody may wait for what it causes.
    /// `false` when neither is ahead.
    pub(crate) fn jump_to_milestone(&mut self) -> bool {
        self.sync();
        let ahead = [self.world.next_milestone_ms(), self.faults.next_moment()];
        self.move_to_first(ahead)
    }

    /// Moves to the next event of the world or outside action; `false` when nothing is ahead.
    pub(crate) fn step_to_event(&mut self) -> bool {
        self.sync();
        let ahead = [self.world.next_event_ms(), self.faults.next_moment()];
        self.move_to_first(ahead)
    }

    fn move_to_first(&mut self, ahead: [Option<i64>; 2]) -> bool {
        let Some(next) = ahead.into_iter().flatten().min() else {
            return false;
        };
        self.move_to(next);
        true
    }

    /// Moves on until nothing is under way; `false` when the limit came first.
    pub(crate) fn settle(&mut self, limit_ms: i64) -> bool {
        self.sync();
        let end = self.world.now_ms().saturating_add(limit_ms);
        let settled = loop {
            if let Some(moment) = self.faults.next_moment().filter(|moment| *moment <= end) {
                self.advance_to(moment);
                continue;
            }
            // Actions that wait for a status may start something new, so go status by status.
            let watched = self.faults.watches_events();
            let milestone = watched.then(|| self.world.next_milestone_ms()).flatten();
            if let Some(milestone) = milestone.filter(|milestone| *milestone <= end) {
                self.advance_to(milestone);
                continue;
            }
            let settled = self.settle_world(end);
            // What was due at the last moment may have begun something.
            if !settled || self.world.pending() == 0 {
                break settled;
            }
        };
        self.clock.moved_by_hand(self.world.now_ms());
        settled
    }

    fn settle_world(&mut self, end: i64) -> bool {
        // What waits for an event acts when all is over that happens at its time.
        let portion = if self.faults.watches_events() {
            usize::MAX
        } else {
            PORTION
        };
        let settled = loop {
            if let Some(settled) = self.world.settle_a_while(end, portion) {
                break settled;
            }
            self.act();
        };
        self.polls.time_moved();
        self.finish_instant();
        settled
    }

    /// Advances to a time, acting on the way.
    fn advance_to(&mut self, target: i64) {
        loop {
            let moment = self.faults.next_moment().filter(|moment| *moment <= target);
            self.walk_to(moment.unwrap_or(target));
            self.finish_instant();
            if moment.is_none() {
                break;
            }
        }
    }

    /// Advances to a time at which nothing from outside is due before. Event by event when somebody waits for one.
    fn walk_to(&mut self, target: i64) {
        if target <= self.world.now_ms() {
            return;
        }
        while self.faults.watches_events() {
            match self.world.next_event_ms() {
                Some(next) if next <= target => {
                    self.world.advance_to(next);
                    self.act();
                }
                _ => break,
            }
        }
        self.world.advance_to(target);
        self.polls.time_moved();
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
