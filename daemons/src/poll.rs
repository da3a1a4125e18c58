//! Pauses between the looks of a wait.

use std::time::Duration;

/// Pauses between looks while waiting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Poll {
    /// Constant interval; `None` means growing intervals.
    pub interval: Option<Duration>,
}

/// Shortest interval: a constant of zero would be a busy loop.
const SHORTEST: Duration = Duration::from_millis(1);

impl Poll {
    /// Intervals between looks at a rollout: 5 s growing by half to 15 s, unless set.
    pub fn schedule(&self) -> PollSchedule {
        self.growing(Duration::from_secs(5), Duration::from_secs(15))
    }

    /// Intervals between attempts while a change spreads inside AWS: 1 s growing by half to 5 s,
    /// unless set.
    pub fn retry_schedule(&self) -> PollSchedule {
        self.growing(Duration::from_secs(1), Duration::from_secs(5))
    }

    fn growing(&self, first: Duration, longest: Duration) -> PollSchedule {
        match self.interval {
            Some(interval) => PollSchedule {
                next: interval.max(SHORTEST),
                longest: interval,
                jitter: false,
            },
            None => PollSchedule {
                next: first,
                longest,
                jitter: true,
            },
        }
    }
}

/// Intervals, one after the other, without end.
#[derive(Clone, Debug)]
pub struct PollSchedule {
    next: Duration,
    longest: Duration,
    jitter: bool,
}

impl PollSchedule {
    /// The next interval. Growing ones are shortened by up to a quarter at random, so that many
    /// waits that began together do not call together.
    pub fn next_delay(&mut self) -> Duration {
        let nominal = self.next;
        if !self.jitter {
            return nominal;
        }
        self.next = (nominal * 3 / 2).min(self.longest);
        nominal.mul_f64(1.0 - fastrand::f64() / 4.0)
    }
}

impl Iterator for PollSchedule {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        Some(self.next_delay())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(schedule: PollSchedule, nominal: &[u64]) {
        for (delay, nominal) in schedule.zip(nominal) {
            let nominal = Duration::from_millis(*nominal);
            assert!(
                delay <= nominal && delay >= nominal * 3 / 4,
                "{delay:?} for {nominal:?}"
            );
        }
    }

    #[test]
    fn unset_intervals_grow_by_half_up_to_a_limit() {
        check(Poll::default().schedule(), &[5_000, 7_500, 11_250, 15_000, 15_000]);
        check(
            Poll::default().retry_schedule(),
            &[1_000, 1_500, 2_250, 3_375, 5_000, 5_000],
        );
    }

    #[test]
    fn a_set_interval_is_constant_for_both_kinds_of_waits() {
        let poll = Poll {
            interval: Some(Duration::from_millis(20)),
        };
        for schedule in [poll.schedule(), poll.retry_schedule()] {
            assert_eq!(schedule.take(4).collect::<Vec<_>>(), [Duration::from_millis(20); 4]);
        }
        let zero = Poll {
            interval: Some(Duration::ZERO),
        };
        assert_eq!(zero.schedule().next_delay(), SHORTEST);
    }
}
