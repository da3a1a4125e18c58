//! List resources: what `terraform query` finds.

use std::{future::Future, marker::PhantomData};

use tfplug_core::{
    BoxFuture, Cancel, Diagnostics, Schema, Sink, Value,
    list::{self as core, ListRequest, Listed},
};

use crate::{Context, Failure, Partial, Resource, model::Model, partial::whole, resource::identity_of, shared::Shared};

/// A list of the objects of a resource: the model of its block `config`, and how they are found.
///
/// `terraform query` (1.14 and later) reads it. The resource needs attributes with `#[tf(identity)]`.
pub trait ListResource: Model {
    /// The resource whose objects it lists, and whose name and client it has.
    type Resource: Resource;

    /// Rules between attributes. A rule that needs a value which is not known yet ([`Partial::require`], [`Partial::whole`]) ends
    /// without an error and is asked again when it is known.
    fn validate(config: Partial<'_, Self>) -> Result<(), Failure> {
        let _ = config;
        Ok(())
    }

    /// Hands over the objects that match, one by one ([`Finds::add`]). After a failure the client shows none of them.
    fn list(
        self,
        finds: &Finds<'_, Self::Resource>,
        context: &Context<<Self::Resource as Resource>::Client>,
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// The objects that a list has found.
pub struct Finds<'a, R> {
    sink: &'a dyn Sink<Listed>,
    request: &'a ListRequest,
    resource: PhantomData<fn(R)>,
}

impl<R: Resource> Finds<'_, R> {
    /// True if the client wants the objects as a whole. Otherwise the attributes of the identity are enough, and the others
    /// may have any value.
    pub fn wants_objects(&self) -> bool {
        self.request.include_resource
    }

    /// Most objects that the client takes; none for any number.
    pub fn limit(&self) -> Option<usize> {
        self.request.limit
    }

    /// Adds an object under a name for people. False if the client takes no more: end then.
    pub async fn add(&self, display_name: impl Into<String> + Send, object: R) -> bool {
        let object = object.to_value();
        let listed = Listed {
            identity: identity_of::<R>(&object),
            display_name: display_name.into(),
            resource: if self.wants_objects() { object } else { Value::Null },
            diagnostics: Diagnostics::new(),
        };
        self.sink.send(listed).await
    }
}

/// A list as the server has it.
pub(crate) struct Served<L: ListResource> {
    schema: Schema,
    shared: Shared<<L::Resource as Resource>::Client>,
    model: PhantomData<fn() -> L>,
}

impl<L: ListResource> Served<L> {
    pub(crate) fn new(shared: Shared<<L::Resource as Resource>::Client>) -> Self {
        Self {
            schema: Schema {
                version: 0,
                block: L::block(),
            },
            shared,
            model: PhantomData,
        }
    }
}

impl<L: ListResource> core::ListResource for Served<L> {
    fn type_name(&self) -> &'static str {
        L::Resource::TYPE_NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        crate::validation::of::<L>(config, L::validate)
    }

    fn list<'a>(
        &'a self,
        request: ListRequest,
        found: &'a dyn Sink<Listed>,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async move {
            let begun = self
                .shared
                .client()
                .and_then(|client| Ok((client, whole::<L>(&request.config)?)));
            let (client, model) = match begun {
                Ok(begun) => begun,
                Err(failure) => return failure.into_diagnostics(),
            };
            let context = Context::new(client, cancel.clone());
            let finds = Finds {
                sink: found,
                request: &request,
                resource: PhantomData,
            };
            let listed = model.list(&finds, &context).await;
            context.told(listed.err())
        })
    }
}
