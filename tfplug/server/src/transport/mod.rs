//! The way of a client to the process: the environment it gives, the line it waits for on stdout,
//! the socket, and mutual TLS on it.
//!
//! Deliberately absent: nothing here knows a provider or a message of the protocol.

mod connection;
mod handshake;
mod incoming;
mod socket;
mod tls;

pub(crate) use connection::Connections;
pub(crate) use handshake::{Environment, Handshake};
pub(crate) use incoming::incoming;
pub(crate) use socket::{Listener, SocketFile};
pub(crate) use tls::Tls;
