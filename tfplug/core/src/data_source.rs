//! Data sources.

use crate::{cancel::Cancel, diagnostic::Diagnostics, future::BoxFuture, schema::Schema, value::Value};

/// A data source.
pub trait DataSource: Send + Sync {
    /// Type name, with the provider's prefix.
    fn type_name(&self) -> &'static str;

    /// Schema.
    fn schema(&self) -> &Schema;

    /// Rules beyond the schema. Unknown values must not fail.
    fn validate(&self, config: &Value) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Reads it. The configuration is wholly known.
    fn read<'a>(&'a self, config: Value, cancel: &'a Cancel) -> BoxFuture<'a, (Value, Diagnostics)>;
}
