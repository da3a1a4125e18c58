//! The plan of a daemon: pure rules over configuration, prior state and planned value.
//!
//! - `deployment_arn` stays known unless the update will send `UpdateDaemon`; apply asks the same
//!   predicate, [`sends_update`].
//! - `rollout_failure` is always planned null, so a fleet on no single revision never has an empty plan.
//! - A daemon that is being deleted outside is replaced: its deletion is awaited, then it is created.

use std::time::Duration;

use daemons::{
    arn::Arn,
    name,
    settings::{Setting, Settings},
};
use tfplug_core::{Diagnostic, Path, Value, resource::Plan};

use super::{table::TABLE, values};
use crate::{duration, region_plan, session::Session, tag_plan};

/// Status of a daemon that is there to stay.
pub(super) const ACTIVE: &str = "ACTIVE";
/// Status of a daemon that is going away.
pub(crate) const DELETE_IN_PROGRESS: &str = "DELETE_IN_PROGRESS";

/// Least percentage that the developer guide names; the service model begins at 0.
const LEAST_DRAIN_PERCENT: f64 = 1.0;

/// Completes the plan of a create or update.
pub(super) fn modify(plan: &mut Plan, session: Option<&Session>) {
    plan.planned.insert(name::ROLLOUT_FAILURE, Value::Null);
    tag_plan::plan_tags(plan, session);
    if plan.is_create() {
        plan_place(plan);
    } else {
        plan_update(plan);
    }
    region_plan::check(plan, session);
    warn(plan);
}

/// True if an update sends `UpdateDaemon`: settings mean something else, a trigger changed, or the
/// fleet was left on no single revision.
pub(super) fn sends_update(prior: &Value, planned: &Value) -> bool {
    TABLE.meaning(prior) != TABLE.meaning(planned)
        || triggers_differ(prior, planned)
        || !prior.get(name::ROLLOUT_FAILURE).is_null()
}

/// True if a trigger changed. An empty map triggers nothing, like none, and a null member is none.
pub(super) fn triggers_differ(prior: &Value, planned: &Value) -> bool {
    let leaf = TABLE.leaf(name::TRIGGERS);
    leaf.is_some_and(|leaf| leaf.meaning(prior.get(leaf.name)) != leaf.meaning(planned.get(leaf.name)))
}

fn plan_update(plan: &mut Plan) {
    if plan.prior.get(name::STATUS).as_str() == Some(DELETE_IN_PROGRESS) {
        plan.planned.insert(name::STATUS, ACTIVE.into());
        plan.replace_for(Path::attribute(name::STATUS));
    }
    let deployment = if sends_update(&plan.prior, &plan.planned) {
        Value::Unknown
    } else {
        plan.prior.get(name::DEPLOYMENT_ARN).clone()
    };
    plan.planned.insert(name::DEPLOYMENT_ARN, deployment);
}

fn plan_place(plan: &mut Plan) {
    if !plan.config.get(name::REGION).is_null() {
        return;
    }
    // The ARN of the cluster tells the region before the provider does: a daemon is where its cluster is.
    let region = match plan.config.get(name::CLUSTER_ARN) {
        Value::String(cluster) => Arn::parse(cluster).map_or(Value::Unknown, |arn| arn.region.into()),
        Value::Null => region_of_providers(&plan.planned),
        _ => Value::Unknown,
    };
    plan.planned.insert(name::REGION, region);
}

/// Without a cluster ECS takes the one named `default`, in the region of the capacity providers.
fn region_of_providers(planned: &Value) -> Value {
    let providers = planned.get(name::CAPACITY_PROVIDERS);
    if providers.is_unknown() {
        return Value::Unknown;
    }
    let first = providers.elements().find_map(|arn| Arn::parse(arn.as_str()?).ok());
    first.map_or(Value::Unknown, |arn| arn.region.into())
}

fn warn(plan: &mut Plan) {
    warn_of_configuration(plan);
    warn_of_timeout(plan);
}

fn warn_of_configuration(plan: &mut Plan) {
    let configuration = only(plan.planned.get(name::DEPLOYMENT_CONFIGURATION));
    let path = Path::attribute(name::DEPLOYMENT_CONFIGURATION).index(0);
    let alarms = only(configuration.get(name::ALARMS));
    let told = warning_of_alarms(&alarms, &path.child(name::ALARMS).index(0));
    plan.diagnostics.extend(told);
    let drain = configuration.get(name::DRAIN_PERCENT).as_number();
    if drain.is_some_and(|drain| drain.to_f64() < LEAST_DRAIN_PERCENT) {
        plan.diagnostics.push(
            Diagnostic::warning(
                "Drain percentage below 1",
                "The developer guide of ECS names 1 to 100 percent, although its API takes less, and nothing says what less \
                 means. Use at least 1.",
            )
            .at(path.child(name::DRAIN_PERCENT)),
        );
    }
}

