//! Workflows that guides show whole, held to the same forms as those of this repository: a reader copies them as they stand.

use std::fs;
use std::path::{Path, PathBuf};

use super::yaml;
use crate::process::Outcome;

const GUIDES: &str = "docs/guides";

/// Writes each whole workflow of the guides to a file of its own below the folder; answers the names, sorted.
pub(super) fn extract(root: &Path, folder: &Path) -> Outcome<Vec<String>> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let mut names = Vec::new();
    for page in pages(&root.join(GUIDES))? {
        let text = fs::read_to_string(&page).map_err(|error| format!("{}: {error}", page.display()))?;
        let stem = page.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for (index, workflow) in workflows(&text).into_iter().enumerate() {
            let name = format!("{stem}-{}.yml", index + 1);
            fs::write(folder.join(&name), workflow)?;
            names.push(name);
        }
    }
    if names.is_empty() {
        return Err(format!("no page of {GUIDES} shows a whole workflow").into());
    }
    Ok(names)
}

fn pages(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let paths = entries.flatten().map(|entry| entry.path());
    let mut pages: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    Ok(pages)
}

/// Blocks of YAML that say when they run and what: parts of a workflow, and jobs of GitLab, do not.
fn workflows(page: &str) -> Vec<&str> {
    let blocks = page.split("\n```yaml\n").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split_once("\n```").map(|(block, _)| block));
    blocks.filter(|block| is_workflow(block)).collect()
}

fn is_workflow(block: &str) -> bool {
    // What cannot be read is shown to the linters, too.
    yaml::parse(block).map_or_else(
        |_| block.contains("\njobs:"),
        |value| value["on"].is_object() && value["jobs"].is_object(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_workflows_are_told_from_parts_and_from_jobs_of_gitlab() {
        let whole = "on:\n  push: {}\njobs:\n  a: {}";
        let broken = "on: [\njobs:\n  a: {}";
        let page =
            ["- uses: a@v1", whole, "scan:\n  script: [a]", broken].map(|block| format!("\n```yaml\n{block}\n```\n"));
        assert_eq!(workflows(&page.concat()), [whole, broken]);
    }

    #[test]
    fn the_guides_show_some() {
        let folder = tempfile::tempdir().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let names = extract(&root, &folder.path().join("workflows")).unwrap();
        assert!(names.contains(&"testing-modules-1.yml".to_owned()), "{names:?}");
        assert!(extract(folder.path(), &folder.path().join("none")).is_err());
    }
}
