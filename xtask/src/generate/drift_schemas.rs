//! The JSON Schemas of what `ecs-drift` reads and writes, as its binary prints them.

use std::process::Command;

use super::file::File;
use super::sources::Sources;
use crate::process::{Outcome, capture};

/// Documents whose schema `ecs-drift schema` prints.
const DOCUMENTS: [&str; 9] = [
    "report", "record", "baseline", "rules", "doctor", "plan", "result", "audit", "watch",
];

/// The schemas.
pub(super) fn files(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    let drift = sources.binaries.join("ecs-drift");
    let schema = |name: &&str| -> Outcome<File> {
        Ok(File {
            path: format!("schemas/ecs-drift-{name}.schema.json").into(),
            text: capture(Command::new(&drift).args(["schema", name]))?,
        })
    };
    DOCUMENTS.iter().map(schema).collect()
}
