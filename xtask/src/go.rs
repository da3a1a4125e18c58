//! Foreign programs in Go, built from pinned modules: each folder below `xtask/tools` is a module of ours that names one
//! program (`tool` in `go.mod`), with the sums of all that it is made of. They are used for tests and checks only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Outcome, run};
use crate::workspace::Workspace;

/// A program and how it is built.
pub(crate) struct Program {
    /// Name of the program and of its folder below `xtask/tools`.
    pub(crate) name: &'static str,
    /// The package that it is built from.
    pub(crate) package: &'static str,
    /// Flags of the linker.
    pub(crate) linker_flags: &'static str,
}

/// Folder of the modules.
const MODULES: &str = "xtask/tools";

/// True if this machine has Go.
pub(crate) fn is_here() -> bool {
    let version = Command::new("go").arg("version").output();
    version.is_ok_and(|output| output.status.success())
}

/// Path of a program, built when it is not there or its module has changed.
pub(crate) fn obtain(workspace: &Workspace, program: &Program) -> Outcome<PathBuf> {
    let module = workspace.root.join(MODULES).join(program.name);
    let folder = workspace.target.join("tools").join("go").join(program.name);
    let path = folder.join(format!("{}{}", program.name, std::env::consts::EXE_SUFFIX));
    let wanted = description(&module, program)?;
    let built = folder.join("built-from");
    if path.exists() && fs::read_to_string(&built).is_ok_and(|built| built == wanted) {
        return Ok(path);
    }
    if !is_here() {
        let name = program.name;
        return Err(format!("{name} is built by Go, which is not on PATH: install Go, or leave {name} out").into());
    }
    fs::create_dir_all(&folder)?;
    let mut go = Command::new("go");
    go.current_dir(&module)
        // The module is complete; nothing around it takes part.
        .env("GOWORK", "off")
        .args(["build", "-mod=readonly", "-ldflags", program.linker_flags, "-o"])
        .arg(&path)
        .arg(program.package);
    run(&mut go)?;
    // Only now, so that a build that was cut short is repeated.
    fs::write(&built, wanted)?;
    Ok(path)
}

/// Everything that the build depends on.
fn description(module: &Path, program: &Program) -> Outcome<String> {
    let read = |name: &str| {
        let file = module.join(name);
        fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))
    };
    let (package, flags) = (program.package, program.linker_flags);
    Ok(format!("{package} {flags}\n{}{}", read("go.mod")?, read("go.sum")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_is_another_program() {
        let module = tempfile::tempdir().unwrap();
        let program = Program {
            name: "a",
            package: "b",
            linker_flags: "",
        };
        assert!(description(module.path(), &program).is_err());
        fs::write(module.path().join("go.mod"), "v1").unwrap();
        fs::write(module.path().join("go.sum"), "sums").unwrap();
        let first = description(module.path(), &program).unwrap();
        assert_eq!(description(module.path(), &program).unwrap(), first);
        fs::write(module.path().join("go.mod"), "v2").unwrap();
        assert_ne!(description(module.path(), &program).unwrap(), first);
    }
}
