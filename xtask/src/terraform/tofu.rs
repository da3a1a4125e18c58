//! `OpenTofu`: the one on PATH, or built from its Go module, since no package index that this project uses has a binary.

use std::path::PathBuf;

use crate::go::{self, Program};
use crate::process::{Outcome, on_path, say};
use crate::workspace::Workspace;

/// Without the flag it calls itself a development version, which version constraints take for a pre-release.
const TOFU: Program = Program::tool("tofu", "xtask/tools/tofu", "github.com/opentofu/opentofu/cmd/tofu")
    .linked_with("-X github.com/opentofu/opentofu/version.dev=no");

/// Prints the path of an `OpenTofu`.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    say(&obtain(workspace)?.display().to_string());
    Ok(())
}

/// Path of an `OpenTofu`.
pub(crate) fn obtain(workspace: &Workspace) -> Outcome<PathBuf> {
    match on_path("tofu") {
        Some(path) => Ok(path),
        None => go::obtain(workspace, &TOFU),
    }
}

/// False if there is none and none can be built.
pub(crate) fn can_be_had() -> bool {
    on_path("tofu").is_some() || go::is_here()
}
