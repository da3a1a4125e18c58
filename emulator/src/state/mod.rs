//! The state of an emulator on disk, so that a process that ends in any way is followed by one that knows as much.
//!
//! `FILE` is a snapshot, `FILE.log` the inputs since. An input is appended before it is answered; a new snapshot is
//! written beside the old one and takes its name, and only then is the log begun again. Both carry the number of the
//! snapshot, so that a log is never read with a snapshot that has its inputs already. Nothing here knows what is kept.
//!
//! | file | what it is |
//! |---|---|
//! | `error` | why a state cannot be used, in words |
//! | `head` | first line of both files: what they are, format, version, number of the snapshot |
//! | `input` | an input as the log keeps it |
//! | `log` | the log: records with length and checksum, a torn tail cut off |
//! | `snapshot` | the snapshot: written beside, synced, renamed |
//! | `store` | both together: opening, appending, beginning again |

mod error;
mod head;
mod input;
mod log;
mod snapshot;
mod store;

pub use self::error::StateError;
pub(crate) use self::input::Input;
pub(crate) use self::store::{Found, Store, open};

#[cfg(test)]
mod tests;
