//! How to scan.

use std::sync::Arc;

use crate::{
    explain,
    observe::{End, ecs::Counters},
};

/// Calls under way at a time, unless set.
pub const DEFAULT_CONCURRENCY: usize = 16;

/// How to scan.
#[derive(Clone, Debug)]
pub struct Options {
    /// How to look at things.
    pub explain: explain::Options,
    /// Whether daemons that no input names are reported, in the clusters that inputs name.
    pub unmanaged: bool,
    /// Calls under way at a time.
    pub concurrency: usize,
    /// When the scan is to end, whatever is left.
    pub end: End,
    /// What is counted while the scan runs, for whoever wants to look.
    pub counters: Arc<Counters>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            explain: explain::Options::default(),
            unmanaged: false,
            concurrency: DEFAULT_CONCURRENCY,
            end: End::default(),
            counters: Arc::default(),
        }
    }
}
