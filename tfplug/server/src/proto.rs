//! The generated side of the protocol: messages and services. `tests/generated.rs` makes them from `proto/`.

#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::all,
    clippy::pedantic,
    reason = "generated code"
)]

/// Terraform plugin protocol 6.
pub mod tfplugin6 {
    include!("../proto/generated/tfplugin6.rs");
}

/// The services that go-plugin adds.
pub mod plugin {
    include!("../proto/generated/plugin.rs");
}

/// The gRPC health protocol.
pub mod health {
    include!("../proto/generated/grpc.health.v1.rs");
}
