//! Sizes of the release binaries that users download, each held to its budget.

use std::fs;

use crate::binaries::PROVIDER;
use crate::process::{Outcome, say};
use crate::workspace::Workspace;

/// Largest size of each stripped binary, in bytes: what was measured and about an eighth more, so that a dependency that
/// comes in by accident is seen. `docs/dev/measurements.md` has the numbers.
const BUDGETS: [(&str, u64); 3] = [
    (PROVIDER, 13_000_000),
    ("ecs-drift", 13_800_000),
    ("ecs-emulator", 6_900_000),
];

/// Reports sizes and holds the binaries to their budgets.
pub(crate) fn check(workspace: &Workspace) -> Outcome {
    let mut sizes = Vec::new();
    for (name, budget) in BUDGETS {
        let path = workspace.release().join(name);
        let size = fs::metadata(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?
            .len();
        say(&format!(
            "  {name:<24} {:>6.2} MB of {:.1}",
            megabytes(size),
            megabytes(budget)
        ));
        sizes.push((name, size, budget));
    }
    let over = complaints(&sizes);
    if over.is_empty() {
        return Ok(());
    }
    Err(over.join("\n").into())
}

fn complaints(sizes: &[(&str, u64, u64)]) -> Vec<String> {
    let over = sizes.iter().filter(|(_, size, budget)| size >= budget);
    over.map(|(name, size, budget)| {
        let (size, budget) = (megabytes(*size), megabytes(*budget));
        format!("{name} has {size:.2} MB and is over its budget of {budget:.1} MB")
    })
    .collect()
}

#[expect(clippy::cast_precision_loss, reason = "two decimals are shown")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_its_budget_is_named() {
        let sizes = [
            ("one", 9, 10),
            ("two", 10_000_000, 10_000_000),
            ("three", 12_345_678, 2_000_000),
        ];
        let expected = [
            "two has 10.00 MB and is over its budget of 10.0 MB",
            "three has 12.35 MB and is over its budget of 2.0 MB",
        ];
        assert_eq!(complaints(&sizes), expected);
    }
}
