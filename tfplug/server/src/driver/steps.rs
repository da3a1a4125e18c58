//! Steps of a client: what it stores, what it plans and what it keeps of an answer.

use tfplug_core::{Diagnostics, Path, Value};

/// What a state file holds of an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored {
    /// Attributes; null if there is no object.
    pub state: Value,
    /// Private bytes.
    pub private: Vec<u8>,
    /// Identity; null if there is none.
    pub identity: Value,
    /// Whether the next plan replaces the object, because its creation failed half-way.
    pub tainted: bool,
}

impl Stored {
    /// No object.
    pub fn nothing() -> Self {
        Self::default()
    }
}

/// What a plan does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A new object.
    Create,
    /// A change in place.
    Update,
    /// The object is deleted and created anew.
    Replace,
    /// Nothing.
    NoOp,
    /// The object is deleted.
    Destroy,
}

/// A plan.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Resource type.
    pub type_name: String,
    /// What it does.
    pub action: Action,
    /// What there was.
    pub prior: Stored,
    /// Configuration.
    pub config: Value,
    /// Planned state. Of a replacement, that of the new object.
    pub state: Value,
    /// Private bytes on their way to the apply.
    pub private: Vec<u8>,
    /// Planned identity.
    pub identity: Value,
    /// Paths that replace the object, as far as they count.
    pub requires_replace: Vec<Path>,
    /// Messages. After an error the rest means nothing.
    pub diagnostics: Diagnostics,
}

/// What is stored after a call, and what the provider had to say.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What the client stores.
    pub stored: Stored,
    /// Messages.
    pub diagnostics: Diagnostics,
}

/// One answered plan, before the client draws conclusions.
pub(super) struct Proposal {
    pub(super) state: Value,
    pub(super) requires_replace: Vec<Path>,
    pub(super) private: Vec<u8>,
    pub(super) identity: Value,
    pub(super) diagnostics: Diagnostics,
}
