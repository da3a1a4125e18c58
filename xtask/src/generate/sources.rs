//! What generated files are made from, each obtained once and only when an artefact asks for it.

use std::cell::OnceCell;

use serde_json::Value;

use super::provider_schema;
use crate::process::Outcome;
use crate::workspace::Workspace;

/// The sources.
pub(super) struct Sources<'a> {
    /// Where everything is.
    pub(super) workspace: &'a Workspace,
    provider_schema: OnceCell<Value>,
}

impl<'a> Sources<'a> {
    /// Sources that nobody has asked yet.
    pub(super) fn new(workspace: &'a Workspace) -> Self {
        Self {
            workspace,
            provider_schema: OnceCell::new(),
        }
    }

    /// What the release build of the provider answers when Terraform asks for its schema.
    pub(super) fn provider_schema(&self) -> Outcome<&Value> {
        if let Some(schema) = self.provider_schema.get() {
            return Ok(schema);
        }
        let schema = provider_schema::ask(self.workspace)?;
        Ok(self.provider_schema.get_or_init(|| schema))
    }
}
