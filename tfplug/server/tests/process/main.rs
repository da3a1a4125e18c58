//! The server as a client meets it: a process with an environment, a line on stdout, a socket, TLS.
//! The provider is `terraform-provider-toy`, the client is ours and as strict as the real one.

#![expect(clippy::unwrap_used, reason = "a test ends with its first surprise")]

mod client;
mod ending;
mod hostile;
mod logging;
mod rpcs;
mod start;
mod streams;
