//! What the provider remembers of a daemon beside its state, as private state.

use serde_json::{Map, Value as Json};

use super::drift_blocks::DriftBlocks;

/// Member with the revision.
const REVISION: &str = "revision";

/// The notes on one daemon. Private state is lost with an import or a move; nothing here is missed then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Notes {
    /// Blocks that are in the state because of drift.
    pub blocks: DriftBlocks,
    /// Revision that counted at the last reading: the next one asks for it in the same round trip.
    pub revision: Option<String>,
}

impl Notes {
    /// The notes in private state. What cannot be read counts as none.
    pub(super) fn from_private(private: &[u8]) -> Self {
        let members: Map<String, Json> = serde_json::from_slice(private).unwrap_or_default();
        Self {
            blocks: DriftBlocks::from_members(&members),
            revision: members.get(REVISION).and_then(Json::as_str).map(str::to_owned),
        }
    }

    /// Private state, byte for byte the same for the same notes; empty without any.
    pub(super) fn to_private(&self) -> Vec<u8> {
        let mut members = Map::new();
        self.blocks.note(&mut members);
        if let Some(revision) = &self.revision {
            members.insert(REVISION.to_owned(), revision.as_str().into());
        }
        if members.is_empty() {
            return Vec::new();
        }
        Json::Object(members).to_string().into_bytes()
    }
}
