//! The JSON Schema of the emulator's scenario files, as its binary prints it.

use std::process::Command;

use super::file::File;
use super::sources::Sources;
use crate::process::{Outcome, capture};

/// The schema.
pub(super) fn files(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    let emulator = sources.binaries.join("ecs-emulator");
    Ok(vec![File {
        path: "schemas/ecs-emulator-scenario.schema.json".into(),
        text: capture(Command::new(emulator).args(["scenario", "schema"]))?,
    }])
}
