//! The site: the pages of `docs` as they are read without the registry, made by `MkDocs` from the Python package index.
//! What stands between both forms of a page is in `site/hooks.py`.

use std::path::PathBuf;
use std::process::Command;

use clap::Args;

use crate::process::{Outcome, run as run_process, say};
use crate::python;
use crate::workspace::Workspace;

/// Each warning fails: a page without a place in the navigation, a link or an anchor that leads nowhere. With `--quiet`
/// there would be no warnings to fail for.
pub(crate) const BUILD: [&str; 4] = ["build", "--strict", "--config-file", "site/mkdocs.yml"];

/// Options of `cargo xtask site`.
#[derive(Args)]
pub(crate) struct Options {
    /// Show the site on <http://127.0.0.1:8000> and build a page again when its file changes.
    #[arg(long)]
    serve: bool,
}

/// Builds the site, or serves it while pages are written.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Outcome {
    if options.serve {
        let mut mkdocs = command(workspace)?;
        return run_process(mkdocs.args(["serve", "--strict", "--config-file", "site/mkdocs.yml"]));
    }
    let folder = build(workspace)?;
    say(&format!("\n{}", folder.join("index.html").display()));
    Ok(())
}

/// Builds the site and answers its folder.
pub(crate) fn build(workspace: &Workspace) -> Outcome<PathBuf> {
    let folder = workspace.target.join("site");
    let mut mkdocs = command(workspace)?;
    run_process(mkdocs.args(BUILD).arg("--site-dir").arg(&folder))?;
    Ok(folder)
}

/// Installs `MkDocs` and answers where it is.
pub(crate) fn program(workspace: &Workspace) -> Outcome<PathBuf> {
    let python = python::install(workspace, "site/packages.txt")?;
    Ok(python.with_file_name("mkdocs"))
}

fn command(workspace: &Workspace) -> Outcome<Command> {
    let mut command = Command::new(program(workspace)?);
    command
        .current_dir(&workspace.root)
        // The hooks would leave compiled files beside their source.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // The theme tells of the next generation of the generator at each start.
        .env("NO_MKDOCS_2_WARNING", "1");
    Ok(command)
}
