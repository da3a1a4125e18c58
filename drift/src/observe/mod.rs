//! Answers of ECS, asked for in batches and read by the one `observe` that the provider uses, too.
//!
//! | file | question it answers |
//! |---|---|
//! | `reader` | which calls may a scan make at all? |
//! | `ecs` | how are they made? |
//! | `rate` | how fast, and what happens when that is too fast? |
//! | `order` | which answers belong together? |
//! | `pages` | when does a list end? |
//! | `retry` | when is a call made again, and when is a service given up? |
//! | `end` | when is a scan to end, whatever is left? |
//! | `fetch` | how are many daemons read with few calls? |
//! | `live` | what is known of one daemon after that? |
//!
//! A scan holds a [`Reader`], which has no call that changes anything, so it cannot name one.

pub mod ecs;
mod end;
mod fetch;
mod live;
mod order;
mod pages;
mod rate;
pub mod reader;
mod retry;

pub use ecs::{Credentials, EcsReader, Slots};
pub use end::{End, Ending, is_end};
pub(crate) use fetch::{Asked, ask, complete, describe};
pub use fetch::{Target, fetch};
pub use live::{Live, Reading};
pub(crate) use pages::Pages;
pub use reader::Reader;
pub(crate) use retry::may_pass;
