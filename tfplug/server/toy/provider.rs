//! The toy provider: `toy_thing`, `toy_bare`, the data source `toy_echo`, and what the files below `provider` add.
//!
//! `toy_thing.behaviour` says what goes wrong: `panic_in_create`, `panic_in_update`, `panic_in_read`,
//! `panic_in_delete`, `fail_after_create`, `fail_delete`, `wait_for_stop`, `forget`.

#[path = "provider/actions.rs"]
mod actions;
#[path = "provider/ephemeral.rs"]
mod ephemeral;
#[path = "provider/functions.rs"]
mod functions;
#[path = "provider/lists.rs"]
mod lists;
#[path = "provider/shared.rs"]
mod shared;

use std::sync::Arc;

use tfplug_core::{
    Action, Attribute, Block, BoxFuture, Cancel, DataSource, Diagnostic, Diagnostics, EphemeralResource, Function,
    IdentitySchema, ListResource, Mode, NestedBlock, Nesting, Path, Provider, Resource, Schema, Type, Value,
    provider::ConfigureRequest,
    resource::{
        ApplyRequest, ApplyResponse, ImportRequest, ImportResponse, MoveRequest, MoveResponse, Plan, ReadRequest,
        ReadResponse,
    },
    schema::IdentityAttribute,
};

use self::shared::{behaviour, fail, schema};

/// The provider.
pub(crate) struct Toy {
    schema: Schema,
    resources: Vec<Arc<dyn Resource>>,
    data_sources: Vec<Arc<dyn DataSource>>,
    ephemeral_resources: Vec<Arc<dyn EphemeralResource>>,
    list_resources: Vec<Arc<dyn ListResource>>,
    actions: Vec<Arc<dyn Action>>,
    functions: Vec<Arc<dyn Function>>,
}

impl Toy {
    /// A provider without settings.
    pub(crate) fn new() -> Self {
        let prefix = Attribute::new("prefix", Type::String, Mode::Optional, "Put before each id.");
        Self {
            schema: schema(0, vec![prefix], Vec::new()),
            resources: vec![
                Arc::new(Thing::new()),
                Arc::new(Bare(schema(0, vec![id()], Vec::new()))),
            ],
            data_sources: vec![Arc::new(Echo::new())],
            ephemeral_resources: vec![Arc::new(ephemeral::Token::new())],
            list_resources: vec![Arc::new(lists::Things::new())],
            actions: vec![Arc::new(actions::Jump::new())],
            functions: functions::all(),
        }
    }
}

impl Provider for Toy {
    fn name(&self) -> &'static str {
        "toy"
    }

    fn version(&self) -> &'static str {
        "0.0.0"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        match config.get("prefix").as_str() {
            Some("") => Diagnostic::error("Empty prefix", "The prefix is empty.")
                .at(Path::attribute("prefix"))
                .into(),
            _ => Diagnostics::new(),
        }
    }

    fn configure<'a>(&'a self, request: ConfigureRequest, _: &'a Cancel) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async move {
            tracing::info!(client_version = request.client_version, "Configured");
            assert_ne!(
                request.config.get("prefix").as_str(),
                Some("panic"),
                "the prefix is not to my taste"
            );
            Diagnostics::new()
        })
    }

    fn resources(&self) -> &[Arc<dyn Resource>] {
        &self.resources
    }

    fn data_sources(&self) -> &[Arc<dyn DataSource>] {
        &self.data_sources
    }

    fn ephemeral_resources(&self) -> &[Arc<dyn EphemeralResource>] {
        &self.ephemeral_resources
    }

    fn list_resources(&self) -> &[Arc<dyn ListResource>] {
        &self.list_resources
    }

    fn actions(&self) -> &[Arc<dyn Action>] {
        &self.actions
    }

    fn functions(&self) -> &[Arc<dyn Function>] {
        &self.functions
    }
}

struct Thing {
    schema: Schema,
    identity: IdentitySchema,
}

