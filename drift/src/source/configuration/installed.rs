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
    /// Seen from the root module.
    dir: PathBuf,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Manifest {
    modules: Vec<Copy>,
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
    pub(super) fn folder(&self, prefix: &str, source: Option<&str>) -> Result<&PathBuf, Unknown> {
        let names = prefix.split('.').skip(1).step_by(2);
        let key: Vec<&str> = names.collect();
        let copy = self.0.get(&key.join(".")).ok_or(Unknown::NOT_INSTALLED)?;
        match source {
            Some(source) if !is_same(source, &copy.source) => Err(Unknown::OTHER_COPY),
            _ => Ok(&copy.dir),
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
}
