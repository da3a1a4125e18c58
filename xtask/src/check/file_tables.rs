//! Tables of files in the documentation of modules: each file of the module has its row, and each row its file. No
//! compiler reads them, so that a new file would be missing there and nothing would tell.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::sources::collect;
use crate::process::Outcome;

/// The beginning of the head of such a table.
const HEAD: &str = "//! | file |";

/// Checks the tables of all sources.
pub(crate) fn check(root: &Path) -> Outcome {
    let mut files = Vec::new();
    collect(root, &mut files)?;
    let mut wrong = Vec::new();
    for file in files {
        if file.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
            wrong.extend(problems(&text).into_iter().map(|problem| format!("{name}: {problem}")));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.join("\n").into())
}

/// The differences between the table of a text, if it has one, and its modules.
fn problems(text: &str) -> Vec<String> {
    let Some((_, table)) = text.split_once(HEAD) else {
        return Vec::new();
    };
    let rows: BTreeSet<&str> = rows(table).collect();
    let modules = modules(text);
    let without_row = modules
        .difference(&rows)
        .map(|name| format!("`mod {name}` has no row in the table of files; add one that says what the file is for"));
    let without_file = rows
        .difference(&modules)
        .map(|name| format!("the table of files names `{name}`, which is no module here; take the name out"));
    without_row.chain(without_file).collect()
}

/// The names in the first column, below the head.
fn rows(table: &str) -> impl Iterator<Item = &str> {
    let lines = table.lines().skip(1).map_while(|line| line.strip_prefix("//! |"));
    let cells = lines.filter_map(|line| line.split('|').next());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2))
}

/// The modules that a text declares in files of their own, without those of tests.
fn modules(text: &str) -> BTreeSet<&str> {
    let mut before = "";
    let mut found = BTreeSet::new();
    for line in text.lines() {
        let declared = line.strip_suffix(';').and_then(|line| line.rsplit_once("mod "));
        if let Some((visibility, name)) = declared {
            let is_declaration = visibility.is_empty() || (visibility.starts_with("pub") && visibility.ends_with(' '));
            if is_declaration && before != "#[cfg(test)]" {
                found.insert(name);
            }
        }
        before = line;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(rows: &str, modules: &str, expected: &[&str]) {
        let text = format!("//! Things.\n//!\n{HEAD} question |\n//! |---|---|\n{rows}\n{modules}");
        let found = problems(&text);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn rows_and_modules_are_the_same() {
        let rows = "//! | `a`, `b` | which `c` is it? |\n//! | `d` | why? |\n//!\n//! | `other` | table |";
        check_text(
            rows,
            "mod a;\npub mod b;\npub(crate) mod d;\n#[cfg(test)]\nmod tests;",
            &[],
        );
        check_text(rows, "mod a;\nmod b;\nmod d;\nmod e;", &["`mod e` has no row"]);
        check_text(rows, "mod a;\nmod d;\n// mod b;", &["names `b`"]);
        assert_eq!(problems("//! No table.\n\nmod a;"), Vec::<String>::new());
    }
}
