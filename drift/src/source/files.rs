//! Files by path or by pattern.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use daemons::glob::covers;

use super::{SourceError, commands::unreadable};
use crate::pattern::matches;

/// The segment that stands for any number of folders.
const ANY: &str = "**";

/// The content of a file. A pattern is here only if it does not stand for any.
pub(super) fn load(path: &Path, folder: &Path) -> Result<Vec<u8>, SourceError> {
    let whole = folder.join(path);
    if is_pattern(path) && !whole.exists() {
        let found = matching(path, folder).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(Vec::new()),
            _ => Err(unreadable(&whole.display().to_string(), &error)),
        })?;
        if found.is_empty() {
            return Err(none_matches(path, folder));
        }
    }
    fs::read(&whole).map_err(|error| unreadable(&whole.display().to_string(), &error))
}

/// The files that a pattern stands for, sorted; none if it is no pattern or the name of a file.
pub(super) fn matching(path: &Path, folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !is_pattern(path) || folder.join(path).exists() {
        return Ok(Vec::new());
    }
    let (begin, pattern) = divided(path);
    let mut walk = Walk {
        folder,
        pattern,
        found: Vec::new(),
    };
    walk.visit(&begin, &mut Vec::new())?;
    walk.found.sort();
    Ok(walk.found)
}

/// The error of a pattern that no file matches.
fn none_matches(path: &Path, folder: &Path) -> SourceError {
    let (begin, _) = divided(path);
    let begin = folder.join(begin);
    let why = if begin.as_os_str().is_empty() || begin.exists() {
        "Correct the pattern; names that begin with a dot, and what links to folders lead to, are not looked at."
            .to_owned()
    } else {
        format!("The folder {} is not there; correct the path.", begin.display())
    };
    let detail = format!("No file matches {}. {why}", folder.join(path).display());
    SourceError::new("No file matches", detail)
}

/// The folder before the first wildcard, and the segments of the pattern from there.
fn divided(path: &Path) -> (PathBuf, Vec<String>) {
    let (mut begin, mut pattern) = (PathBuf::new(), Vec::new());
    for component in path.components() {
        match component {
            Component::Normal(name) if !pattern.is_empty() || has_wildcard(&name.to_string_lossy()) => {
                pattern.push(name.to_string_lossy().into_owned());
            }
            other => begin.push(other),
        }
    }
    (begin, pattern)
}

fn is_pattern(path: &Path) -> bool {
    has_wildcard(&path.to_string_lossy())
}

pub(super) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

struct Walk<'a> {
    /// Folder from which paths are seen.
    folder: &'a Path,
    /// Segments of the pattern, from the first that is one.
    pattern: Vec<String>,
    found: Vec<PathBuf>,
}

impl Walk<'_> {
    /// Looks through a folder, of which `names` are the steps since the beginning of the pattern. One that cannot be read
    /// is an error: it may hold files that are meant.
    fn visit(&mut self, here: &Path, names: &mut Vec<String>) -> io::Result<()> {
        let whole = self.folder.join(here);
        let whole = if whole.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &whole
        };
        for entry in fs::read_dir(whole)? {
            let entry = entry?;
            let name = entry.file_name();
            let is_hidden = name.to_string_lossy().starts_with('.');
            if is_hidden && !self.pattern.iter().any(|segment| segment.starts_with('.')) {
                continue;
            }
            names.push(name.to_string_lossy().into_owned());
            let path = here.join(&name);
            if entry.file_type()?.is_dir() {
                if self.goes_deeper(names.len()) {
                    self.visit(&path, names)?;
                }
            } else if matches(&self.pattern, names, covers) && entry.path().is_file() {
                self.found.push(path);
            }
            names.pop();
        }
        Ok(())
    }

    fn goes_deeper(&self, depth: usize) -> bool {
        depth < self.pattern.len() || self.pattern.iter().any(|segment| segment == ANY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stands_for_the_files_that_match_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            "a/x.tfstate",
            "a/b/c/z.tfstate",
            "a/b/y.tfstate",
            "a/b/y.json",
            "a/.terraform/h.tfstate",
            "w*.tfstate",
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path(), folder.path().join("a/ring")).unwrap();
        let check = |pattern: &str, expected: &[&str]| {
            let found = matching(Path::new(pattern), folder.path()).unwrap();
            let found: Vec<_> = found.iter().map(|path| path.to_str().unwrap()).collect();
            assert_eq!(found, expected, "{pattern}");
        };
        check("a/*.tfstate", &["a/x.tfstate"]);
        check("a/*/y.*", &["a/b/y.json", "a/b/y.tfstate"]);
        check("a/**/*.tfstate", &["a/b/c/z.tfstate", "a/b/y.tfstate", "a/x.tfstate"]);
        check("**/?.tfstate", &["a/b/c/z.tfstate", "a/b/y.tfstate", "a/x.tfstate"]);
        check("a/.terraform/*", &["a/.terraform/h.tfstate"]);
        check("a/.*/*", &["a/.terraform/h.tfstate"]);
        check("./a/*.json", &[]);
        check("w*.tfstate", &[]);
        assert!(
            load(Path::new("w*.tfstate"), folder.path()).is_ok(),
            "a file may have such a name"
        );
        let absolute = folder.path().join("a/*.tfstate");
        assert_eq!(
            matching(&absolute, Path::new("")).unwrap(),
            [folder.path().join("a/x.tfstate")]
        );
        assert!(matching(Path::new("nowhere/*"), folder.path()).is_err());
        let none = load(Path::new("a/*.toml"), folder.path()).unwrap_err();
        assert_eq!(none.summary, "No file matches");
        let nowhere = load(Path::new("nowhere/*"), folder.path()).unwrap_err();
        assert!(
            nowhere.detail.contains("No file matches") && nowhere.detail.contains("nowhere is not there"),
            "{nowhere:?}"
        );
    }
}
