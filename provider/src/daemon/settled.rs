//! The proof, kept beside the state, that the description of a daemon is enough to read it.
//!
//! It covers the settings in the state with the deployment and the revision that they were read under. A state that was
//! edited or put together otherwise does not fit its proof, and its daemon is read whole. So is each daemon when a version
//! with another set of settings reads it.

use daemons::{
    observe::{Known, Observed},
    settings::{Setting, Settings},
};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

/// The proof, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settled(String);

impl Settled {
    /// The proof that a reading gives; none if the daemon may change without another deployment.
    pub(super) fn of(observed: &Observed) -> Option<Self> {
        let revision = observed.revision_arn.as_ref().filter(|_| observed.is_settled())?;
        Some(Self::digest(&observed.deployment_arn, revision, &observed.settings))
    }

    /// True if what a state knows is what the reading saw.
    pub(super) fn fits(&self, known: &Known) -> bool {
        let revision = known.revision.as_ref();
        revision.is_some_and(|revision| *self == Self::digest(&known.deployment_arn, &revision.arn, &known.settings))
    }

    fn digest(deployment: &str, revision: &str, settings: &Settings) -> Self {
        let value = |setting: Setting| (setting.name(), setting.read(settings).to_json());
        let settings: Map<String, Json> = Setting::ALL.into_iter().map(value).collect();
        let text = json!([deployment, revision, settings]).to_string();
        Self(format!("sha256:{:x}", Sha256::digest(text)))
    }

    /// The proof in private state.
    pub(super) fn from_json(json: &Json) -> Option<Self> {
        json.as_str().map(|text| Self(text.to_owned()))
    }

    /// The same for private state.
    pub(super) fn to_json(&self) -> Json {
        self.0.as_str().into()
    }
}
