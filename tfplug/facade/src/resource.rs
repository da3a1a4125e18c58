//! Managed resources.

use std::{future::Future, marker::PhantomData};

use tfplug_core::{
    BoxFuture, Cancel, Diagnostics, IdentitySchema, Schema, Value,
    json::{self, Extra},
    pipeline,
    resource::{self as core, ApplyRequest, ApplyResponse, ImportRequest, ImportResponse, ReadRequest, ReadResponse},
    schema::IdentityAttribute,
};

use crate::{Context, Failure, Partial, Plan, kept::unchanged, model::Model, partial::whole, shared::Shared};

/// A managed resource: its model, and how objects are read, created, changed and deleted.
///
/// The functions are asynchronous and run on tokio's threads; a call that blocks a thread belongs into
/// `tokio::task::spawn_blocking`. They may run at the same time for different objects.
pub trait Resource: Model {
    /// The name in configurations, beginning with the provider's: `note_file`.
    const TYPE_NAME: &'static str;

    /// Version of the form of stored states. A state of another version goes through [`Resource::upgrade`].
    const VERSION: i64 = 0;

    /// What the provider hands to its resources.
    type Client: Send + Sync + 'static;

    /// Rules between attributes. A rule that needs a value which is not known yet ([`Partial::require`], [`Partial::whole`])
    /// ends without an error and is asked again when it is known.
    fn validate(config: Partial<'_, Self>) -> Result<(), Failure> {
        let _ = config;
        Ok(())
    }

    /// Rules over the whole plan, after those of the attributes. Values that are not known yet are as in
    /// [`Resource::validate`].
    fn plan(plan: &mut Plan<'_, Self>) -> Result<(), Failure> {
        let _ = plan;
        Ok(())
    }

    /// Reads the object that a state is about; none if it is gone. After an import the state has the attributes of the
    /// identity only, so take no others for granted: [`Partial::require`] those, and [`Partial::get`] what the service does
    /// not tell.
    fn read(
        state: Partial<'_, Self>,
        context: &Context<Self::Client>,
    ) -> impl Future<Output = Result<Option<Self>, Failure>> + Send;

    /// Creates the object and sets what only the service knows. The model is stored also after a failure, so that no object
    /// is forgotten, unless the failure is [`Failure::nothing_done`].
    fn create(&mut self, context: &Context<Self::Client>) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Changes the object from what it was. After a failure the state before stays, unless the failure is
    /// [`Failure::partly_done`]. Without it every attribute that can change has to be marked with `replace`.
    fn update(
        &mut self,
        prior: &Self,
        context: &Context<Self::Client>,
    ) -> impl Future<Output = Result<(), Failure>> + Send {
        let _ = (prior, context);
        async {
            Err(Failure::new(
                "Update not implemented",
                format!(
                    "{} cannot be changed in place. This is a bug in the provider: each of its attributes has to replace it.",
                    Self::TYPE_NAME
                ),
            ))
        }
    }

    /// Deletes the object; one that is gone already is deleted.
    fn delete(self, context: &Context<Self::Client>) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Brings the object that another version stored, as it stands in the state, to the form of this one. Lists, sets and
    /// tuples are lists there; attributes that are left out become null.
    fn upgrade(version: i64, state: Value) -> Result<Value, Failure> {
        let _ = state;
        Err(Failure::new(
            "Unable to upgrade resource state",
            format!(
                "The state of {} was written by schema version {version}, which this provider does not know. Use the \
                 provider version that wrote the state, or one newer than this.",
                Self::TYPE_NAME
            ),
        ))
    }
}

/// A resource as the server has it.
pub(crate) struct Served<R: Resource> {
    schema: Schema,
    identity: Option<IdentitySchema>,
    shared: Shared<R::Client>,
    model: PhantomData<fn() -> R>,
}

impl<R: Resource> Served<R> {
    pub(crate) fn new(shared: Shared<R::Client>) -> Self {
        let schema = Schema {
            version: R::VERSION,
            block: R::block(),
        };
        let identity = identity::<R>(&schema);
        Self {
            schema,
            identity,
            shared,
            model: PhantomData,
        }
    }

    fn context(&self, cancel: &Cancel) -> Result<Context<R::Client>, Failure> {
        let client = self.shared.client()?;
        Ok(Context::new(client, cancel.clone()))
    }

