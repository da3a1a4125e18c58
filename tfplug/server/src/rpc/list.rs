//! `ValidateListResourceConfig` and `ListResource`.
//!
//! Clients stop reading at the first event with an error, and at the last object that they asked for. So what is wrong
//! with an object stands on its own event, and the last object waits for what is to be said about the whole. An event
//! without an identity is messages only; it counts for no object.

use std::sync::atomic::{AtomicUsize, Ordering};

use tfplug_core::{
    BoxFuture, Cancel, Diagnostics, Sink,
    list::{ListRequest, Listed},
    pipeline,
};

use crate::{
    convert,
    proto::tfplugin6::{self as proto, list_resource, validate_list_resource_config},
    rpc::{
        Answer, Rpc, Subject,
        inner_config::InnerConfig,
        stream::{Events, StreamedRpc},
    },
    service::{Listing, Managed, Service},
};

impl Rpc for validate_list_resource_config::Request {
    const NAME: &'static str = "ValidateListResourceConfig";
    const AFTER_PANIC: &'static str = "";
    type Response = validate_list_resource_config::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::List(&self.type_name)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let listing = service.listing(&self.type_name)?;
        let rules = |config: &_| listing.list.validate(config);
        Ok(validate_list_resource_config::Response {
            diagnostics: config(listing).validate(self.config.as_ref(), rules)?,
        })
    }
}

impl StreamedRpc for list_resource::Request {
    const NAME: &'static str = "ListResource";
    const AFTER_PANIC: &'static str = " The list is incomplete.";
    const CONCLUDES: bool = false;
    type Event = list_resource::Event;

    fn subject(&self) -> Subject<'_> {
        Subject::List(&self.type_name)
    }

    async fn answer(
        self,
        service: &Service,
        events: &Events<Self::Event>,
        cancel: &Cancel,
    ) -> Result<Diagnostics, Diagnostics> {
        let listing = service.listing(&self.type_name)?;
        let request = ListRequest {
            config: config(listing).read_known(self.config.as_ref())?,
            include_resource: self.include_resource_object,
            limit: usize::try_from(self.limit).ok().filter(|limit| *limit > 0),
        };
        let found = Found {
            managed: service.managed(&self.type_name)?,
            wanted: request.include_resource,
            limit: request.limit,
            count: AtomicUsize::new(0),
            events,
            cancel,
        };
        Ok(listing.list.list(request, &found, cancel).await)
    }
}

fn config(listing: &Listing) -> InnerConfig<'_> {
    InnerConfig {
        schema: listing.list.schema(),
        ty: &listing.config,
        what: format!("configuration of the list resource `{}`", listing.list.type_name()),
    }
}

/// The receiver of what a list resource finds.
struct Found<'a> {
    managed: &'a Managed,
    wanted: bool,
    limit: Option<usize>,
    /// Objects so far.
    count: AtomicUsize,
    events: &'a Events<list_resource::Event>,
    cancel: &'a Cancel,
}

impl Sink<Listed> for Found<'_> {
    fn send(&self, part: Listed) -> BoxFuture<'_, bool> {
        Box::pin(async move {
            let event = self.event(part);
            let is_object = event.identity.is_some();
            let before = self.count.fetch_add(usize::from(is_object), Ordering::Relaxed);
            match self.limit {
                Some(limit) if before >= limit => false,
                Some(limit) if is_object && before + 1 == limit => {
                    self.events.hold(event);
                    false
                }
                _ => tokio::select! {
                    biased;
                    received = self.events.send(event) => received && !self.cancel.is_cancelled(),
                    // A client that stops everything may have stopped reading, too.
                    () = self.cancel.cancelled() => false,
                },
            }
        })
    }
}

impl Found<'_> {
    fn event(&self, found: Listed) -> list_resource::Event {
        let Managed {
            resource,
            state,
            identity,
        } = self.managed;
        let mut found = pipeline::settle_listed(&**resource, self.wanted, found);
        let name = resource.type_name();
        let mut event = list_resource::Event {
            display_name: convert::plain_line(&found.display_name),
            ..list_resource::Event::default()
        };
        match convert::encode_identity(&found.identity, identity.as_ref(), name) {
            Ok(identity) => event.identity = identity,
            Err(error) => found.diagnostics.extend(error),
        }
        if event.identity.is_some() && !found.resource.is_null() {
            match convert::encode(&found.resource, state, &format!("listed object of `{name}`")) {
                Ok(object) => event.resource_object = Some(object),
                Err(error) => found.diagnostics.extend(error),
            }
        }
        event.diagnostic = convert::diagnostics(&found.diagnostics);
        event
    }
}

impl Answer for list_resource::Event {
    fn add(&mut self, diagnostics: &Diagnostics) {
        self.diagnostic.extend(convert::diagnostics(diagnostics));
    }

    fn diagnostics(&self) -> &[proto::Diagnostic] {
        &self.diagnostic
    }
}
