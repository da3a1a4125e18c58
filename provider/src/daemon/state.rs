//! From an observed daemon to the value in the state, and back from the state to what is known of it.

use daemons::{
    arn::DaemonArn,
    name,
    observe::{Known, Observed, Rollout},
};
use tfplug_core::{Diagnostic, Value, resource::ReadResponse, typed::FromValue};

use super::{drift_blocks::DriftBlocks, table::TABLE, values};
use crate::{attributes::Nature, tags::TagRules};

/// The part of a state that tells which daemon it is.
#[derive(FromValue)]
struct Identified {
    arn: String,
}

/// The ARN of the daemon that a state is about.
pub(super) fn arn(state: &Value) -> Result<DaemonArn, Diagnostic> {
    const SUMMARY: &str = "Invalid ARN in the state";
    let Identified { arn } = Identified::from_value(state).map_err(|mismatch| mismatch.diagnostic(SUMMARY))?;
    DaemonArn::parse(&arn).map_err(|error| Diagnostic::error(SUMMARY, error))
}

/// What the state says of the settings, as far as it says anything.
pub(super) fn known(state: &Value) -> Option<Known> {
    let deployment_arn = state.get(name::DEPLOYMENT_ARN).as_str()?.to_owned();
    let settings = values::settings_of(state)
        .ok()
        .filter(|settings| !settings.daemon_task_definition_arn.is_empty())?;
    Some(Known {
        deployment_arn,
        settings,
        just_made: false,
    })
}

/// The value that a read answers, in the spelling of `prior`; the notes on drifted blocks follow.
pub(super) fn read_value(
    prior: &Value,
    arn: &DaemonArn,
    observed: &Observed,
    tags: &TagRules,
    notes: &mut DriftBlocks,
) -> Value {
    let canonical = values::value_of(&observed.settings);
    let mut value = notes.settle(&TABLE, prior, &canonical);
    fill_client_defaults(&mut value);
    for (attribute, member) in computed(arn, observed, tags) {
        value.insert(attribute, member);
    }
    // A record that has expired takes nothing back.
    if observed.rollout.is_none() && prior.get(name::DEPLOYMENT_ARN) == value.get(name::DEPLOYMENT_ARN) {
        value.insert(name::ROLLOUT_FAILURE, prior.get(name::ROLLOUT_FAILURE).clone());
    }
    value.insert(name::NAME, arn.name.as_str().into());
    value.insert(name::TAGS, tags.read(&observed.tags, prior.get(name::TAGS)));
    value
}

/// The planned value with its unknown attributes filled from what was observed.
pub(super) fn applied_value(planned: &Value, arn: &DaemonArn, observed: &Observed, tags: &TagRules) -> Value {
    let mut value = planned.clone();
    for (attribute, member) in computed(arn, observed, tags) {
        if value.get(attribute).is_unknown() {
            value.insert(attribute, member);
        }
    }
    value.unknown_as_null()
}

/// The planned value with its unknown attributes filled from the few facts that a create or update answers.
pub(super) fn created_value(planned: &Value, arn: &DaemonArn, deployment_arn: Option<&str>, status: &str) -> Value {
    let mut value = planned.clone();
    let facts: [(&str, Value); 5] = [
        (name::ARN, arn.to_string().into()),
        (name::CLUSTER_ARN, arn.cluster_arn().to_string().into()),
        (name::REGION, arn.arn.region.as_str().into()),
        (name::STATUS, status.into()),
        (name::DEPLOYMENT_ARN, deployment_arn.map(str::to_owned).into()),
    ];
    for (attribute, fact) in facts {
        if value.get(attribute).is_unknown() {
            value.insert(attribute, fact);
        }
    }
    value.unknown_as_null()
}

fn computed(arn: &DaemonArn, observed: &Observed, tags: &TagRules) -> [(&'static str, Value); 7] {
    let failure = observed.rollout.as_ref().and_then(Rollout::failure);
    [
        (name::ARN, arn.to_string().into()),
        (name::CLUSTER_ARN, arn.cluster_arn().to_string().into()),
        (name::REGION, arn.arn.region.as_str().into()),
        (name::STATUS, observed.status.as_str().into()),
        (name::DEPLOYMENT_ARN, observed.deployment_arn.as_str().into()),
        (name::ROLLOUT_FAILURE, failure.into()),
        (name::TAGS_ALL, tags.read_all(&observed.tags)),
    ]
}

/// Arguments that only Terraform knows have their default after an import, or the next plan would
/// show an update.
pub(super) fn fill_client_defaults(value: &mut Value) {
    for leaf in TABLE.leaves.iter().filter(|leaf| leaf.api.is_none()) {
        if let Nature::Default(default) = &leaf.nature
            && value.get(leaf.name).is_null()
        {
            value.insert(leaf.name, default.clone());
        }
    }
}

/// Identity of a daemon: its ARN.
pub(super) fn identity(arn: &str) -> Value {
    Value::object([(name::ARN, Value::from(arn))])
}

/// The answer that keeps everything as it was.
pub(super) fn unchanged(state: &Value, private: &[u8], identity: &Value) -> ReadResponse {
    ReadResponse {
        state: state.clone(),
        private: private.to_vec(),
        identity: identity.clone(),
        diagnostics: tfplug_core::Diagnostics::new(),
    }
}
