//! The CLIs that the acceptance suite runs on, and how much of it on each. What the README says of versions is made of
//! this list.

use std::fs;
use std::path::Path;

use crate::process::Outcome;

use super::MAIN_VERSION;

/// How much of the suite runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everything.
    Whole,
    /// These cases, under this name.
    Cases(&'static str, &'static [&'static str]),
}

/// What a user of any version relies on.
pub(crate) const CORE: Extent = Extent::Cases("core", &["core::"]);

/// A minor version between: the first steps, and what it was the first to have.
const BETWEEN: Extent = Extent::Cases("basic", &["core::basic::"]);
const WITH_IDENTITY: Extent = Extent::Cases("basic and identities", &["core::basic::", "imports::by_identity"]);
const WITH_LISTS: Extent = Extent::Cases(
    "basic, identities, lists and actions",
    &["core::basic::", "imports::by_identity", "query::", "actions::"],
);

/// The core, and the tests of modules: `terraform test` configures the provider anew for each of its walks.
const WITH_MODULE_TESTS: Extent = Extent::Cases("core and the tests of modules", &["core::", "module_guide::"]);

/// Versions of Terraform, the main one first.
pub(crate) const TERRAFORM: [(&str, Extent); 8] = [
    (MAIN_VERSION, Extent::Whole),
    ("1.14.9", WITH_LISTS),
    ("1.13.5", WITH_IDENTITY),
    ("1.12.2", WITH_IDENTITY),
    ("1.11.4", WITH_MODULE_TESTS),
    ("1.10.5", BETWEEN),
    ("1.9.8", BETWEEN),
    ("1.8.4", CORE),
];

/// Cases of lists and actions, which are of Terraform 1.14 and later.
const OF_LISTS: &[&str] = &["actions::", "harness::actions", "harness::lists", "query::"];

/// The module that names the version of `OpenTofu`.
const TOFU_MODULE: &str = "xtask/tools/tofu/go.mod";

/// The README, which says what is tested.
const README: &str = "README.md";

/// What runs of the suite on a CLI that is not the first: by the line that it says of itself.
pub(crate) fn extent(version_line: &str) -> Extent {
    // It is promised as much as Terraform is.
    if version_line.starts_with("OpenTofu") {
        return Extent::Whole;
    }
    let known = TERRAFORM.iter().find(|(version, _)| version_line.ends_with(version));
    known.map_or(CORE, |(_, extent)| *extent)
}

/// Cases of what a CLI does not have, by the line that it says of itself.
pub(crate) fn beyond(version_line: &str) -> &'static [&'static str] {
    let minor = version_line
        .strip_prefix("Terraform v1.")
        .and_then(|rest| rest.split('.').next());
    let has_lists = minor
        .and_then(|minor| minor.parse().ok())
        .is_some_and(|minor: u32| minor >= 14);
    if has_lists { &[] } else { OF_LISTS }
}

/// Holds the README to the list.
pub(crate) fn check(root: &Path) -> Outcome {
    let module = fs::read_to_string(root.join(TOFU_MODULE))?;
    let readme = fs::read_to_string(root.join(README))?;
    let expected = sentence(&tofu_version(&module)?);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words(&readme).contains(&expected) {
        return Ok(());
    }
    Err(format!("{README} must say what the suite runs on: `{expected}`").into())
}

fn tofu_version(module: &str) -> Outcome<String> {
    let mut words = module.split_whitespace();
    words.find(|word| *word == "github.com/opentofu/opentofu");
    let version = words.next().and_then(|version| version.strip_prefix('v'));
    Ok(version
        .ok_or_else(|| format!("{TOFU_MODULE} requires no OpenTofu"))?
        .to_owned())
}

/// The sentence about versions.
fn sentence(tofu: &str) -> String {
    let minor = |version: &str| version.rsplit_once('.').map_or(version, |(minor, _)| minor).to_owned();
    let mut minors: Vec<String> = TERRAFORM.iter().map(|(version, _)| minor(version)).collect();
    minors.reverse();
    let newest = minors.pop().unwrap_or_default();
    format!(
        "It is tested with Terraform {} and {newest} and with OpenTofu {}",
        minors.join(", "),
        minor(tofu)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_says_what_runs() {
        check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap();
    }

    #[test]
    fn each_version_has_its_extent() {
        assert_eq!(extent("Terraform v1.14.9"), WITH_LISTS);
        assert_eq!(extent("Terraform v1.7.5"), CORE);
        assert_eq!(extent("OpenTofu v1.12.6"), Extent::Whole);
        assert_eq!(extent(&format!("Terraform v{MAIN_VERSION}")), Extent::Whole);
    }

    #[test]
    fn lists_and_actions_are_left_out_where_there_are_none() {
        let check = |version_line: &str, are_there: bool| assert_eq!(beyond(version_line).is_empty(), are_there);
        check("Terraform v1.13.5", false);
        check("Terraform v1.14.9", true);
        check("OpenTofu v1.12.6", false);
        check("Terraform v1.15.0-beta1", true);
    }

    #[test]
    fn the_sentence_names_each_minor() {
        insta::assert_snapshot!(sentence("1.12.6"), @"It is tested with Terraform 1.8, 1.9, 1.10, 1.11, 1.12, 1.13, 1.14 and 1.15 and with OpenTofu 1.12");
        assert_eq!(
            tofu_version("require (\n\tgithub.com/opentofu/opentofu v1.12.6 // indirect\n)").unwrap(),
            "1.12.6"
        );
        assert!(tofu_version("").is_err());
    }
}
