//! The socket that the client connects to: a Unix socket with a new name, or on systems without
//! them a TCP port of the loopback interface.

#[cfg(any(not(unix), test))]
mod tcp;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(crate) use tcp::{Listener, SocketFile, Stream};
#[cfg(unix)]
pub(crate) use unix::{Listener, SocketFile, Stream};
