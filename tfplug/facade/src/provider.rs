//! Providers: the provider block, and what they offer.

use std::{future::Future, marker::PhantomData, process::ExitCode, sync::Arc};

use tfplug_core::{
    BoxFuture, Cancel, Diagnostics, Schema, Value,
    provider::{self as core, ConfigureRequest},
};
use tfplug_server::Options;

use crate::{
    Action, DataSource, EphemeralResource, Failure, Function, ListResource, Partial, Resource, action, data_source,
    ephemeral, list, model::Model, partial::whole, resource, shared::Shared,
};

/// A provider: the model of its block, and the client that it makes of it.
pub trait Provider: Model {
    /// Short name, with which all its type names begin.
    const NAME: &'static str;

    /// Version, usually `env!("CARGO_PKG_VERSION")`.
    const VERSION: &'static str;

    /// What resources and data sources are handed: a connection, for example.
    type Client: Send + Sync + 'static;

    /// Rules between arguments. A rule that needs a value which is not known yet ([`Partial::require`], [`Partial::whole`]) ends
    /// without an error and is asked again when it is known.
    fn validate(config: Partial<'_, Self>) -> Result<(), Failure> {
        let _ = config;
        Ok(())
    }

    /// Makes the client. While an argument is not known yet, which happens in plans, it is called only if the field of the
    /// argument has room for that (`Tf`); otherwise resources say that the provider is not configured.
    fn configure(self) -> impl Future<Output = Result<Self::Client, Failure>> + Send;
}

/// A provider and what it offers.
pub struct Builder<P: Provider> {
    schema: Schema,
    shared: Shared<P::Client>,
    resources: Vec<Arc<dyn tfplug_core::Resource>>,
    data_sources: Vec<Arc<dyn tfplug_core::DataSource>>,
    ephemeral_resources: Vec<Arc<dyn tfplug_core::EphemeralResource>>,
    list_resources: Vec<Arc<dyn tfplug_core::ListResource>>,
    actions: Vec<Arc<dyn tfplug_core::Action>>,
    functions: Vec<Arc<dyn tfplug_core::Function>>,
    log_crates: Vec<&'static str>,
    provider: PhantomData<fn() -> P>,
}

/// A provider that offers nothing yet.
pub fn provider<P: Provider>() -> Builder<P> {
    Builder {
        schema: Schema {
            version: 0,
            block: P::block(),
        },
        shared: Shared::default(),
        resources: Vec::new(),
        data_sources: Vec::new(),
        ephemeral_resources: Vec::new(),
        list_resources: Vec::new(),
        actions: Vec::new(),
        functions: Vec::new(),
        log_crates: Vec::new(),
        provider: PhantomData,
    }
}

impl<P: Provider> Builder<P> {
    /// Offers a resource.
    #[must_use]
    pub fn resource<R: Resource<Client = P::Client>>(mut self) -> Self {
        self.resources
            .push(Arc::new(resource::Served::<R>::new(self.shared.clone())));
        self
    }

    /// Offers a data source.
    #[must_use]
    pub fn data_source<D: DataSource<Client = P::Client>>(mut self) -> Self {
        let served = data_source::Served::<D>::new(self.shared.clone());
        self.data_sources.push(Arc::new(served));
        self
    }

    /// Offers an ephemeral resource.
    #[must_use]
    pub fn ephemeral_resource<E: EphemeralResource<Client = P::Client>>(mut self) -> Self {
        let served = ephemeral::Served::<E>::new(self.shared.clone());
        self.ephemeral_resources.push(Arc::new(served));
        self
    }

    /// Offers a function.
    #[must_use]
    pub fn function(mut self, function: Function) -> Self {
        self.functions.push(Arc::new(function));
        self
    }

    /// Offers a resource that is written with the traits of [`tfplug_core`], which have no types and all of the protocol.
    #[must_use]
    pub fn untyped_resource(mut self, resource: Arc<dyn tfplug_core::Resource>) -> Self {
        self.resources.push(resource);
        self
    }

