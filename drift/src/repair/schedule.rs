//! The order of repairs: which of them may begin, given those that run and those that ended.

use super::{document::Planned, outcome::Verdict};

/// Limits of an execution.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Repairs that run at a time.
    pub at_a_time: usize,
    /// Instances that may be drained at a time, over all repairs.
    pub max_instances: Option<u64>,
    /// Repairs that may go wrong before nothing new begins.
    pub max_failures: u64,
    /// True if the first one has to succeed before the others begin.
    pub canary: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            at_a_time: 16,
            max_instances: None,
            max_failures: 1,
            canary: false,
        }
    }
}

/// The course of an execution, as far as it decides what may begin.
#[derive(Clone, Debug)]
pub struct Schedule {
    limits: Limits,
    running: usize,
    draining: u64,
    failures: u64,
    begun: bool,
    is_proven: bool,
}

/// What may be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The repair may begin.
    Begin,
    /// Something that runs has to end before.
    Wait,
    /// Nothing begins any more, for this reason.
    Stop(&'static str),
}

impl Schedule {
    /// Nothing has begun.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            running: 0,
            draining: 0,
            failures: 0,
            begun: false,
            is_proven: false,
        }
    }

    /// The turn of the next repair.
    pub fn turn(&self, next: &Planned) -> Turn {
        let Limits {
            at_a_time,
            max_instances,
            max_failures,
            canary,
        } = self.limits;
        if self.failures >= max_failures {
            return Turn::Stop("As many repairs went wrong as `--max-failures` allows.");
        }
        let waits_for_canary = canary && self.begun && !self.is_proven;
        if waits_for_canary && self.running == 0 {
            return Turn::Stop("The first repair, the canary, was not proven.");
        }
        let is_over = max_instances.is_some_and(|most| self.draining + next.at_a_time() > most);
        if is_over && self.running == 0 {
            return Turn::Stop("It drains more instances at a time than `--max-instances` allows.");
        }
        if waits_for_canary || is_over || self.running >= at_a_time.max(1) {
            return Turn::Wait;
        }
        Turn::Begin
    }

    /// A repair begins.
    pub fn begin(&mut self, planned: &Planned) {
        self.begun = true;
        self.running += 1;
        self.draining += planned.at_a_time();
    }

    /// A repair has ended.
    pub fn end(&mut self, planned: &Planned, verdict: Verdict) {
        self.running = self.running.saturating_sub(1);
        self.draining = self.draining.saturating_sub(planned.at_a_time());
        self.failures += u64::from(verdict.is_failure());
        self.is_proven |= verdict == Verdict::Repaired;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn planned(at_a_time: u64) -> Planned {
        let planned = json!({
            "arn": "arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent", "name": "agent", "cluster": "prod",
            "owner": null, "source": null, "action": "update", "access": {}, "deployment_arn": "", "causes": [],
            "members": [], "update": null, "live": null, "tags": null, "remaining": [],
            "cost": {"instances": 10, "at_a_time": at_a_time, "batches": 1, "bake_minutes": 0, "about_minutes": 5,
                     "uncounted_providers": []},
        });
        serde_json::from_value(planned).unwrap()
    }

    #[test]
    fn instances_of_all_repairs_that_run_count_together() {
        let mut schedule = Schedule::new(Limits {
            max_instances: Some(5),
            ..Limits::default()
        });
        assert_eq!(schedule.turn(&planned(3)), Turn::Begin);
        schedule.begin(&planned(3));
        assert_eq!(schedule.turn(&planned(2)), Turn::Begin);
        assert_eq!(schedule.turn(&planned(3)), Turn::Wait);
        schedule.end(&planned(3), Verdict::Repaired);
        assert_eq!(schedule.turn(&planned(5)), Turn::Begin);
        assert!(matches!(schedule.turn(&planned(6)), Turn::Stop(_)), "it never fits");
    }

    #[test]
    fn after_failures_nothing_begins() {
        for (verdict, stops) in [
            (Verdict::RolledBack, true),
            (Verdict::TimedOut, true),
            (Verdict::Failed, true),
            (Verdict::Skipped, false),
            (Verdict::Superseded, false),
            (Verdict::Repaired, false),
        ] {
            let mut schedule = Schedule::new(Limits::default());
            schedule.begin(&planned(1));
            schedule.end(&planned(1), verdict);
            assert_eq!(schedule.turn(&planned(1)) != Turn::Begin, stops, "{verdict:?}");
        }
        let mut patient = Schedule::new(Limits {
            max_failures: 2,
            ..Limits::default()
        });
        patient.begin(&planned(1));
        patient.end(&planned(1), Verdict::RolledBack);
        assert_eq!(patient.turn(&planned(1)), Turn::Begin);
    }

    #[test]
    fn a_canary_is_alone_until_it_is_proven() {
        let limits = Limits {
            canary: true,
            max_failures: 9,
            ..Limits::default()
        };
        let mut schedule = Schedule::new(limits);
        assert_eq!(schedule.turn(&planned(1)), Turn::Begin);
        schedule.begin(&planned(1));
        assert_eq!(schedule.turn(&planned(1)), Turn::Wait);
        let mut failed = schedule.clone();
        failed.end(&planned(1), Verdict::Skipped);
        assert!(matches!(failed.turn(&planned(1)), Turn::Stop(_)));
        schedule.end(&planned(1), Verdict::Repaired);
        assert_eq!(schedule.turn(&planned(1)), Turn::Begin);
        schedule.begin(&planned(1));
        assert_eq!(schedule.turn(&planned(1)), Turn::Begin, "the others run side by side");
    }

    #[test]
    fn so_many_run_at_a_time() {
        let mut schedule = Schedule::new(Limits {
            at_a_time: 2,
            ..Limits::default()
        });
        schedule.begin(&planned(1));
        assert_eq!(schedule.turn(&planned(1)), Turn::Begin);
        schedule.begin(&planned(1));
        assert_eq!(schedule.turn(&planned(1)), Turn::Wait);
    }
}
