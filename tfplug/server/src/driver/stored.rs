//! The ways of stored objects outside plan and apply: upgrade, read, import, move.

use tfplug_core::{Diagnostics, Value, json};

use super::{
    Driver, Outcome, Stored,
    rules::{self, demand},
    wire::{self, Wire},
};
use crate::proto::tfplugin6 as proto;

impl Driver {
    /// Reads the object, through the upgrade that every stored object passes.
    pub async fn refresh(&self, type_name: &str, stored: &Stored) -> Outcome {
        let wire = self.wire(type_name);
        let raw = json::encode(&stored.state, &wire.managed.state)
            .unwrap_or_else(|error| wire::broken("stored state", &error));
        let upgraded = match self.upgrade(type_name, wire.schema().version, &raw.to_string()).await {
            Ok(state) => state,
            Err(diagnostics) => {
                return Outcome {
                    stored: stored.clone(),
                    diagnostics,
                };
            }
        };
        let outcome = self
            .read(
                &wire,
                Stored {
                    state: upgraded,
                    ..stored.clone()
                },
            )
            .await;
        Outcome {
            stored: Stored {
                tainted: stored.tainted,
                ..outcome.stored
            },
            diagnostics: outcome.diagnostics,
        }
    }

    /// Brings raw attributes of any schema version, as JSON, to the current one.
    pub async fn upgrade(&self, type_name: &str, version: i64, raw: &str) -> Result<Value, Diagnostics> {
        let wire = self.wire(type_name);
        let request = proto::upgrade_resource_state::Request {
            type_name: type_name.to_owned(),
            version,
            raw_state: Some(proto::RawState {
                json: raw.as_bytes().to_vec(),
                ..proto::RawState::default()
            }),
        };
        let response = self.service.handle(request).await;
        let diagnostics = wire::diagnostics(&response.diagnostics);
        if diagnostics.has_error() {
            return Err(diagnostics);
        }
        let state = wire.read(response.upgraded_state.as_ref());
        demand(
            "Invalid resource state upgrade",
            state.is_present() && state.is_wholly_known(),
            &state,
        );
        Ok(state)
    }

    /// Imports by what a user types, and reads.
    pub async fn import(&self, type_name: &str, id: &str) -> Outcome {
        self.import_by(type_name, id, &Value::Null).await
    }

    /// Imports by identity, and reads.
    pub async fn import_by_identity(&self, type_name: &str, identity: &Value) -> Outcome {
        self.import_by(type_name, "", identity).await
    }

    async fn import_by(&self, type_name: &str, id: &str, identity: &Value) -> Outcome {
        let wire = self.wire(type_name);
        let request = proto::import_resource_state::Request {
            type_name: type_name.to_owned(),
            id: id.to_owned(),
            client_capabilities: None,
            identity: wire.identity(identity),
        };
        let response = self.ask(request).await;
        let diagnostics = wire::diagnostics(&response.diagnostics);
        if diagnostics.has_error() {
            return Outcome {
                diagnostics,
                ..Outcome::default()
            };
        }
        let [imported] = response.imported_resources.as_slice() else {
            wire::broken("import", &"it returned not exactly one resource")
        };
        demand(
            "Import returned another type",
            imported.type_name == type_name,
            &imported.type_name,
        );
        let stored = Stored {
            state: wire.read(imported.state.as_ref()),
            private: imported.private.clone(),
            identity: wire.read_identity(imported.identity.as_ref()),
            tainted: false,
        };
        demand("Import returned null resource", stored.state.is_present(), &stored);
        let mut outcome = self.read(&wire, stored).await;
        if !outcome.diagnostics.has_error() {
            demand(
                "Cannot import non-existent remote object",
                outcome.stored.state.is_present(),
                &outcome,
            );
        }
        outcome.diagnostics.extend(diagnostics);
        outcome
    }

    /// Moves the state of another type, given as JSON as that provider wrote it.
    pub async fn move_state(&self, source: (&str, &str, i64), raw: &str, target_type_name: &str) -> Outcome {
        let wire = self.wire(target_type_name);
        let (address, type_name, version) = source;
        let request = proto::move_resource_state::Request {
            source_provider_address: address.to_owned(),
            source_type_name: type_name.to_owned(),
            source_schema_version: version,
            source_state: Some(proto::RawState {
                json: raw.as_bytes().to_vec(),
                ..proto::RawState::default()
            }),
            target_type_name: target_type_name.to_owned(),
            ..proto::move_resource_state::Request::default()
        };
        let response = self.ask(request).await;
        let diagnostics = wire::diagnostics(&response.diagnostics);
        let stored = Stored {
            state: wire.read(response.target_state.as_ref()),
            private: response.target_private,
            identity: wire.read_identity(response.target_identity.as_ref()),
            tainted: false,
        };
        if !diagnostics.has_error() {
            demand("Provider returned invalid value", stored.state.is_present(), &stored);
        }
        Outcome { stored, diagnostics }
    }

    /// The configuration that the provider suggests for a stored object.
    pub async fn generate_config(&self, type_name: &str, stored: &Stored) -> Value {
        let wire = self.wire(type_name);
        let request = proto::generate_resource_config::Request {
            type_name: type_name.to_owned(),
            state: Some(wire.value(&stored.state)),
        };
        let response = self.service.handle(request).await;
        demand(
            "generated configuration without errors",
            response.diagnostics.is_empty(),
            &response.diagnostics,
        );
        wire.read(response.config.as_ref())
    }

    pub(super) async fn read(&self, wire: &Wire<'_>, stored: Stored) -> Outcome {
        let request = proto::read_resource::Request {
            type_name: wire.type_name().to_owned(),
            current_state: Some(wire.value(&stored.state)),
            private: stored.private,
            current_identity: wire.identity(&stored.identity),
            ..proto::read_resource::Request::default()
        };
        let response = self.ask(request).await;
        let diagnostics = wire::diagnostics(&response.diagnostics);
        let stored = Stored {
            state: wire.read(response.new_state.as_ref()),
            private: response.private,
            identity: wire.read_identity(response.new_identity.as_ref()),
            tainted: false,
        };
        rules::valid_object(wire.schema(), &stored);
        Outcome { stored, diagnostics }
    }
}
