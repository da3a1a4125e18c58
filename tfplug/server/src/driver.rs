//! A client without sockets: drives a provider through the RPCs in the order in which Terraform calls
//! them, and demands of the answers what Terraform demands.
//!
//! Every value goes through its bytes on the wire. A broken rule is a panic with the title under
//! which a user would see it, so a test needs no assertion of its own for them. Errors that the
//! provider reports are data: they come back as diagnostics. So it is with functions ([`Driver::call`]), lists
//! ([`Driver::list`]), actions ([`Driver::plan_action`], [`Driver::invoke`]) and ephemeral resources ([`Driver::open`],
//! [`Driver::renew`], [`Driver::close`]).
//!
//! ```
//! use std::sync::Arc;
//!
//! use tfplug_core::{provider::ConfigureRequest,
//!     Attribute, Block, BoxFuture, Cancel, Diagnostics, Mode, Provider, Resource, Schema, Type, Value,
//!     resource::{ApplyRequest, ApplyResponse, ReadRequest, ReadResponse},
//! };
//! use tfplug_server::driver::{Action, Driver, Stored};
//!
//! /// A resource that exists in its state only.
//! struct Note(Schema);
//!
//! fn keep<'a>(state: Value) -> BoxFuture<'a, ApplyResponse> {
//!     Box::pin(async move { ApplyResponse { state, ..ApplyResponse::default() } })
//! }
//!
//! impl Resource for Note {
//!     fn type_name(&self) -> &'static str {
//!         "toy_note"
//!     }
//!     fn schema(&self) -> &Schema {
//!         &self.0
//!     }
//!     fn read<'a>(&'a self, request: ReadRequest, _: &'a Cancel) -> BoxFuture<'a, ReadResponse> {
//!         Box::pin(async move { ReadResponse { state: request.state, ..ReadResponse::default() } })
//!     }
//!     fn create<'a>(&'a self, request: ApplyRequest, _: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
//!         keep(request.planned)
//!     }
//!     fn update<'a>(&'a self, request: ApplyRequest, _: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
//!         keep(request.planned)
//!     }
//!     fn delete<'a>(&'a self, _: ApplyRequest, _: &'a Cancel) -> BoxFuture<'a, ApplyResponse> {
//!         keep(Value::Null)
//!     }
//! }
//!
//! struct Toy {
//!     schema: Schema,
//!     resources: Vec<Arc<dyn Resource>>,
//! }
//!
//! impl Provider for Toy {
//!     fn name(&self) -> &'static str {
//!         "toy"
//!     }
//!     fn version(&self) -> &'static str {
//!         "0.0.0"
//!     }
//!     fn schema(&self) -> &Schema {
//!         &self.schema
//!     }
//!     fn configure<'a>(&'a self, _: ConfigureRequest, _: &'a Cancel) -> BoxFuture<'a, Diagnostics> {
//!         Box::pin(async { Diagnostics::new() })
//!     }
//!     fn resources(&self) -> &[Arc<dyn Resource>] {
//!         &self.resources
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let text = Attribute::new("text", Type::String, Mode::Required, "Text of the note.");
//! let block = Block { attributes: vec![text], ..Block::default() };
//! let note = Note(Schema { version: 0, block });
//! let schema = Schema { version: 0, block: Block::default() };
//! let driver = Driver::new(Arc::new(Toy { schema, resources: vec![Arc::new(note)] }));
//! driver.configure(Value::object::<&str>([])).await;
//!
//! let config = Value::object([("text", Value::from("milk"))]);
//! let planned = driver.plan("toy_note", &Stored::nothing(), config.clone()).await;
//! assert_eq!(planned.action, Action::Create);
//! let applied = driver.apply(planned).await;
//! let refreshed = driver.refresh("toy_note", &applied.stored).await;
//! assert_eq!(refreshed.stored.state, config);
//! assert_eq!(driver.plan("toy_note", &refreshed.stored, config).await.action, Action::NoOp);
//! # }
//! ```

mod actions;
mod apply;
mod call;
mod ephemeral;
mod plan;
mod query;
mod rules;
mod steps;
mod stored;
mod wire;

use std::sync::{Arc, Mutex, PoisonError};

use tfplug_core::{Diagnostics, Provider, Value};

pub use self::steps::{Action, Found, Invoked, Opened, Outcome, Planned, Query, Stored};
use self::{rules::demand, steps::Proposal, wire::Wire};
use crate::{
    proto::tfplugin6 as proto,
    rpc::{self, Rpc},
    service::{Managed, Service},
};

