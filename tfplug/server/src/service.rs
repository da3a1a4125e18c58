//! The state that all RPCs share: the provider, its types by name, and the flag that `StopProvider` sets.
//!
//! Everything in here is made on first use and by whichever RPC comes first: most processes are
//! never asked for a schema.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use tfplug_core::{
    Action, Cancel, DataSource, Diagnostic, Diagnostics, EphemeralResource, Function, ListResource, Provider, Resource,
    Type,
};

/// A provider as the RPCs see it. Clones share everything.
#[derive(Clone)]
pub(crate) struct Service(Arc<Shared>);

struct Shared {
    provider: Arc<dyn Provider>,
    catalog: OnceLock<Catalog>,
    cancel: Mutex<Cancel>,
}

/// Types of the provider with what decoding needs.
struct Catalog {
    provider: Type,
    managed: BTreeMap<&'static str, Managed>,
    data: BTreeMap<&'static str, Data>,
    ephemeral: BTreeMap<&'static str, Ephemeral>,
    lists: BTreeMap<&'static str, Listing>,
    actions: BTreeMap<&'static str, Invocable>,
    functions: BTreeMap<&'static str, Arc<dyn Function>>,
}

/// A managed resource type.
pub(crate) struct Managed {
    /// The resource.
    pub(crate) resource: Arc<dyn Resource>,
    /// Type of its state.
    pub(crate) state: Type,
    /// Type of its identity.
    pub(crate) identity: Option<Type>,
}

/// A data source type.
pub(crate) struct Data {
    /// The data source.
    pub(crate) source: Arc<dyn DataSource>,
    /// Type of its value.
    pub(crate) value: Type,
}

/// An ephemeral resource type.
pub(crate) struct Ephemeral {
    /// The ephemeral resource.
    pub(crate) resource: Arc<dyn EphemeralResource>,
    /// Type of its value.
    pub(crate) value: Type,
}

/// A list resource type.
pub(crate) struct Listing {
    /// The list resource.
    pub(crate) list: Arc<dyn ListResource>,
    /// Type of its configuration.
    pub(crate) config: Type,
}

/// An action type.
pub(crate) struct Invocable {
    /// The action.
    pub(crate) action: Arc<dyn Action>,
    /// Type of its configuration.
    pub(crate) config: Type,
}

impl Service {
    /// Serves `provider`.
    pub(crate) fn new(provider: Arc<dyn Provider>) -> Self {
        Self(Arc::new(Shared {
            provider,
            catalog: OnceLock::new(),
            cancel: Mutex::new(Cancel::new()),
        }))
    }

    /// The provider.
    pub(crate) fn provider(&self) -> &dyn Provider {
        &*self.0.provider
    }

    /// Type of the provider block.
    pub(crate) fn provider_type(&self) -> &Type {
        &self.catalog().provider
    }

    /// The managed resource of a name.
    pub(crate) fn managed(&self, type_name: &str) -> Result<&Managed, Diagnostics> {
        let managed = &self.catalog().managed;
        managed
            .get(type_name)
            .ok_or_else(|| unknown("resource type", type_name, managed.keys()))
    }

    /// The data source of a name.
    pub(crate) fn data(&self, type_name: &str) -> Result<&Data, Diagnostics> {
        let data = &self.catalog().data;
        data.get(type_name)
            .ok_or_else(|| unknown("data source", type_name, data.keys()))
    }

    /// The ephemeral resource of a name.
    pub(crate) fn ephemeral(&self, type_name: &str) -> Result<&Ephemeral, Diagnostics> {
        let ephemeral = &self.catalog().ephemeral;
        ephemeral
            .get(type_name)
            .ok_or_else(|| unknown("ephemeral resource type", type_name, ephemeral.keys()))
    }

    /// The list resource of a name.
    pub(crate) fn listing(&self, type_name: &str) -> Result<&Listing, Diagnostics> {
        let lists = &self.catalog().lists;
        lists
            .get(type_name)
            .ok_or_else(|| unknown("list resource type", type_name, lists.keys()))
    }

    /// The action of a name.
    pub(crate) fn invocable(&self, type_name: &str) -> Result<&Invocable, Diagnostics> {
        let actions = &self.catalog().actions;
        actions
            .get(type_name)
            .ok_or_else(|| unknown("action type", type_name, actions.keys()))
    }

    /// The function of a name.
    pub(crate) fn function(&self, name: &str) -> Result<&dyn Function, Diagnostics> {
        let functions = &self.catalog().functions;
        functions
            .get(name)
            .map(|function| &**function)
            .ok_or_else(|| unknown("function", name, functions.keys()))
    }

    fn catalog(&self) -> &Catalog {
        self.0.catalog.get_or_init(|| Catalog::new(self.provider()))
    }

    /// The flag for a call that starts now.
    pub(crate) fn cancel(&self) -> Cancel {
        self.0.cancel.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Cuts running calls short. Calls that start later run with a new flag.
    pub(crate) fn stop(&self) {
        let running = {
            let mut current = self.0.cancel.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *current)
        };
        running.cancel();
    }
}

impl Catalog {
    fn new(provider: &dyn Provider) -> Self {
        let managed = provider.resources().iter().map(|resource| {
            let managed = Managed {
                resource: Arc::clone(resource),
                state: resource.schema().implied_type(),
                identity: resource
                    .identity_schema()
                    .map(tfplug_core::IdentitySchema::implied_type),
            };
            (resource.type_name(), managed)
        });
        let data = provider.data_sources().iter().map(|source| {
            let data = Data {
                source: Arc::clone(source),
                value: source.schema().implied_type(),
            };
            (source.type_name(), data)
        });
        let ephemeral = provider.ephemeral_resources().iter().map(|resource| {
            let ephemeral = Ephemeral {
                resource: Arc::clone(resource),
                value: resource.schema().implied_type(),
            };
            (resource.type_name(), ephemeral)
        });
        let lists = provider.list_resources().iter().map(|list| {
            let listing = Listing {
                list: Arc::clone(list),
                config: list.schema().implied_type(),
            };
            (list.type_name(), listing)
        });
        let actions = provider.actions().iter().map(|action| {
            let invocable = Invocable {
                action: Arc::clone(action),
                config: action.schema().implied_type(),
            };
            (action.type_name(), invocable)
        });
        let functions = provider.functions().iter();
        Self {
            provider: provider.schema().implied_type(),
            managed: managed.collect(),
            data: data.collect(),
            ephemeral: ephemeral.collect(),
            lists: lists.collect(),
            actions: actions.collect(),
            functions: functions
                .map(|function| (function.name(), Arc::clone(function)))
                .collect(),
        }
    }
}

/// The refusal of a type that the provider does not have.
fn unknown<'a>(kind: &str, name: &str, known: impl Iterator<Item = &'a &'static str>) -> Diagnostics {
    let known: Vec<String> = known.map(|name| format!("`{name}`")).collect();
    let known = if known.is_empty() {
        "It has none.".to_owned()
    } else {
        format!("It has {}.", known.join(", "))
    };
    Diagnostic::error(
        format!("Unknown {kind}"),
        format!("This provider has no {kind} `{name}`. {known}"),
    )
    .into()
}
