//! The generated side of the protocol: messages and services, as the build made them from `proto/`.

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
    tonic::include_proto!("tfplugin6");
}

/// The services that go-plugin adds.
pub mod plugin {
    tonic::include_proto!("plugin");
}

/// The gRPC health protocol.
pub mod health {
    tonic::include_proto!("grpc.health.v1");
}
