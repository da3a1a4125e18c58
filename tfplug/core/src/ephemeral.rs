//! Ephemeral resources: values that live for one run and stand in no state and no plan, such as tokens.

use std::time::SystemTime;

use crate::{cancel::Cancel, diagnostic::Diagnostics, future::BoxFuture, schema::Schema, value::Value};

/// An ephemeral resource.
///
/// A client opens it in each run that needs it, in a plan as well as in an apply, and closes it at the end of the run, also
/// when something else has failed. In between it renews it as often as the answers ask for that.
pub trait EphemeralResource: Send + Sync {
    /// Type name, with the provider's prefix.
    fn type_name(&self) -> &'static str;

    /// Schema.
    fn schema(&self) -> &Schema;

    /// Rules beyond the schema. Unknown values must not fail.
    fn validate(&self, config: &Value) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Opens it. The configuration is wholly known: while it is not, the client opens nothing.
    fn open<'a>(&'a self, config: Value, cancel: &'a Cancel) -> BoxFuture<'a, OpenResponse>;

    /// Renews it, at the time that the latest answer named. Without a time it is never called.
    fn renew<'a>(&'a self, private: Vec<u8>, cancel: &'a Cancel) -> BoxFuture<'a, RenewResponse> {
        let _ = cancel;
        let response = RenewResponse {
            private,
            ..RenewResponse::default()
        };
        Box::pin(async { response })
    }

    /// Closes it. Clients wait for ten seconds.
    fn close<'a>(&'a self, private: Vec<u8>, cancel: &'a Cancel) -> BoxFuture<'a, Diagnostics> {
        let _ = (private, cancel);
        Box::pin(async { Diagnostics::new() })
    }
}

/// Answer of [`EphemeralResource::open`].
#[derive(Clone, Debug, Default)]
pub struct OpenResponse {
    /// The object: the configuration, with what is computed. Nothing of it may be unknown.
    pub result: Value,
    /// Private bytes, which `renew` and `close` get back.
    pub private: Vec<u8>,
    /// The time by which it has to be renewed.
    pub renew_at: Option<SystemTime>,
    /// Messages.
    pub diagnostics: Diagnostics,
}

/// Answer of [`EphemeralResource::renew`]. Private bytes replace the ones before, so they are always given.
#[derive(Clone, Debug, Default)]
pub struct RenewResponse {
    /// Private bytes.
    pub private: Vec<u8>,
    /// The time by which it has to be renewed again.
    pub renew_at: Option<SystemTime>,
    /// Messages.
    pub diagnostics: Diagnostics,
}
