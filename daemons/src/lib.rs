//! ECS managed daemons, and the way ECS speaks of them. Nothing here knows Terraform's values or messages, and
//! nothing prints.
//!
//! | file | question it answers |
//! |---|---|
//! | `settings` | which settings are there, and what exactly is sent? |
//! | `name` | what are the other attributes of a daemon called in a state? |
//! | `arn` | which forms do ARNs have? |
//! | `observe` | what do the answers of ECS mean? |
//! | `describe`, `answered`, `absent` | what is asked, is the answer one to the question, and does it say "not there"? |
//! | `fetch`, `batching`, `crowd` | how are answers read until they agree, and how do reads share calls? |
//! | `list`, `glob` | which daemons, deployments and task definitions are there, and which of them does a pattern name? |
//! | `unknown` | which settings does ECS have that this version does not? |
//! | `rollout`, `why`, `course` | when has a deployment ended, and how? why has it failed? what is told of it meanwhile? |
//! | `create`, `update`, `delete`, `writer`, `sending` | how is a daemon created, updated and deleted, each once, although answers are lost? |
//! | `wait`, `poll`, `patience` | how does a wait end, how often does it look, and when is something believed or given up? |
//! | `tagging`, `tags` | which calls change tags, and whose tags are left alone? |

pub mod absent;
pub mod answered;
pub mod arn;
pub mod batching;
pub mod course;
pub mod create;
mod crowd;
pub mod delete;
pub mod describe;
pub mod fetch;
pub mod glob;
pub mod list;
pub mod name;
pub mod observe;
pub mod patience;
pub mod poll;
pub mod rollout;
pub mod sending;
pub mod settings;
pub mod tagging;
pub mod tags;
pub mod unknown;
pub mod update;
pub mod wait;
pub mod why;
pub mod writer;