    /// Offers a list resource, for `terraform query`.
    #[must_use]
    pub fn list_resource<L>(mut self) -> Self
    where
        L: ListResource,
        L::Resource: Resource<Client = P::Client>,
    {
        self.list_resources
            .push(Arc::new(list::Served::<L>::new(self.shared.clone())));
        self
    }

    /// Offers an action.
    #[must_use]
    pub fn action<A: Action<Client = P::Client>>(mut self) -> Self {
        self.actions
            .push(Arc::new(action::Served::<A>::new(self.shared.clone())));
        self
    }

    /// Offers a list resource that is written with the traits of [`tfplug_core`].
    #[must_use]
    pub fn untyped_list_resource(mut self, list: Arc<dyn tfplug_core::ListResource>) -> Self {
        self.list_resources.push(list);
        self
    }

    /// Offers an action that is written with the traits of [`tfplug_core`].
    #[must_use]
    pub fn untyped_action(mut self, action: Arc<dyn tfplug_core::Action>) -> Self {
        self.actions.push(action);
        self
    }

    /// Crates beside the provider's own whose log lines are written from the level that the user asks for. Of all others
    /// only warnings are.
    #[must_use]
    pub fn log_crates(mut self, crates: impl IntoIterator<Item = &'static str>) -> Self {
        self.log_crates.extend(crates);
        self
    }

    /// The provider, for the driver of `tfplug-testing`.
    pub fn build(self) -> Arc<dyn tfplug_core::Provider> {
        Arc::new(Served(self))
    }

    /// Serves the provider to the client that started this process. `source` is what users write as
    /// `source = "namespace/name"`. With the argument `-debug` it waits for clients that find it by
    /// `TF_REATTACH_PROVIDERS`, for a debugger.
    ///
    /// Call it in `main`, outside a tokio runtime, before anything has written to standard output.
    pub fn serve(self, source: &str) -> ExitCode {
        let options = Options::new(source).log_crates(self.log_crates.clone());
        let provider = self.build();
        if std::env::args().any(|argument| argument == "-debug") {
            tfplug_server::serve_debug(provider, &options)
        } else {
            tfplug_server::serve(provider, &options)
        }
    }
}

/// A provider as the server has it.
struct Served<P: Provider>(Builder<P>);

impl<P: Provider> Served<P> {
    async fn configure_with(&self, config: &Value) -> Result<(), Failure> {
        let members = config.as_map().into_iter().flatten();
        let unknown: Vec<&String> = members
            .filter(|(_, value)| !value.is_wholly_known())
            .map(|(name, _)| name)
            .collect();
        match whole::<P>(config) {
            Ok(settings) => self.0.shared.set(settings.configure().await?),
            // Its fields have no room for what is not known.
            Err(_) if !unknown.is_empty() => {
                let names: Vec<String> = unknown.iter().map(|name| format!("`{name}`")).collect();
                self.0.shared.wait(names.join(", "));
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }
}

impl<P: Provider> core::Provider for Served<P> {
    fn name(&self) -> &'static str {
        P::NAME
    }

    fn version(&self) -> &'static str {
        P::VERSION
    }

    fn schema(&self) -> &Schema {
        &self.0.schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        crate::validation::of::<P>(config, P::validate)
    }

    fn configure<'a>(&'a self, request: ConfigureRequest, _: &'a Cancel) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async move {
            let configured = self.configure_with(&request.config).await;
            configured.err().map(Failure::into_diagnostics).unwrap_or_default()
        })
    }

    fn resources(&self) -> &[Arc<dyn tfplug_core::Resource>] {
        &self.0.resources
    }

    fn data_sources(&self) -> &[Arc<dyn tfplug_core::DataSource>] {
        &self.0.data_sources
    }

    fn ephemeral_resources(&self) -> &[Arc<dyn tfplug_core::EphemeralResource>] {
        &self.0.ephemeral_resources
    }

    fn list_resources(&self) -> &[Arc<dyn tfplug_core::ListResource>] {
        &self.0.list_resources
    }

    fn actions(&self) -> &[Arc<dyn tfplug_core::Action>] {
        &self.0.actions
    }

    fn functions(&self) -> &[Arc<dyn tfplug_core::Function>] {
        &self.0.functions
    }
}
