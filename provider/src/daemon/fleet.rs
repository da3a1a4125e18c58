//! What a plan does to the instances, by the counts of the last reading.
//!
//! The counts live in the process, from the reading to the plan. In private state they would make a plan of refreshed
//! values differ from the state whenever the fleet grows or shrinks.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use daemons::{name, settings::Settings};
use tfplug_core::{Diagnostic, resource::Plan};

use super::{messages::counted, plan, values};
use crate::duration;

/// Instances by the ARN of their capacity provider.
type Instances = BTreeMap<String, i64>;

/// Instances of daemons, by the ARN of the daemon.
#[derive(Debug, Default)]
pub(super) struct Fleets(Mutex<BTreeMap<String, Instances>>);

impl Fleets {
    /// Takes note of a reading.
    pub(super) fn note(&self, daemon: String, instances: Instances) {
        let mut fleets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        fleets.insert(daemon, instances);
    }

    /// Says how many instances a complete plan drains. Nothing: none, or nobody has counted them.
    pub(super) fn warning(&self, plan: &Plan) -> Option<Diagnostic> {
        let daemon = plan.prior.get(name::ARN).as_str()?;
        let fleets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let instances = fleets.get(daemon)?;
        let count: i64 = instances.values().sum();
        if count <= 0 {
            return None;
        }
        let fleet = Fleet {
            daemon: daemon.rsplit('/').next().unwrap_or(daemon),
            count,
            providers: instances.values().filter(|count| **count > 0).count(),
        };
        if plan.is_destroy() {
            Some(fleet.is_destroyed())
        } else if plan.prior.get(name::STATUS).as_str() == Some(plan::DELETE_IN_PROGRESS) {
            // Its instances are drained already, whatever is planned.
            None
        } else if !plan.requires_replace.is_empty() {
            Some(fleet.is_replaced())
        } else if plan.planned.get(name::DEPLOYMENT_ARN).is_unknown() {
            Some(fleet.is_updated(&values::settings_of(&plan.planned).ok()?))
        } else {
            None
        }
    }
}

/// The instances of one daemon.
struct Fleet<'a> {
    daemon: &'a str,
    count: i64,
    providers: usize,
}

impl Fleet<'_> {
    fn shown(&self) -> String {
        let providers = i64::try_from(self.providers).unwrap_or(i64::MAX);
        format!(
            "{} of {}",
            counted(self.count, "instance"),
            counted(providers, "capacity provider")
        )
    }

    fn is_destroyed(&self) -> Diagnostic {
        Diagnostic::warning(
            format!("Destroying daemon {} drains instances", self.daemon),
            format!(
                "{} will be drained and replaced by instances without the daemon.",
                self.shown()
            ),
        )
    }

    fn is_replaced(&self) -> Diagnostic {
        Diagnostic::warning(
            format!("Replacing daemon {} drains instances twice", self.daemon),
            format!(
                "{} will be drained and replaced by instances without the daemon, then again by instances with it.",
                self.shown()
            ),
        )
    }

    /// The summary is the same for every daemon, so that clients show the warnings of an estate as one.
    fn is_updated(&self, settings: &Settings) -> Diagnostic {
        let percent = settings.deployment_configuration.drain_percent;
        let batch = batch(self.count, percent);
        let batches = counted((self.count + batch - 1) / batch, "batch");
        let pace = if batch == self.count {
            "all at once".to_owned()
        } else {
            format!("about {batch} at a time, in {batches}")
        };
        let bake = match plan::bake_time(settings) {
            Duration::ZERO => String::new(),
            bake => format!(" A bake time of {} follows.", duration::format(bake)),
        };
        Diagnostic::warning(
            "The rollout of an update replaces instances",
            format!(
                "An update of daemon {} drains and replaces {}, {pace} (`drain_percent` is {percent}).{bake}",
                self.daemon,
                self.shown()
            ),
        )
    }
}

/// Instances that are drained at a time. How ECS rounds is not documented; at least one is assumed.
fn batch(count: i64, percent: f64) -> i64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a fleet has fewer than 2^52 instances, and no more than all are drained"
    )]
    let batch = (count as f64 * percent / 100.0).ceil() as i64;
    batch.clamp(1, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_have_one_instance_at_least_and_all_at_most() {
        for (count, percent, expected) in [
            (12, 25.0, 3),
            (13, 25.0, 4),
            (1, 25.0, 1),
            (3, 0.0, 1),
            (12, 100.0, 12),
            (12, 150.0, 12),
            (1000, 0.05, 1),
        ] {
            assert_eq!(batch(count, percent), expected, "{percent} % of {count}");
        }
    }
}
