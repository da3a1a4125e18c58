//! Ephemeral resources: values for one run, which stand in no state and no plan.

use std::{future::Future, marker::PhantomData, time::SystemTime};

use tfplug_core::{
    BoxFuture, Cancel, Diagnostics, Schema, Value,
    ephemeral::{self as core, OpenResponse, RenewResponse},
};

use crate::{Context, Failure, Partial, computed, kept::unchanged, model::Model, partial::whole, shared::Shared};

/// An ephemeral resource: its model, and how it is opened, renewed and closed.
///
/// Clients open it in each run that needs it, in a plan as well as in an apply.
pub trait EphemeralResource: Model {
    /// The name in configurations, beginning with the provider's: `note_key`.
    const TYPE_NAME: &'static str;

    /// What the provider hands to its ephemeral resources.
    type Client: Send + Sync + 'static;

    /// Rules between attributes. A rule that needs a value which is not known yet ([`Partial::require`], [`Partial::whole`]) ends
    /// without an error and is asked again when it is known.
    fn validate(config: Partial<'_, Self>) -> Result<(), Failure> {
        let _ = config;
        Ok(())
    }

    /// Opens it: the arguments are there, and the computed attributes are to be set. After a failure nothing is closed.
    fn open(&mut self, context: &Context<Self::Client>) -> impl Future<Output = Result<Lease, Failure>> + Send;

    /// Renews it, at the time that the lease names. After a failure the lease stays as it was, and is closed in the end.
    fn renew(lease: Lease, context: &Context<Self::Client>) -> impl Future<Output = Result<Lease, Failure>> + Send {
        let _ = context;
        async { Ok(Lease::of(lease.kept)) }
    }

    /// Closes it, also when something else of the run has failed. Clients wait for ten seconds.
    fn close(lease: Lease, context: &Context<Self::Client>) -> impl Future<Output = Result<(), Failure>> + Send {
        let _ = (lease, context);
        async { Ok(()) }
    }
}

/// What renewing and closing need to know of an ephemeral resource that was opened.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Lease {
    kept: Vec<u8>,
    renew_at: Option<SystemTime>,
}

impl Lease {
    /// Nothing is renewed, and closing needs to know nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Bytes that renewing and closing get back, such as the id of a token. They are not stored.
    pub fn of(kept: impl Into<Vec<u8>>) -> Self {
        Self {
            kept: kept.into(),
            renew_at: None,
        }
    }

    /// The time by which it has to be renewed.
    #[must_use]
    pub fn renew_at(mut self, time: SystemTime) -> Self {
        self.renew_at = Some(time);
        self
    }

    /// The bytes.
    pub fn kept(&self) -> &[u8] {
        &self.kept
    }
}

/// The bytes may be a secret.
impl std::fmt::Debug for Lease {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Lease")
            .field("renew_at", &self.renew_at)
            .finish_non_exhaustive()
    }
}

/// An ephemeral resource as the server has it.
pub(crate) struct Served<E: EphemeralResource> {
    schema: Schema,
    shared: Shared<E::Client>,
    model: PhantomData<fn() -> E>,
}

impl<E: EphemeralResource> Served<E> {
    pub(crate) fn new(shared: Shared<E::Client>) -> Self {
        Self {
            schema: Schema {
                version: 0,
                block: E::block(),
            },
            shared,
            model: PhantomData,
        }
    }

    fn context(&self, cancel: &Cancel) -> Result<Context<E::Client>, Failure> {
        Ok(Context::new(self.shared.client()?, cancel.clone()))
    }

    async fn opened(&self, config: &Value, context: &Context<E::Client>) -> Result<(Value, Lease), Failure> {
        let block = &self.schema.block;
        let config = &computed::begun(block, config.clone());
        let mut model = whole::<E>(config)?;
        let configured = model.to_value();
        let lease = model.open(context).await?;
        let value = unchanged(config, &configured, model.to_value());
        match computed::ended(block, value, &format!("ephemeral resource `{}`", E::TYPE_NAME)) {
            Ok(value) => Ok((value, lease)),
            Err(failure) => {
                // The client closes nothing after an error.
                let _ignored = E::close(lease, context).await;
                Err(failure)
            }
        }
    }
}

impl<E: EphemeralResource> core::EphemeralResource for Served<E> {
    fn type_name(&self) -> &'static str {
        E::TYPE_NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        crate::validation::of::<E>(config, E::validate)
    }

    fn open<'a>(&'a self, config: Value, cancel: &'a Cancel) -> BoxFuture<'a, OpenResponse> {
        Box::pin(async move {
            let context = match self.context(cancel) {
                Ok(context) => context,
                Err(failure) => {
                    return OpenResponse {
                        diagnostics: failure.into_diagnostics(),
                        ..OpenResponse::default()
                    };
                }
            };
            match self.opened(&config, &context).await {
                Ok((result, lease)) => OpenResponse {
                    result,
                    private: lease.kept,
                    renew_at: lease.renew_at,
                    diagnostics: context.told(None),
                },
                Err(failure) => OpenResponse {
                    diagnostics: context.told(Some(failure)),
                    ..OpenResponse::default()
                },
            }
        })
    }

    fn renew<'a>(&'a self, private: Vec<u8>, cancel: &'a Cancel) -> BoxFuture<'a, RenewResponse> {
        Box::pin(async move {
            let failed = |diagnostics, private| RenewResponse {
                private,
                renew_at: None,
                diagnostics,
            };
            let context = match self.context(cancel) {
                Ok(context) => context,
                Err(failure) => return failed(failure.into_diagnostics(), private),
            };
            match E::renew(Lease::of(private.clone()), &context).await {
                Ok(lease) => RenewResponse {
                    private: lease.kept,
                    renew_at: lease.renew_at,
                    diagnostics: context.told(None),
                },
                Err(failure) => failed(context.told(Some(failure)), private),
            }
        })
    }

    fn close<'a>(&'a self, private: Vec<u8>, cancel: &'a Cancel) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async move {
            match self.context(cancel) {
                Ok(context) => {
                    let closed = E::close(Lease::of(private), &context).await;
                    context.told(closed.err())
                }
                Err(failure) => failure.into_diagnostics(),
            }
        })
    }
}
