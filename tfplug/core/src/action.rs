//! Actions: what a provider does on request, from `lifecycle.action_trigger` or `-invoke`, beside managing resources.

use crate::{cancel::Cancel, diagnostic::Diagnostics, future::BoxFuture, schema::Schema, sink::Sink, value::Value};

/// An action.
pub trait Action: Send + Sync {
    /// Type name, with the provider's prefix.
    fn type_name(&self) -> &'static str;

    /// Schema of the block `config`.
    fn schema(&self) -> &Schema;

    /// Rules beyond the schema. Unknown values must not fail.
    fn validate(&self, config: &Value) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Says at plan what would fail at apply. The configuration may hold unknown values.
    fn plan<'a>(&'a self, config: Value, cancel: &'a Cancel) -> BoxFuture<'a, Diagnostics> {
        let _ = (config, cancel);
        Box::pin(async { Diagnostics::new() })
    }

    /// Does it. The configuration is wholly known; lines for people go to `progress`. An action that is told to end by
    /// `cancel` says in its diagnostics what goes on without it: from then on `progress` takes no line. A client that is
    /// gone ends nothing, either; `progress` says so.
    fn invoke<'a>(
        &'a self,
        config: Value,
        progress: &'a dyn Sink<String>,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Diagnostics>;
}
