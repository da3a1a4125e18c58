//! The sources of generated files, each obtained once and only when an artefact asks for it.

use std::cell::OnceCell;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::ask;
use crate::process::Outcome;
use crate::workspace::Workspace;

/// The sources.
pub(super) struct Sources<'a> {
    /// The workspace.
    pub(super) workspace: &'a Workspace,
    /// Folder of the binaries to ask.
    pub(super) binaries: &'a Path,
    provider_schema: OnceCell<Value>,
}

impl<'a> Sources<'a> {
    /// Sources that nobody has asked yet.
    pub(super) fn new(workspace: &'a Workspace, binaries: &'a Path) -> Self {
        Self {
            workspace,
            binaries,
            provider_schema: OnceCell::new(),
        }
    }

    /// The provider's answer when Terraform asks for its schema.
    pub(super) fn provider_schema(&self) -> Outcome<&Value> {
        if let Some(schema) = self.provider_schema.get() {
            return Ok(schema);
        }
        let schema = ask::provider_schema(self.workspace, self.binaries)?;
        Ok(self.provider_schema.get_or_init(|| schema))
    }
    /// A file of the repository.
    pub(super) fn text(&self, path: impl AsRef<Path>) -> Outcome<String> {
        let path = path.as_ref();
        let text = fs::read_to_string(self.workspace.root.join(path));
        Ok(text.map_err(|error| format!("{}: {error}", path.display()))?)
    }
}
