//! Counts in one file. Tests are told from code: items under `#[cfg(test)]`, and files that say so by their place.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Item};

use crate::check::circles::is_only_for_tests;
use crate::process::Outcome;

/// Words with which a documentation comment asks instead of naming the thing.
const QUESTIONS: [&str; 8] = ["What", "Whether", "How", "Why", "Where", "When", "Who", "Which"];

/// Texts that are counted, by what they are.
const TEXTS: [(&str, &[&str]); 4] = [
    ("`.clone()`", &[".clone()"]),
    ("`unwrap_or_default()`", &["unwrap_or_default()"]),
    ("members reached by name, `.get(name::…)`", &[".get(name::"]),
    (
        "visible items (`pub`)",
        &["pub fn", "pub struct", "pub enum", "pub trait", "pub const", "pub type"],
    ),
];

/// The counts.
#[derive(Default)]
pub(super) struct Figures {
    /// Lines of each file, tests left out.
    pub(super) files: Vec<usize>,
    /// Lines of each function.
    pub(super) functions: Vec<usize>,
    pub(super) test_lines: usize,
    counts: BTreeMap<String, usize>,
}

impl Figures {
    /// Adds those of another crate, with its counts if it is released.
    pub(super) fn add(&mut self, other: Self, released: bool) {
        self.files.extend(other.files);
        self.functions.extend(other.functions);
        self.test_lines += other.test_lines;
        for (what, count) in other.counts.into_iter().filter(|_| released) {
            *self.counts.entry(what).or_default() += count;
        }
    }

    pub(super) fn counts(&self) -> impl Iterator<Item = (&str, usize)> {
        self.counts.iter().map(|(what, count)| (what.as_str(), *count))
    }

    /// Adds a file.
    pub(super) fn read(&mut self, file: &Path) -> Outcome {
        let text = fs::read_to_string(file)?;
        let all = text.lines().count();
        if is_test_file(file) {
            self.test_lines += all;
            return Ok(());
        }
        let code = production(&text, file)?;
        self.test_lines += all - code.len();
        self.files.push(code.len());
        self.functions.extend(functions(&text, file)?);
        for (what, texts) in TEXTS {
            let found = code
                .iter()
                .map(|line| texts.iter().map(|text| line.matches(text).count()).sum::<usize>())
                .sum();
            self.count(what, found);
        }
        let asks = |line: &&&str| {
            let said = line
                .trim_start()
                .strip_prefix("/// ")
                .or(line.trim_start().strip_prefix("//! "));
            said.and_then(|said| said.split([' ', ',']).next())
                .is_some_and(|word| QUESTIONS.contains(&word))
        };
        self.count(
            "lines of documentation that begin with a question word",
            code.iter().filter(asks).count(),
        );
        Ok(())
    }

    fn count(&mut self, what: &str, found: usize) {
        *self.counts.entry(what.to_owned()).or_default() += found;
    }
}

/// A file that holds tests alone: `tests.rs`, `…_tests.rs`, or anything below a folder `tests`.
fn is_test_file(file: &Path) -> bool {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let below = file.iter().any(|part| part == "tests" || part == "test_support");
    below || stem == "tests" || stem.ends_with("_tests")
}

/// Lines of a file without items that are for tests alone.
pub(super) fn production<'t>(text: &'t str, file: &Path) -> Outcome<Vec<&'t str>> {
    let parsed = parse(text, file)?;
    let mut lines: Vec<Option<&str>> = text.lines().map(Some).collect();
    for item in parsed.items.iter().filter(|item| is_only_for_tests(item)) {
        let (from, to) = (item.span().start().line, item.span().end().line);
        for line in lines.iter_mut().take(to).skip(from.saturating_sub(1)) {
            *line = None;
        }
    }
    Ok(lines.into_iter().flatten().collect())
}

fn functions(text: &str, file: &Path) -> Outcome<Vec<usize>> {
    struct Functions(Vec<usize>);
    impl Functions {
        fn add(&mut self, signature: &syn::Signature, block: &Block) {
            let (from, to) = (signature.span().start().line, block.span().end().line);
            self.0.push(to + 1 - from);
        }
    }
    impl Visit<'_> for Functions {
        fn visit_item(&mut self, item: &Item) {
            if !is_only_for_tests(item) {
                visit::visit_item(self, item);
            }
        }

        fn visit_item_fn(&mut self, function: &syn::ItemFn) {
            self.add(&function.sig, &function.block);
            visit::visit_item_fn(self, function);
        }

        fn visit_impl_item_fn(&mut self, function: &syn::ImplItemFn) {
            self.add(&function.sig, &function.block);
            visit::visit_impl_item_fn(self, function);
        }
    }
    let mut found = Functions(Vec::new());
    found.visit_file(&parse(text, file)?);
    Ok(found.0)
}

fn parse(text: &str, file: &Path) -> Outcome<syn::File> {
    Ok(syn::parse_file(text).map_err(|error| format!("{}: {error}", file.display()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_told_from_code() {
        let text = "//! What.\n\nfn a() {\n    b();\n}\n\n#[cfg(test)]\nmod tests {\n    fn c() {}\n}\n";
        let file = Path::new("a.rs");
        assert_eq!(production(text, file).unwrap().len(), 6);
        assert_eq!(functions(text, file).unwrap(), [3]);
        for (path, expected) in [
            ("src/tests.rs", true),
            ("src/room_tests.rs", true),
            ("src/tests/a.rs", true),
            ("src/test.rs", false),
        ] {
            assert_eq!(is_test_file(Path::new(path)), expected, "{path}");
        }
    }
}
