//! Programs that `cargo xtask test` has obtained, and what they say when they listen.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome, fail};

/// The time that a server may take to listen.
const START_LIMIT: Duration = Duration::from_mins(1);

/// The pause between two looks at a file meanwhile.
const GLANCE: Duration = Duration::from_millis(20);

/// A program that `cargo xtask test` has obtained.
pub(super) fn program(variable: &str, default: &str) -> Outcome<PathBuf> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("target");
    let target = env::var_os("CARGO_TARGET_DIR").map_or(target, PathBuf::from);
    let path = env::var_os(variable).map_or_else(|| target.join("tools").join(default), PathBuf::from);
    let found = fs::canonicalize(&path);
    found.map_err(|_| {
        Failure::new(format!(
            "{} is not there; `cargo xtask tools` obtains it, or {variable} names one",
            path.display()
        ))
    })
}

/// Waits until a file, if it is there, makes a function answer something.
pub(super) fn found_in<T>(file: &Path, find: impl Fn(&str) -> Option<T>) -> Outcome<T> {
    let deadline = Instant::now() + START_LIMIT;
    loop {
        let text = fs::read_to_string(file).unwrap_or_default();
        if let Some(found) = find(&text) {
            return Ok(found);
        }
        if Instant::now() > deadline {
            return fail(format!("{} does not say what was expected:\n{text}", file.display()));
        }
        thread::sleep(GLANCE);
    }
}
