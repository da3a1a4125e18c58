//! Contents of a document, and the options of reading it.

use super::{Marks, SourceError, Tool, Wanted, json_slices::Members};
use crate::report::{Input, InputKind};

/// A document that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The description of the input in the report.
    pub input: Input,
    /// Lineage and serial of a state, by which a second reading shows an apply in between.
    pub lineage: Option<String>,
    /// The daemons that it wants.
    pub wanted: Vec<Wanted>,
    /// Daemons of which the document does not say enough to look at them.
    pub unusable: Vec<SourceError>,
    /// Daemons that are in it, and of which no drift can be found: a plan creates, deletes or forgets them.
    pub passing: usize,
    /// True for a plan of everything: it lists each daemon of its configuration.
    pub plans_all: bool,
}

/// Daemons while a document is read.
#[derive(Debug, Default)]
pub(super) struct Daemons {
    pub(super) wanted: Vec<Wanted>,
    pub(super) unusable: Vec<SourceError>,
    pub(super) passing: usize,
}

impl Daemons {
    /// Takes what was made of a resource. One that is of no use hides none of the others.
    pub(super) fn take(&mut self, found: Result<Option<Wanted>, SourceError>) -> Result<(), SourceError> {
        match found {
            Ok(found) => self.wanted.extend(found),
            Err(error) if error.resource.is_some() => self.unusable.push(error),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The document of an input.
    pub(super) fn document(self, input: Input, lineage: Option<String>) -> Document {
        let Self {
            wanted,
            unusable,
            passing,
        } = self;
        Document {
            input,
            lineage,
            wanted,
            unusable,
            passing,
            plans_all: false,
        }
    }
}

/// Options of reading a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// True if a document without a daemon is none the worse for it.
    pub allow_empty: bool,
    /// True if nothing is sensitive, whatever the document marks.
    pub show_sensitive: bool,
    /// Tool that applies the sources; that of the registry of their provider unless given.
    pub tool: Option<Tool>,
}

impl ReadOptions {
    /// The tool that applies a resource of a provider.
    pub(super) fn tool(self, provider: &str) -> Tool {
        self.tool.unwrap_or_else(|| Tool::of_provider(provider))
    }

    /// The marks of a resource, unless they do not count.
    pub(super) fn marks(self, read: impl FnOnce() -> Result<Marks, SourceError>) -> Result<Marks, SourceError> {
        if self.show_sensitive {
            return Ok(Marks::default());
        }
        read()
    }
}

/// The description of a Terraform document in the report.
pub(super) fn input(name: &str, kind: InputKind, members: &Members<'_>) -> Result<Input, SourceError> {
    let version = members.value("terraform_version")?;
    Ok(Input {
        name: name.to_owned(),
        kind,
        daemons: 0,
        serial: members.number("serial"),
        terraform_version: version
            .as_str()
            .filter(|version| is_version(version))
            .map(str::to_owned),
        owner: None,
    })
}

/// True if a text is a version with what may follow it, for example `1.15.0-beta1`. Anything else is not repeated.
fn is_version(text: &str) -> bool {
    const LONGEST: usize = 40;
    let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '+');
    text.len() <= LONGEST && text.starts_with(|first: char| first.is_ascii_digit()) && text.chars().all(is_part)
}
