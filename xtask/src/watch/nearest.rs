//! What belongs to a changed file: tests of the module beside it, a test target, or the checks of documents.
//!
//! A file of `src` belongs to the tests of its uppermost module, in the unit tests of its crate. Tests of other crates
//! may fail for it, too; these are what `cargo xtask test` is for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

/// A program that cargo can build for tests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    /// The folder of its crate, from the root on.
    pub(super) folder: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Its first file, from the root on.
    pub(super) source: String,
    /// False if `cargo test` leaves it out.
    pub(super) is_quick: bool,
}

/// Kinds of programs with tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Library,
    Binary,
    Test,
}

/// What belongs to changed files.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Nearest {
    /// Targets with the names that select among their tests; without a name all of them.
    pub(super) targets: BTreeMap<Target, BTreeSet<String>>,
    /// Targets that need more than a build, with the command that has it.
    pub(super) elsewhere: BTreeMap<String, &'static str>,
    /// Files that nothing quick belongs to.
    pub(super) unknown: BTreeSet<String>,
    pub(super) is_code: bool,
    pub(super) is_text: bool,
}

/// The targets of all crates, as `cargo metadata` names them.
pub(super) fn targets(metadata: &Value) -> Vec<Target> {
    let root = Path::new(metadata["workspace_root"].as_str().unwrap_or_default());
    let below = |path: &Value| {
        let path = Path::new(path.as_str()?);
        Some(path.strip_prefix(root).ok()?.to_string_lossy().into_owned())
    };
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let Some(manifest) = below(&package["manifest_path"]) else {
            continue;
        };
        let folder = manifest.trim_end_matches("Cargo.toml").trim_end_matches('/');
        for target in package["targets"].as_array().into_iter().flatten() {
            let kind = match target["kind"][0].as_str() {
                Some("lib" | "proc-macro") => Kind::Library,
                Some("bin") => Kind::Binary,
                Some("test") => Kind::Test,
                _ => continue,
            };
            found.extend(below(&target["src_path"]).map(|source| Target {
                folder: folder.to_owned(),
                name: target["name"].as_str().unwrap_or_default().to_owned(),
                kind,
                source,
                is_quick: target["test"] == true,
            }));
        }
    }
    found
}

/// What belongs to these files.
pub(super) fn of(changed: &BTreeSet<String>, targets: &[Target]) -> Nearest {
    let mut nearest = Nearest::default();
    for file in changed {
        let folders = targets.iter().map(|target| target.folder.as_str());
        let crates = folders.filter(|folder| file.starts_with(&format!("{folder}/")));
        let is_document = Path::new(file)
            .extension()
            .is_some_and(|end| end == "md" || end == "tmpl");
        // Crates may stand in each other's folders; the longest name is the innermost.
        match crates.max_by_key(|folder| folder.len()) {
            _ if is_document => nearest.is_text = true,
            Some(folder) => of_crate(file, folder, targets, &mut nearest),
            None if file == "Cargo.toml" || file == "Cargo.lock" => nearest.is_code = true,
            None => drop(nearest.unknown.insert(file.clone())),
        }
    }
    nearest
}

fn of_crate(file: &str, folder: &str, targets: &[Target], nearest: &mut Nearest) {
    nearest.is_code = true;
    let inside = &file[folder.len() + 1..];
    let ours = || targets.iter().filter(|target| target.folder == folder);
    let mut add = |target: &Target, module: Option<&str>| {
        if target.is_quick {
            let modules = nearest.targets.entry(target.clone()).or_default();
            modules.extend(module.map(|module| format!("{module}::")));
        } else {
            let name = format!("{} of {folder}", target.name);
            nearest.elsewhere.insert(name, "cargo xtask test");
        }
    };
    if let Some(module) = inside.strip_prefix("src/") {
        let is_unit = |target: &&Target| target.kind != Kind::Test;
        let module = uppermost(module);
        // A crate with a library keeps its tests there; its binary is a line or two.
        let library = ours().find(|target| target.kind == Kind::Library);
        if let Some(unit) = library.or_else(|| ours().find(is_unit)) {
            add(unit, module);
        }
    } else if inside.starts_with("tests/") {
        let tests = || ours().filter(|target| target.kind == Kind::Test);
        let holds = |target: &&Target| {
            let above = target.source.strip_suffix("main.rs");
            target.source == file || above.is_some_and(|above| above.ends_with('/') && file.starts_with(above))
        };
        match tests().find(holds) {
            Some(target) => add(target, None),
            // What several targets share.
            None => tests().for_each(|target| add(target, None)),
        }
    }
}

