//! Notes in files, as the README has them. `cargo run --example note` says how it is started.

use std::{fs, io::ErrorKind, path::PathBuf, process::ExitCode};

use tfplug::{Context, Failure, Model, Partial, Provider, Resource, Tf, validators::Length};

/// Notes in the files of a folder.
#[derive(Model)]
pub struct Notes {
    /// Folder of the notes.
    #[tf(required)]
    folder: String,
}

impl Provider for Notes {
    const NAME: &'static str = "note";
    const VERSION: &'static str = "0.1.0";
    type Client = PathBuf;

    async fn configure(self) -> Result<PathBuf, Failure> {
        Ok(PathBuf::from(self.folder))
    }
}

/// A note in a file.
#[derive(Model)]
pub struct Note {
    /// Name of the file.
    #[tf(required, identity, replace, check = Length { min: 1, max: 99 })]
    name: String,
    /// Text of the note.
    #[tf(default = "")]
    text: String,
    /// Size of the text in bytes.
    #[tf(computed)]
    size: Tf<usize>,
}

impl Resource for Note {
    const TYPE_NAME: &'static str = "note_file";
    type Client = PathBuf;

    async fn read(state: Partial<'_, Self>, folder: &Context<PathBuf>) -> Result<Option<Self>, Failure> {
        let name = state.require(Self::NAME)?;
        match fs::read_to_string(folder.join(&name)) {
            Ok(text) => Ok(Some(Self {
                size: Tf::Known(text.len()),
                name,
                text,
            })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn create(&mut self, folder: &Context<PathBuf>) -> Result<(), Failure> {
        fs::write(folder.join(&self.name), &self.text)?;
        self.size = Tf::Known(self.text.len());
        Ok(())
    }

    async fn update(&mut self, _: &Self, folder: &Context<PathBuf>) -> Result<(), Failure> {
        self.create(folder).await
    }

    async fn delete(self, folder: &Context<PathBuf>) -> Result<(), Failure> {
        Ok(fs::remove_file(folder.join(self.name))?)
    }
}

fn main() -> ExitCode {
    tfplug::provider::<Notes>().resource::<Note>().serve("acme/note")
}
