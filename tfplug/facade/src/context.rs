//! What a call to a resource or data source has beside its model.

use std::{
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

use tfplug_core::{Cancel, Diagnostic, Diagnostics, Path};

use crate::Failure;

/// The client that the provider was configured with, warnings, and the wish of the user to stop.
///
/// It stands for the client: `context.get(…)` calls the client's `get`.
#[derive(Debug)]
pub struct Context<C> {
    client: Arc<C>,
    cancel: Cancel,
    told: Arc<Mutex<Diagnostics>>,
}

impl<C> Context<C> {
    pub(crate) fn new(client: Arc<C>, cancel: Cancel) -> Self {
        Self {
            client,
            cancel,
            told: Arc::default(),
        }
    }

    /// The client, as [`Provider::configure`](crate::Provider::configure) made it.
    pub fn client(&self) -> &Arc<C> {
        &self.client
    }

    /// Ends when the user has asked Terraform to stop (Ctrl-C). End waits then, and say in a [`Failure`]
    /// what goes on without you; never leave a change half done.
    pub fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// Tells the user something that is no error.
    pub fn warn(&self, summary: impl Into<String>, detail: impl Into<String>) {
        self.tell(Diagnostic::warning(summary, detail));
    }

    /// The same, pointing to an attribute.
    pub fn warn_at(&self, path: impl Into<Path>, summary: impl Into<String>, detail: impl Into<String>) {
        self.tell(Diagnostic::warning(summary, detail).at(path.into()));
    }

    fn tell(&self, diagnostic: Diagnostic) {
        self.told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(diagnostic);
    }

    /// The messages of a call that has ended: its warnings, and its failure.
    pub(crate) fn told(&self, failure: Option<Failure>) -> Diagnostics {
        let mut diagnostics = self.take_told();
        diagnostics.extend(failure.map(Failure::into_diagnostics).unwrap_or_default());
        diagnostics
    }

    /// The warnings so far, which are then told.
    pub(crate) fn take_told(&self) -> Diagnostics {
        std::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<C> Clone for Context<C> {
    fn clone(&self) -> Self {
        Self {
            client: Arc::clone(&self.client),
            cancel: self.cancel.clone(),
            told: Arc::clone(&self.told),
        }
    }
}

impl<C> Deref for Context<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.client
    }
}
