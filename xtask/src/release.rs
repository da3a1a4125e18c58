//! The one release build that tests, demo and checks share: always the same packages together, so
//! that cargo resolves the same features and compiles the AWS SDK once.

use std::path::{Path, PathBuf};

use crate::process::{Outcome, run};
use crate::workspace::Workspace;

/// The parts of a release. Each package is called like its binary.
pub(crate) const BINARIES: [&str; 3] = [PROVIDER, "ecs-emulator", "ecs-drift"];

/// The package that is built with it for tests and demo.
const BESIDE: &str = "acceptance-tests";

/// Builds the binaries and answers their folder.
pub(crate) fn build(workspace: &Workspace) -> Outcome<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--release", "--locked", "--bins"]);
    for package in BINARIES.into_iter().chain([BESIDE]) {
        cargo.args(["--package", package]);
    }
    run(&mut cargo)?;
    Ok(workspace.release())
}

/// A folder that holds the provider's executable and nothing else, as `dev_overrides` wants it:
/// beside it in the release folder lies a dependency file whose name Terraform could take for it.
pub(crate) fn plugin_folder(workspace: &Workspace, binaries: &Path) -> Outcome<PathBuf> {
    let folder = workspace.target.join("xtask").join("plugin");
    std::fs::create_dir_all(&folder)?;
    replace_link(&binaries.join(PROVIDER), &folder.join(PROVIDER))?;
    Ok(folder)
}

/// File name of the provider's executable.
pub(crate) const PROVIDER: &str = "terraform-provider-ecs";

fn replace_link(original: &Path, link: &Path) -> Outcome {
    if link.exists() {
        std::fs::remove_file(link)?;
    }
    std::fs::hard_link(original, link)
        .or_else(|_| std::fs::copy(original, link).map(|_| ()))
        .map_err(|error| format!("{} cannot be put at {}: {error}", original.display(), link.display()))?;
    Ok(())
}
