//! A provider: its own configuration, and the registry of what it offers.

use std::sync::Arc;

use crate::{
    action::Action, cancel::Cancel, data_source::DataSource, diagnostic::Diagnostics, ephemeral::EphemeralResource,
    function::Function, future::BoxFuture, list::ListResource, resource::Resource, schema::Schema, value::Value,
};

/// A provider: its own configuration, and the registry of what it offers.
pub trait Provider: Send + Sync {
    /// Short name, which is also the prefix of its type names.
    fn name(&self) -> &'static str;

    /// Version of the build.
    fn version(&self) -> &'static str;

    /// Schema of the provider block.
    fn schema(&self) -> &Schema;

    /// Rules beyond the schema for the provider block. Unknown values must not fail.
    fn validate(&self, config: &Value) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Takes the configuration. May be called many times in one process; the latest wins.
    fn configure<'a>(&'a self, request: ConfigureRequest, cancel: &'a Cancel) -> BoxFuture<'a, Diagnostics>;

    /// Managed resources, one line each.
    fn resources(&self) -> &[Arc<dyn Resource>];

    /// Data sources, one line each.
    fn data_sources(&self) -> &[Arc<dyn DataSource>] {
        &[]
    }

    /// Ephemeral resources, one line each.
    fn ephemeral_resources(&self) -> &[Arc<dyn EphemeralResource>] {
        &[]
    }

    /// List resources, one line each.
    fn list_resources(&self) -> &[Arc<dyn ListResource>] {
        &[]
    }

    /// Actions, one line each.
    fn actions(&self) -> &[Arc<dyn Action>] {
        &[]
    }

    /// Functions, one line each.
    fn functions(&self) -> &[Arc<dyn Function>] {
        &[]
    }
}

/// Request of [`Provider::configure`].
#[derive(Clone, Debug)]
pub struct ConfigureRequest {
    /// The provider block; may hold unknown values while planning.
    pub config: Value,
    /// Version that the client gives for itself. `OpenTofu` gives a constant: not for decisions.
    pub client_version: String,
}
