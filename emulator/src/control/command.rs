//! A control call that has been taken apart.

use serde_json::Value;

use super::query::Query;
use crate::form::{Form, FormError};

/// A control call that has been taken apart.
pub(super) struct Command<'c> {
    /// Segments of the path after `/_emulator/`, decoded.
    pub(super) path: Vec<String>,
    pub(super) query: Query,
    pub(super) method: &'c str,
    pub(super) body: Value,
}

impl Command<'_> {
    pub(super) fn form(&self) -> Result<Form, FormError> {
        Form::open(self.body.clone(), "")
    }
}
