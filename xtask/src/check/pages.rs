//! Rules of the registry's pages that are written by hand, and links of all documents: a link that
//! leads nowhere is found here rather than by a reader.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::Outcome;

/// Folders with documents.
const FOLDERS: [&str; 6] = [".", "docs", "acceptance-tests", "emulator", "examples", "templates"];

/// The registry's first page.
const INDEX: &str = "docs/index.md";

/// Largest page that the registry takes, in bytes.
const LARGEST: usize = 500_000;

/// Checks all documents below the root.
pub(super) fn check(root: &Path) -> Outcome {
    let mut files = Vec::new();
    for folder in FOLDERS {
        collect(&root.join(folder), folder != ".", &mut files)?;
    }
    files.sort();
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        let name = name.trim_start_matches("./");
        wrong.extend(page_complaints(name, &text).map(|complaint| format!("{name}: {complaint}")));
        let folder = published(&file);
        let folder = folder.parent().unwrap_or(root);
        let dead = dead_links(&text, |target| folder.join(target).exists());
        wrong.extend(dead.map(|link| format!("{name}: the link to {link} leads nowhere")));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.join("\n").into())
}

/// Templates become pages of `docs`, and their links are meant from there.
fn published(file: &Path) -> PathBuf {
    let text = file.display().to_string();
    PathBuf::from(text.replace("/templates/", "/docs/"))
}

fn collect(folder: &Path, deep: bool, files: &mut Vec<PathBuf>) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() && deep {
            collect(&path, deep, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "md" || extension == "tmpl")
        {
            files.push(path);
        }
    }
    Ok(())
}

/// Complaints about what the registry would refuse, or show wrongly.
fn page_complaints(name: &str, text: &str) -> impl Iterator<Item = String> {
    let mut wrong = Vec::new();
    if name.starts_with("docs/guides/") {
        let front = text
            .strip_prefix("---\n")
            .and_then(|text| text.split_once("\n---\n"))
            .map(|(front, _)| front);
        match front {
            Some(front) if front.lines().any(|line| line.starts_with("page_title: ")) => {}
            _ => wrong.push("a guide begins with front matter that has a page_title".to_owned()),
        }
        if text.len() >= LARGEST {
            wrong.push(format!(
                "a page has less than {LARGEST} bytes, or the registry leaves it out"
            ));
        }
    }
    let is_of_registry = name == INDEX || name.starts_with("docs/guides/") || name.starts_with("docs/resources/");
    if is_of_registry {
        let away = relative_links(text).filter(|link| leaves_the_registry(name, link));
        wrong.extend(away.map(|link| format!("the registry has no page {link}; link to the repository by its URL")));
    }
    wrong.into_iter()
}

/// Relative links of a Markdown text that `exists` does not know.
fn dead_links<'a>(text: &'a str, exists: impl Fn(&str) -> bool + 'a) -> impl Iterator<Item = &'a str> {
    relative_links(text).filter(move |link| !exists(link.split('#').next().unwrap_or(link)))
}

fn relative_links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(link, _)| link)
        .filter(|link| !link.contains("://") && !link.starts_with('#') && !link.contains(' '))
}

/// True if a link of a page of the registry, which has index, guides and resources only, leads out of it.
fn leaves_the_registry(name: &str, link: &str) -> bool {
    let page = link.trim_start_matches("../");
    let is_page = page.starts_with("guides/") || page.starts_with("resources/") || page == "index.md";
    let is_beside = name != INDEX && !page.contains('/') && !link.starts_with("../");
    !is_page && !is_beside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_links(text: &str, expected: &[&str]) {
        let dead: Vec<&str> = dead_links(text, |target| target == "there.md").collect();
        assert_eq!(dead, expected, "{text}");
    }

    #[test]
    fn dead_links_are_found() {
        check_links("[a](there.md) and [b](there.md#part)", &[]);
        check_links("[a](gone.md#part)", &["gone.md#part"]);
        check_links("[a](https://example.com/x) [b](#below)", &[]);
    }

    #[test]
    fn pages_are_as_the_registry_wants_them() {
        let complaints = |name: &str, text: &str| page_complaints(name, text).count();
        assert_eq!(complaints("docs/guides/a.md", "---\npage_title: \"A\"\n---\n# A\n"), 0);
        assert_eq!(complaints("docs/guides/a.md", "---\ntitle: A\n---\n"), 1);
        assert_eq!(complaints("docs/guides/a.md", "# A\n"), 1);
        assert_eq!(complaints("docs/dev/a.md", "# A\n"), 0);
        let index = |text: &str| complaints("docs/index.md", text);
        assert_eq!(
            index("[a](guides/a.md) [b](resources/b.md#c) [c](https://example.com/x) [d](#d)"),
            0
        );
        assert_eq!(index("[a](ecs-drift.md) [b](../README.md)"), 2);
        let resource = |text: &str| complaints("docs/resources/a.md", text);
        assert_eq!(resource("[a](../guides/a.md) [b](b.md) [c](../index.md)"), 0);
        assert_eq!(resource("[a](../ecs-drift.md) [b](../dev/b.md)"), 2);
    }
}
