//! Records that must exist, because another record or a timer names them.

use std::fmt::Display;

/// A place in which a record must stand.
pub(crate) trait Must<T> {
    /// The record. That it is missing is a bug of the emulator, which no answer may hide.
    #[track_caller]
    fn must(self, kind: &str, key: impl Display) -> T;
}

impl<T> Must<T> for Option<T> {
    #[expect(
        clippy::panic,
        reason = "a simulation that goes on without a record would give wrong answers"
    )]
    fn must(self, kind: &str, key: impl Display) -> T {
        match self {
            Some(record) => record,
            None => panic!("bug: there is no {kind} {key}, although something names it"),
        }
    }
}
