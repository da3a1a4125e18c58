//! The site can be built, after it was shown that faults of each kind would end the build: the hooks are ours, and a
//! hook that no longer takes part finds nothing.

use super::linters::Linter;
use crate::process::Outcome;
use crate::site;
use crate::workspace::Workspace;

/// A site with two pages, and what of ours takes part in it.
const SITE: [(&str, &str); 5] = [
    (
        "site/mkdocs.yml",
        "site_name: planted\nrepo_url: https://example.com/planted\nrepo_name: planted\ndocs_dir: ../docs\nsite_dir: ../out\n\
         nav: [index.md, readme.md]\nhooks: [hooks.py]\nextra: {outside: {README.md: readme.md}}\n\
         theme: {name: material, custom_dir: theme, font: false, icon: {repo: material/git}}\n\
         validation: {links: {anchors: warn}, nav: {omitted_files: warn}}\n",
    ),
    ("site/hooks.py", include_str!("../../../site/hooks.py")),
    (
        "site/theme/partials/source.html",
        include_str!("../../../site/theme/partials/source.html"),
    ),
    ("README.md", "# Planted\n"),
    ("docs/index.md", "# Page\n"),
];

/// Files with one fault each, and a part of what is said of it.
const FAULTS: [(&str, &str, &str); 5] = [
    (
        "docs/index.md",
        "# Page\n\nSee [it](../none).\n",
        "the link to ../none leads nowhere",
    ),
    (
        "docs/index.md",
        "# Page\n\nSee [it](https://example.com/planted/blob/main/docs/none.md).\n",
        "docs/none.md leads nowhere",
    ),
    (
        "docs/index.md",
        "# Page\n\nSee [it](../README.md#none).\n",
        "does not contain an anchor '#none'",
    ),
    (
        "docs/index.md",
        "# Page\n\n<img src=\"https://example.com/picture.png\">\n",
        "<img> https://example.com/picture.png",
    ),
    (
        "docs/new.md",
        "# New\n",
        "not included in the \"nav\" configuration:\n  - new.md",
    ),
];

/// Builds the site.
pub(super) fn check(workspace: &Workspace) -> Outcome {
    let program = site::program(workspace)?;
    for (path, text, complaint) in FAULTS {
        let mut files = SITE.to_vec();
        files.push((path, text));
        let linter = Linter {
            program: program.clone(),
            arguments: &site::BUILD,
            planted: &files,
            complaint,
        };
        linter.prove()?;
    }
    site::build(workspace).map(|_| ())
}
