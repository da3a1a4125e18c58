//! Options of a scan.

use std::sync::Arc;

use crate::{
    explain,
    observe::{End, ecs::Counters},
    report::Shard,
};

/// Calls under way at a time, unless set.
pub const DEFAULT_CONCURRENCY: usize = 16;

/// Options of a scan.
#[derive(Clone, Debug)]
pub struct Options {
    /// Options by which it looks at things.
    pub explain: explain::Options,
    /// True if daemons that no input names are reported, in the clusters that inputs name.
    pub unmanaged: bool,
    /// True if proposals of repairs are wanted as well.
    pub repairs: bool,
    /// The part of the inputs' daemons to scan; all unless given.
    pub shard: Option<Shard>,
    /// Calls under way at a time.
    pub concurrency: usize,
    /// The end of the scan, whatever is left then.
    pub end: End,
    /// Counters of a running scan, for whoever wants to look.
    pub counters: Arc<Counters>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            explain: explain::Options::default(),
            unmanaged: false,
            repairs: false,
            shard: None,
            concurrency: DEFAULT_CONCURRENCY,
            end: End::default(),
            counters: Arc::default(),
        }
    }
}
