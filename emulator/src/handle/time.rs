//! Moving virtual time, with a stop at every moment at which something from outside is due.

use super::Core;
use crate::clock::ClockMode;
use crate::journal::Record;

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

    /// Moves to the next milestone, or to an outside action that is due earlier; `false` when neither is ahead.
    pub(crate) fn jump_to_milestone(&mut self) -> bool {
        self.sync();
        let moved = match self.faults.next_moment() {
            None => self.walk_to_milestone(i64::MAX),
            Some(moment) => {
                // The action is a milestone too: somebody may wait for what it causes.
                if !self.walk_to_milestone(moment) {
                    self.advance_to(moment);
                }
                true
            }
        };
        if moved {
            self.clock.moved_by_hand(self.world.now_ms());
        }
        moved
    }

    /// Moves to the next milestone if it lies at or before `end`; `false`, and nothing has moved, otherwise.
    fn walk_to_milestone(&mut self, end: i64) -> bool {
        let mut trial = self.world.clone();
        if !trial.advance_to_milestone() || trial.now_ms() > end {
            return false;
        }
        self.world = trial;
        self.polls.time_moved();
        self.act();
        true
    }

    /// Moves to the next event of the world or outside action; `false` when nothing is ahead.
    pub(crate) fn step_to_event(&mut self) -> bool {
        self.sync();
        let ahead = [self.world.next_event_ms(), self.faults.next_moment()];
        let Some(next) = ahead.into_iter().flatten().min() else {
            return false;
        };
        self.move_to(next);
        true
    }

    /// Moves from milestone to milestone until nothing is under way; `false` when the limit came first.
    pub(crate) fn settle(&mut self, limit_ms: i64) -> bool {
        self.sync();
        let end = self.world.now_ms().saturating_add(limit_ms);
        let settled = loop {
            match self.faults.next_moment().filter(|moment| *moment <= end) {
                Some(moment) => self.advance_to(moment),
                // Actions that wait for a status may start something new, so go status by status.
                None if self.faults.watches_events() && self.walk_to_milestone(end) => {}
                None => break self.settle_world(end),
            }
        };
        self.clock.moved_by_hand(self.world.now_ms());
        settled
    }

    fn settle_world(&mut self, end: i64) -> bool {
        let settled = self.world.settle(end);
        self.polls.time_moved();
        self.act();
        settled
    }

    /// Advances to a time, acting on the way.
    fn advance_to(&mut self, target: i64) {
        loop {
            let moment = self.faults.next_moment().filter(|moment| *moment <= target);
            self.walk_to(moment.unwrap_or(target));
            self.act();
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
}
