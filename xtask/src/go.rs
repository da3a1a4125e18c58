//! Foreign programs in Go, built from pinned modules: a folder of ours that names versions and the sums of all that the
//! program is made of. They are used for tests and checks only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Outcome, run};
use crate::workspace::Workspace;

/// A program and how it is built.
pub(crate) struct Program {
    /// Name of the program.
    name: &'static str,
    /// Folder of the module.
    module: &'static str,
    /// What of the module is built.
    build: Build,
}

/// What is built.
enum Build {
    /// A program of somebody else's, which the module names (`tool` in `go.mod`).
    Tool {
        package: &'static str,
        linker_flags: &'static str,
    },
    /// The tests of the module.
    Tests,
}

impl Program {
    /// A program of somebody else's.
    pub(crate) const fn tool(name: &'static str, module: &'static str, package: &'static str) -> Self {
        let build = Build::Tool {
            package,
            linker_flags: "",
        };
        Self { name, module, build }
    }

    /// The tests of a module as a program.
    pub(crate) const fn tests(name: &'static str, module: &'static str) -> Self {
        let build = Build::Tests;
        Self { name, module, build }
    }

    /// The same with flags of the linker.
    pub(crate) const fn linked_with(self, flags: &'static str) -> Self {
        let build = match self.build {
            Build::Tool { package, .. } => Build::Tool {
                package,
                linker_flags: flags,
            },
            Build::Tests => Build::Tests,
        };
        Self { build, ..self }
    }

    fn file_name(&self) -> String {
        let suffix = std::env::consts::EXE_SUFFIX;
        match self.build {
            Build::Tool { .. } => format!("{}{suffix}", self.name),
            Build::Tests => format!("{}.test{suffix}", self.name),
        }
    }

    fn command(&self, module: &Path, path: &Path) -> Command {
        let mut go = Command::new("go");
        // The module is complete; nothing around it takes part.
        go.current_dir(module).env("GOWORK", "off");
        match self.build {
            Build::Tool { package, linker_flags } => {
                go.args(["build", "-mod=readonly", "-ldflags", linker_flags, "-o"]);
                go.arg(path).arg(package);
            }
            Build::Tests => {
                go.args(["test", "-mod=readonly", "-c", "-o"]).arg(path).arg(".");
            }
        }
        go
    }

    /// Everything that the build depends on.
    fn description(&self, module: &Path) -> Outcome<String> {
        let read = |name: &Path| {
            let file = module.join(name);
            fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))
        };
        let mut text = format!("{}{}", read(Path::new("go.mod"))?, read(Path::new("go.sum"))?);
        match self.build {
            Build::Tool { package, linker_flags } => {
                text.extend([package, " ", linker_flags, "\n"]);
            }
            Build::Tests => {
                let mut files: Vec<PathBuf> = fs::read_dir(module)?
                    .map(|entry| Ok(entry?.path()))
                    .collect::<Outcome<_>>()?;
                files.retain(|file| file.extension().is_some_and(|extension| extension == "go"));
                files.sort();
                for file in files {
                    text.push_str(&read(&file)?);
                }
            }
        }
        Ok(text)
    }
}

/// True if this machine has Go.
pub(crate) fn is_here() -> bool {
    let version = Command::new("go").arg("version").output();
    version.is_ok_and(|output| output.status.success())
}

/// Path of a program, built when it is not there or its module has changed.
pub(crate) fn obtain(workspace: &Workspace, program: &Program) -> Outcome<PathBuf> {
    let module = workspace.root.join(program.module);
    let folder = workspace.target.join("tools").join("go").join(program.name);
    let path = folder.join(program.file_name());
    let wanted = program.description(&module)?;
    let built = folder.join("built-from");
    if path.exists() && fs::read_to_string(&built).is_ok_and(|built| built == wanted) {
        return Ok(path);
    }
    if !is_here() {
        let name = program.name;
        return Err(format!("{name} is built by Go, which is not on PATH: install Go, or leave {name} out").into());
    }
    fs::create_dir_all(&folder)?;
    run(&mut program.command(&module, &path))?;
    // Only now, so that a build that was cut short is repeated.
    fs::write(&built, wanted)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_or_test_is_another_program() {
        let module = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(module.path().join(name), text).unwrap();
        let (tool, tests) = (Program::tool("a", "m", "b"), Program::tests("a", "m"));
        assert!(tool.description(module.path()).is_err());
        write("go.mod", "v1");
        write("go.sum", "sums");
        let both = || [&tool, &tests].map(|program| program.description(module.path()).unwrap());
        let first = both();
        assert_eq!(both(), first);
        write("a_test.go", "package a");
        assert_eq!((both()[0] == first[0], both()[1] == first[1]), (true, false));
        write("go.mod", "v2");
        assert!(both().iter().zip(&first).all(|(now, before)| now != before));
    }
}
