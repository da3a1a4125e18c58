//! Facts about a daemon that the provider keeps beside the state, as private state.

use daemons::{
    name,
    observe::{Known, Observed, Rollout},
};
use serde_json::{Map, Value as Json, json};
use tfplug_core::Value;

use super::{drift_blocks::DriftBlocks, settled::Settled};
use crate::tree;

/// Member with the revision.
const REVISION: &str = "revision";
/// Member with the redeployment.
const REDEPLOYMENT: &str = "redeployment";
/// Member with the proof that the daemon is settled.
const SETTLED: &str = "settled";

/// The notes on one daemon. Private state is lost with an import or a move; nothing here is missed then.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Notes {
    /// Blocks that are in the state because of drift.
    pub blocks: DriftBlocks,
    /// Revision that counted at the last reading: the next one asks for it in the same round trip.
    pub revision: Option<String>,
    /// A redeployment whose end no apply has seen.
    pub redeployment: Option<Redeployment>,
    /// The proof that the description of the daemon is enough to read it.
    pub settled: Option<Settled>,
}

/// A deployment that `triggers` asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Redeployment {
    /// ARN of the deployment.
    pub deployment: String,
    /// The triggers before it.
    pub before: Value,
    /// The revision that counted before it. A rollback under a deployment of its own goes back to it.
    pub revision: Option<String>,
}

impl Notes {
    /// The notes in private state. What cannot be read counts as none.
    pub(super) fn from_private(private: &[u8]) -> Self {
        let members: Map<String, Json> = serde_json::from_slice(private).unwrap_or_default();
        Self {
            blocks: DriftBlocks::from_members(&members),
            revision: members.get(REVISION).and_then(Json::as_str).map(str::to_owned),
            redeployment: members.get(REDEPLOYMENT).and_then(Redeployment::from_json),
            settled: members.get(SETTLED).and_then(Settled::from_json),
        }
    }

    /// Private state, byte for byte the same for the same notes; empty without any.
    pub(super) fn to_private(&self) -> Vec<u8> {
        let mut members = Map::new();
        self.blocks.note(&mut members);
        if let Some(revision) = &self.revision {
            members.insert(REVISION.to_owned(), revision.as_str().into());
        }
        if let Some(redeployment) = &self.redeployment {
            members.insert(REDEPLOYMENT.to_owned(), redeployment.to_json());
        }
        if let Some(settled) = &self.settled {
            members.insert(SETTLED.to_owned(), settled.to_json());
        }
        if members.is_empty() {
            return Vec::new();
        }
        Json::Object(members).to_string().into_bytes()
    }

    /// Takes note of a reading.
    pub(super) fn take(&mut self, observed: &Observed) {
        self.revision.clone_from(&observed.revision_arn);
        self.settled = Settled::of(observed);
        self.redeployment.take_if(|redeployment| redeployment.is_over(observed));
    }

    /// True if a state with these notes is what the reading of a settled daemon has left.
    pub(super) fn prove(&self, known: &Known) -> bool {
        // The end of a redeployment has yet to be seen.
        self.redeployment.is_none() && self.settled.as_ref().is_some_and(|settled| settled.fits(known))
    }

    /// The notes that a read leaves on a state that it changes or not. Terraform takes a change of private state alone for a
    /// change of the object, so a proof that the state lacks (an earlier version wrote it, or its rollout was not over)
    /// comes with the next other change.
    pub(super) fn after_read(mut self, before: &Self, changes: bool) -> Self {
        let proof = std::mem::replace(&mut self.settled, before.settled.clone());
        if changes || self != *before {
            self.settled = proof;
        }
        self
    }

    /// The triggers that a state has after a reading, where they are others: a redeployment that was rolled back after its
    /// apply has to be asked for again.
    pub(super) fn triggers(&mut self, observed: &Observed) -> Option<Value> {
        let redeployment = self
            .redeployment
            .take_if(|redeployment| redeployment.failed(observed))?;
        Some(redeployment.before)
    }
}

impl Redeployment {
    fn from_json(json: &Json) -> Option<Self> {
        Some(Self {
            deployment: json.get(name::DEPLOYMENT_ARN)?.as_str()?.to_owned(),
            before: tree::from_json(json.get(name::TRIGGERS)?),
            revision: json.get(REVISION).and_then(Json::as_str).map(str::to_owned),
        })
    }

    fn to_json(&self) -> Json {
        json!({
            name::DEPLOYMENT_ARN: self.deployment,
            name::TRIGGERS: tree::to_json(&self.before),
            REVISION: self.revision,
        })
    }

    fn rollout<'a>(&self, observed: &'a Observed) -> Option<&'a Rollout> {
        let rollout = observed.rollout.as_ref()?;
        (rollout.arn == self.deployment).then_some(rollout)
    }

    fn failed(&self, observed: &Observed) -> bool {
        if observed.deployment_arn != self.deployment {
            return self.revision.is_some() && self.revision == observed.revision_arn;
        }
        let rollout = observed.rollout.as_ref();
        rollout.is_some_and(|rollout| rollout.is_rolled_back() || rollout.failure().is_some())
    }

    /// True if it has arrived, or if nothing will tell any more.
    fn is_over(&self, observed: &Observed) -> bool {
        !self.failed(observed) && self.rollout(observed).is_none_or(|rollout| !rollout.is_in_progress())
    }
}
