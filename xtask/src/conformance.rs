//! The suites with foreign counterparts: clients and a fuzzer against the emulator, and readers of the reports of
//! `ecs-drift`.

use std::path::{Path, PathBuf};

use crate::libtest::Tally;
use crate::process::Outcome;
use crate::python;
use crate::tools::Readers;
use crate::workspace::Workspace;

/// The clients, by the name of their list of packages.
pub(crate) const CLIENTS: [&str; 2] = ["newest", "older"];

/// Folder of the cases with clients.
const CLIENT_CASES: &str = "emulator/conformance";

/// Folder of the cases with a fuzzer of the control calls.
const FUZZER_CASES: &str = "emulator/conformance/fuzzing";

/// Folder of the cases with readers.
const READER_CASES: &str = "drift/readers";

/// Installs a client and answers the Python that has it.
pub(crate) fn install_client(workspace: &Workspace, client: &str) -> Outcome<PathBuf> {
    python::install(workspace, &format!("{CLIENT_CASES}/{client}.txt"))
}

/// Installs the fuzzer and answers the Python that has it.
pub(crate) fn install_fuzzer(workspace: &Workspace) -> Outcome<PathBuf> {
    python::install(workspace, &format!("{FUZZER_CASES}/packages.txt"))
}

/// Installs the readers that are libraries and answers the Python that has them.
pub(crate) fn install_readers(workspace: &Workspace) -> Outcome<PathBuf> {
    python::install(workspace, &format!("{READER_CASES}/packages.txt"))
}

/// Runs the cases with a client.
pub(crate) fn test_client(
    workspace: &Workspace,
    binaries: &Path,
    python: &Path,
    filter: Option<&str>,
) -> Outcome<Tally> {
    of_emulator(workspace, binaries, python, CLIENT_CASES, filter)
}

/// Runs the cases with the fuzzer.
pub(crate) fn test_fuzzer(
    workspace: &Workspace,
    binaries: &Path,
    python: &Path,
    filter: Option<&str>,
) -> Outcome<Tally> {
    of_emulator(workspace, binaries, python, FUZZER_CASES, filter)
}

fn of_emulator(
    workspace: &Workspace,
    binaries: &Path,
    python: &Path,
    cases: &str,
    filter: Option<&str>,
) -> Outcome<Tally> {
    let places = [("ECS_ACC_EMULATOR", binaries.join("ecs-emulator"))];
    python::test(workspace, python, cases, &places, filter)
}

/// Runs the cases with readers.
pub(crate) fn test_readers(
    workspace: &Workspace,
    binaries: &Path,
    python: &Path,
    readers: &Readers,
    filter: Option<&str>,
) -> Outcome<Tally> {
    let places = [
        ("ECS_ACC_EMULATOR", binaries.join("ecs-emulator")),
        ("ECS_ACC_DRIFT", binaries.join("ecs-drift")),
        ("ECS_ACC_SARIF", readers.sarif.clone()),
        ("ECS_ACC_PROMTOOL", readers.promtool.clone()),
        ("ECS_ACC_SHELLCHECK", readers.shellcheck.clone()),
        ("ECS_ACC_JUNIT_XSD", readers.junit_schema.clone()),
    ];
    python::test(workspace, python, READER_CASES, &places, filter)
}
