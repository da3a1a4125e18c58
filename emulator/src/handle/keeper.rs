//! Where an emulator keeps what happens, and what it says when it cannot.

use std::io;
use std::path::PathBuf;

use crate::state::Store;
use crate::stderr::tell;

/// Where an emulator keeps what happens.
#[derive(Debug)]
pub(crate) struct Keeper {
    pub(super) store: Store,
    /// Virtual time of the latest input.
    pub(super) at: i64,
    /// The time before the request that is being answered, if it was a poll that has moved it.
    pub(super) polled_from: Option<i64>,
    /// True while the files cannot be written.
    pub(super) failing: bool,
    /// True while no snapshot can be written.
    pub(super) outgrown: bool,
}

/// The reason for which something is not done, or not answered.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the emulator cannot write its state file {path}: {reason}. {consequence}")]
pub(crate) struct Unkept {
    path: PathBuf,
    reason: String,
    consequence: &'static str,
}

/// What was asked before has not begun.
pub(super) const NOTHING_DONE: &str = "Nothing was done; make room and ask again";
/// What has been done already counts as soon as there is room.
pub(super) const DONE: &str =
    "What was asked for is done and not kept yet: make room, and ask again what has become of it";

impl Keeper {
    pub(super) fn new(store: Store, at: i64) -> Self {
        Self {
            store,
            at,
            polled_from: None,
            failing: false,
            outgrown: false,
        }
    }

    /// Takes note of whether the files could be written; a change is worth a line.
    pub(super) fn judge(&mut self, result: io::Result<()>, log: bool, consequence: &'static str) -> Result<(), Unkept> {
        let path = self.store.path();
        let failed = result.is_err();
        if log && failed && !self.failing {
            let reason = result.as_ref().err().map(ToString::to_string).unwrap_or_default();
            tell(format_args!(
                "the state file {} cannot be written: {reason}; everything is refused until it can",
                path.display()
            ));
        } else if log && !failed && self.failing {
            tell(format_args!("the state file {} can be written again", path.display()));
        }
        let result = result.map_err(|error| Unkept {
            path: path.to_owned(),
            reason: error.to_string(),
            consequence,
        });
        self.failing = failed;
        result
    }
}
