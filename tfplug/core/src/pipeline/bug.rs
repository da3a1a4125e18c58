//! Diagnostics that tell of a mistake in the provider rather than in the configuration.

use crate::{
    diagnostic::Diagnostic,
    path::{Path, Step},
    value::Value,
};

/// A diagnostic that asks for a report.
pub(super) fn bug(summary: &str, detail: &str) -> Diagnostic {
    Diagnostic::error(
        summary,
        format!("{detail} This is a bug in the provider; please report it with this message."),
    )
}

/// Paths of the unknown parts of a value; inside sets, the path of the set.
pub(super) fn unknown_paths(value: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    collect(value, &Path::root(), &mut found);
    found
}

fn collect(value: &Value, path: &Path, found: &mut Vec<Path>) {
    match value {
        Value::Unknown => found.push(path.clone()),
        Value::List(elements) => {
            elements
                .iter()
                .enumerate()
                .for_each(|(index, element)| collect(element, &path.index(index), found));
        }
        Value::Set(elements) if !elements.iter().all(Value::is_wholly_known) => found.push(path.clone()),
        Value::Map(members) => {
            for (name, member) in members {
                collect(member, &path.with(Step::Attribute(name.clone())), found);
            }
        }
        Value::Dynamic(typed) => collect(&typed.1, path, found),
        _ => {}
    }
}

/// Paths as a list for a sentence.
pub(super) fn listed(paths: &[Path]) -> String {
    let quoted: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
    quoted.join(", ")
}
