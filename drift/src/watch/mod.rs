//! Rollouts that are watched until they end. Nothing is changed: a rollout is whoever's it is.
//!
//! | file | question it answers |
//! |---|---|
//! | `event` | what is told of a rollout, to programs? |
//! | `subject` | which daemons are watched, and by whose credentials? |
//! | `look` | what does a reading of a daemon say: is there a rollout to watch? |
//! | `region` | how are the rollouts of one region followed to their ends? |
//! | `watching` | what decides how they are watched? |
//! | `run` | how are several accounts and regions watched at once? |

mod event;
mod look;
mod region;
mod run;
mod subject;
mod watching;

pub use event::{Instances, WatchEnd, WatchEvent, WatchLine, Watched};
pub use run::watch;
pub use subject::Subject;
pub use watching::Watching;
