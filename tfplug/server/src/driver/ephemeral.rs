//! Ephemeral resources, from opening to closing.

use std::time::SystemTime;

use tfplug_core::{Diagnostics, Value};

use super::{
    Driver, Opened, rules,
    wire::{self, broken},
};
use crate::{proto::tfplugin6 as proto, service::Ephemeral};

impl Driver {
    /// Validates and opens an ephemeral resource. Members that `config` leaves out are null. A configuration that is not
    /// known as a whole is an error of the test: the client opens nothing then.
    pub async fn open(&self, type_name: &str, config: Value) -> Opened {
        let Ephemeral { resource, value: ty } = self.lookup(type_name);
        let config = resource.schema().block.complete(config);
        rules::demand("known configuration to open", config.is_wholly_known(), &config);
        let sent = Some(wire::dynamic(&config, ty));
        let mut opened = Opened {
            type_name: type_name.to_owned(),
            value: Value::Null,
            private: Vec::new(),
            renew_at: None,
            diagnostics: Diagnostics::new(),
        };
        let request = proto::validate_ephemeral_resource_config::Request {
            type_name: type_name.to_owned(),
            config: sent.clone(),
        };
        opened.diagnostics = wire::diagnostics(&self.service.handle(request).await.diagnostics);
        if opened.diagnostics.has_error() {
            return opened;
        }
        let request = proto::open_ephemeral_resource::Request {
            type_name: type_name.to_owned(),
            config: sent,
            client_capabilities: Some(proto::ClientCapabilities::default()),
        };
        let response = self.ask(request).await;
        opened.diagnostics.extend(wire::diagnostics(&response.diagnostics));
        if opened.diagnostics.has_error() {
            return opened;
        }
        opened.value = wire::value(response.result.as_ref(), ty);
        opened.private = response.private.unwrap_or_default();
        opened.renew_at = response.renew_at.map(time);
        rules::valid_ephemeral(resource.schema(), &config, &opened.value);
        opened
    }

    /// Renews an ephemeral resource. Only one that asks for it is renewed; anything else is an error of the test.
    pub async fn renew(&self, opened: &mut Opened) -> Diagnostics {
        rules::demand("time to renew at", opened.renew_at.is_some(), &opened.type_name);
        let request = proto::renew_ephemeral_resource::Request {
            type_name: opened.type_name.clone(),
            private: Some(opened.private.clone()),
        };
        let response = self.ask(request).await;
        opened.private = response.private.unwrap_or_default();
        opened.renew_at = response.renew_at.map(time);
        wire::diagnostics(&response.diagnostics)
    }

    /// Closes an ephemeral resource, as the client does at the end of every run.
    pub async fn close(&self, opened: Opened) -> Diagnostics {
        let request = proto::close_ephemeral_resource::Request {
            type_name: opened.type_name,
            private: Some(opened.private),
        };
        wire::diagnostics(&self.ask(request).await.diagnostics)
    }

    fn lookup(&self, type_name: &str) -> &Ephemeral {
        self.service
            .ephemeral(type_name)
            .unwrap_or_else(|error| broken("type", &error))
    }
}

fn time(at: prost_types::Timestamp) -> SystemTime {
    SystemTime::try_from(at).unwrap_or_else(|error| broken("time to renew at", &error.to_string()))
}
