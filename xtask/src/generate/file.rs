//! A generated file: written, or compared with what is committed.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{Outcome, say};

/// A generated file.
pub(super) struct File {
    /// Path from the root of the workspace on.
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// Writes a file and says so.
pub(super) fn write(root: &Path, file: &File) -> Outcome {
    let path = root.join(&file.path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&path, &file.text).map_err(|error| format!("{}: {error}", path.display()))?;
    say(&format!("wrote {}", file.path.display()));
    Ok(())
}

/// The line at which a committed file and its generated text part.
pub(super) fn difference(root: &Path, file: &File) -> Option<String> {
    let name = file.path.display();
    let committed = match fs::read_to_string(root.join(&file.path)) {
        Ok(committed) => committed,
        Err(error) => return Some(format!("{name}: {error}")),
    };
    if committed == file.text {
        return None;
    }
    let differing = committed
        .lines()
        .zip(file.text.lines())
        .position(|(old, new)| old != new);
    let line = differing.unwrap_or_else(|| committed.lines().count().min(file.text.lines().count())) + 1;
    Some(format!("{name} differs from line {line} on"))
}
