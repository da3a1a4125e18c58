//! Actions: what a provider does on request, beside managing resources.

use std::{future::Future, marker::PhantomData};

use tfplug_core::{
    BoxFuture, Cancel, Diagnostics, Schema, Sink, Value,
    action::{self as core},
};

use crate::{Context, Failure, Partial, model::Model, partial::whole, shared::Shared};

/// An action: the model of its block `config`, and what it does.
///
/// Terraform from 1.14 on invokes it by `lifecycle.action_trigger` of a resource, and by `-invoke`.
pub trait Action: Model {
    /// The name in configurations, beginning with the provider's: `note_print`.
    const TYPE_NAME: &'static str;

    /// What the provider hands to its actions.
    type Client: Send + Sync + 'static;

    /// Rules between attributes. A rule that needs a value which is not known yet ([`Partial::require`], [`Partial::whole`]) ends
    /// without an error and is asked again when it is known.
    fn validate(config: Partial<'_, Self>) -> Result<(), Failure> {
        let _ = config;
        Ok(())
    }

    /// Says in a plan what would fail in the apply. It is not called while the provider has no client yet.
    fn plan(
        config: Partial<'_, Self>,
        context: &Context<Self::Client>,
    ) -> impl Future<Output = Result<(), Failure>> + Send {
        let _ = (config, context);
        async { Ok(()) }
    }

    /// Does it.
    fn invoke(
        self,
        progress: &Progress<'_>,
        context: &Context<Self::Client>,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Lines for the user while an action runs.
pub struct Progress<'a>(&'a dyn Sink<String>);

impl Progress<'_> {
    /// Tells the user a line. False if nobody hears it any more: the client is gone, or the user has asked it to stop.
    pub async fn tell(&self, line: impl Into<String> + Send) -> bool {
        self.0.send(line.into()).await
    }
}

/// An action as the server has it.
pub(crate) struct Served<A: Action> {
    schema: Schema,
    shared: Shared<A::Client>,
    model: PhantomData<fn() -> A>,
}

impl<A: Action> Served<A> {
    pub(crate) fn new(shared: Shared<A::Client>) -> Self {
        Self {
            schema: Schema {
                version: 0,
                block: A::block(),
            },
            shared,
            model: PhantomData,
        }
    }
}

impl<A: Action> core::Action for Served<A> {
    fn type_name(&self) -> &'static str {
        A::TYPE_NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        crate::validation::of::<A>(config, A::validate)
    }

    fn plan<'a>(&'a self, config: Value, cancel: &'a Cancel) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async move {
            let Ok(client) = self.shared.client() else {
                return Diagnostics::new();
            };
            let context = Context::new(client, cancel.clone());
            let planned = A::plan(Partial::new(&config), &context).await;
            context.told(planned.err().filter(|failure| !failure.waits()))
        })
    }

    fn invoke<'a>(
        &'a self,
        config: Value,
        progress: &'a dyn Sink<String>,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async move {
            let begun = self
                .shared
                .client()
                .and_then(|client| Ok((client, whole::<A>(&config)?)));
            let (client, model) = match begun {
                Ok(begun) => begun,
                Err(failure) => return failure.into_diagnostics(),
            };
            let context = Context::new(client, cancel.clone());
            let done = model.invoke(&Progress(progress), &context).await;
            context.told(done.err())
        })
    }
}
