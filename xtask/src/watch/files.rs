//! What has changed: files that git knows or would take in, by their time of change, or against the last commit.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use crate::process::{Outcome, capture};

/// The time of change of each file, by its path from the root on.
pub(super) type Stamps = BTreeMap<String, SystemTime>;

/// All files as they are now; what git ignores is left out, above all the target folder.
pub(super) fn stamps(root: &Path) -> Outcome<Stamps> {
    let listed = git(
        root,
        &[
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "--deduplicate",
        ],
    )?;
    let stamped = names(&listed).filter_map(|name| {
        // A file that was deleted is listed until that is committed.
        let modified = fs::metadata(root.join(name)).and_then(|data| data.modified()).ok()?;
        Some((name.to_owned(), modified))
    });
    Ok(stamped.collect())
}

/// Files that are new, gone or changed.
pub(super) fn differences(before: &Stamps, after: &Stamps) -> BTreeSet<String> {
    let of = |one: &Stamps, other: &Stamps| {
        let differ = one.iter().filter(|(name, stamp)| other.get(*name) != Some(*stamp));
        differ.map(|(name, _)| name.clone()).collect::<BTreeSet<_>>()
    };
    &of(before, after) | &of(after, before)
}

/// Files that differ from the last commit.
pub(super) fn uncommitted(root: &Path) -> Outcome<BTreeSet<String>> {
    let changed = git(root, &["diff", "-z", "--name-only", "HEAD"])?;
    let new = git(root, &["ls-files", "-z", "--others", "--exclude-standard"])?;
    Ok(names(&changed).chain(names(&new)).map(str::to_owned).collect())
}

fn names(listed: &str) -> impl Iterator<Item = &str> {
    listed.split('\0').filter(|name| !name.is_empty())
}

fn git(root: &Path, arguments: &[&str]) -> Outcome<String> {
    capture(Command::new("git").current_dir(root).args(arguments))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn new_gone_and_changed_files_differ() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let stamps = |files: &[(&str, u64)]| -> Stamps {
            let files = files.iter();
            files
                .map(|(name, seconds)| ((*name).to_owned(), at(*seconds)))
                .collect()
        };
        let before = stamps(&[("same", 1), ("changed", 1), ("gone", 1)]);
        let after = stamps(&[("same", 1), ("changed", 2), ("new", 1)]);
        let found = differences(&before, &after);
        assert_eq!(found.iter().collect::<Vec<_>>(), ["changed", "gone", "new"]);
        assert_eq!(differences(&after, &after), BTreeSet::new());
    }

    #[test]
    fn git_says_what_is_not_committed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let commit = [
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b.invalid",
            "commit",
            "--quiet",
            "-m",
            "a",
        ];
        git(root, &["init", "--quiet"]).unwrap();
        for name in [".gitignore", "changed.rs", "same.rs"] {
            fs::write(root.join(name), "ignored\n").unwrap();
        }
        git(root, &["add", "--all"]).unwrap();
        git(root, &commit).unwrap();
        for name in ["changed.rs", "a new file.rs", "ignored"] {
            fs::write(root.join(name), "other\n").unwrap();
        }
        let changed = uncommitted(root).unwrap();
        assert_eq!(changed.iter().collect::<Vec<_>>(), ["a new file.rs", "changed.rs"]);
        assert_eq!(
            stamps(root).unwrap().keys().collect::<Vec<_>>(),
            [".gitignore", "a new file.rs", "changed.rs", "same.rs"]
        );
    }
}
