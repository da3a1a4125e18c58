//! Foreign servers on loopback that a provider block leads to: an STS (moto), a proxy (tinyproxy), and
//! TLS with a certificate authority of its own in front of the emulator. `cargo xtask test` obtains
//! the programs and names them in the environment.

mod moto;
mod program;
mod tinyproxy;
mod tls;

pub use moto::Moto;
pub use tinyproxy::Tinyproxy;
pub use tls::TlsFront;
