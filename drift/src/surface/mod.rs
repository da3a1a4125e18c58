//! Texts for people and their tools, in which text of others stays data. Names, messages, user agents and
//! files hold whatever their authors like; every place that shows them gives meaning to other characters.
//!
//! A [`Sheet`] is a text in the making for one surface. It takes literals of ours, numbers, other sheets of the same
//! surface, and text of others as [`Foreign`], which is escaped on the way. There is no way to put a `String` into it,
//! and only a finished sheet can be printed or written, so that forgotten escaping does not compile.
//!
//! | file | surface | text of others |
//! |---|---|---|
//! | `sheet` | all | a text in the making, and what can be put into it |
//! | `steering` | all | characters that steer are shown as `\u{1b}` |
//! | `terminal` | terminals and logs of jobs | one line; a log takes no command from it |
//! | `markdown` | Markdown | only in code spans and fenced blocks |
//! | `github` | commands of GitHub Actions | percent-encoded, by data and property |
//! | `code` | SARIF messages, XML, labels of metrics, plain fields of JSON | the escapes of each |
//! | `document` | JSON and TOML | by escapes of their own |
//! | `stream` | files and standard output | a text that is written while it is made |
//! | `notice` | messages of a chat, links | in code, without mentions and links |

mod code;
mod document;
mod github;
mod markdown;
mod notice;
mod sheet;
mod steering;
mod stream;
mod terminal;
#[cfg(test)]
mod tests;

pub(crate) use code::{Metrics, Plain, Sarif, Xml};
pub(crate) use document::{generated, json, json_line, json_lines, json_stream, toml};
pub(crate) use github::{Commands, Data, Property};
pub(crate) use markdown::{Cell, Language, Markdown};
pub(crate) use notice::{Chat, Link, Word};
pub use sheet::Finished;
pub(crate) use sheet::{Foreign, Sentences, Sheet, Show, Spaces, Surface, put, sheet};
pub(crate) use steering::visible;
pub use stream::Stream;
pub use terminal::Log;
pub(crate) use terminal::Terminal;
