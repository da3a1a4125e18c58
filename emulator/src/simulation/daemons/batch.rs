//! Batches: how many instances a deployment drains at once, which ones, and when a batch is over.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::knobs::{BatchBase, Rounding};
use crate::records::arn::last_part;
use crate::records::daemon::{ALL_PROVIDERS, Stage};
use crate::records::events::Kind;
use crate::records::fleet::Drain;
use crate::records::must::Must;
use crate::records::names::Name;
use crate::simulation::region::Region;

impl Region<'_> {
    /// Fixes the size of the batches by the instances that are there now.
    pub(super) fn plan_batches(&mut self, arn: &str) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let together = self.shared.knobs.batch_base == BatchBase::Daemon;
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for instance in self
            .records
            .instances_of(&deployment.cluster)
            .filter(|instance| instance.is_up())
        {
            if deployment.concerns(&instance.provider) {
                let provider = if together { ALL_PROVIDERS } else { &*instance.provider };
                *counts.entry(provider.to_owned()).or_default() += 1;
            }
        }
        let (percent, rounding) = (deployment.configuration.drain_percent, self.shared.knobs.batch_rounding);
        let sizes = counts
            .into_iter()
            .map(|(provider, count)| (provider, size(count, percent, rounding)))
            .collect();
        if let Some(deployment) = self.records.deployments.quiet(arn) {
            deployment.batches.sizes = sizes;
            deployment.batches.number = 0;
            deployment.batches.total = 0;
            deployment.batches.open = false;
            deployment.batches.members.clear();
        }
    }

    /// Drains the next instances of a rollout, oldest first, and orders their replacements. While
    /// instances of an earlier batch are still leaving, it waits for them instead.
    pub(in crate::simulation) fn begin_rollout_batch(&mut self, arn: &str) {
        self.enter(arn, Stage::Rolling);
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let daemon = deployment.daemon.clone();
        let daemon = self.records.name(&daemon);
        if self.has_leaving(&daemon) {
            return;
        }
        for key in self.open_batch(arn) {
            let deployment = self.records.name(arn);
            let daemon = daemon.clone();
            self.drain(key, Drain::Rollout { deployment, daemon });
            self.order_replacement(key);
        }
    }

    /// Opens a batch of the oldest instances that are to be drained and answers them. None left: no batch is opened.
    pub(super) fn open_batch(&mut self, arn: &str) -> Vec<u64> {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let mut sizes = deployment.batches.sizes.clone();
        let Some((chosen, rounds)) = self.with_work(arn, |work| choose(&work.outdated, &mut sizes)) else {
            return Vec::new();
        };
        let deployment = self.records.deployments.quiet(arn).must("deployment", arn);
        let batches = &mut deployment.batches;
        batches.sizes = sizes;
        if chosen.is_empty() {
            return chosen;
        }
        batches.number += 1;
        batches.total = batches.number - 1 + rounds;
        batches.open = true;
        batches.members = chosen.iter().copied().collect();
        self.note_batch(arn, Kind::BatchBegin);
        chosen
    }

    /// Closes the running batch.
    pub(super) fn end_batch(&mut self, arn: &str) {
        self.note_batch(arn, Kind::BatchEnd);
        if let Some(deployment) = self.records.deployments.quiet(arn) {
            deployment.batches.open = false;
            deployment.batches.members.clear();
        }
    }

    fn note_batch(&mut self, arn: &str, kind: Kind) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let batches = &deployment.batches;
        let ids = batches
            .members
            .iter()
            .filter_map(|key| self.records.instances.get(key))
            .map(|each| &*each.ec2_id);
        let detail = json!({
            "daemon": last_part(&deployment.daemon),
            "daemonArn": deployment.daemon,
            "deploymentArn": arn,
            "batch": batches.number,
            "of": batches.total,
            "size": batches.members.len(),
            "instances": ids.collect::<Vec<_>>(),
        });
        self.note(kind, detail);
    }
}

/// The instances of the next batch, oldest first, and how many batches there are with it. Instances of a provider that
/// had none when the sizes were fixed go one by one.
fn choose(outdated: &BTreeMap<Name, BTreeSet<u64>>, sizes: &mut BTreeMap<String, usize>) -> (Vec<u64>, usize) {
    let together = sizes.get(ALL_PROVIDERS).copied();
    let mut rounds = 0;
    let mut chosen = Vec::new();
    if let Some(size) = together {
        rounds = outdated.values().map(BTreeSet::len).sum::<usize>().div_ceil(size);
        // The oldest of all are among the oldest of each provider.
        chosen.extend(outdated.values().flat_map(|keys| keys.iter().take(size)));
        chosen.sort_unstable();
        chosen.truncate(size);
    } else {
        for (provider, keys) in outdated {
            let size = *sizes.entry(provider.to_string()).or_insert(1);
            rounds = rounds.max(keys.len().div_ceil(size));
            chosen.extend(keys.iter().take(size));
        }
        chosen.sort_unstable();
    }
    (chosen, rounds)
}

/// The number of instances of a batch; never none.
fn size(count: usize, percent: f64, rounding: Rounding) -> usize {
    let share = count as u64 * thousandths(percent);
    let whole = match rounding {
        Rounding::Ceil => share.div_ceil(100_000),
        Rounding::Floor => share / 100_000,
        Rounding::Nearest => (share + 50_000) / 100_000,
    };
    usize::try_from(whole).unwrap_or(count).clamp(1, count.max(1))
}

/// A percentage in thousandths of a percent, so that sizes are counted in whole numbers.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a small positive range"
)]
fn thousandths(percent: f64) -> u64 {
    (percent * 1000.0).round().clamp(0.0, 100_000.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_sizes() {
        let check = |count, percent, rounding, expected| {
            assert_eq!(
                size(count, percent, rounding),
                expected,
                "{count} × {percent} % {rounding:?}"
            );
        };
        check(12, 25.0, Rounding::Ceil, 3);
        check(10, 25.0, Rounding::Ceil, 3);
        check(10, 25.0, Rounding::Floor, 2);
        check(10, 25.0, Rounding::Nearest, 3);
        check(1, 25.0, Rounding::Floor, 1);
        check(7, 0.0, Rounding::Ceil, 1);
        check(7, 100.0, Rounding::Ceil, 7);
        check(1000, 0.1, Rounding::Ceil, 1);
        check(1000, 33.3, Rounding::Ceil, 333);
        check(0, 50.0, Rounding::Ceil, 1);
    }
}