/// The uppermost module of a file below `src`; none for the root of a crate, which concerns all of it.
fn uppermost(file: &str) -> Option<&str> {
    let first = file.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    let is_root = ["lib", "main", "tests", "snapshots"].contains(&name);
    (!is_root).then_some(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn all() -> Vec<Target> {
        let target = |kind: &str, name: &str, path: &str, test: bool| json!({"kind": [kind], "name": name, "src_path": format!("/r/{path}"), "test": test});
        targets(&json!({"workspace_root": "/r", "packages": [
            {"manifest_path": "/r/drift/Cargo.toml", "targets": [
                target("lib", "ecs_drift", "drift/src/lib.rs", true),
                target("bin", "ecs-drift", "drift/src/main.rs", true),
                target("test", "estate", "drift/tests/estate/main.rs", true),
                target("test", "wire", "drift/tests/wire.rs", true),
                target("custom-build", "build", "drift/build.rs", false),
            ]},
            {"manifest_path": "/r/suite/Cargo.toml", "targets": [target("test", "suite", "suite/tests/suite/main.rs", false)]},
            {"manifest_path": "/r/xtask/Cargo.toml", "targets": [target("bin", "xtask", "xtask/src/main.rs", true)]},
            {"manifest_path": "/cargo/serde/Cargo.toml", "targets": [target("lib", "serde", "../cargo/serde/lib.rs", true)]},
        ]}))
    }

    /// Compares targets with the modules that select in them, `-` for what nothing quick belongs to.
    fn check(files: &[&str], expected: &[&str]) {
        let files = files.iter().map(|file| (*file).to_owned()).collect();
        let nearest = of(&files, &all());
        let mut found: Vec<String> = nearest
            .targets
            .iter()
            .map(|(target, modules)| {
                let modules: Vec<&str> = modules.iter().map(String::as_str).collect();
                format!("{} {}", target.name, modules.join(" ")).trim_end().to_owned()
            })
            .collect();
        found.extend(nearest.elsewhere.keys().map(|name| format!("elsewhere {name}")));
        found.extend(nearest.unknown.iter().map(|file| format!("- {file}")));
        found.extend(nearest.is_text.then(|| "text".to_owned()));
        assert_eq!(found, expected, "{files:?}");
    }

    #[test]
    fn files_have_the_tests_nearest_to_them() {
        check(&["drift/src/render/text.rs"], &["ecs_drift render::"]);
        check(&["drift/src/render/snapshots/a.snap"], &["ecs_drift render::"]);
        check(
            &["drift/src/run.rs", "drift/src/cli/help.rs"],
            &["ecs_drift cli:: run::"],
        );
        check(&["drift/src/lib.rs"], &["ecs_drift"]);
        check(&["xtask/src/watch/mod.rs"], &["xtask watch::"]);
        check(&["drift/tests/estate/causes.rs"], &["estate"]);
        check(&["drift/tests/wire.rs"], &["wire"]);
        check(&["drift/tests/support/mod.rs"], &["estate", "wire"]);
        check(&["suite/tests/suite/drift.rs"], &["elsewhere suite of suite"]);
        check(&["docs/a.md", "drift/README.md"], &["text"]);
        check(&["schemas/a.json"], &["- schemas/a.json"]);
        check(&["Cargo.lock", "drift/Cargo.toml"], &[]);
    }

    #[test]
    fn code_is_told_from_the_rest() {
        let is_code = |file: &str| of(&BTreeSet::from([file.to_owned()]), &all()).is_code;
        assert!(is_code("Cargo.toml") && is_code("drift/Cargo.toml") && is_code("drift/src/lib.rs"));
        assert!(!is_code("docs/a.md") && !is_code("drift/README.md") && !is_code("schemas/a.json"));
    }
}
