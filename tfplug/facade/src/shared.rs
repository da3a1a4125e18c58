//! The client of the provider, which its resources share. They exist before the provider is configured.

use std::sync::{Arc, PoisonError, RwLock};

use crate::Failure;

enum State<C> {
    /// Nothing was configured yet.
    Idle,
    /// Parts of the provider block are not known yet.
    Unknown(String),
    Ready(Arc<C>),
}

pub(crate) struct Shared<C>(Arc<RwLock<State<C>>>);

impl<C> Clone for Shared<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C> Default for Shared<C> {
    fn default() -> Self {
        Self(Arc::new(RwLock::new(State::Idle)))
    }
}

impl<C> Shared<C> {
    pub(crate) fn set(&self, client: C) {
        self.put(State::Ready(Arc::new(client)));
    }

    /// The provider block is not known as a whole, for this reason.
    pub(crate) fn wait(&self, reason: String) {
        self.put(State::Unknown(reason));
    }

    fn put(&self, state: State<C>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    pub(crate) fn client(&self) -> Result<Arc<C>, Failure> {
        let summary = "Provider not configured";
        match &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
            State::Ready(client) => Ok(Arc::clone(client)),
            State::Idle => Err(Failure::new(
                summary,
                "The provider is used before it was configured. This is a bug in the client.",
            )),
            State::Unknown(reason) => Err(Failure::new(
                summary,
                format!(
                    "{reason} is known only after apply, and nothing can be read or changed without it. Apply what it \
                     depends on first, with `-target`."
                ),
            )),
        }
    }
}
