//! Wanted states: from Terraform and `OpenTofu` states and plans, and from baselines.
//!
//! | file | question it answers |
//! |---|---|
//! | `spec` | which inputs are there, and how is their text got? |
//! | `files`, `s3` | which files and objects does a pattern stand for? |
//! | `commands` | what does a command write, if an input is one? |
//! | `account` | with which role are the daemons of an account looked at? |
//! | `text` | is it text at all, and JSON or TOML? |
//! | `document` | what kind of document is a text, and why is it none? |
//! | `contents` | what is in a document, and how was it read? |
//! | `stream` | which documents does a text hold? |
//! | `foreign` | whose document is it, if it is none of ours, and what helps? |
//! | `json_slices` | how is a document taken apart without a tree of all of it? |
//! | `in_state` | what does a state know of resources to which a configuration refers? |
//! | `state` | which resources does a state hold, in either of its forms? |
//! | `plan` | what does a plan want, and what did its refresh see? |
//! | `provider_config` | which tags do its providers leave alone? |
//! | `resource` | what do the attributes of one resource want? |
//! | `awscc` | what are the attributes of hashicorp/awscc called here? |
//! | `wanted` | what does a source want of one daemon, and how certainly? |
//! | `marks` | which of its values are sensitive? |
//! | `tag_scope` | which tags are left alone, and which may be removed? |
//! | `baseline` | what does a recorded baseline want? |
//! | `accept` | how does a baseline take over what is live? |
//! | `configuration` | where is it written, and what does the configuration want that a state does not know? |
//! | `sought` | what is known of a daemon that only the configuration has? |
//! | `merge` | do several inputs agree? |
//! | `error`, `position` | what is wrong and where, said without what stands there? |
//!
//! A scan that finds nothing because it read nothing is the worst of its failures. So whatever is wrong
//! with an input is an error, and an input without a daemon is one unless allowed.
//!
//! Inputs hold passwords, and messages go to logs that many read. So no message repeats anything of an input: it says
//! where something is wrong, what was expected and what to do.

pub mod accept;
mod account;
mod awscc;
pub mod baseline;
mod commands;
pub mod configuration;
mod contents;
mod document;
mod error;
mod files;
mod foreign;
mod in_state;
mod json_slices;
mod marks;
mod merge;
mod plan;
pub(crate) mod position;
mod provider_config;
mod resource;
mod s3;
mod sought;
pub mod spec;
mod state;
mod stream;
mod tag_scope;
#[cfg(test)]
mod tests;
mod text;
mod wanted;

pub use account::AccountSpec;
pub(crate) use account::access;
pub use commands::Commands;
pub use contents::{Document, ReadOptions};
pub use document::read;
pub use error::SourceError;
pub use in_state::{Resources, resources};
pub use marks::{Marks, Tags};
pub use merge::merge;
pub use sought::{Remedy, Sought, Unlisted};
pub use spec::InputSpec;
pub use tag_scope::{IgnoreTags, TagScope};
pub use wanted::{Claim, Configured, ConfiguredTags, Pending, TaskDefinitionRule, Tool, Want, Wanted};
