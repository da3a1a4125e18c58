//! Lines for the person who runs the emulator.

use std::fmt::Display;
use std::io::{self, Write};

/// Writes a line to the error output. A line that cannot be written is lost: the error output may be a file on the very
/// disk that is full, and nothing that the emulator does may end with it.
pub(crate) fn tell(line: impl Display) {
    let _lost = io::stderr().write_all(format!("{line}\n").as_bytes());
}
