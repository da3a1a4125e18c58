//! What an ECS managed daemon is and how to make ECS look like it.
//!
//! The attribute tables (`attributes`, and one `table` per resource) are the only places that name an
//! attribute; schema, conversion and comparison are derived from them. `observe` is the only function
//! that turns API answers into a value. Nothing here prints, and nothing knows the plugin protocol.

pub mod arn;
pub mod attributes;
pub mod aws;
pub mod daemon;
pub mod duration;
mod moved;
mod region_plan;
pub mod session;
mod tag_plan;
pub mod tagging;
pub mod tags;
pub mod task_definition;
pub mod tree;
pub mod wait;
pub mod wire;
