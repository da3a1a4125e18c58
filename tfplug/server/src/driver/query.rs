//! Lists, as `terraform query` reads them.

use tfplug_core::{Diagnostics, Value, list::Listed};
use tokio_stream::StreamExt;

use super::{
    Driver, Found, Query, Stored,
    rules::{self, demand},
    wire::{self, Wire},
};
use crate::proto::tfplugin6::{self as proto, list_resource};

impl Driver {
    /// Validates the configuration of a list resource and reads what it finds, as far as a client does: up to the limit
    /// or the first error, after which nothing is shown. Members that `config` leaves out are null; null is a list block
    /// without a block `config`. Needs a tokio runtime.
    pub async fn list(&self, type_name: &str, config: Value, query: Query) -> Found {
        let listing = self
            .service
            .listing(type_name)
            .unwrap_or_else(|error| wire::broken("list resource", &error));
        let config = wire::dynamic(&listing.list.schema().block.complete(config), &listing.config);
        let request = proto::validate_list_resource_config::Request {
            type_name: type_name.to_owned(),
            config: Some(config.clone()),
            ..proto::validate_list_resource_config::Request::default()
        };
        let diagnostics = wire::diagnostics(&self.service.handle(request).await.diagnostics);
        let mut found = Found {
            objects: Vec::new(),
            diagnostics,
        };
        if !found.diagnostics.has_error() {
            let request = list_resource::Request {
                type_name: type_name.to_owned(),
                config: Some(config),
                include_resource_object: query.include_resource,
                limit: query
                    .limit
                    .and_then(|limit| i64::try_from(limit).ok())
                    .unwrap_or_default(),
            };
            self.read_list(request, query, &mut found).await;
        }
        found
    }

    async fn read_list(&self, request: list_resource::Request, query: Query, found: &mut Found) {
        self.demand_configured("ListResource");
        let wire = self.wire(&request.type_name);
        let mut events = self.service.stream(request);
        while query.limit.is_none_or(|limit| found.objects.len() < limit) {
            let Some(event) = events.next().await else { return };
            let diagnostics = wire::diagnostics(&event.diagnostic);
            found.diagnostics.extend(diagnostics.clone());
            if diagnostics.has_error() {
                found.objects.clear();
                return;
            }
            if event.identity.is_none() {
                demand(
                    "missing identity data in ListResource event",
                    !diagnostics.is_empty(),
                    &event,
                );
                continue;
            }
            found.objects.push(object(&wire, &event, query, diagnostics));
        }
    }
}

fn object(wire: &Wire<'_>, event: &list_resource::Event, query: Query, diagnostics: Diagnostics) -> Listed {
    let stored = Stored {
        state: wire.read(event.resource_object.as_ref()),
        identity: wire.read_identity(event.identity.as_ref()),
        ..Stored::default()
    };
    demand(
        "identity of a listed object",
        stored.identity.is_present(),
        &stored.identity,
    );
    let wanted = query.include_resource == stored.state.is_present();
    demand(
        "listed object, there exactly when it is asked for",
        wanted,
        &stored.state,
    );
    rules::valid_object(wire.schema(), &stored);
    Listed {
        identity: stored.identity,
        display_name: event.display_name.clone(),
        resource: stored.state,
        diagnostics,
    }
}