impl Thing {
    fn new() -> Self {
        let part = Block {
            attributes: vec![
                Attribute::new("name", Type::String, Mode::Required, "Name of the part."),
                Attribute::new("count_of", Type::Number, Mode::Optional, "How many.").default_value(1),
            ],
            ..Block::default()
        };
        let part = NestedBlock {
            name: "part".into(),
            nesting: Nesting::List,
            block: part,
            min_items: 0,
            max_items: 3,
        };
        let attributes = vec![
            id(),
            Attribute::new("name", Type::String, Mode::Required, "Name.").requires_replace(),
            Attribute::new("size", Type::Number, Mode::Optional, "Size.").default_value(1),
            Attribute::new("note", Type::String, Mode::Optional, "Any text."),
            Attribute::new("tags", Type::map(Type::String), Mode::Optional, "Tags."),
            Attribute::new("behaviour", Type::String, Mode::Optional, "What goes wrong."),
            Attribute::new("revision", Type::Number, Mode::Computed, "Counts the changes."),
        ];
        let name = IdentityAttribute {
            name: "name".into(),
            ty: Type::String,
            required_for_import: true,
            description: "Name.".into(),
        };
        Self {
            schema: schema(1, attributes, vec![part]),
            identity: IdentitySchema {
                version: 0,
                attributes: vec![name],
            },
        }
    }
}

impl Resource for Thing {
    fn type_name(&self) -> &'static str {
        "toy_thing"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn identity_schema(&self) -> Option<&IdentitySchema> {
        Some(&self.identity)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        match config.get("size").as_i64() {
            Some(size) if size < 0 => Diagnostic::error("Negative size", format!("The size is {size}."))
                .at(Path::attribute("size"))
                .into(),
            _ => Diagnostics::new(),
        }
    }

    fn modify_plan(&self, plan: &mut Plan) {
        if plan.is_destroy() {
            plan.diagnostics.warn("Going away", "The thing will be gone.");
        }
        if plan.is_create() {
            plan.identity = Value::object([("name", plan.planned.get("name").clone())]);
        }
        plan.private = b"planned".to_vec();
    }

    fn upgrade(&self, version: i64, mut raw: Value) -> Result<Value, Diagnostics> {
        assert_eq!(version, 0, "there is only one older version");
        // Version 0 called the size a width.
        let width = raw.get("width").clone();
        raw.insert("size", width);
        Ok(raw)
    }

    fn read<'a>(&'a self, request: ReadRequest, _: &'a Cancel) -> BoxFuture<'a, ReadResponse> {
        Box::pin(async move {
            let ReadRequest {
                mut state,
                private,
                identity,
            } = request;
            match behaviour(&state) {
                "panic_in_read" => fail("no reading today"),
                "forget" => state = Value::Null,
                _ => {
                    if state.get("size").is_null() {
                        state.insert("size", 1.into());
                    }
                    if state.get("revision").is_null() {
                        state.insert("revision", 1.into());
                    }
                }
            }
            ReadResponse {
                state,
                private,
                identity,
                diagnostics: Diagnostics::new(),
            }
        })
    }

