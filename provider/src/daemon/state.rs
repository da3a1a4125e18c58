//! From an observed daemon to the value in the state, and back from the state to what is known of it.

use daemons::{
    arn::DaemonArn,
    name,
    observe::{Known, KnownRevision, Observed, Rollout},
    settings::Settings,
};
use tfplug_core::{
    Diagnostic, Value,
    typed::{FromValue, ToValue},
};

use super::{notes::Notes, table::TABLE, values};
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

/// The settings and the deployment of a state, as far as it has them.
pub(super) fn known(state: &Value, notes: &Notes) -> Option<Known> {
    let deployment_arn = state.get(name::DEPLOYMENT_ARN).as_str()?.to_owned();
    let settings = values::settings_of(state)
        .ok()
        .filter(|settings| !settings.daemon_task_definition_arn.is_empty())?;
    Some(Known {
        deployment_arn,
        revision: notes.revision.clone().map(|arn| KnownRevision {
            arn,
            capacity_provider_arns: settings.capacity_provider_arns.clone(),
        }),
        settings,
        just_made: false,
        ended: false,
        settled: false,
    })
}

/// The same for a read that changes nothing, which need not ask for what the notes prove. Whatever is going to call ECS on
/// the strength of a reading asks for everything.
pub(super) fn known_by_read(state: &Value, notes: &Notes) -> Option<Known> {
    let mut known = known(state, notes)?;
    known.settled = notes.prove(&known);
    Some(known)
}

/// The value that a read answers, in the spelling of `prior`; the notes follow.
pub(super) fn read_value(
    prior: &Value,
    arn: &DaemonArn,
    observed: &Observed,
    tags: &TagRules,
    notes: &mut Notes,
) -> Value {
    let canonical = values::value_of(&observed.settings);
    let mut value = notes.blocks.settle(&TABLE, prior, &canonical);
    if let Some(triggers) = notes.triggers(observed) {
        value.insert(name::TRIGGERS, triggers);
    }
    notes.take(observed);
    fill_client_defaults(&mut value);
    for (attribute, member) in Computed::of(arn, observed, tags)
        .to_value()
        .as_map()
        .into_iter()
        .flatten()
    {
        value.insert(attribute.as_str(), member.clone());
    }
    // A record that has expired takes nothing back.
    if observed.rollout.is_none() && prior.get(name::DEPLOYMENT_ARN) == value.get(name::DEPLOYMENT_ARN) {
        value.insert(name::ROLLOUT_FAILURE, prior.get(name::ROLLOUT_FAILURE).clone());
    }
    value.insert(name::NAME, arn.name.as_str().into());
    value.insert(name::TAGS, tags.read(&observed.tags, prior.get(name::TAGS)));
    value
}

/// The value of a daemon that no configuration has spelled yet, as after an import.
pub(crate) fn found(arn: &DaemonArn, observed: &Observed, tags: &TagRules) -> Value {
    let block = TABLE.block("");
    let value = read_value(&block.empty_config(), arn, observed, tags, &mut Notes::default());
    block.complete(value)
}

/// The planned value with its unknown attributes filled from what was observed.
pub(super) fn applied_value(planned: &Value, arn: &DaemonArn, observed: &Observed, tags: &TagRules) -> Value {
    filled(planned, &Computed::of(arn, observed, tags).to_value())
}

/// The few facts that a create or update answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    /// The deployment that it has started.
    pub deployment_arn: Option<&'a str>,
    /// Status of the daemon.
    pub status: &'a str,
    /// The rollout, if it was seen to end elsewhere.
    pub failed: Option<&'a Rollout>,
}

impl Facts<'_> {
    /// The facts that a reading after the call must not be older than. `before` is the revision that counted before it,
    /// to which its rollout may have gone back.
    pub(super) fn known(&self, settings: &Settings, before: Option<&KnownRevision>, just_made: bool) -> Option<Known> {
        Some(Known {
            deployment_arn: self.deployment_arn?.to_owned(),
            revision: before.cloned(),
            settings: settings.clone(),
            just_made,
            ended: self.failed.is_some_and(|rollout| !rollout.is_in_progress()),
            settled: false,
        })
    }

    /// The planned value with its unknown attributes filled, as far as that is possible without reading.
    pub(super) fn value(&self, planned: &Value, arn: &DaemonArn) -> Value {
        let computed = Computed {
            arn: arn.to_string(),
            cluster_arn: arn.cluster_arn().to_string(),
            region: arn.arn.region.clone(),
            status: self.status.to_owned(),
            deployment_arn: self.deployment_arn.map(str::to_owned),
            rollout_failure: self.failed.and_then(Rollout::failure),
            tags_all: Value::Null,
        };
        filled(planned, &computed.to_value())
    }
}

/// The attributes that ECS decides.
#[derive(ToValue)]
struct Computed {
    arn: String,
    cluster_arn: String,
    region: String,
    status: String,
    deployment_arn: Option<String>,
    rollout_failure: Option<String>,
    tags_all: Value,
}

impl Computed {
    fn of(arn: &DaemonArn, observed: &Observed, tags: &TagRules) -> Self {
        Self {
            arn: arn.to_string(),
            cluster_arn: arn.cluster_arn().to_string(),
            region: arn.arn.region.clone(),
            status: observed.status.clone(),
            deployment_arn: Some(observed.deployment_arn.clone()),
            rollout_failure: observed.rollout.as_ref().and_then(Rollout::failure),
            tags_all: tags.read_all(&observed.tags),
        }
    }
}

/// A value whose unknown attributes have the computed values, where there are any, and are null elsewhere.
fn filled(planned: &Value, computed: &Value) -> Value {
    let mut value = planned.clone();
    for (attribute, member) in computed.as_map().into_iter().flatten() {
        if value.get(attribute).is_unknown() {
            value.insert(attribute.as_str(), member.clone());
        }
    }
    value.unknown_as_null()
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
