//! Steps of a client: what it stores, what it plans and what it keeps of an answer.

use std::time::SystemTime;

use tfplug_core::{Diagnostics, Path, Value, list::Listed};

/// An object as a state file holds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored {
    /// Attributes; null if there is no object.
    pub state: Value,
    /// Private bytes.
    pub private: Vec<u8>,
    /// Identity; null if there is none.
    pub identity: Value,
    /// True if the next plan replaces the object, because its creation failed half-way.
    pub tainted: bool,
}

impl Stored {
    /// No object.
    pub fn nothing() -> Self {
        Self::default()
    }
}

/// The action of a plan.
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
    /// Its action.
    pub action: Action,
    /// The object before.
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

/// The result of a call: what is stored, and the provider's messages.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The object as the client stores it.
    pub stored: Stored,
    /// Messages.
    pub diagnostics: Diagnostics,
}

/// An ephemeral resource that was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its type.
    pub type_name: String,
    /// Its attributes.
    pub value: Value,
    /// Private bytes, by which it is renewed and closed.
    pub private: Vec<u8>,
    /// The time by which the client renews it.
    pub renew_at: Option<SystemTime>,
    /// Messages. After an error nothing was opened.
    pub diagnostics: Diagnostics,
}

/// The wishes of a client for a list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query {
    /// True for the objects, not only their identities.
    pub include_resource: bool,
    /// Most objects that the client takes; none for any number.
    pub limit: Option<usize>,
}

/// The result of a list.
#[derive(Clone, Debug)]
pub struct Found {
    /// The objects; none after an error.
    pub objects: Vec<Listed>,
    /// Messages about all of it, those about single objects included.
    pub diagnostics: Diagnostics,
}

/// The result of an action.
#[derive(Clone, Debug)]
pub struct Invoked {
    /// Lines about the progress.
    pub progress: Vec<String>,
    /// Messages at the end.
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
