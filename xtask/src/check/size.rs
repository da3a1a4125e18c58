//! The release binaries that users download: their sizes, each held to its budget, and that they hold no path of the
//! machine that built them, so that two machines can make the same bytes.

use std::fs;
use std::path::Path;

use crate::binaries::{PROVIDER, places};
use crate::process::{Outcome, say};
use crate::workspace::Workspace;

/// Largest size of each stripped binary, in bytes: what was measured and about an eighth more, so that a dependency that
/// comes in by accident is seen. `docs/dev/measurements.md` has the numbers.
const BUDGETS: [(&str, u64); 3] = [
    (PROVIDER, 13_000_000),
    ("ecs-drift", 13_800_000),
    ("ecs-emulator", 7_800_000),
];

/// Reports sizes, holds the binaries to their budgets, and looks for paths in them.
pub(crate) fn check(workspace: &Workspace) -> Outcome {
    let places = places(workspace)?.map(|(place, _)| place);
    let mut complaints = Vec::new();
    for (name, budget) in BUDGETS {
        let path = workspace.release().join(name);
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let size = bytes.len() as u64;
        say(&format!(
            "  {name:<24} {:>6.2} MB of {:.1}",
            megabytes(size),
            megabytes(budget)
        ));
        complaints.extend(over(name, size, budget));
        complaints.extend(places.iter().filter_map(|place| named(name, &bytes, place)));
    }
    if complaints.is_empty() {
        return Ok(());
    }
    Err(complaints.join("\n").into())
}

fn over(name: &str, size: u64, budget: u64) -> Option<String> {
    let (shown, most) = (megabytes(size), megabytes(budget));
    (size >= budget).then(|| format!("{name} has {shown:.2} MB and is over its budget of {most:.1} MB"))
}

fn named(name: &str, bytes: &[u8], place: &Path) -> Option<String> {
    let sought = format!("{}/", place.display());
    String::from_utf8_lossy(bytes).contains(&sought).then(|| {
        format!("{name} names {sought}, a place of this machine: build it by `cargo xtask`, which leaves places out")
    })
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
        let check = |size, budget| over("one", size, budget);
        assert_eq!(check(9, 10), None);
        insta::assert_snapshot!(check(10_000_000, 10_000_000).unwrap(), @"one has 10.00 MB and is over its budget of 10.0 MB");
        insta::assert_snapshot!(check(12_345_678, 2_000_000).unwrap(), @"one has 12.35 MB and is over its budget of 2.0 MB");
    }

    #[test]
    fn a_place_of_the_machine_is_named() {
        let check = |bytes: &[u8]| named("one", bytes, Path::new("/srv/build"));
        assert_eq!(check(b"\0/srv/builds/a.rs /source/a.rs"), None);
        insta::assert_snapshot!(check(b"\0/srv/build/a.rs").unwrap(), @"one names /srv/build/, a place of this machine: build it by `cargo xtask`, which leaves places out");
    }
}
