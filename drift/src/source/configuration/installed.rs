//! Modules that come from elsewhere: where `init` or `get` put their copies, by the file in which Terraform keeps that.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;

use super::known::Unknown;

/// The file, in the folder of Terraform's data.
pub(super) const MANIFEST: &str = "modules/modules.json";

/// Copies of modules by the names of the calls, with dots between.
#[derive(Clone, Debug, Default)]
pub(super) struct Installed(BTreeMap<String, Copy>);

/// One of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Copy {
    key: String,
    source: String,
    version: Option<String>,
    /// Seen from the root module.
    dir: PathBuf,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Manifest {
    modules: Vec<Copy>,
}

/// The version that a block wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted<'a> {
    Any,
    Constraint(&'a str),
    /// It is computed.
    Unknown,
}

impl Installed {
    /// From the text of the file; none if it has another form.
    pub(super) fn of(text: &str) -> Option<Self> {
        let manifest: Manifest = serde_json::from_str(text).ok()?;
        let copies = manifest.modules.into_iter().map(|copy| (copy.key.clone(), copy));
        Some(Self(copies.collect()))
    }

    /// The folder of the copy of a module, which a block calls with a source, seen from the root module. A source that is no
    /// constant is believed to be the one of the copy.
    pub(super) fn folder(&self, prefix: &str, source: Option<&str>, version: Wanted<'_>) -> Result<&PathBuf, Unknown> {
        let names = prefix.split('.').skip(1).step_by(2);
        let key: Vec<&str> = names.collect();
        let copy = self.0.get(&key.join(".")).ok_or(Unknown::NOT_INSTALLED)?;
        let is_of_source = source.is_none_or(|source| is_same(source, &copy.source));
        let is_of_version = match (version, &copy.version) {
            (Wanted::Any, _) => true,
            (Wanted::Constraint(constraint), Some(version)) => satisfies(version, constraint),
            (Wanted::Constraint(_), None) | (Wanted::Unknown, _) => false,
        };
        if is_of_source && is_of_version {
            Ok(&copy.dir)
        } else {
            Err(Unknown::OTHER_COPY)
        }
    }
}

/// True if a source as it is written may be one as Terraform keeps it, with the host of the registry and with short forms of
/// addresses written out.
fn is_same(written: &str, kept: &str) -> bool {
    let parts = |source: &str| {
        let (address, query) = source.split_once('?').unwrap_or((source, ""));
        let last = address.rsplit(['/', ':']).next().unwrap_or_default();
        let last = last.strip_suffix(".git").unwrap_or(last).to_owned();
        (last, query.to_owned())
    };
    parts(written) == parts(kept)
}

/// True if a version meets all parts of a constraint, such as `>= 1.2, < 2.0`. What has a name beside its numbers, and a
/// part that is not understood, is met by the same text alone.
fn satisfies(version: &str, constraint: &str) -> bool {
    let numbers = |text: &str| {
        let numbers = text.trim().split('.').map(|number| number.parse::<u64>().ok());
        numbers
            .collect::<Option<Vec<u64>>>()
            .filter(|numbers| numbers.len() <= 3)
    };
    let is_met = |part: &str| {
        let part = part.trim();
        let start = part
            .find(|character: char| character.is_ascii_digit())
            .unwrap_or(part.len());
        let (operator, wanted) = part.split_at(start);
        let (Some(own), Some(wanted)) = (numbers(version), numbers(wanted)) else {
            return part.trim_start_matches(['=', ' ']) == version;
        };
        let padded = |numbers: &[u64]| [0, 1, 2].map(|place| numbers.get(place).copied().unwrap_or_default());
        let (version, least) = (padded(&own), padded(&wanted));
        match operator.trim() {
            "" | "=" => version == least,
            "!=" => version != least,
            ">" => version > least,
            ">=" => version >= least,
            "<" => version < least,
            "<=" => version <= least,
            // All but the last number that is written stays as it is.
            "~>" => {
                version >= least
                    && own
                        .iter()
                        .zip(&wanted)
                        .take(wanted.len() - 1)
                        .all(|(one, other)| one == other)
            }
            _ => false,
        }
    };
    constraint.split(',').all(is_met)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, kept: &str, expected: bool) {
        assert_eq!(is_same(written, kept), expected, "{written} {kept}");
    }

    #[test]
    fn short_forms_of_sources_are_known() {
        check(
            "terraform-aws-modules/vpc/aws",
            "registry.terraform.io/terraform-aws-modules/vpc/aws",
            true,
        );
        check("a/b/c//modules/x", "registry.opentofu.org/a/b/c//modules/x", true);
        check("github.com/a/b", "git::https://github.com/a/b.git", true);
        check("github.com/a/b?ref=v1", "git::https://github.com/a/b.git?ref=v1", true);
        check("github.com/a/b?ref=v2", "git::https://github.com/a/b.git?ref=v1", false);
        check("git@github.com:a/b.git", "git::ssh://git@github.com/a/b.git", true);
        check("a/b/c", "registry.terraform.io/a/b/d", false);
    }

    #[test]
    fn versions_meet_constraints() {
        let check = |version: &str, constraint: &str, expected: bool| {
            assert_eq!(satisfies(version, constraint), expected, "{version} {constraint}");
        };
        check("1.2.3", "1.2.3", true);
        check("1.0.0", "2.0.0", false);
        check("1.2.3", "~> 1.0", true);
        check("2.0.0", "~> 1.0", false);
        check("1.2.9", "~> 1.2.3", true);
        check("1.3.0", "~> 1.2.3", false);
        check("1.2.3", ">= 1.2, < 2.0, != 1.2.4", true);
        check("1.2.4", ">= 1.2, < 2.0, != 1.2.4", false);
        check("1.2.3-beta", ">= 1.0", false);
        check("1.2.3-beta", "= 1.2.3-beta", true);
        check("1.2.3", "latest", false);
    }
}
