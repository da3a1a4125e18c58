//! The draws of one step. No step draws from another's numbers, so that one can be left out and the others stay.

use std::num::NonZeroU32;

use serde_json::Value;

use crate::knobs::{
    AfterRollback, Bake, BatchBase, BreakerCounts, Concurrency, Creation, DeploymentRetention, DuplicateCreate,
    EmptyProvider, EmptyValues, FailedFirstDeployment, FirstDeploymentFailure, Knobs, ListScope, Precleared,
    RevisionsOrder, RollbackToDeleted, Rounding, StandaloneTasks,
};
use crate::model::{Kind, Model};
use crate::seeded;

/// Draws for one step of a seed, each by its own number.
pub(super) struct Dice {
    seed: u64,
    step: String,
    n: u64,
}

impl Dice {
    pub(super) fn new(seed: u64, step: String) -> Self {
        Self { seed, step, n: 0 }
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.n += 1;
        seeded::number(self.seed, &self.step, "choice", self.n) % limit
    }

    pub(super) fn one<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }

    /// Draws the flags, words and numbers that a shape has and its value does not, so that no setting waits for its line.
    pub(super) fn rest(&mut self, shape: &str, value: &mut Value) {
        let model = Model::embedded().unwrap();
        for (name, target) in &model.shape(shape).unwrap().members {
            let of = model.shape(target).unwrap();
            let drawn = match of.kind {
                Kind::Structure if value[name].is_object() => {
                    self.rest(target, &mut value[name]);
                    continue;
                }
                _ if !value[name].is_null() => continue,
                Kind::Boolean => Value::from(self.one(&[false, true])),
                Kind::Integer | Kind::Long => Value::from(self.one(&[0, 1, 3])),
                Kind::String if !of.values.is_empty() => {
                    let place = self.below(of.values.len() as u64);
                    Value::from(of.values[usize::try_from(place).unwrap()].as_str())
                }
                _ => continue,
            };
            value[name] = drawn;
        }
    }

    pub(super) fn knobs(&mut self) -> Knobs {
        Knobs {
            breaker_threshold: self.one(&[1, 2, 3, 5].map(|n| NonZeroU32::new(n).unwrap())),
            breaker_counts: self.one(&[BreakerCounts::EveryLaunch, BreakerCounts::CriticalOnly]),
            no_capacity_counts: self.one(&[false, true]),
            omit_empty_providers: self.one(&[false, true]),
            empty_provider: self.one(&[EmptyProvider::Quick, EmptyProvider::InProgress, EmptyProvider::AtOnce]),
            deployment_retention: self.one(&[
                DeploymentRetention::ForEver,
                DeploymentRetention::Days90,
                DeploymentRetention::LatestOnly,
                DeploymentRetention::None,
            ]),
            first_deployment_failure: self
                .one(&[FirstDeploymentFailure::RollbackFailed, FirstDeploymentFailure::Stopped]),
            failed_first_deployment: self.one(&[FailedFirstDeployment::Withdrawn, FailedFirstDeployment::Kept]),
            after_rollback_deployment_arn: self.one(&[AfterRollback::Failed, AfterRollback::New]),
            rollback_to_deleted_definition: self.one(&[RollbackToDeleted::Allowed, RollbackToDeleted::Fails]),
            current_revisions_order: self.one(&[RevisionsOrder::OldestFirst, RevisionsOrder::NewestFirst]),
            batch_rounding: self.one(&[Rounding::Ceil, Rounding::Floor, Rounding::Nearest]),
            batch_base: self.one(&[BatchBase::Daemon, BatchBase::Provider]),
            bake: self.one(&[Bake::Once, Bake::PerBatch]),
            alarm_precleared: self.one(&[Precleared::Counts, Precleared::Ignored]),
            concurrent_deployments: self.one(&[Concurrency::Parallel, Concurrency::Serial]),
            list_daemons_without_cluster: self.one(&[ListScope::DefaultCluster, ListScope::All]),
            duplicate_create: self.one(&[DuplicateCreate::Refused, DuplicateCreate::ReturnsExisting]),
            definition_deleted_after: self.one(&[0, 60, 3600]),
            creation: self.one(&[Creation::Immediate, Creation::Gradual]),
            standalone_tasks: self.one(&[StandaloneTasks::Block, StandaloneTasks::Stopped]),
            scale_in_after: self.one(&[0, 300]),
            instance_drain_age_days: self.one(&[0, 14]),
            instance_end_age_days: self.one(&[0, 21]),
            // No task definition of these worlds has an empty value.
            empty_values: EmptyValues::Kept,
            stale_reads: 0,
            monotonic_reads: true,
        }
    }
}
