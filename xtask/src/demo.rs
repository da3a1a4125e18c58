//! `cargo xtask demo`: builds, obtains Terraform and hands over to the demo of the acceptance
//! tests' harness, which owns how an emulator and a CLI are driven.

use clap::Args;
use std::process::Command;

use crate::binaries;
use crate::process::{Outcome, say};
use crate::terraform::{self, MAIN_VERSION, Wanted};
use crate::workspace::Workspace;

/// Options of `cargo xtask demo`.
#[derive(Args)]
pub(crate) struct Options {
    /// The CLI: a version, `tofu`, the path of a binary, or `path`.
    #[arg(long, alias = "tool")]
    terraform: Option<Wanted>,
}

/// Runs the demo.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Outcome {
    let binaries = binaries::demo(workspace)?;
    let clis = terraform::resolve(workspace, &[wanted(options)])?;
    let cli = clis.first().ok_or("no CLI")?;
    say("");
    let mut demo = Command::new(binaries.join("demo"));
    demo.env("TF_ACC_TERRAFORM_PATH", &cli.path)
        .env("ECS_ACC_BINARIES", &binaries);
    let status = demo.status()?;
    if status.success() {
        return Ok(());
    }
    Err("the demo did not come to its end".into())
}

fn wanted(options: &Options) -> Wanted {
    let from_environment = || std::env::var_os("TF_ACC_TERRAFORM_PATH").map(|path| Wanted::File(path.into()));
    options
        .terraform
        .clone()
        .or_else(from_environment)
        .unwrap_or_else(|| Wanted::Version(MAIN_VERSION.to_owned()))
}
