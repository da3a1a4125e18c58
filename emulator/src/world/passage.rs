//! The passage of time: what is due happens, one event after the other, as far as somebody wants it to go.
//!
//! A walk can always be stopped after some events and be continued later, so that nobody has to wait until a long one
//! is over. A fleet that churns has no end to walk to.

use super::World;
use crate::api::Scope;
use crate::records::queue::Due;
use crate::simulation::timers::{Class, classify, is_stale};

/// The end that a walk through time is to reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// A moment.
    Time,
    /// The first milestone.
    Milestone,
    /// Only background timers are left.
    Rest,
}

/// The reason for which a walk has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    /// It is where it was to end.
    There,
    /// Nothing that it could meet is ahead, or lies before the last moment.
    Nothing,
    /// As many events have happened as it may take.
    Portion,
}

impl World {
    /// Lets everything happen that is due until then, and makes it the present. Time never goes back.
    pub fn advance_to(&mut self, ms: i64) {
        self.walk(Until::Time, ms, usize::MAX);
    }

    /// Time at which the next event is due, background timers included.
    pub fn next_event_ms(&self) -> Option<i64> {
        let is_stale = |scope: &Scope, at: i64, due: &Due| self.is_stale(scope, at, due);
        let queue = &self.shared.queue;
        let mut loud = queue.loud().filter(|(at, scope, due)| !is_stale(scope, *at, due));
        let loud = loud.next().map(|(at, _, _)| at);
        let quiet = queue
            .quiet()
            .take_while(|(at, _, _)| loud.is_none_or(|loud| *at < loud));
        let mut earlier = quiet.filter(|(at, scope, due)| !is_stale(scope, *at, due));
        earlier.next().map(|(at, _, _)| at).or(loud)
    }

    /// Moves to the next event and lets it happen. False: there is none.
    pub fn advance_to_next_event(&mut self) -> bool {
        while self.shared.queue.first_at().is_some() {
            if self.happen_next() {
                return true;
            }
        }
        false
    }

    /// Lets events happen until only background timers are left or the next event lies after
    /// `limit_ms` (virtual time since the Unix epoch). True: the world is at rest.
    pub fn settle(&mut self, limit_ms: i64) -> bool {
        self.walk(Until::Rest, limit_ms, usize::MAX) == Halt::There
    }

    /// Lets events happen, at most so many and none after `end`.
    pub(crate) fn walk(&mut self, until: Until, end: i64, events: usize) -> Halt {
        let passed = self.milestones();
        let mut next = self.next_event_ms();
        for _ in 0..events {
            if let Some(halt) = self.halts_before(until, next, end) {
                return halt;
            }
            self.advance_to_next_event();
            if until == Until::Milestone && self.milestones() > passed {
                return Halt::There;
            }
            // After an event what comes first has not been overtaken.
            next = self.shared.queue.first_at();
        }
        self.halts_before(until, next, end).unwrap_or(Halt::Portion)
    }

    /// The reason to end a walk before the next event, which is due at `next`. A walk to a moment is there then.
    fn halts_before(&mut self, until: Until, next: Option<i64>, end: i64) -> Option<Halt> {
        let beyond = next.is_none_or(|at| at > end);
        match until {
            Until::Time if beyond => {
                self.shared.now_ms = self.shared.now_ms.max(end);
                Some(Halt::There)
            }
            Until::Rest if !self.is_busy() => Some(Halt::There),
            Until::Milestone if !self.is_waited_for() => Some(Halt::Nothing),
            Until::Rest | Until::Milestone if beyond => Some(Halt::Nothing),
            _ => None,
        }
    }

    /// Lets everything happen that is due at the next moment at which anything is, as part of a walk.
    pub(crate) fn walk_an_instant(&mut self, until: Until, end: i64) -> Halt {
        let (passed, next) = (self.milestones(), self.next_event_ms());
        if let Some(halt) = self.halts_before(until, next, end) {
            return halt;
        }
        self.advance_to(next.unwrap_or(end));
        if until == Until::Milestone && self.milestones() > passed {
            return Halt::There;
        }
        Halt::Portion
    }

    /// Number of queued events, background timers not counted.
    pub fn pending(&self) -> usize {
        self.classified(self.shared.queue.loud())
            .filter(|(_, class)| *class == Class::Foreground)
            .count()
    }

    /// Number of milestones passed so far.
    pub(crate) fn milestones(&self) -> u64 {
        self.shared.log.milestones()
    }

    /// True if anything is under way that comes to an end.
    pub(super) fn is_busy(&self) -> bool {
        self.classified(self.shared.queue.loud())
            .any(|(_, class)| class == Class::Foreground)
    }

    /// True if anything keeps failing that nothing ends.
    pub(crate) fn keeps_failing(&self) -> bool {
        self.classified(self.shared.queue.loud())
            .any(|(_, class)| class == Class::Hopeless)
    }

    /// True if anything is ahead that a client may wait for.
    fn is_waited_for(&self) -> bool {
        self.classified(self.shared.queue.loud())
            .any(|(_, class)| matches!(class, Class::Foreground | Class::Hopeless | Class::Patient))
    }

    fn classified<'w>(
        &'w self,
        lane: impl Iterator<Item = (i64, &'w Scope, &'w Due)>,
    ) -> impl Iterator<Item = (i64, Class)> {
        lane.map(|(at, scope, due)| (at, self.classify(scope, at, due)))
    }

    pub(super) fn classify(&self, scope: &Scope, at: i64, due: &Due) -> Class {
        self.scopes
            .get(scope)
            .map_or(Class::Stale, |records| classify(records, &self.shared.knobs, at, due))
    }

    fn is_stale(&self, scope: &Scope, at: i64, due: &Due) -> bool {
        let records = self.scopes.get(scope);
        records.is_none_or(|records| is_stale(records, at, due))
    }

    fn prune(&mut self) {
        let scopes = &self.scopes;
        self.shared.queue.prune(|at, scope, due| {
            let records = scopes.get(scope);
            records.is_none_or(|records| is_stale(records, at, due))
        });
    }

    /// Takes the first entry of the queue and lets it happen, at its time. False: it was overtaken.
    fn happen_next(&mut self) -> bool {
        let Some((at, scope, due)) = self.shared.queue.pop() else {
            return false;
        };
        let class = self.classify(&scope, at, &due);
        if class == Class::Stale {
            return false;
        }
        self.shared.now_ms = self.shared.now_ms.max(at);
        self.open(scope.clone()).happen(due);
        // After every event and at no other time, so that the queue does not depend on the steps in which time moves.
        self.prune();
        if matches!(class, Class::Foreground | Class::Hopeless) {
            self.watch_unrest(scope);
        }
        true
    }
}
