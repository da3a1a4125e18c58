//! A module and the block that calls it.

use std::sync::Arc;

use super::{
    file::{File, Parsed},
    syntax::Item,
};

/// A module with the block that calls it.
#[derive(Clone, Debug)]
pub(super) struct Module {
    pub(super) files: Arc<Vec<Parsed>>,
    /// The items of the call; none for the root module.
    pub(super) call: Option<Arc<Vec<Item>>>,
}

impl Module {
    /// The items of the outermost level, with the file in which they stand.
    pub(super) fn items(&self) -> impl Iterator<Item = (&File, &Item)> {
        let files = self.files.iter();
        files.flat_map(|parsed| parsed.items.iter().map(|item| (&parsed.file, item)))
    }
}
