//! Sizes of the release binaries: shown for all, limited for the one that every user downloads.

use std::fs;

use crate::process::{Outcome, say};
use crate::release::PROVIDER;
use crate::workspace::Workspace;

/// Largest size of the stripped provider, in bytes.
const BUDGET: u64 = 15_000_000;

/// Reports sizes and holds the provider to its budget.
pub(crate) fn check(workspace: &Workspace) -> Outcome {
    for name in [PROVIDER, "ecs-emulator"] {
        let path = workspace.release().join(name);
        let size = fs::metadata(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?
            .len();
        say(&format!("  {name:<24} {:>6.2} MB", megabytes(size)));
        if name == PROVIDER && size >= BUDGET {
            return Err(format!("{name} is over its budget of {:.0} MB", megabytes(BUDGET)).into());
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "two decimals are shown")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
