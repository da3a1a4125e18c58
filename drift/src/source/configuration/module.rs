//! A module and the block that calls it.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    file::{File, Parsed},
    syntax::Item,
};

/// Places of blocks: file and item, by their names and labels.
type Places = BTreeMap<Vec<String>, Vec<(usize, usize)>>;

/// A module with the block that calls it.
#[derive(Clone, Debug)]
pub(super) struct Module {
    pub(super) files: Arc<Vec<Parsed>>,
    /// The items of the call; none for the root module.
    pub(super) call: Option<Arc<Vec<Item>>>,
    /// A big module is not searched for each of its resources.
    blocks: Arc<Places>,
}

impl Module {
    pub(super) fn new(files: Arc<Vec<Parsed>>, call: Option<Arc<Vec<Item>>>) -> Self {
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

    /// The items of the outermost level, with the file in which they stand.
    pub(super) fn items(&self) -> impl Iterator<Item = (&File, &Item)> {
        let files = self.files.iter();
        files.flat_map(|parsed| parsed.items.iter().map(|item| (&parsed.file, item)))
    }
}