/// The title of the error that a panic of the provider becomes.
pub const PANICKED: &str = rpc::PANICKED;

/// Drives one process of a provider. Clones drive the same one, for instance to [`Driver::stop`] it.
#[derive(Clone)]
pub struct Driver {
    service: Service,
    /// The messages of a configuration that failed, after which a client asks for no object.
    unconfigured: Arc<Mutex<Option<Diagnostics>>>,
}

impl Driver {
    /// A new process, not configured.
    pub fn new(provider: Arc<dyn Provider>) -> Self {
        Self {
            service: Service::new(provider),
            unconfigured: Arc::default(),
        }
    }

    /// Validates and takes a provider configuration. Members left out are null. After one that fails the client asks for
    /// nothing but validation, and so does the driver: any other call ends the test.
    pub async fn configure(&self, config: Value) -> Diagnostics {
        let told = self.configure_with(config).await;
        *self.unconfigured.lock().unwrap_or_else(PoisonError::into_inner) = told.has_error().then(|| told.clone());
        told
    }

    async fn configure_with(&self, config: Value) -> Diagnostics {
        let config = self.service.provider().schema().block.complete(config);
        let config = Some(wire::dynamic(&config, self.service.provider_type()));
        let request = proto::validate_provider_config::Request { config: config.clone() };
        let mut diagnostics = wire::diagnostics(&self.service.handle(request).await.diagnostics);
        if diagnostics.has_error() {
            return diagnostics;
        }
        let request = proto::configure_provider::Request {
            config,
            terraform_version: "1.11.4".to_owned(),
            client_capabilities: None,
        };
        diagnostics.extend(wire::diagnostics(&self.service.handle(request).await.diagnostics));
        diagnostics
    }

    /// Validates a configuration of a resource. Members left out are null.
    pub async fn validate(&self, type_name: &str, config: &Value) -> Diagnostics {
        let wire = self.wire(type_name);
        let capabilities = proto::ClientCapabilities {
            write_only_attributes_allowed: true,
            ..proto::ClientCapabilities::default()
        };
        let request = proto::validate_resource_config::Request {
            type_name: type_name.to_owned(),
            config: Some(wire.value(&wire.complete(config))),
            client_capabilities: Some(capabilities),
        };
        wire::diagnostics(&self.service.handle(request).await.diagnostics)
    }

    /// Validates and reads a data source. Members that `config` leaves out are null.
    pub async fn read_data(&self, type_name: &str, config: Value) -> (Value, Diagnostics) {
        let data = self
            .service
            .data(type_name)
            .unwrap_or_else(|error| wire::broken("type", &error));
        let config = Some(wire::dynamic(&data.source.schema().block.complete(config), &data.value));
        let request = proto::validate_data_resource_config::Request {
            type_name: type_name.to_owned(),
            config: config.clone(),
        };
        let mut diagnostics = wire::diagnostics(&self.service.handle(request).await.diagnostics);
        if diagnostics.has_error() {
            return (Value::Null, diagnostics);
        }
        let request = proto::read_data_source::Request {
            type_name: type_name.to_owned(),
            config,
            ..proto::read_data_source::Request::default()
        };
        let response = self.ask(request).await;
        diagnostics.extend(wire::diagnostics(&response.diagnostics));
        let value = wire::value(response.state.as_ref(), &data.value);
        if !diagnostics.has_error() {
            demand(
                "Provider produced invalid object",
                value.is_present() && value.is_wholly_known(),
                &value,
            );
        }
        (value, diagnostics)
    }

    /// Cuts running calls short, as Ctrl-C does.
    pub async fn stop(&self) {
        let response = self.service.handle(proto::stop_provider::Request {}).await;
        demand("stop without an error", response.error.is_empty(), &response.error);
    }

    /// The answer to a request that a client makes of a configured provider only.
    async fn ask<R: Rpc>(&self, request: R) -> R::Response {
        self.demand_configured(R::NAME);
        self.service.handle(request).await
    }

    fn demand_configured(&self, rpc: &str) {
        let failed = self.unconfigured.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = failed.as_ref() {
            wire::out_of_order(rpc, told);
        }
    }

    fn wire(&self, type_name: &str) -> Wire<'_> {
        Wire::new(self.managed(type_name))
    }

    fn managed(&self, type_name: &str) -> &Managed {
        self.service
            .managed(type_name)
            .unwrap_or_else(|error| wire::broken("type", &error))
    }
}
