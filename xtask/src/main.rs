//! The project's tasks behind `cargo xtask`: one file per command, so that CI, a contributor and
//! a new user all run the same thing and nothing has to be set up by hand.

mod binaries;
mod browser;
mod check;
mod conformance;
mod demo;
mod figures;
mod generate;
mod go;
mod install;
mod kit;
mod libtest;
mod package;
mod process;
mod python;
mod reproduce;
mod sdks;
mod site;
mod stages;
mod terraform;
mod test;
mod tools;
mod watch;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::process::Outcome;
use crate::workspace::Workspace;

/// Tasks of terraform-provider-ecs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Formatting, lints, crate edges, golden files, module docs and binary sizes.
    Check(check::Options),
    /// Unit, in-process, conformance, report and acceptance tests, with all the set-up they need.
    Test(test::Options),
    /// A fleet, a rollout, an outside change, its repair: what the provider does, in a minute.
    Demo(demo::Options),
    /// Writes schemas and documentation pages that are derived from code; `check` compares them.
    Generate(generate::Options),
    /// The files of a release for this machine, by goreleaser: archives, checksums, signature, bill of materials.
    Package,
    /// Builds the release of the last commit twice from nothing, in two places, and compares the bytes.
    Reproduce,
    /// The emulator as a wheel with fixtures of pytest, into `target/wheels`.
    Kit(kit::Options),
    /// Puts a build of this checkout where the CLIs find it without a registry.
    Install(install::Options),
    /// Obtains a Terraform of the given version and prints where it is.
    Terraform(terraform::Options),
    /// Obtains an `OpenTofu`, from PATH or built by Go, and prints where it is.
    Tofu,
    /// Builds the site, the pages of `docs` as they are read without the registry, into `target/site`.
    Site(site::Options),
    /// Sizes and counts of the code, to compare two trees.
    Figures(figures::Options),
    /// The quick loop: after each save what compiler, nearest tests and documents' checks say.
    Watch(watch::Options),
    /// Obtains the foreign programs that suites run against and prints where they are.
    Tools,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.task) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("\nerror: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Outcome<ExitCode> {
    let workspace = Workspace::find()?;
    match task {
        // Says itself what failed, in its closing line.
        Task::Test(options) => return Ok(test::run(&workspace, &options)),
        Task::Check(options) => check::run(&workspace, &options)?,
        Task::Demo(options) => demo::run(&workspace, &options)?,
        Task::Generate(options) => generate::run(&workspace, &options)?,
        Task::Package => package::run(&workspace)?,
        Task::Reproduce => reproduce::compare(&workspace)?,
        Task::Kit(options) => kit::run(&workspace, &options)?,
        Task::Install(options) => install::run(&workspace, &options)?,
        Task::Terraform(options) => terraform::run(&workspace, &options)?,
        Task::Tofu => terraform::tofu::run(&workspace)?,
        Task::Site(options) => site::run(&workspace, &options)?,
        Task::Figures(options) => figures::run(&workspace, &options)?,
        Task::Watch(options) => watch::run(&workspace, &options)?,
        Task::Tools => tools::run(&workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}
