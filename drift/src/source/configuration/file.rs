//! Files of a configuration: which are read, under which names they are shown, and where their lines begin.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Component, Path, PathBuf},
};

use super::syntax::Item;
use crate::report::Location;

/// Endings of the files that are read, the more specific ones first. A file of `OpenTofu` hides that of Terraform with
/// the same name.
const ENDINGS: [(&str, bool); 4] = [
    (".tf.json", false),
    (".tofu.json", true),
    (".tf", false),
    (".tofu", true),
];

/// A file with the offsets at which its lines begin.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) name: String,
    text: String,
    lines: Vec<usize>,
    /// True if its arguments replace those of other files.
    pub(super) is_override: bool,
}

/// A file, parsed.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    pub(super) file: File,
    pub(super) items: Vec<Item>,
}

impl File {
    pub(super) fn new(path: &Path, text: &str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            name: shown(path),
            lines: std::iter::once(0).chain(breaks).collect(),
            text: text.to_owned(),
            is_override: is_override(path),
        }
    }

    /// The same file, named from another folder on. An absolute name stays.
    pub(super) fn seen_from(self, folder: &Path) -> Self {
        let name = shown(&folder.join(&self.name));
        Self { name, ..self }
    }

    pub(super) fn location(&self, offset: usize) -> Location {
        let line = self.lines.partition_point(|begin| *begin <= offset);
        let begin = self.lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.text.get(begin..offset).map(|before| before.chars().count() + 1);
        Location {
            file: self.name.clone(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: column.and_then(|column| u32::try_from(column).ok()),
        }
    }
}

/// A path as seen from where the program runs, without steps that lead nowhere.
fn shown(path: &Path) -> String {
    let mut steps: Vec<String> = Vec::new();
    for step in path.components() {
        match step {
            Component::CurDir => {}
            Component::ParentDir if steps.last().is_some_and(|last| last != "..") => {
                steps.pop();
            }
            step => steps.push(step.as_os_str().to_string_lossy().into_owned()),
        }
    }
    // The first component of an absolute path is the separator itself.
    steps.join("/").replacen("//", "/", 1)
}

/// The name without the ending of a configuration, the ending, and whether it is one of `OpenTofu`.
fn named(path: &Path) -> Option<(&str, &'static str, bool)> {
    let name = path.file_name().and_then(OsStr::to_str)?;
    if name.starts_with('.') {
        return None;
    }
    let mut endings = ENDINGS.into_iter();
    endings.find_map(|(ending, is_tofu)| Some((name.strip_suffix(ending)?, ending, is_tofu)))
}

fn is_override(path: &Path) -> bool {
    named(path).is_some_and(|(name, ..)| name == "override" || name.ends_with("_override"))
}

/// True for a file in JSON.
pub(super) fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

/// The files of a module in the order in which they count, those that override last.
pub(super) fn files(folder: &Path, reads_tofu: bool) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_read = named(&path).is_some_and(|(.., is_tofu)| reads_tofu || !is_tofu);
        // A link that leads nowhere is one that cannot be read.
        if is_read && !path.is_dir() {
            files.push(path);
        }
    }
    let hidden = |path: &PathBuf| {
        let Some((name, ending, false)) = named(path) else {
            return false;
        };
        let twin = path.with_file_name(format!("{name}{}", ending.replace(".tf", ".tofu")));
        files.contains(&twin)
    };
    let mut files: Vec<PathBuf> = files.iter().filter(|path| !hidden(path)).cloned().collect();
    files.sort_by_key(|path| (is_override(path), path.clone()));
    Ok(files)
}
