//! A case: a test with a testbed and a directory of its own.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::cli::Cli;
use crate::failure::Outcome;
use crate::folder::{CANARY, Folder, install_other};
use crate::redactions::normalise;
use crate::testbed::Testbed;

/// A case in progress. Its steps are in the module `steps`.
pub struct Case {
    name: &'static str,
    pub(crate) cli: &'static Cli,
    pub(crate) testbed: Testbed,
    pub(crate) folder: Folder,
    pub(crate) shared: TempDir,
    /// The configuration of the last step.
    pub(crate) configuration: String,
    /// Tags that the provider's configuration adds, as the case states them.
    pub(crate) default_tags: Value,
    /// The attribute of a daemon that the service does not tell an import.
    pub(crate) untold: Option<&'static str>,
    /// Task definitions that stay on purpose.
    pub(crate) staying: Vec<String>,
    /// Sequence number in the journal up to which everything was looked at.
    pub(crate) seen: u64,
    /// Imports done in directories of their own, for their names.
    pub(crate) imports: u32,
}

impl Case {
    /// Its name.
    pub fn name(&self) -> &str {
        self.name
    }

    /// The testbed of the case.
    pub fn testbed(&self) -> &Testbed {
        &self.testbed
    }

    /// The working directory.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Changes an environment variable of the commands to come.
    pub fn set(&mut self, name: &str, value: &str) {
        self.folder.set(name, value);
    }

    /// Installs a provider of another source, for the next `init`.
    pub fn install(&self, source: &str, version: &str, binary: &Path) -> Outcome {
        install_other(self.shared.path(), source, version, binary)
    }

    /// The CLI under test.
    pub fn cli(&self) -> &Cli {
        self.cli
    }

    /// States tags that the configuration adds through `default_tags`.
    pub fn has_default_tags(&mut self, tags: Value) {
        self.default_tags = tags;
    }

    /// States that the service does not tell this attribute of the daemon, so that imports lack it:
    /// they are expected to, and to agree in everything else.
    pub fn imports_without(&mut self, attribute: &'static str) {
        self.untold = Some(attribute);
    }

    /// States that this task definition stays behind.
    pub fn leaves_behind(&mut self, arn: String) {
        self.staying.push(arn);
    }

    /// True if output is compared with snapshots: of one version of the CLI, on the emulator.
    pub fn takes_snapshots(&self) -> bool {
        self.cli.takes_snapshots() && self.testbed.is_emulated()
    }

    /// Text with everything replaced that varies between runs.
    pub fn normalised(&self, text: &str) -> Outcome<String> {
        normalise(text, self.shared.path())
    }

    /// The planted secret key.
    pub fn secret(&self) -> &'static str {
        CANARY
    }

    pub(crate) fn begin(name: &'static str, testbed: Testbed, shared: TempDir) -> Outcome<Self> {
        let cli = Cli::under_test()?;
        let folder = Folder::prepare(&shared.path().join(name), shared.path(), cli, &testbed, "")?;
        Ok(Self {
            name,
            cli,
            testbed,
            folder,
            shared,
            configuration: String::new(),
            default_tags: Value::Null,
            untold: None,
            staying: Vec::new(),
            seen: 0,
            imports: 0,
        })
    }
}
