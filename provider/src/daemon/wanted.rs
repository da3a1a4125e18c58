//! The request of an apply, taken apart once.

use std::time::Duration;

use daemons::{arn::DaemonArn, name, observe::Known, settings::Settings};
use tfplug_core::{Diagnostic, Value, resource::ApplyRequest};

use super::{
    notes::Notes,
    plan::{self, Change},
    state, values,
};

/// The daemon that is planned.
pub(super) struct Wanted<'a> {
    /// The planned value, whose spelling the answer keeps.
    pub value: &'a Value,
    /// Its settings.
    pub settings: Settings,
    /// True if the apply waits for the rollout.
    pub waits: bool,
    /// Time for all waits together.
    pub timeout: Duration,
}

impl<'a> Wanted<'a> {
    /// Takes a planned value apart.
    pub(super) fn of(value: &'a Value, change: Change) -> Result<Self, Diagnostic> {
        let settings = values::settings_of(value).map_err(|error| error.diagnostic())?;
        Ok(Self {
            value,
            waits: plan::waits(value),
            timeout: plan::timeout(value, &settings, change),
            settings,
        })
    }
}

/// An update, from the state before it to what is planned.
pub(super) struct Update<'a> {
    /// The daemon.
    pub arn: DaemonArn,
    /// The state before.
    pub prior: &'a Value,
    /// Settings and deployment of the state before, as far as it has them.
    pub known: Option<Known>,
    /// What is remembered beside the state.
    pub notes: Notes,
    /// The planned daemon.
    pub wanted: Wanted<'a>,
    /// True if `UpdateDaemon` was planned.
    pub sends: bool,
    /// True if a rollout was asked for, although the settings may be there.
    pub redeploys: bool,
}

impl<'a> Update<'a> {
    /// Takes a request apart.
    pub(super) fn of(request: &'a ApplyRequest) -> Result<Self, Diagnostic> {
        let (prior, planned) = (&request.prior, &request.planned);
        let notes = Notes::from_private(&request.private);
        Ok(Self {
            arn: state::arn(prior)?,
            prior,
            known: state::known(prior, &notes),
            notes,
            wanted: Wanted::of(planned, Change::Update)?,
            sends: plan::sends_update(prior, planned),
            redeploys: plan::triggers_differ(prior, planned),
        })
    }

    /// The state before with the planned tags: tags are sent first, so they arrive where settings do not.
    pub(super) fn with_new_tags(&self) -> Value {
        let mut state = self.prior.clone();
        for tags in [name::TAGS, name::TAGS_ALL] {
            state.insert(tags, self.wanted.value.get(tags).unknown_as_null());
        }
        state
    }
}
