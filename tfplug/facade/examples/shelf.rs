//! A shelf of books in a folder: a resource with a list, an action, a data source and a function. `cargo run --example shelf`
//! says how it is started.

use std::{fs, io::ErrorKind, path::PathBuf, process::ExitCode};

use tfplug::{
    Action, Context, DataSource, Failure, Finds, Function, FunctionError, ListResource, Model, Partial, Progress,
    Provider, Resource, Tf,
};

/// A shelf.
#[derive(Model)]
pub struct Shelf {
    /// Folder of the books.
    #[tf(required)]
    folder: String,
}

/// The folder.
pub struct Folder(PathBuf);

impl Folder {
    fn path(&self, title: &str) -> PathBuf {
        self.0.join(format!("{title}.book"))
    }

    fn titles(&self) -> Result<Vec<String>, Failure> {
        let mut titles = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            titles.extend(name.strip_suffix(".book").map(str::to_owned));
        }
        titles.sort();
        Ok(titles)
    }

    /// The text of a book; none: it is not there.
    fn text(&self, title: &str) -> Result<Option<String>, Failure> {
        match fs::read_to_string(self.path(title)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl Provider for Shelf {
    const NAME: &'static str = "shelf";
    const VERSION: &'static str = "0.1.0";
    type Client = Folder;

    async fn configure(self) -> Result<Folder, Failure> {
        Ok(Folder(PathBuf::from(self.folder)))
    }
}

/// A book.
#[derive(Model)]
pub struct Book {
    /// Title, which is the name of its file.
    #[tf(required, identity, replace)]
    title: String,
    /// Text.
    #[tf(default = "")]
    text: String,
}

impl Resource for Book {
    const TYPE_NAME: &'static str = "shelf_book";
    type Client = Folder;

    async fn read(state: Partial<'_, Self>, folder: &Context<Folder>) -> Result<Option<Self>, Failure> {
        let title = state.require(Self::TITLE)?;
        Ok(folder.text(&title)?.map(|text| Self { title, text }))
    }

    async fn create(&mut self, folder: &Context<Folder>) -> Result<(), Failure> {
        Ok(fs::write(folder.path(&self.title), &self.text)?)
    }

    async fn update(&mut self, _: &Self, folder: &Context<Folder>) -> Result<(), Failure> {
        self.create(folder).await
    }

    async fn delete(self, folder: &Context<Folder>) -> Result<(), Failure> {
        Ok(fs::remove_file(folder.path(&self.title))?)
    }
}

/// The books that are there, whoever has put them there.
#[derive(Model)]
pub struct Books {
    /// Only those whose titles begin like this.
    #[tf(optional)]
    prefix: Option<String>,
}

impl ListResource for Books {
    type Resource = Book;

    async fn list(self, finds: &Finds<'_, Book>, folder: &Context<Folder>) -> Result<(), Failure> {
        let prefix = self.prefix.unwrap_or_default();
        for title in folder.titles()? {
            if !title.starts_with(&prefix) {
                continue;
            }
            let text = if finds.wants_objects() {
                folder.text(&title)?.unwrap_or_default()
            } else {
                String::new()
            };
            if !finds.add(title.clone(), Book { title, text }).await {
                break;
            }
        }
        Ok(())
    }
}

/// Copies a book line by line.
#[derive(Model)]
pub struct Copy {
    /// Title of the book.
    #[tf(required)]
    from: String,
    /// Title of the copy.
    #[tf(required)]
    to: String,
}

impl Action for Copy {
    const TYPE_NAME: &'static str = "shelf_copy";
    type Client = Folder;

    async fn plan(config: Partial<'_, Self>, folder: &Context<Folder>) -> Result<(), Failure> {
        let to = config.require(Self::TO)?;
        if folder.text(&to)?.is_some() {
            folder.warn_at(Self::TO, "Book is replaced", format!("There is a book `{to}`."));
        }
        Ok(())
    }

    async fn invoke(self, progress: &Progress<'_>, folder: &Context<Folder>) -> Result<(), Failure> {
        let Some(text) = folder.text(&self.from)? else {
            return Err(Failure::new("No such book", format!("There is no book `{}`.", self.from)).at(Self::FROM));
        };
        for (number, line) in text.lines().enumerate() {
            progress.tell(format!("line {}: {line}", number + 1)).await;
        }
        Ok(fs::write(folder.path(&self.to), text)?)
    }
}

/// All titles.
#[derive(Model)]
pub struct Titles {
    /// They.
    #[tf(computed)]
    titles: Tf<Vec<String>>,
}

impl DataSource for Titles {
    const TYPE_NAME: &'static str = "shelf_titles";
    type Client = Folder;

    async fn read(&mut self, folder: &Context<Folder>) -> Result<(), Failure> {
        self.titles = Tf::Known(folder.titles()?);
        Ok(())
    }
}

fn first_line() -> Function {
    Function::new("first_line", "The first line of a text.")
        .parameter("text", "Text of a book.")
        .calls(|text: String| match text.lines().next() {
            Some(line) => Ok(line.to_owned()),
            None => Err(FunctionError::new("A text without lines has no first one.").at(0)),
        })
}

/// The provider with all of it.
pub fn provider() -> tfplug::Builder<Shelf> {
    tfplug::provider::<Shelf>()
        .resource::<Book>()
        .list_resource::<Books>()
        .action::<Copy>()
        .data_source::<Titles>()
        .function(first_line())
}

fn main() -> ExitCode {
    provider().serve("acme/shelf")
}
