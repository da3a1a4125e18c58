//! The form of the file, by the declarations of everything that is in it: the file has no names of members, so that a
//! member more would be read as another one.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::head::FORMAT;

/// The declarations of a file that derive `Serialize`, without comments and visibility, by name.
fn declarations(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if !line.starts_with("#[derive(") || !line.contains("Serialize") {
            continue;
        }
        let (mut name, mut declared) = (String::new(), String::new());
        for line in lines.by_ref() {
            let said = line.trim();
            if !said.starts_with("//") && !said.starts_with("#[expect") {
                let plain = ["pub(crate) ", "pub(super) ", "pub "];
                let said = plain.iter().fold(said.to_owned(), |said, word| said.replace(word, ""));
                if let ("", Some(rest)) = (&*name, said.strip_prefix("struct ").or(said.strip_prefix("enum "))) {
                    name = rest
                        .split(|each: char| !each.is_alphanumeric())
                        .next()
                        .unwrap_or_default()
                        .to_owned();
                }
                declared.push_str(&said);
                declared.push('\n');
            }
            if line.starts_with('}') || (!name.is_empty() && line.ends_with(';') && !line.starts_with(' ')) {
                break;
            }
        }
        found.push((name, declared));
    }
    found
}

fn walk(folder: &Path, under: &str, into: &mut String) {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries.collect();
    paths.sort();
    for path in paths {
        let name = format!("{under}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            walk(&path, &format!("{name}/"), into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            for (declared, text) in declarations(&fs::read_to_string(&path).unwrap()) {
                let sum = Sha256::digest(text.as_bytes());
                writeln!(into, "{name} {declared} {:02x}{:02x}{:02x}", sum[0], sum[1], sum[2]).unwrap();
            }
        }
    }
}

/// Where this differs, a released emulator may have written the other form: raise `FORMAT` by one unless it has been
/// raised since the last release, then `INSTA_UPDATE=always`.
#[test]
fn the_form_of_the_file_is_that_of_its_number() {
    let mut forms = format!("format {FORMAT}\n");
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut forms);
    insta::assert_snapshot!(forms);
}

#[test]
fn declarations_are_found_whatever_stands_around_them() {
    let text = "/// A thing.\n#[derive(Debug, Serialize, Deserialize)]\n#[serde(bound = \"\")]\npub(crate) struct Thing<K> {\n    \
                /// What it has.\n    pub(crate) had: K,\n}\n#[derive(Debug)]\nstruct Other;\n#[derive(Serialize)]\nstruct One(u8);\nfn f() {}\n";
    let found = declarations(text);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(
        found[0],
        (
            "Thing".to_owned(),
            "#[serde(bound = \"\")]\nstruct Thing<K> {\nhad: K,\n}\n".to_owned()
        )
    );
    assert_eq!(found[1], ("One".to_owned(), "struct One(u8);\n".to_owned()));
}
