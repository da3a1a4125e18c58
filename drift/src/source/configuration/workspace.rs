//! The workspace of a configuration, as far as the environment or what `init` left behind tells it.

use std::path::Path;

use serde_json::Value;

use super::{given::Given, reader::Reader};

/// The file that keeps the workspace that was selected, and the one that keeps the backend.
const SELECTED: &str = "environment";
const BACKEND: &str = "terraform.tfstate";
/// The workspace of a folder in which none was selected.
const DEFAULT: &str = "default";
/// Backends with workspaces of their own.
const REMOTE: [&str; 2] = ["remote", "cloud"];

/// Its name. None where `init` did not run, or where the name is kept elsewhere.
pub(super) fn of(reader: &Reader, folder: &Path, given: &Given) -> Option<String> {
    if let Some(workspace) = &given.workspace {
        return Some(workspace.clone());
    }
    let data = given.data(folder);
    if !data.is_dir() {
        return None;
    }
    let selected = data.join(SELECTED);
    if selected.exists() {
        let text = reader.text(&selected).ok()?;
        return Some(text.trim().to_owned());
    }
    let backend = data.join(BACKEND);
    if !backend.exists() {
        return Some(DEFAULT.to_owned());
    }
    let backend: Value = serde_json::from_str(&reader.text(&backend).ok()?).ok()?;
    let kind = backend["backend"]["type"].as_str()?;
    (!REMOTE.contains(&kind)).then(|| DEFAULT.to_owned())
}
