//! `cargo xtask check`: every rule of the project that a machine can check. Rules without a check
//! last a month; each one here names the file and what to do.

pub(crate) mod circles;
mod edges;
mod file_tables;
mod goreleaser;
mod guide_workflows;
mod image;
mod linters;
mod messages;
mod named_functions;
mod orphans;
mod pages;
mod prose;
mod quotes;
mod site;
mod size;
mod sources;
mod versions;
mod worked_diffs;
mod workflows;
mod yaml;

use std::path::Path;

use clap::Args;

use crate::process::{Outcome, run as run_process, say};
use crate::stages::Stages;
use crate::terraform::matrix;
use crate::workspace::Workspace;
use crate::{binaries, generate, go};

/// Options of `cargo xtask check`.
#[derive(Args)]
pub(crate) struct Options {
    /// Leave out what needs a release build, committed files or Go: documentation of code, packages of crates, golden
    /// files, sizes, two linters.
    #[arg(long)]
    fast: bool,
    /// Only checks whose name contains this text.
    filter: Option<String>,
}

/// Runs all checks, cheapest first; all of them run, so that one run shows everything.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Outcome {
    let with_go = go::is_here();
    let mut stages = Stages::default();
    let mut failures: Vec<String> = Vec::new();
    let mut ran = 0;
    let mut check = |name: &str, work: &mut dyn FnMut() -> Outcome| {
        let named = |filter: &String| name.contains(filter.as_str());
        if !options.filter.as_ref().is_none_or(named) {
            return;
        }
        ran += 1;
        if let Err(failure) = stages.stage(name, work) {
            say(&format!("FAILED: {failure}"));
            failures.push(format!("{name}: {failure}"));
        }
    };
    check("formatting", &mut || {
        run_process(workspace.cargo().args(["fmt", "--all", "--check"]))
    });
    check("sources", &mut || sources::check(&workspace.root));
    check("functions that documents name", &mut || {
        named_functions::check(&workspace.root)
    });
    check("diffs in documents", &mut || worked_diffs::check(&workspace.root));
    check("crate edges", &mut || edges::check(&workspace.metadata));
    check("circles of files", &mut || {
        circles::check(&workspace.root, &workspace.metadata)
    });
    check("files that no module names", &mut || {
        orphans::check(&workspace.root, &workspace.metadata)
    });
    check("tables of files", &mut || file_tables::check(&workspace.root));
    check("interface of the tfplug crates", &mut || {
        generate::public_api::check(&workspace.root)
    });
    check("pages and links", &mut || pages::check(&workspace.root));
    check("prose", &mut || prose::check(&workspace.root));
    check("versions in the README", &mut || matrix::check(&workspace.root));
    check("versions that pages ask for", &mut || versions::check(&workspace.root));
    check("messages and their guide", &mut || messages::check(&workspace.root));
    check("quotations", &mut || quotes::check(&workspace.root));
    check("release files", &mut || goreleaser::check(&workspace.root));
    check("workflows", &mut || workflows::check(&workspace.root));
    check("spelling", &mut || linters::spelling(workspace));
    check("dependencies without use", &mut || {
        linters::unused_dependencies(workspace)
    });
    check("dependencies without permission", &mut || {
        linters::permitted_dependencies(workspace)
    });
    check("workflows, foreign rules", &mut || linters::workflows(workspace));
    check("image of the emulator", &mut || image::check(workspace));
    check("site", &mut || site::check(workspace));
    check("lints", &mut || clippy(workspace));
    if !options.fast {
        if with_go {
            check("workflows, actionlint", &mut || {
                linters::workflows_by_actionlint(workspace)
            });
            check("configurations, tflint", &mut || linters::configurations(workspace));
        }
        check("packages of the tfplug crates", &mut || packages(workspace));
        check("documentation of code", &mut || documentation(workspace));
        check("release build", &mut || binaries::release(workspace).map(|_| ()));
        check("golden files", &mut || generate::check(workspace, &workspace.release()));
        check("binary sizes", &mut || size::check(workspace));
    }
    if !options.fast && !with_go {
        stages.leave_out("actionlint and tflint, which Go builds: it is not on PATH");
    }
    stages.report();
    if ran == 0 {
        failures.push("no check has that name; without a name all of them run and show theirs".to_owned());
    }
    if failures.is_empty() {
        let which = options.filter.as_ref().map_or_else(
            || "All checks".to_owned(),
            |filter| format!("The checks named {filter}"),
        );
        say(&format!("\n{which} passed."));
        return Ok(());
    }
    Err(format!("{} failed:\n{}", failures.len(), failures.join("\n")).into())
}

/// The checks of documents, which take no time.
pub(crate) fn documents(root: &Path) -> Outcome {
    named_functions::check(root)?;
    worked_diffs::check(root)?;
    pages::check(root)?;
    prose::check(root)?;
    messages::check(root)?;
    quotes::check(root)
}

/// The crates for authors of other providers can be packaged as they are committed. Nothing is built: members are built by
/// the other checks, and whoever publishes verifies.
fn packages(workspace: &Workspace) -> Outcome {
    let mut cargo = workspace.cargo();
    cargo.args(["package", "--quiet", "--locked", "--no-verify"]);
    for name in [
        "tfplug-derive",
        "tfplug-core",
        "tfplug-server",
        "tfplug",
        "tfplug-testing",
    ] {
        cargo.args(["-p", name]);
    }
    run_process(&mut cargo)
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
