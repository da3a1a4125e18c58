//! The OpenAPI description of the emulator's control API, as its binary prints it.

use std::process::Command;

use super::file::File;
use super::sources::Sources;
use crate::process::{Outcome, capture};

/// The description.
pub(super) fn files(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    let emulator = sources.binaries.join("ecs-emulator");
    Ok(vec![File {
        path: "schemas/ecs-emulator-control.openapi.json".into(),
        text: capture(Command::new(emulator).arg("openapi"))?,
    }])
}
