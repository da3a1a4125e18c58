//! Names that the code asks values for are names that the schema has.
//!
//! Values know no schema: a misspelt name would read as an attribute that is not set.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use terraform_provider_ecs::EcsProvider;
use tfplug_core::{
    Provider,
    test_support::{names_missing, names_of},
};

/// Keys of private state, which no schema has.
const PRIVATE: [&str; 5] = [
    "drift_blocks",
    "revision",
    "redeployment",
    "retained_contents",
    "settled",
];

/// Sources in a folder; with `deep` also those in the folders inside it.
fn sources(folder: &Path, deep: bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && deep {
            found.extend(sources(&path, deep));
        }
        let is_tests = path.file_name().is_some_and(|name| name == "tests.rs");
        if path.extension().is_some_and(|extension| extension == "rs") && !is_tests {
            found.push(path);
        }
    }
    found
}

fn check(folder: &str, deep: bool, mut known: BTreeSet<String>) -> Vec<String> {
    known.extend(PRIVATE.map(str::to_owned));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sources = sources(&root.join(folder), deep);
    assert!(!sources.is_empty(), "{folder} has no sources");
    let of_file = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        let told = |(line, name): (usize, String)| format!("{}:{line}: {name}", path.display());
        names_missing(&text, &known).into_iter().map(told).collect::<Vec<_>>()
    };
    sources.iter().flat_map(of_file).collect()
}

#[test]
fn every_name_that_is_read_is_in_the_schema() {
    let provider = EcsProvider::new();
    let of_provider = names_of(&provider.schema().block);
    let [daemon, definition] = [0, 1].map(|index| names_of(&provider.resources()[index].schema().block));
    // What serves both resources may ask for what both have.
    let both: BTreeSet<String> = daemon.intersection(&definition).cloned().collect();
    let mut missing = check("daemons/src", true, daemon.clone());
    missing.extend(check("provider/src/daemon", true, daemon));
    missing.extend(check("provider/src/task_definition", true, definition));
    missing.extend(check("provider/src/configuration", true, of_provider.clone()));
    missing.extend(check("provider/src/block", true, of_provider.clone()));
    missing.extend(check(
        "provider/src",
        false,
        of_provider.union(&both).cloned().collect(),
    ));
    assert_eq!(missing, Vec::<String>::new());
}
