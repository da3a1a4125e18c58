//! Answers in the order in which their calls left.
//!
//! A throttled answer comes sooner than another one. In the order of their arrival the throttled ones stand together,
//! as if a bucket were empty, also where every second call is throttled by chance.

use std::collections::VecDeque;

use tokio::time::Instant;

/// Calls that are looked at, the latest ones.
const MOST: usize = 512;

/// A call that has left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    number: u64,
    /// Time at which it left.
    pub(super) at: Instant,
    /// True if it left to find out whether the rate matters.
    pub(super) is_trial: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Not answered yet, which hardly any throttled call is for long.
    Open,
    Admitted,
    Throttled,
}

/// The latest calls of a class.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// Number of the first of them.
    first: u64,
    outcomes: VecDeque<Outcome>,
    answers: u32,
    throttled: u32,
}

impl Order {
    /// A call leaves.
    pub(super) fn leave(&mut self, is_trial: bool) -> Ticket {
        if self.outcomes.len() == MOST {
            self.outcomes.pop_front();
            self.first += 1;
        }
        self.outcomes.push_back(Outcome::Open);
        Ticket {
            number: self.first + self.outcomes.len() as u64 - 1,
            at: Instant::now(),
            is_trial,
        }
    }

    /// Notes an answer.
    pub(super) fn note(&mut self, ticket: Ticket, is_throttled: bool) {
        self.answers += 1;
        self.throttled += u32::from(is_throttled);
        let outcome = if is_throttled {
            Outcome::Throttled
        } else {
            Outcome::Admitted
        };
        if let Some(place) = self.place(ticket).and_then(|place| self.outcomes.get_mut(place)) {
            *place = outcome;
        }
    }

    /// The number of throttled calls that left one after the other, this one among them.
    pub(super) fn run(&self, ticket: Ticket) -> u32 {
        let Some(place) = self.place(ticket) else { return 0 };
        let is_throttled = |outcome: &&Outcome| **outcome == Outcome::Throttled;
        let after = self.outcomes.iter().skip(place).take_while(is_throttled).count();
        let before = self.outcomes.iter().take(place).rev().take_while(is_throttled).count();
        u32::try_from(before + after).unwrap_or(u32::MAX)
    }

    /// Answers so far, and throttled ones among them, without a run.
    pub(super) fn without(&self, run: u32) -> (u32, u32) {
        (self.answers.saturating_sub(run), self.throttled.saturating_sub(run))
    }

    /// Forgets the calls so far, and takes these numbers of answers and throttled ones for what is known.
    pub(super) fn begin_with(&mut self, answers: u32, throttled: u32) {
        self.first += self.outcomes.len() as u64;
        self.outcomes.clear();
        (self.answers, self.throttled) = (answers, throttled);
    }

    fn place(&self, ticket: Ticket) -> Option<usize> {
        usize::try_from(ticket.number.checked_sub(self.first)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_run_is_of_calls_that_left_one_after_the_other() {
        let mut order = Order::default();
        let tickets: Vec<Ticket> = (0..8).map(|_| order.leave(false)).collect();
        // All throttled answers arrive first.
        for place in [0, 2, 3, 5, 6, 7] {
            order.note(tickets[place], true);
        }
        let runs: Vec<u32> = tickets.iter().map(|ticket| order.run(*ticket)).collect();
        assert_eq!(
            runs,
            [1, 1, 2, 2, 2, 3, 3, 3],
            "one that is not answered yet ends a run"
        );
        order.note(tickets[4], true);
        assert_eq!(order.run(tickets[6]), 6);
        order.note(tickets[1], false);
        assert_eq!(order.without(6), (2, 1));
        order.begin_with(16, 8);
        assert_eq!((order.run(tickets[6]), order.without(0)), (0, (16, 8)));
        let next = order.leave(false);
        order.note(next, true);
        assert_eq!(order.run(next), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn old_calls_are_forgotten() {
        let mut order = Order::default();
        let first = order.leave(false);
        for _ in 0..MOST {
            let ticket = order.leave(false);
            order.note(ticket, true);
        }
        order.note(first, true);
        assert_eq!(order.run(first), 0);
        assert_eq!(order.without(0), (513, 513));
    }
}
