//! Notices of reports: one issue for each estate, which follows what scans say, messages of chats, and reports for
//! programs.
//!
//! | file | question it answers |
//! |---|---|
//! | `standing` | what does a report say of its estate as a whole? |
//! | `decision` | what becomes of the issue? |
//! | `issue` | what is an issue, whichever host has it? |
//! | `host` | how do GitHub and GitLab ask for that? |
//! | `upkeep` | which issue is it, and was it done? |
//! | `hook` | how is a webhook called? |
//! | `patience` | when is a request made again? |
//! | `courier` | who makes requests, and again? |
//! | `refusal` | what does an answer mean that is no success? |

mod courier;
mod decision;
mod hook;
mod host;
mod issue;
mod patience;
mod refusal;
mod standing;
mod upkeep;

pub(crate) use courier::Courier;
pub(crate) use hook::{Hook, Kind as HookKind};
pub(crate) use host::{Host, Place};
pub(crate) use standing::{Standing, with_known};
pub(crate) use upkeep::{Notice, Upkept, upkeep};