/// Alarms that are named and not watched, or watched and not named.
fn warning_of_alarms(alarms: &Value, path: &Path) -> Option<Diagnostic> {
    let is_unnamed = alarms.get(name::ALARM_NAMES).is_null_or_empty();
    match alarms.get(name::ENABLE).as_bool() {
        Some(false) if !is_unnamed => Some(
            Diagnostic::warning(
                "Alarms are configured but not watched",
                "`enable` is false, so none of the alarms rolls a deployment back. Set `enable = true` or remove the names.",
            )
            .at(path.child(name::ENABLE)),
        ),
        Some(true) if is_unnamed => Some(
            Diagnostic::warning(
                "No alarms to watch",
                "`enable` is true, but `alarm_names` is empty, so no alarm rolls a deployment back. Name the alarms.",
            )
            .at(path.child(name::ALARM_NAMES)),
        ),
        _ => None,
    }
}

/// The element of a block that may be there once; null if it is not.
fn only(blocks: &Value) -> Value {
    blocks.elements().next().cloned().unwrap_or_default()
}

/// A timeout counts only where something is waited for.
fn warn_of_timeout(plan: &mut Plan) {
    let which = if plan.is_create() {
        Change::Create
    } else {
        Change::Update
    };
    // A plan that does not fit the API is refused elsewhere.
    let bake = values::settings_of(&plan.planned).map_or(Duration::ZERO, |settings| bake_time(&settings));
    if let Some(timeout) = configured_timeout(&plan.planned, which)
        && timeout < bake
        && waits(&plan.planned)
    {
        plan.diagnostics.push(
            Diagnostic::warning(
                "Timeout is shorter than the bake time",
                format!(
                    "The rollout cannot end before the bake time of {} has passed, but `timeouts.{}` is {}. Raise the timeout.",
                    duration::format(bake),
                    which.key(),
                    duration::format(timeout)
                ),
            )
            .at(Path::attribute(name::TIMEOUTS).child(which.key())),
        );
    }
}

/// A change that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// The first rollout.
    Create,
    /// A later rollout.
    Update,
    /// The drain at the end.
    Delete,
}

impl Change {
    fn key(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// True if an apply waits for its rollout.
pub(super) fn waits(planned: &Value) -> bool {
    planned.get(name::WAIT).as_bool() != Some(false)
}

/// The time that a change may take: as configured, or as long as its batches can be expected to need.
/// One hour, plus the bake time of a rollout, plus a quarter of an hour for each batch.
pub(super) fn timeout(value: &Value, settings: &Settings, which: Change) -> Duration {
    configured_timeout(value, which).unwrap_or_else(|| {
        let added: Duration = Setting::ALL
            .iter()
            .map(|setting| time_of(*setting, settings, which))
            .sum();
        Duration::from_hours(1) + added
    })
}

/// The time that a setting adds to a change. The match names all settings, so that a new one does not compile until it is
/// decided whether it makes rollouts longer.
fn time_of(setting: Setting, settings: &Settings, which: Change) -> Duration {
    match setting {
        Setting::DrainPercent => {
            let batches = (100.0 / settings.deployment_configuration.drain_percent.max(1.0)).ceil();
            Duration::from_mins(15).mul_f64(batches)
        }
        Setting::BakeTime if which != Change::Delete => bake_time(settings),
        Setting::BakeTime
        | Setting::TaskDefinition
        | Setting::CapacityProviders
        | Setting::Critical
        | Setting::ManagedTags
        | Setting::ExecuteCommand
        | Setting::PropagateTags
        | Setting::AlarmNames
        | Setting::AlarmsEnabled => Duration::ZERO,
    }
}

fn configured_timeout(value: &Value, which: Change) -> Option<Duration> {
    duration::parse(value.get(name::TIMEOUTS).get(which.key()).as_str()?).ok()
}

/// The time for which a rollout is watched at its end.
pub(super) fn bake_time(settings: &Settings) -> Duration {
    let minutes = settings.deployment_configuration.bake_time_in_minutes.clamp(0, 1440);
    Duration::from_mins(u64::try_from(minutes).unwrap_or_default())
}

#[cfg(test)]
mod tests;
