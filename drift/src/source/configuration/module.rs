//! A module and the block that calls it.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    file::{File, Parsed},
    syntax::Item,
};

/// Places of blocks: file and item, by their names and labels.
type Places = BTreeMap<Vec<String>, Vec<(usize, usize)>>;

/// The files of a folder that were read.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    pub(super) files: Arc<Vec<Parsed>>,
    /// True if others were not.
    pub(super) is_partial: bool,
}

/// A module with the block that calls it.
#[derive(Clone, Debug)]
pub(super) struct Module {
    pub(super) files: Arc<Vec<Parsed>>,
    /// The items of the call; none for the root module.
    pub(super) call: Option<Arc<Vec<Item>>>,
    /// True if a file of it was not read, which may change any part of it: files that override change single arguments of blocks.
    pub(super) is_partial: bool,
    /// A big module is not searched for each of its resources.
    blocks: Arc<Places>,
}

impl Module {
    pub(super) fn new(folder: Folder, call: Option<Arc<Vec<Item>>>) -> Self {
        let Folder { files, is_partial } = folder;
        let mut blocks = Places::new();
        for (file, parsed) in files.iter().enumerate() {
            for (place, item) in parsed
                .items
                .iter()
                .enumerate()
                .filter(|(_, item)| item.block().is_some())
            {
                let key = std::iter::once(&item.name).chain(&item.labels).cloned().collect();
                blocks.entry(key).or_default().push((file, place));
            }
        }
        Self {
            files,
            call,
            is_partial,
            blocks: Arc::new(blocks),
        }
    }

    /// The blocks of a name with these labels, in the order of the files.
    pub(super) fn blocks(&self, name: &str, labels: &[&str]) -> impl Iterator<Item = (&File, &Item)> {
        let key: Vec<String> = std::iter::once(&name)
            .chain(labels)
            .map(|&word| word.to_owned())
            .collect();
        let places = self.blocks.get(&key).into_iter().flatten();
        places.filter_map(|(file, place)| {
            let parsed = self.files.get(*file)?;
            Some((&parsed.file, parsed.items.get(*place)?))
        })
    }

    /// The content of the blocks of a name with these labels as one: what a file that overrides says stands first.
    pub(super) fn merged(&self, name: &str, labels: &[&str]) -> Option<Arc<Vec<Item>>> {
        let contents: Vec<&Arc<Vec<Item>>> = self.blocks(name, labels).filter_map(|(_, item)| item.block()).collect();
        match contents.as_slice() {
            [] => None,
            [only] => Some(Arc::clone(only)),
            several => {
                let items = several.iter().rev().flat_map(|items| items.iter().cloned());
                Some(Arc::new(items.collect()))
            }
        }
    }

    /// The items of the outermost level, with the file in which they stand.
    pub(super) fn items(&self) -> impl Iterator<Item = (&File, &Item)> {
        let files = self.files.iter();
        files.flat_map(|parsed| parsed.items.iter().map(|item| (&parsed.file, item)))
    }
}