    async fn read_object(&self, state: &Value, cancel: &Cancel) -> (Result<Option<Value>, Failure>, Diagnostics) {
        let context = match self.context(cancel) {
            Ok(context) => context,
            Err(failure) => return (Err(failure), Diagnostics::new()),
        };
        let read = R::read(Partial::new(state), &context).await;
        let before = whole::<R>(state).ok().map(|before| before.to_value());
        let value = |model: R| match &before {
            Some(before) => unchanged(state, before, model.to_value()),
            None => model.to_value(),
        };
        (read.map(|model| model.map(value)), context.take_told())
    }

    /// What an apply is asked for: the plan, with the write-only arguments, which only the configuration has.
    fn asked(&self, request: &ApplyRequest) -> Value {
        pipeline::with_write_only(&self.schema.block, request.planned.clone(), &request.config)
    }

    async fn make(&self, request: &ApplyRequest, cancel: &Cancel) -> ApplyResponse {
        let asked = self.asked(request);
        let begun = self
            .context(cancel)
            .and_then(|context| Ok((context, whole::<R>(&asked)?)));
        let (context, mut model) = match begun {
            Ok(begun) => begun,
            Err(failure) => return not_begun(request, failure),
        };
        let planned = model.to_value();
        let made = model.create(&context).await;
        answer::<R>(
            request,
            unchanged(&asked, &planned, model.to_value()),
            made,
            &context,
            true,
        )
    }

    async fn change(&self, request: &ApplyRequest, cancel: &Cancel) -> ApplyResponse {
        let asked = self.asked(request);
        let begun = self
            .context(cancel)
            .and_then(|context| Ok((context, whole::<R>(&request.prior)?, whole::<R>(&asked)?)));
        let (context, prior, mut model) = match begun {
            Ok(begun) => begun,
            Err(failure) => return not_begun(request, failure),
        };
        let planned = model.to_value();
        let changed = model.update(&prior, &context).await;
        answer::<R>(
            request,
            unchanged(&asked, &planned, model.to_value()),
            changed,
            &context,
            false,
        )
    }

    async fn remove(&self, request: &ApplyRequest, cancel: &Cancel) -> ApplyResponse {
        let begun = self
            .context(cancel)
            .and_then(|context| Ok((context, whole::<R>(&request.prior)?)));
        let (context, model) = match begun {
            Ok(begun) => begun,
            Err(failure) => return not_begun(request, failure),
        };
        let deleted = model.delete(&context).await;
        let mut diagnostics = context.take_told();
        match deleted {
            Ok(()) => ApplyResponse {
                diagnostics,
                ..ApplyResponse::default()
            },
            Err(failure) => {
                diagnostics.extend(failure.into_diagnostics());
                ApplyResponse::unchanged(request, diagnostics)
            }
        }
    }

    fn imported(&self, request: ImportRequest) -> Result<Value, Failure> {
        let names = R::IDENTITY;
        let members: Vec<(&str, Value)> = match request {
            ImportRequest::Identity(identity) => names.iter().map(|name| (*name, identity.get(name).clone())).collect(),
            ImportRequest::Id(id) => {
                let parts: Vec<&str> = match names.len() {
                    1 => vec![id.as_str()],
                    _ => id.split('/').collect(),
                };
                if names.is_empty() || parts.len() != names.len() || parts.contains(&"") {
                    return Err(wrong_id::<R>(&id));
                }
                let typed = names
                    .iter()
                    .zip(parts)
                    .map(|(name, part)| Ok((*name, self.part(name, part)?)));
                typed.collect::<Result<_, Failure>>()?
            }
        };
        Ok(self.schema.block.complete(Value::object(members)))
    }

    /// A part of an id as the value of an attribute.
    fn part(&self, name: &str, text: &str) -> Result<Value, Failure> {
        use tfplug_core::{Number, Type};
        let wrong = || wrong_id::<R>(text);
        match self
            .schema
            .block
            .attribute(name)
            .map(tfplug_core::Attribute::implied_type)
        {
            Some(Type::Number) => text.parse::<Number>().map(Value::from).map_err(|_| wrong()),
            Some(Type::Bool) => text.parse::<bool>().map(Value::from).map_err(|_| wrong()),
            _ => Ok(text.into()),
        }
    }
}

fn wrong_id<R: Resource>(id: &str) -> Failure {
    let text = if R::IDENTITY.is_empty() {
        format!("{} does not support import.", R::TYPE_NAME)
    } else {
        let form: Vec<String> = R::IDENTITY.iter().map(|name| name.to_uppercase()).collect();
        format!(
            "`{id}` is no id of {}; one has the form {}.",
            R::TYPE_NAME,
            form.join("/")
        )
    };
    Failure::new("Unable to import", text)
}

