//! Files and what each names of others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Names that a file uses, by the file in which they stand.
type Uses = BTreeMap<PathBuf, BTreeSet<String>>;

/// Dependencies between the files of one crate.
#[derive(Default)]
pub(super) struct Graph {
    uses: BTreeMap<PathBuf, Uses>,
}

impl Graph {
    /// Adds a dependency; that of a file on itself is none.
    pub(super) fn add(&mut self, from: &Path, to: &Path, name: &str) {
        if from != to {
            let uses = self.uses.entry(from.to_owned()).or_default();
            uses.entry(to.to_owned()).or_default().insert(name.to_owned());
        }
    }

    /// Sets of files each of which reaches all others of its set.
    pub(super) fn circles(&self) -> Vec<Vec<PathBuf>> {
        let reach: BTreeMap<&Path, BTreeSet<&Path>> =
            self.uses.keys().map(|file| (&**file, self.reach(file))).collect();
        let mut circles: BTreeSet<Vec<PathBuf>> = BTreeSet::new();
        for (file, reached) in &reach {
            if reached.contains(file) {
                let back = |other: &&&Path| reach.get(**other).is_some_and(|others| others.contains(file));
                circles.insert(reached.iter().filter(back).map(|other| other.to_path_buf()).collect());
            }
        }
        circles.into_iter().collect()
    }

    fn reach(&self, start: &Path) -> BTreeSet<&Path> {
        let mut open = vec![start];
        let mut seen = BTreeSet::new();
        while let Some(file) = open.pop() {
            for next in self.uses.get(file).into_iter().flat_map(BTreeMap::keys) {
                if seen.insert(&**next) {
                    open.push(next);
                }
            }
        }
        seen
    }

    /// Dependencies between the files of a set, with the names.
    pub(super) fn inside(&self, files: &[PathBuf]) -> Vec<(&Path, &Path, Vec<&str>)> {
        let mut found = Vec::new();
        for (from, uses) in &self.uses {
            for (to, names) in uses {
                if files.contains(from) && files.contains(to) {
                    found.push((&**from, &**to, names.iter().map(String::as_str).collect()));
                }
            }
        }
        found
    }
}
