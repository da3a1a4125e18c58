//! The provider: the provider block, the resources, and how they become values and messages of Terraform.
//!
//! | file | question it answers |
//! |---|---|
//! | `arguments` | what does the binary do when a person starts it? |
//! | `block`, `configuration` | which arguments does the provider block have, and what do they mean? |
//! | `provider` | what happens when they are given, and what is offered? |
//! | `session` | what do the resources share? |
//! | `daemon` | the resource `ecs_daemon` |
//! | `task_definition` | the resource `ecs_daemon_task_definition` |
//! | `data` | the data sources |
//! | `functions` | the functions |
//! | `lists` | the list resources |
//! | `actions` | the actions |
//! | `attributes` | how do tables of attributes become schema, API form, comparison and documentation? |
//! | `wire` | how do the SDK's structures become values, and back? |
//! | `tree` | how do API trees become JSON, and back? |
//! | `tags`, `tag_plan`, `region_plan` | what do all resources plan alike? |
//! | `move_from_aws` | how is state of hashicorp/aws taken over? |
//! | `identity` | by what is a resource known? |
//! | `duration` | which form have timeouts and intervals? |
//! | `interrupt` | when does a wait end because Terraform is stopped? |
//! | `version` | which provider is this, and of which version? |
//! | `diagnostic` | how do failures become messages of Terraform? |
//!
//! Managed daemons and the way ECS speaks of them are in `daemons`; the connection is in `aws`.

mod actions;
pub mod arguments;
mod attributes;
mod block;
mod configuration;
pub mod daemon;
mod data;
mod diagnostic;
mod duration;
mod functions;
mod identity;
mod interrupt;
mod lists;
mod move_from_aws;
mod provider;
mod region_plan;
pub mod session;
mod tag_plan;
pub mod tags;
pub mod task_definition;
pub mod tree;
mod version;
mod wire;

pub use provider::EcsProvider;
pub use version::{LOG_CRATES, SOURCE, VERSION};
