//! A reading just before the call, and what it means for the plan: the plan is executed as it is, or not at all.

use daemons::{observe::Observed, settings::Settings};

use super::document::{Action, Planned};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Everything is as the plan has seen it: it is sent.
    Send,
    /// The deployment that brings the settings of the plan goes on.
    Await,
    /// The settings of the plan are live.
    Done,
    /// The settings of the plan were sent before, and rolled back.
    RolledBack,
    /// The daemon is not as the plan has seen it.
    Skip(String),
}

/// What a reading says of a daemon.
#[derive(Clone, Copy, Debug)]
pub struct Now<'a> {
    /// The daemon as it is.
    pub observed: &'a Observed,
    /// The settings that its latest deployment asked for, where that was rolled back.
    pub asked: Option<&'a Settings>,
}

impl Planned {
    /// The settings that the plan is about: those that are sent, or that the rollout brings which is waited for.
    pub fn settings(&self) -> Result<Settings, String> {
        let members = self.update.as_ref().or(self.live.as_ref());
        let members = members.ok_or("the plan has no settings of it")?;
        Settings::from_members(&members.tree())
    }

    /// The decision by a reading.
    pub fn decide(&self, now: Now<'_>) -> Decision {
        const GOING: &str = "DELETE_IN_PROGRESS";
        let Now { observed, asked } = now;
        let skip = |text: String| Decision::Skip(text);
        if observed.status == GOING {
            return skip("It is being deleted.".to_owned());
        }
        let goes_on = observed
            .rollout
            .as_ref()
            .is_some_and(daemons::observe::Rollout::is_in_progress);
        let is_same = observed.deployment_arn == self.deployment_arn;
        if self.action == Action::Tags {
            // Tags are compared by themselves.
            return Decision::Send;
        }
        let wanted = match self.settings() {
            Ok(wanted) => wanted,
            Err(reason) => return skip(format!("{reason}.")),
        };
        if is_same && self.action == Action::Update {
            let seen = self.live.as_ref().map(|live| Settings::from_members(&live.tree()));
            return match seen {
                Some(Ok(seen)) if is_as(observed, &seen) => Decision::Send,
                _ => skip("Its settings are no longer those that the plan has seen.".to_owned()),
            };
        }
        if is_as(observed, &wanted) {
            return if goes_on { Decision::Await } else { Decision::Done };
        }
        let is_rolled_back = observed
            .rollout
            .as_ref()
            .is_some_and(daemons::observe::Rollout::is_rolled_back);
        if is_rolled_back && asked == Some(&wanted) {
            return if goes_on { Decision::Await } else { Decision::RolledBack };
        }
        skip(format!(
            "It has another deployment than the plan has seen, with other settings: {}.",
            observed.deployment_arn
        ))
    }
}

/// True if a daemon has settings. What ECS does not report (capacity providers without instances, the configuration of a
/// deployment that is on no record) speaks neither for nor against it.
pub fn is_as(observed: &Observed, settings: &Settings) -> bool {
    let mut live = observed.settings.clone();
    if live.capacity_provider_arns.is_subset(&settings.capacity_provider_arns) {
        live.capacity_provider_arns.clone_from(&settings.capacity_provider_arns);
    }
    if !observed.deployment_is_on_record {
        live.deployment_configuration = settings.deployment_configuration.clone();
    }
    live.differing(settings).is_empty()
}
