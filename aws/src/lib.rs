//! The connection to AWS: settings in, clients out. Nothing here knows daemons, Terraform or a command line.
//!
//! Every client made here retries by the same rules (`retry`), and every error becomes a [`Failure`],
//! so that nobody else has to know the SDK's error types. Connecting makes no call, unless accounts
//! are restricted or roles are to be assumed; other credentials are looked for when the first call
//! needs them.
//!
//! | file | question it answers |
//! |---|---|
//! | `settings` | what can be set? |
//! | `environment`, `profiles` | what do the environment and the shared configuration files say? |
//! | `connection` | which clients are there, and whose account is it? |
//! | `connect` | how do the settings become an SDK configuration? |
//! | `region`, `endpoints` | what is called? |
//! | `credential_chain`, `roles`, `metadata` | with whose credentials? |
//! | `sendable` | can a request carry them? |
//! | `transport` | on which way: certificates and proxies? |
//! | `retry`, `timeouts` | how often, and how long? |
//! | `sent`, `mask` | what must no message repeat, and in which forms? |
//! | `raw_answer` | what did the service send, beyond what the SDK makes of it? |
//! | `user_agent` | under which name? |
//! | `sts` | who is that? |
//! | `web` | how are hosts called that are not AWS? |
//! | `cloudtrail` | who changed something? |
//! | `failure`, `causes`, `sentences` | what went wrong with a call, in our words? |
//! | `no_credentials` | why are there no credentials? |
//! | `problem` | why is there no connection? |
//! | `advice` | what does the caller call its settings? |

mod advice;
mod causes;
mod cloudtrail;
mod connect;
mod connection;
mod credential_chain;
mod endpoints;
mod environment;
pub mod failure;
mod mask;
mod metadata;
mod no_credentials;
mod problem;
mod profiles;
mod raw_answer;
mod region;
mod retry;
mod roles;
mod sendable;
mod sent;
mod sentences;
mod settings;
mod sts;
mod timeouts;
mod transport;
mod user_agent;
pub mod web;

pub use advice::Advice;
pub use connection::{Aws, UNENCRYPTED};
pub use endpoints::is_url;
pub use failure::{Failure, FailureKind, NO_CREDENTIALS};
pub use problem::{Argument, Problem, Problems, Step};
pub use raw_answer::Body;
pub use retry::DEFAULT_RETRIES;
pub use settings::{AssumeRole, Settings, WebIdentity};
pub use transport::check_proxy_url;
pub use user_agent::is_header_text;

#[cfg(test)]
mod tests;
