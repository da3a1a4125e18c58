//! The versions that pages and examples ask for are those of one table, on the provider's first page: a number that only
//! another page has is a second truth.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::process::Outcome;

/// The page with the table, and its heading.
const PAGE: &str = "docs/index.md";
const HEADING: &str = "\n## Versions\n";

/// Where claims stand. `docs/dev` tells of single versions that were tried.
const PLACES: [&str; 5] = ["README.md", "docs", "examples", "templates", "kits"];
const APART: &str = "docs/dev";

/// Checks all claims.
pub(super) fn check(root: &Path) -> Outcome {
    let page = fs::read_to_string(root.join(PAGE)).map_err(|error| format!("{PAGE}: {error}"))?;
    let table = Table::of(&page).ok_or_else(|| format!("{PAGE} has no table of versions below {}", HEADING.trim()))?;
    let mut files = Vec::new();
    for place in PLACES {
        collect(&root.join(place), &root.join(APART), &mut files)?;
    }
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let name = file.strip_prefix(root).unwrap_or(&file).display();
        wrong.extend(
            table
                .complaints(&text)
                .into_iter()
                .map(|complaint| format!("{name}: {complaint}")),
        );
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.join("\n").into())
}

fn collect(place: &Path, apart: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    if place.is_file() {
        let extension = place.extension().and_then(|extension| extension.to_str());
        if extension.is_some_and(|extension| ["md", "tmpl", "tf", "hcl"].contains(&extension)) {
            files.push(place.to_owned());
        }
        return Ok(());
    }
    if place == apart {
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(place)
        .map_err(|error| format!("{}: {error}", place.display()))?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    entries.iter().try_for_each(|entry| collect(entry, apart, files))
}

/// Least versions, `1.N`, of each CLI.
struct Table {
    terraform: BTreeSet<String>,
    tofu: BTreeSet<String>,
}

impl Table {
    fn of(page: &str) -> Option<Self> {
        let (_, section) = page.split_once(HEADING)?;
        let section = section.split("\n## ").next()?;
        let mut table = Self {
            terraform: BTreeSet::new(),
            tofu: BTreeSet::new(),
        };
        // What tests run with is no least version.
        for row in section
            .lines()
            .filter(|line| line.starts_with("| ") && !line.contains("tests run"))
        {
            let mut cells = row.split('|').skip(2);
            table.terraform.extend(versions(cells.next()?));
            table.tofu.extend(versions(cells.next()?));
        }
        (!table.terraform.is_empty()).then_some(table)
    }

    /// Claims of a text that the table does not have.
    fn complaints(&self, text: &str) -> Vec<String> {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let claims = [
            ("Terraform ", " or later", &self.terraform),
            ("OpenTofu ", " or later", &self.tofu),
            ("required_version = \">= ", "\"", &self.terraform),
        ];
        let mut wrong = BTreeSet::new();
        for (before, after, known) in claims {
            for rest in words.split(before).skip(1) {
                let version: String = rest
                    .chars()
                    .take_while(|char| char.is_ascii_digit() || *char == '.')
                    .collect();
                if !version.is_empty() && rest[version.len()..].starts_with(after) && !known.contains(&version) {
                    wrong.insert(format!(
                        "`{before}{version}{after}`: {PAGE} has no such version in its table"
                    ));
                }
            }
        }
        wrong.into_iter().collect()
    }
}

fn versions(cell: &str) -> impl Iterator<Item = String> {
    let words = cell.split([' ', ',']).filter(|word| word.starts_with("1."));
    words.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\n## Versions\n\n| what | Terraform | OpenTofu |\n|---|---|---|\n| it | 1.0 | 1.6 |\n\
                         | what tests run with | 1.8 to 1.15 | 1.12 |\n| tests | 1.6, with mocks 1.7 | – |\n\n## More\n\n| a | 1.3 | 1.3 |\n";

    fn check(text: &str, expected: &[&str]) {
        let table = Table::of(TABLE).unwrap();
        let found = table.complaints(text);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (complaint, part) in found.iter().zip(expected) {
            assert!(complaint.contains(part), "{complaint}");
        }
    }

    #[test]
    fn claims_are_those_of_the_table() {
        check(
            "Terraform 1.0 or later, OpenTofu 1.6 or later; Terraform 1.7 or\nlater",
            &[],
        );
        check("Terraform 1.3 or later", &["Terraform 1.3"]);
        check("It takes OpenTofu 1.12 or later.", &["OpenTofu 1.12"]);
        check("  required_version = \">= 1.5\"", &[">= 1.5"]);
        check("  required_version = \">= 1.6\"", &[]);
        // A version that was tried is no claim about later ones.
        check("It was run with Terraform 1.15.5.", &[]);
        assert!(Table::of("# Page\n").is_none());
    }
}