    fn create<'a>(&'a self, request: ApplyRequest, cancel: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async move {
            tracing::debug!("Creating");
            let mut response = done(&request, 1);
            match behaviour(&request.planned) {
                "panic_in_create" => fail("no creating today"),
                "fail_after_create" => response.diagnostics.error("Half done", "The thing exists, but."),
                "wait_for_stop" => {
                    cancel.cancelled().await;
                    response
                        .diagnostics
                        .error("Interrupted", "The thing exists; its end was not awaited.");
                }
                _ => (),
            }
            response
        })
    }

    fn update<'a>(&'a self, request: ApplyRequest, _: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async move {
            assert_ne!(behaviour(&request.planned), "panic_in_update", "no updating today");
            done(&request, request.prior.get("revision").as_i64().unwrap_or_default() + 1)
        })
    }

    fn delete<'a>(&'a self, request: ApplyRequest, _: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async move {
            let mut response = ApplyResponse::default();
            match behaviour(&request.prior) {
                "panic_in_delete" => fail("no deleting today"),
                "fail_delete" => response.diagnostics.error("Still there", "The thing stays."),
                _ => (),
            }
            response
        })
    }

    fn import<'a>(&'a self, request: ImportRequest, _: &'a Cancel) -> BoxFuture<'a, ImportResponse> {
        Box::pin(async move {
            let name = match request {
                ImportRequest::Id(id) => Value::from(id),
                ImportRequest::Identity(identity) => identity.get("name").clone(),
            };
            if name.as_str() == Some("nothing") {
                return ImportResponse::failed(Diagnostic::error("Not found", "There is no such thing."));
            }
            ImportResponse {
                state: Value::object([("name", name.clone()), ("id", name.clone())]),
                private: b"imported".to_vec(),
                identity: Value::object([("name", name)]),
                diagnostics: Diagnostics::new(),
            }
        })
    }

    fn move_state(&self, request: MoveRequest) -> MoveResponse {
        let title = request.source_state.get("title").as_str().map(str::to_owned);
        MoveResponse {
            state: Value::object([
                ("name", title.clone().into()),
                ("id", title.clone().into()),
                ("size", 1.into()),
            ]),
            private: b"moved".to_vec(),
            identity: Value::object([("name", Value::from(title))]),
            diagnostics: Diagnostics::new(),
        }
    }
}

/// A resource that has neither identity nor any of the optional abilities.
struct Bare(Schema);

impl Resource for Bare {
    fn type_name(&self) -> &'static str {
        "toy_bare"
    }

    fn schema(&self) -> &Schema {
        &self.0
    }

    fn read<'a>(&'a self, request: ReadRequest, _: &'a Cancel) -> BoxFuture<'a, ReadResponse> {
        let ReadRequest {
            state,
            private,
            identity,
        } = request;
        Box::pin(async move {
            ReadResponse {
                state,
                private,
                identity,
                diagnostics: Diagnostics::new(),
            }
        })
    }

    fn create<'a>(&'a self, _: ApplyRequest, _: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        // A bug that the server has to notice: a string is due.
        let state = Value::object([("id", Value::from(7))]);
        Box::pin(async move {
            ApplyResponse {
                state,
                ..ApplyResponse::default()
            }
        })
    }

    fn update<'a>(&'a self, request: ApplyRequest, _: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async move {
            ApplyResponse {
                state: request.planned,
                ..ApplyResponse::default()
            }
        })
    }

    fn delete<'a>(&'a self, _: ApplyRequest, _: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
        Box::pin(async { ApplyResponse::default() })
    }
}

struct Echo(Schema);

impl Echo {
    fn new() -> Self {
        let attributes = vec![
            Attribute::new("text", Type::String, Mode::Required, "What to say."),
            Attribute::new("echo", Type::String, Mode::Computed, "What came back."),
        ];
        Self(schema(0, attributes, Vec::new()))
    }
}

impl DataSource for Echo {
    fn type_name(&self) -> &'static str {
        "toy_echo"
    }

    fn schema(&self) -> &Schema {
        &self.0
    }

    fn read<'a>(&'a self, config: Value, _: &'a Cancel) -> BoxFuture<'a, (Value, Diagnostics)> {
        Box::pin(async move {
            let text = config.get("text").clone();
            (
                Value::object([("text", text.clone()), ("echo", text)]),
                Diagnostics::new(),
            )
        })
    }
}

fn id() -> Attribute {
    Attribute::new("id", Type::String, Mode::Computed, "Id.").stable()
}

/// The planned thing with what only the service knows.
fn done(request: &ApplyRequest, revision: i64) -> ApplyResponse {
    let mut state = request.planned.clone();
    state.insert("id", state.get("name").clone());
    state.insert("revision", revision.into());
    let identity = Value::object([("name", state.get("name").clone())]);
    ApplyResponse {
        state,
        private: b"applied".to_vec(),
        identity,
        diagnostics: Diagnostics::new(),
    }
}
