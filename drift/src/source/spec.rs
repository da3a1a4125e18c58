//! Inputs by their origin: a path, standard input or a command; and the credentials with which their daemons are looked
//! at. This is the form of `[[input]]` in `.ecs-drift.toml`.

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    SourceError,
    commands::{Commands, output, shown, unreadable},
    files, s3,
};

/// One input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InputSpec {
    /// Path of the document, or a pattern of paths with `*`, `?` and `**`; `-` is standard input. Relative to the folder of
    /// the file that names it. `s3://BUCKET/KEY` is read by the AWS CLI and may be a pattern, too.
    pub path: Option<PathBuf>,
    /// Command that writes the document to its standard output: program and arguments, run without a shell.
    pub command: Option<Vec<String>>,
    /// Name of the command in reports; without one its program and a digest of its arguments.
    pub name: Option<String>,
    /// Role to assume for the daemons of this input.
    pub role_arn: Option<String>,
    /// External id for assuming the role.
    pub external_id: Option<String>,
    /// Region to look at for what no ARN tells; ARNs of daemons name their own.
    pub region: Option<String>,
    /// Team that the daemons belong to.
    pub owner: Option<String>,
    /// Folder of the file that names the input: its path is relative to it, and its command runs there.
    #[serde(skip)]
    pub folder: Option<PathBuf>,
}

impl InputSpec {
    /// The input at a path.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: Some(path.into()),
            ..Self::default()
        }
    }

    /// Name in reports: the path, or what the command is called.
    pub fn name(&self) -> String {
        match (&self.path, &self.command) {
            (Some(path), _) if path == Path::new("-") || s3::is_of(path) => path.display().to_string(),
            (Some(path), _) => {
                let folder = self.folder.as_deref().unwrap_or(Path::new(""));
                folder.join(path).display().to_string()
            }
            (None, Some(command)) => self.name.clone().unwrap_or_else(|| shown(command)),
            (None, None) => String::new(),
        }
    }

    /// The files that it is read from, if it is no command, stream or bucket.
    pub fn files(&self) -> Vec<PathBuf> {
        let folder = self.folder.as_deref().unwrap_or(Path::new(""));
        match &self.path {
            Some(path) if path == Path::new("-") || s3::is_of(path) => Vec::new(),
            Some(path) => {
                let mut files = files::matching(path, folder).unwrap_or_default();
                files.push(path.clone());
                files.into_iter().map(|path| folder.join(path)).collect()
            }
            None => Vec::new(),
        }
    }

    /// True if reading it again can bring something else: a command and a bucket may have another state then. A file was
    /// written before the scan, and standard input is used up.
    pub fn may_change(&self) -> bool {
        self.command.is_some() || self.path.as_deref().is_some_and(s3::is_of)
    }

    /// The inputs that its pattern stands for, in the order of their names, at least the input itself: that nothing matches
    /// is found out when it is loaded.
    pub fn expand(&self, folder: &Path, commands: &Commands) -> Vec<Self> {
        let folder = self.folder.as_deref().unwrap_or(folder);
        let found = match (&self.path, &self.command) {
            (Some(path), None) if s3::is_of(path) => s3::matching(path, folder, commands).unwrap_or_default(),
            (Some(path), None) => files::matching(path, folder).unwrap_or_default(),
            _ => Vec::new(),
        };
        if found.is_empty() {
            return vec![self.clone()];
        }
        let inputs = found.into_iter().map(|path| Self {
            path: Some(path),
            ..self.clone()
        });
        inputs.collect()
    }

    /// Gets the document; relative paths and commands are seen from the input's own folder, else from `folder`.
    pub fn load(&self, folder: &Path) -> Result<Vec<u8>, SourceError> {
        self.load_beside(folder, &Commands::default())
    }

    /// The same, by a command that somebody else can end.
    pub fn load_beside(&self, folder: &Path, commands: &Commands) -> Result<Vec<u8>, SourceError> {
        let folder = self.folder.as_deref().unwrap_or(folder);
        if let Some(name) = self
            .name
            .as_deref()
            .filter(|name| self.path.is_some() || name.is_empty())
        {
            let text = format!(
                "`name = \"{name}\"` of an `[[input]]`: a name is for a `command` and not empty; a `path` is its own name. \
                 Remove it, or name the command."
            );
            return Err(SourceError::new("Invalid input", text));
        }
        match (&self.path, &self.command) {
            (Some(path), None) if path == Path::new("-") => standard_input(),
            (Some(path), None) if s3::is_of(path) => s3::load(path, folder, commands),
            (Some(path), None) => files::load(path, folder),
            (None, Some(command)) => output(command, &self.name(), folder, commands),
            _ => Err(SourceError::new(
                "Invalid input",
                "An `[[input]]` needs either `path` or `command`. Give exactly one of them.",
            )),
        }
    }
}

fn standard_input() -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::new();
    io::stdin()
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable("standard input", &error))?;
    Ok(bytes)
}
