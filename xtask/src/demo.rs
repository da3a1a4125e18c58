//! `cargo xtask demo`: builds, obtains Terraform and hands over to the demo of the acceptance
//! tests' harness, which owns how an emulator and a CLI are driven.
//!
//! Whoever runs it for the first time waits for the build. So Terraform is obtained beside it, and `ecs-drift` is built while
//! the first scenes play.

use clap::Args;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use crate::binaries;
use crate::process::{Outcome, capture, say};
use crate::terraform::{self, MAIN_VERSION, Wanted};
use crate::workspace::Workspace;

/// Options of `cargo xtask demo`.
#[derive(Args)]
pub(crate) struct Options {
    /// The CLI: a version, `tofu`, the path of a binary, or `path`.
    #[arg(long, alias = "tool")]
    terraform: Option<Wanted>,
}

/// Variable by which the demo is told to wait for a line on its standard input before it needs `ecs-drift`.
const AWAITS: &str = "ECS_DEMO_AWAITS_DRIFT";

/// Runs the demo.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Outcome {
    let (clis, built) = thread::scope(|scope| {
        let resolve = || terraform::resolve(workspace, &[wanted(options)]).map_err(|error| error.to_string());
        let clis = scope.spawn(resolve);
        let built = binaries::demo_in_two(workspace);
        (clis.join(), built)
    });
    let (binaries, mut rest) = built?;
    let clis = clis.map_err(|_| "the search for the CLI ended early")??;
    let cli = clis.first().ok_or("no CLI")?;
    say("");
    let mut demo = Command::new(binaries.join("demo"))
        .env("TF_ACC_TERRAFORM_PATH", &cli.path)
        .env("ECS_ACC_BINARIES", &binaries)
        .env(AWAITS, "1")
        .stdin(Stdio::piped())
        .spawn()?;
    let built = capture(&mut rest);
    if let (Ok(_), Some(input)) = (&built, &mut demo.stdin) {
        // A demo that has failed listens no more, and says why by itself.
        let _ = writeln!(input, "built");
    }
    let status = demo.wait()?;
    built?;
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
