//! Documents that name functions, above all tests as proof, name functions that exist: `PATH.rs::NAME` between backticks.

use std::fs;
use std::path::Path;

use crate::process::Outcome;

/// Folder of the documents that are looked at.
const DOCUMENTS: &str = "docs/dev";

/// Fails with every function that is named and not there.
pub(crate) fn check(root: &Path) -> Outcome {
    let mut missing = Vec::new();
    for entry in fs::read_dir(root.join(DOCUMENTS))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs::read_to_string(&path)?;
            let lost = named(&text).filter(|(file, name)| !exists(root, file, name));
            missing.extend(lost.map(|(file, name)| format!("{}: {file}::{name}", path.display())));
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("these functions are named and do not exist:\n{}", missing.join("\n")).into())
}

/// File and name of each function that a text names.
fn named(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter_map(|quoted| quoted.split_once("::")).filter(|(file, _)| {
        Path::new(file).extension().is_some_and(|extension| extension == "rs") && file.contains('/')
    })
}

fn exists(root: &Path, file: &str, name: &str) -> bool {
    let text = fs::read_to_string(root.join(file)).unwrap_or_default();
    ['(', '<']
        .iter()
        .any(|after| text.contains(&format!("fn {name}{after}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_quoted_paths_with_a_name_count() {
        let text = "| what | `a/b.rs::works`, `Vec::new` and `c/d.rs` | a/e.rs::plain `f/g.rs::last`";
        assert_eq!(
            named(text).collect::<Vec<_>>(),
            [("a/b.rs", "works"), ("f/g.rs", "last")]
        );
    }
}
