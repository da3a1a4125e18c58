//! Mistakes that do not compile. Each example compiles but for one line. Only a nightly compiler looks at the codes.

/// A misspelt name:
/// ```compile_fail,E0599
/// # use tfplug::{Model, Partial, Failure};
/// /// A note.
/// #[derive(Model)]
/// struct Note {
///     /// Text.
///     #[tf(required)]
///     text: String,
/// }
/// fn read(note: Partial<'_, Note>) -> Result<String, Failure> {
///     note.require(Note::TXET)
/// }
/// ```
/// An attribute of another model:
/// ```compile_fail,E0308
/// # use tfplug::{Model, Partial, Failure};
/// # /// A note.
/// # #[derive(Model)]
/// # struct Note {
/// #     /// Text.
/// #     #[tf(required)]
/// #     text: String,
/// # }
/// # /// A folder.
/// # #[derive(Model)]
/// # struct Folder {
/// #     /// Path.
/// #     #[tf(required)]
/// #     path: String,
/// # }
/// fn read(note: Partial<'_, Note>) -> Result<String, Failure> {
///     note.require(Folder::PATH)
/// }
/// ```
/// A default of another type:
/// ```compile_fail,E0277
/// # use tfplug::Model;
/// /// A note.
/// #[derive(Model)]
/// struct Note {
///     /// Size.
///     #[tf(default = "big")]
///     size: i64,
/// }
/// ```
/// A rule for another type:
/// ```compile_fail,E0277
/// # use tfplug::{Model, validators::Between};
/// /// A note.
/// #[derive(Model)]
/// struct Note {
///     /// Text.
///     #[tf(required, check = Between { min: 1, max: 2 })]
///     text: String,
/// }
/// ```
/// An optional attribute without room for null:
/// ```compile_fail,E0277
/// # use tfplug::Model;
/// /// A note.
/// #[derive(Model)]
/// struct Note {
///     /// Text.
///     #[tf(optional)]
///     text: String,
/// }
/// ```
/// A name that can change without another object:
/// ```compile_fail
/// # use tfplug::Model;
/// /// A note.
/// #[derive(Model)]
/// struct Note {
///     /// Name.
///     #[tf(required, identity)]
///     name: String,
/// }
/// ```
/// A write-only attribute without room for null, which a state has in its place:
/// ```compile_fail,E0277
/// # use tfplug::Model;
/// /// A note.
/// #[derive(Model)]
/// struct Note {
///     /// Key.
///     #[tf(required, write_only)]
///     key: String,
/// }
/// ```
/// A computed attribute without room for the unknown:
/// ```compile_fail,E0277
/// # use tfplug::Model;
/// /// A note.
/// #[derive(Model)]
/// struct Note {
///     /// Id.
///     #[tf(computed)]
///     id: Option<String>,
/// }
/// ```
/// A field of a type that Terraform does not have:
/// ```compile_fail,E0277
/// # use tfplug::Model;
/// /// A note.
/// #[derive(Model)]
/// struct Note {
///     /// Age.
///     #[tf(required)]
///     age: std::time::Duration,
/// }
/// ```
/// A resource with the client of another provider:
/// ```compile_fail,E0271
/// # use tfplug::{Context, Failure, Model, Partial, Provider, Resource};
/// # /// No settings.
/// # #[derive(Model)]
/// # struct Notes {}
/// # impl Provider for Notes {
/// #     const NAME: &'static str = "note";
/// #     const VERSION: &'static str = "0.1.0";
/// #     type Client = ();
/// #     async fn configure(self) -> Result<(), Failure> { Ok(()) }
/// # }
/// # /// A note.
/// # #[derive(Model)]
/// # struct Note {
/// #     /// Text.
/// #     #[tf(required, replace)]
/// #     text: String,
/// # }
/// impl Resource for Note {
///     const TYPE_NAME: &'static str = "note_file";
///     type Client = String;
///     # async fn read(state: Partial<'_, Self>, _: &Context<String>) -> Result<Option<Self>, Failure> { state.whole().map(Some) }
///     # async fn create(&mut self, _: &Context<String>) -> Result<(), Failure> { Ok(()) }
///     # async fn delete(self, _: &Context<String>) -> Result<(), Failure> { Ok(()) }
/// }
/// let provider = tfplug::provider::<Notes>().resource::<Note>();
/// ```
/// What is said of a field and does not go together, or nothing at all:
/// ```compile_fail
/// # use tfplug::Model;
/// /// A note.
/// #[derive(Model)]
/// struct Note {
///     /// Text.
///     #[tf(required, computed)]
///     text: String,
/// }
/// ```
/// ```compile_fail
/// # use tfplug::Model;
/// /// A note.
/// #[derive(Model)]
/// struct Note {
///     /// Text.
///     text: String,
/// }
/// ```
/// ```compile_fail
/// # use tfplug::Model;
/// /// A note.
/// #[derive(Model)]
/// struct Note {
///     #[tf(required)]
///     text: String,
/// }
/// ```
pub struct Mistakes;
