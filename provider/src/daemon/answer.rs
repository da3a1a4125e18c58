//! The answers of create and update: the planned value where things went as planned, and what really is there where not.

use daemons::observe::{Known, KnownRevision, Observed};
use tfplug_core::{Value, resource::ApplyResponse};

use super::{
    apply::Apply,
    messages,
    notes::{Notes, Redeployment},
    state::{self, Facts},
    wanted::Wanted,
};
use crate::identity;

impl Apply<'_> {
    /// The answer of an apply that went as planned. The planned value comes back with its unknown attributes filled; what
    /// reads back differently becomes a warning, and drift on the next read.
    pub(super) async fn answer_planned(
        mut self,
        wanted: &Wanted<'_>,
        facts: &Facts<'_>,
        before: Option<&KnownRevision>,
        redeployment: Option<Redeployment>,
    ) -> ApplyResponse {
        let known = facts.known(&wanted.settings, before, true);
        let mut notes = Notes {
            redeployment,
            ..Notes::default()
        };
        let state = match self.writer.observe(known.as_ref()).await {
            Ok(Some(observed)) => {
                self.warn_about_differences(wanted, &observed);
                notes.take(&observed);
                if wanted.settings.capacity_provider_arns != observed.settings.capacity_provider_arns {
                    // The state says what is wanted, and not what this revision has.
                    notes.revision = None;
                    notes.settled = None;
                }
                state::applied_value(wanted.value, self.arn(), &observed, &self.session.tags)
            }
            Ok(None) => {
                self.diagnostics.push(messages::vanished(self.arn()));
                facts.value(wanted.value, self.arn())
            }
            Err(unreadable) => {
                let told = messages::cannot_read_back(self.arn(), &unreadable);
                self.diagnostics.push(told);
                facts.value(wanted.value, self.arn())
            }
        };
        self.answer(state, notes.to_private())
    }

    /// The answer of an apply that failed: what a read would answer now, in the spelling of `spelling`; `fallback` if that
    /// cannot be read. `known` is what the daemon must not be older than.
    pub(super) async fn answer_observed(
        self,
        spelling: &Value,
        mut notes: Notes,
        known: Option<&Known>,
        fallback: Value,
    ) -> ApplyResponse {
        let observed = self.writer.observe(known).await.ok().flatten();
        let read =
            observed.map(|observed| state::read_value(spelling, self.arn(), &observed, &self.session.tags, &mut notes));
        self.answer(read.unwrap_or(fallback), notes.to_private())
    }

    fn answer(self, state: Value, private: Vec<u8>) -> ApplyResponse {
        ApplyResponse {
            identity: identity::of(&self.arn().to_string()),
            state,
            private,
            diagnostics: self.diagnostics,
        }
    }

    fn warn_about_differences(&mut self, wanted: &Wanted<'_>, observed: &Observed) {
        let differing = wanted.settings.differing(&observed.settings);
        if differing.is_empty() {
            return;
        }
        let told = match &observed.rollout {
            // A wait has reported a rollback that came meanwhile.
            Some(rollout) if rollout.is_rolled_back() && wanted.waits => return,
            Some(rollout) if rollout.is_rolled_back() => messages::not_arrived(self.arn(), rollout),
            _ => messages::differs(self.arn(), &differing),
        };
        self.diagnostics.push(told);
    }
}
