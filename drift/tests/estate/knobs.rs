//! Every other value of every knob, one at a time.

use std::num::NonZeroU32;

use std::collections::BTreeSet;

use ecs_emulator::knobs::{
    AfterRollback, Bake, BatchBase, BreakerCounts, Concurrency, Creation, DeploymentRetention, DuplicateCreate,
    EmptyProvider, EmptyValues, FailedFirstDeployment, FirstDeploymentFailure, Knobs, ListScope, Precleared,
    RevisionsOrder, RollbackToDeleted, Rounding, StandaloneTasks,
};

/// A value of a knob that is not its default.
#[derive(Clone, Copy)]
pub(crate) struct Variant(pub(crate) &'static str, fn(&mut Knobs));

impl Variant {
    pub(crate) fn knobs(self) -> Knobs {
        let mut knobs = Knobs::default();
        self.1(&mut knobs);
        knobs
    }
}

pub(crate) const VARIANTS: [Variant; 32] = [
    Variant("breaker_threshold 1", |knobs| {
        knobs.breaker_threshold = NonZeroU32::MIN;
    }),
    Variant("breaker_counts critical", |knobs| {
        knobs.breaker_counts = BreakerCounts::CriticalOnly;
    }),
    Variant("no_capacity_counts", |knobs| knobs.no_capacity_counts = true),
    Variant("omit_empty_providers", |knobs| knobs.omit_empty_providers = true),
    Variant("empty_provider in progress", |knobs| {
        knobs.empty_provider = EmptyProvider::InProgress;
    }),
    Variant("empty_provider at once", |knobs| {
        knobs.empty_provider = EmptyProvider::AtOnce;
    }),
    Variant("deployment_retention 90d", |knobs| {
        knobs.deployment_retention = DeploymentRetention::Days90;
    }),
    Variant("deployment_retention latest", |knobs| {
        knobs.deployment_retention = DeploymentRetention::LatestOnly;
    }),
    Variant("deployment_retention none", |knobs| {
        knobs.deployment_retention = DeploymentRetention::None;
    }),
    Variant("first_deployment_failure stopped", |knobs| {
        knobs.first_deployment_failure = FirstDeploymentFailure::Stopped;
    }),
    Variant("empty_values dropped", |knobs| {
        knobs.empty_values = EmptyValues::Dropped;
    }),
    Variant("failed_first_deployment kept", |knobs| {
        knobs.failed_first_deployment = FailedFirstDeployment::Kept;
    }),
    Variant("after_rollback_deployment_arn new", |knobs| {
        knobs.after_rollback_deployment_arn = AfterRollback::New;
    }),
    Variant("rollback_to_deleted_definition fails", |knobs| {
        knobs.rollback_to_deleted_definition = RollbackToDeleted::Fails;
    }),
    Variant("current_revisions_order newest", |knobs| {
        knobs.current_revisions_order = RevisionsOrder::NewestFirst;
    }),
    Variant("batch_rounding floor", |knobs| knobs.batch_rounding = Rounding::Floor),
    Variant("batch_rounding nearest", |knobs| {
        knobs.batch_rounding = Rounding::Nearest;
    }),
    Variant("batch_base provider", |knobs| knobs.batch_base = BatchBase::Provider),
    Variant("bake per batch", |knobs| knobs.bake = Bake::PerBatch),
    Variant("alarm_precleared ignored", |knobs| {
        knobs.alarm_precleared = Precleared::Ignored;
    }),
    Variant("concurrent_deployments serial", |knobs| {
        knobs.concurrent_deployments = Concurrency::Serial;
    }),
    Variant("list_daemons_without_cluster all", |knobs| {
        knobs.list_daemons_without_cluster = ListScope::All;
    }),
    Variant("duplicate_create existing", |knobs| {
        knobs.duplicate_create = DuplicateCreate::ReturnsExisting;
    }),
    Variant("definition_deleted_after 1", |knobs| knobs.definition_deleted_after = 1),
    Variant("creation gradual", |knobs| knobs.creation = Creation::Gradual),
    Variant("standalone_tasks stopped", |knobs| {
        knobs.standalone_tasks = StandaloneTasks::Stopped;
    }),
    Variant("scale_in_after 0", |knobs| knobs.scale_in_after = 0),
    Variant("instance_drain_age_days 0", |knobs| knobs.instance_drain_age_days = 0),
    Variant("instance_end_age_days 0", |knobs| knobs.instance_end_age_days = 0),
    Variant("stale_reads 1", |knobs| knobs.stale_reads = 1),
    Variant("stale_reads 2", |knobs| knobs.stale_reads = 2),
    Variant("stale_reads 2, taking turns", |knobs| {
        knobs.stale_reads = 2;
        knobs.monotonic_reads = false;
    }),
];

/// A knob that is added to the emulator is turned here, or this fails.
#[test]
fn every_knob_is_turned() {
    let json = |knobs: &Knobs| serde_json::to_value(knobs).unwrap();
    let default = json(&Knobs::default());
    let all: BTreeSet<&String> = default.as_object().unwrap().keys().collect();
    let turned: Vec<_> = VARIANTS.into_iter().map(|variant| json(&variant.knobs())).collect();
    let is_turned = |knob: &&String| {
        turned
            .iter()
            .any(|knobs| knobs[knob.as_str()] != default[knob.as_str()])
    };
    let turned: BTreeSet<&String> = all.iter().copied().filter(is_turned).collect();
    assert_eq!(turned, all);
}
