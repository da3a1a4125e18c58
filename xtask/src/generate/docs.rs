//! The pages of the registry: `docs/index.md` and one page for each resource, data source, list resource, action and
//! function, made by the real `tfplugindocs` from templates, examples and the schema.
//!
//! The tool takes `docs` for its own and removes what it has not made, so it works in a folder of its own, in which the
//! guides lie where it wants them. Guides are written in `docs/guides` and nowhere else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::file::File;
use super::sources::Sources;
use crate::go::{self, Program};
use crate::process::{Outcome, capture, say};

/// The generator.
const TFPLUGINDOCS: Program = Program::tool(
    "tfplugindocs",
    "xtask/tools/tfplugindocs",
    "github.com/hashicorp/terraform-plugin-docs/cmd/tfplugindocs",
);

/// Keys of the provider in the schema: Terraform's, and the only one that the tool looks for.
const PROVIDER: [&str; 2] = [
    "registry.terraform.io/managed-daemons/ecs",
    "registry.terraform.io/hashicorp/ecs",
];

/// The folders whose pages are made here; nothing else is in them.
pub(super) const OWNED: &[&str] = &[
    "docs/actions",
    "docs/data-sources",
    "docs/functions",
    "docs/list-resources",
    "docs/resources",
];

const INDEX: &str = "docs/index.md";

/// All pages. Without Go those that are there stay as they are.
pub(super) fn files(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    let root = &sources.workspace.root;
    if !go::is_here() {
        say("left out: pages of the registry, whose generator Go builds; the gate compares them");
        return pages(root);
    }
    let tool = go::obtain(sources.workspace, &TFPLUGINDOCS)?;
    let folder = sources.workspace.target.join("xtask").join("docs");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    prepare(root, &folder)?;
    fs::write(
        folder.join("schema.json"),
        schema(sources.provider_schema()?)?.to_string(),
    )?;
    for step in ["generate", "validate"] {
        let mut command = Command::new(&tool);
        command.current_dir(&folder).args([
            step,
            "--provider-dir=.",
            "--provider-name=ecs",
            "--providers-schema=schema.json",
        ]);
        capture(&mut command)?;
    }
    pages(&folder)
}

/// Puts what the tool reads into a folder.
fn prepare(root: &Path, folder: &Path) -> Outcome {
    copy(&root.join("examples"), &folder.join("examples"))?;
    copy(&root.join("templates"), &folder.join("templates"))?;
    // It is of no registry and has actions of its own.
    fs::remove_file(folder.join("templates").join("ecs-emulator.md.tmpl"))?;
    copy(
        &root.join("docs").join("guides"),
        &folder.join("templates").join("guides"),
    )
}

fn copy(from: &Path, to: &Path) -> Outcome {
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(to).map_err(|error| failed(to, error))?;
    for entry in fs::read_dir(from).map_err(|error| failed(from, error))? {
        let path = entry?.path();
        let place = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &place)?;
        } else {
            fs::copy(&path, &place).map_err(|error| failed(&path, error))?;
        }
    }
    Ok(())
}

/// The schema under the name that the tool looks for.
fn schema(answer: &Value) -> Outcome<Value> {
    let [ours, wanted] = PROVIDER;
    let provider = answer["provider_schemas"].get(ours);
    let provider = provider.ok_or_else(|| format!("Terraform reports no schema of {ours}"))?;
    Ok(json!({"format_version": answer["format_version"], "provider_schemas": {wanted: provider}}))
}

/// The pages below a folder.
fn pages(folder: &Path) -> Outcome<Vec<File>> {
    let mut paths = vec![PathBuf::from(INDEX)];
    for owned in OWNED {
        let place = folder.join(owned);
        let entries = fs::read_dir(&place).map_err(|error| format!("{}: {error}", place.display()))?;
        for entry in entries {
            paths.push(Path::new(owned).join(entry?.file_name()));
        }
    }
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(folder.join(&path)).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(File { path, text })
    };
    paths.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tool_finds_the_provider_under_the_name_that_it_knows() {
        let answer = json!({"format_version": "1.0", "provider_schemas": {PROVIDER[0]: {"provider": 1}}});
        let expected = json!({"format_version": "1.0", "provider_schemas": {PROVIDER[1]: {"provider": 1}}});
        assert_eq!(schema(&answer).unwrap(), expected);
        let failure = schema(&json!({"provider_schemas": {}})).unwrap_err().to_string();
        assert!(failure.contains(PROVIDER[0]), "{failure}");
    }

    #[test]
    fn it_works_on_copies_with_the_guides_among_the_templates() {
        let (root, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for file in [
            "examples/a/b.tf",
            "templates/index.md.tmpl",
            "templates/ecs-emulator.md.tmpl",
            "docs/guides/c.md",
        ] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        prepare(root.path(), folder.path()).unwrap();
        for there in ["examples/a/b.tf", "templates/index.md.tmpl", "templates/guides/c.md"] {
            assert!(folder.path().join(there).is_file(), "{there}");
        }
        assert!(!folder.path().join("templates/ecs-emulator.md.tmpl").exists());
    }
}
