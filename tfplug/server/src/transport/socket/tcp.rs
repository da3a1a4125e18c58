//! TCP on the loopback interface, where there are no Unix sockets.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    ops::RangeInclusive,
};
use tokio::net::{TcpListener, TcpStream};

#[cfg(not(unix))]
use crate::transport::Environment;

/// A connection.
pub(crate) type Stream = TcpStream;

/// A socket that accepts connections.
#[derive(Debug)]
pub(crate) struct Listener(TcpListener);

impl Listener {
    /// Takes the first free port that the client allows; any, if it names none.
    #[cfg(not(unix))]
    pub(crate) fn bind(environment: &Environment) -> io::Result<(Self, SocketFile)> {
        let (first, last) = environment.ports;
        Self::bind_in(first..=last).map(|listener| (listener, SocketFile))
    }

    fn bind_in(ports: RangeInclusive<u16>) -> io::Result<Self> {
        let mut last = io::Error::new(io::ErrorKind::InvalidInput, "PLUGIN_MIN_PORT is above PLUGIN_MAX_PORT");
        for port in ports {
            match bind_port(port) {
                Ok(listener) => return Ok(Self(listener)),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Kind of address, as the handshake names it.
    #[cfg(not(unix))]
    pub(crate) const NETWORK: &str = "tcp";

    /// Address, as the handshake names it.
    pub(crate) fn address(&self) -> io::Result<String> {
        self.0.local_addr().map(|address| address.to_string())
    }

    /// Waits for a connection.
    pub(crate) async fn accept(&self) -> io::Result<Stream> {
        let (stream, _) = self.0.accept().await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// Nothing stays behind of a TCP socket.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct SocketFile;

#[cfg(not(unix))]
impl SocketFile {
    /// Nothing either.
    pub(crate) fn share(&self) -> Self {
        Self
    }
}

fn bind_port(port: u16) -> io::Result<TcpListener> {
    let socket = std::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_free_port_is_taken() {
        let taken = Listener::bind_in(0..=0).unwrap();
        let address: SocketAddr = taken.address().unwrap().parse().unwrap();
        let port = address.port();
        assert!(
            Listener::bind_in(port..=port).is_err(),
            "both ends belong to the range, and this one is in use"
        );
        let next = Listener::bind_in(port..=u16::MAX).unwrap().address().unwrap();
        assert!(next.parse::<SocketAddr>().unwrap().port() > port, "{next}");
        assert!(next.starts_with("127.0.0.1:"));
    }

    #[tokio::test]
    async fn connections_are_accepted() {
        let listener = Listener::bind_in(0..=0).unwrap();
        let client: Stream = TcpStream::connect(listener.address().unwrap()).await.unwrap();
        let server = listener.accept().await.unwrap();
        assert_eq!(client.local_addr().unwrap(), server.peer_addr().unwrap());
    }
}
