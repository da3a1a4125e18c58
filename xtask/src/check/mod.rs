//! `cargo xtask check`: every rule of the project that a machine can check. Rules without a check
//! last a month; each one here names the file and what to do.

pub(crate) mod circles;
mod edges;
mod file_tables;
mod goreleaser;
mod named_tests;
mod orphans;
mod pages;
mod quotes;
mod size;
mod sources;
mod workflows;
mod yaml;

use std::process::Command;

use clap::Args;

use crate::process::{Outcome, run as run_process, say};
use crate::stages::Stages;
use crate::workspace::Workspace;
use crate::{binaries, generate, python};

/// Options of `cargo xtask check`.
#[derive(Args)]
pub(crate) struct Options {
    /// Leave out what needs a release build: golden files and sizes.
    #[arg(long)]
    fast: bool,
}

/// Runs all checks, cheapest first; all of them run, so that one run shows everything.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Outcome {
    let mut stages = Stages::default();
    let mut failures: Vec<String> = Vec::new();
    let mut check = |name: &str, work: &mut dyn FnMut() -> Outcome| {
        if let Err(failure) = stages.stage(name, work) {
            say(&format!("FAILED: {failure}"));
            failures.push(format!("{name}: {failure}"));
        }
    };
    check("formatting", &mut || {
        run_process(workspace.cargo().args(["fmt", "--all", "--check"]))
    });
    check("sources", &mut || sources::check(&workspace.root));
    check("tests that documents name", &mut || named_tests::check(&workspace.root));
    check("crate edges", &mut || edges::check(&workspace.metadata));
    check("circles of files", &mut || {
        circles::check(&workspace.root, &workspace.metadata)
    });
    check("files that no module names", &mut || {
        orphans::check(&workspace.root, &workspace.metadata)
    });
    check("tables of files", &mut || file_tables::check(&workspace.root));
    check("pages and links", &mut || pages::check(&workspace.root));
    check("quotations", &mut || quotes::check(&workspace.root));
    check("release files", &mut || goreleaser::check(&workspace.root));
    check("workflows", &mut || workflows::check(&workspace.root));
    check("spelling", &mut || spelling(workspace));
    check("dependencies", &mut || dependencies(workspace));
    check("lints", &mut || clippy(workspace));
    if !options.fast {
        check("documentation of code", &mut || documentation(workspace));
        check("release build", &mut || binaries::release(workspace).map(|_| ()));
        check("golden files", &mut || generate::check(workspace, &workspace.release()));
        check("binary sizes", &mut || size::check(workspace));
    }
    stages.report();
    if failures.is_empty() {
        say("\nAll checks passed.");
        return Ok(());
    }
    Err(format!("{} failed:\n{}", failures.len(), failures.join("\n")).into())
}

/// Words are looked up by a foreign program; those that are meant stand in `.typos.toml`.
fn spelling(workspace: &Workspace) -> Outcome {
    run_process(&mut foreign(workspace, "typos")?)
}

/// Dependencies that no code names are found by a foreign program; those that only generated code names stand in
/// `[package.metadata.cargo-shear]` of their crate.
fn dependencies(workspace: &Workspace) -> Outcome {
    run_process(foreign(workspace, "cargo-shear")?.args(["--locked", "--deny-warnings"]))
}

/// A program of `xtask/packages.txt`, to be run at the root.
fn foreign(workspace: &Workspace, program: &str) -> Outcome<Command> {
    let python = python::install(workspace, "xtask/packages.txt")?;
    let mut command = Command::new(python.with_file_name(program));
    command.current_dir(&workspace.root);
    Ok(command)
}

/// Links in the documentation of code lead somewhere, be it to what is private: that is documented here, too.
fn documentation(workspace: &Workspace) -> Outcome {
    let mut cargo = workspace.cargo();
    cargo.args([
        "doc",
        "--quiet",
        "--workspace",
        "--no-deps",
        "--document-private-items",
        "--locked",
    ]);
    run_process(cargo.env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links"))
}

/// `--all-targets` passes over test targets that do not run by default, hence the second call.
fn clippy(workspace: &Workspace) -> Outcome {
    let lint = |targets: &[&str]| {
        let mut cargo = workspace.cargo();
        cargo
            .args(["clippy", "--quiet", "--workspace", "--locked"])
            .args(targets);
        run_process(cargo.args(["--", "-D", "warnings"]))
    };
    lint(&["--all-targets"])?;
    lint(&["--test", "suite"])
}