/// The attributes that name the object, as the identity.
fn identity<R: Resource>(schema: &Schema) -> Option<IdentitySchema> {
    let attributes = R::IDENTITY.iter().filter_map(|name| schema.block.attribute(name));
    let attributes: Vec<IdentityAttribute> = attributes
        .map(|attribute| IdentityAttribute {
            name: attribute.name.clone(),
            ty: attribute.implied_type(),
            required_for_import: true,
            description: attribute.description.clone(),
        })
        .collect();
    (!attributes.is_empty()).then_some(IdentitySchema { version: 0, attributes })
}

/// The identity of an object; null while a part of it is not known.
pub(crate) fn identity_of<R: Resource>(object: &Value) -> Value {
    let members: Vec<(&str, Value)> = R::IDENTITY
        .iter()
        .map(|name| (*name, object.get(name).clone()))
        .collect();
    if members.is_empty() || members.iter().any(|(_, value)| !value.is_present()) {
        return Value::Null;
    }
    Value::object(members)
}

fn not_begun(request: &ApplyRequest, failure: Failure) -> ApplyResponse {
    ApplyResponse::unchanged(request, failure.into_diagnostics())
}

/// The answer of a creation or change that leaves the model as `state`. A failure that does not say otherwise stores it if
/// `keeps_model`.
fn answer<R: Resource>(
    request: &ApplyRequest,
    state: Value,
    done: Result<(), Failure>,
    context: &Context<R::Client>,
    keeps_model: bool,
) -> ApplyResponse {
    let mut diagnostics = context.take_told();
    let keeps_model = match done {
        Ok(()) => true,
        Err(failure) => {
            let keeps_model = failure.keeps_model(keeps_model);
            diagnostics.extend(failure.into_diagnostics());
            keeps_model
        }
    };
    if !keeps_model {
        return ApplyResponse::unchanged(request, diagnostics);
    }
    ApplyResponse {
        identity: identity_of::<R>(&state),
        state,
        private: request.private.clone(),
        diagnostics,
    }
}

impl<R: Resource> core::Resource for Served<R> {
    fn type_name(&self) -> &'static str {
        R::TYPE_NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn identity_schema(&self) -> Option<&IdentitySchema> {
        self.identity.as_ref()
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        crate::validation::of::<R>(config, R::validate)
    }

    fn modify_plan(&self, plan: &mut core::Plan) {
        if let Err(failure) = R::plan(&mut Plan::new(plan))
            && !failure.waits()
        {
            plan.diagnostics.extend(failure.into_diagnostics());
        }
        if !plan.planned.is_null() && plan.identity.is_null() {
            plan.identity = identity_of::<R>(&plan.planned);
        }
    }

    fn upgrade(&self, version: i64, raw: Value) -> Result<Value, Diagnostics> {
        let upgraded = R::upgrade(version, raw).map_err(Failure::into_diagnostics)?;
        json::typed(&upgraded, &self.schema.implied_type(), Extra::Refuse).map_err(|error| {
            let text = format!("The upgraded state does not fit the schema: {error}. This is a bug in the provider.");
            let failure = Failure::new("Unable to upgrade resource state", text).at(error.path());
            failure.into_diagnostics()
        })
    }

    fn read<'a>(&'a self, request: ReadRequest, cancel: &'a Cancel) -> BoxFuture<'a, ReadResponse> {
        Box::pin(async move {
            let (read, mut diagnostics) = self.read_object(&request.state, cancel).await;
            match read {
                Ok(Some(state)) => ReadResponse {
                    identity: identity_of::<R>(&state),
                    state,
                    private: request.private,
                    diagnostics,
                },
                Ok(None) => ReadResponse {
                    diagnostics,
                    ..ReadResponse::default()
                },
                Err(failure) => {
                    diagnostics.extend(failure.into_diagnostics());
                    ReadResponse::unchanged(&request, diagnostics)
                }
            }
        })
    }

    fn create<'a>(&'a self, request: ApplyRequest, cancel: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async move { self.make(&request, cancel).await })
    }

    fn update<'a>(&'a self, request: ApplyRequest, cancel: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async move { self.change(&request, cancel).await })
    }

    fn delete<'a>(&'a self, request: ApplyRequest, cancel: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async move { self.remove(&request, cancel).await })
    }

    fn import<'a>(&'a self, request: ImportRequest, _: &'a Cancel) -> BoxFuture<'a, ImportResponse> {
        Box::pin(async move {
            match self.imported(request) {
                Ok(state) => ImportResponse {
                    identity: identity_of::<R>(&state),
                    state,
                    ..ImportResponse::default()
                },
                Err(failure) => ImportResponse {
                    diagnostics: failure.into_diagnostics(),
                    ..ImportResponse::default()
                },
            }
        })
    }
}
