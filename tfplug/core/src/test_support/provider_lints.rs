//! The client's demands on what a provider offers, beyond those on each schema: names, and what belongs together.

use std::collections::BTreeSet;

use crate::{
    function::{Function, Parameter},
    provider::Provider,
    test_support::lints::{SchemaKind, is_name, lint_blocks, lint_identity, lint_schema},
};

/// The faults of everything that a provider offers; empty if there are none. Each names what it is about.
pub fn lint_provider(provider: &dyn Provider) -> Vec<String> {
    let mut lint = Lint {
        prefix: provider.name(),
        errors: Vec::new(),
    };
    lint.add("provider", lint_schema(provider.schema(), SchemaKind::Provider));
    lint.resources(provider);
    lint.types(
        "data source",
        provider.data_sources().iter().map(|source| {
            let faults = lint_schema(source.schema(), SchemaKind::DataSource);
            (source.type_name(), faults)
        }),
    );
    lint.types(
        "ephemeral resource",
        provider.ephemeral_resources().iter().map(|ephemeral| {
            let faults = lint_schema(ephemeral.schema(), SchemaKind::EphemeralResource);
            (ephemeral.type_name(), faults)
        }),
    );
    lint.types(
        "list resource",
        provider.list_resources().iter().map(|list| {
            let mut faults = lint_schema(list.schema(), SchemaKind::ListResource);
            faults.extend(lint_listed(provider, list.type_name()));
            (list.type_name(), faults)
        }),
    );
    lint.types(
        "action",
        provider.actions().iter().map(|action| {
            let faults = lint_schema(action.schema(), SchemaKind::Action);
            (action.type_name(), faults)
        }),
    );
    let functions = provider.functions().iter();
    lint.unique(
        "function",
        functions.map(|function| (function.name(), lint_function(&**function))),
    );
    lint.errors
}

/// The faults of a function; empty if there are none.
pub fn lint_function(function: &dyn Function) -> Vec<String> {
    let mut errors = Vec::new();
    if !is_identifier(function.name()) {
        errors.push("the name is not an identifier".to_owned());
    }
    let signature = function.signature();
    let mut seen = BTreeSet::new();
    for Parameter { name, .. } in signature.parameters.iter().chain(&signature.variadic) {
        if !is_identifier(name) {
            errors.push(format!("parameter `{name}`: the name is not an identifier"));
        }
        if !seen.insert(name) {
            errors.push(format!("parameter `{name}`: the name is used twice"));
        }
    }
    errors
}

/// A list needs the managed resource of its name, with an identity.
fn lint_listed(provider: &dyn Provider, type_name: &str) -> Option<String> {
    let mut resources = provider.resources().iter();
    match resources.find(|resource| resource.type_name() == type_name) {
        None => Some("there is no managed resource of this name".to_owned()),
        Some(resource) if resource.identity_schema().is_none() => {
            Some("the managed resource of this name has no identity".to_owned())
        }
        Some(_) => None,
    }
}

/// True for what HCL takes for a name without quotes; ASCII only.
fn is_identifier(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

struct Lint {
    prefix: &'static str,
    errors: Vec<String>,
}

impl Lint {
    fn add(&mut self, subject: &str, faults: Vec<String>) {
        self.errors
            .extend(faults.into_iter().map(|fault| format!("{subject}: {fault}")));
    }

    fn resources(&mut self, provider: &dyn Provider) {
        let faults = provider.resources().iter().map(|resource| {
            let mut faults = lint_schema(resource.schema(), SchemaKind::Resource);
            faults.extend(lint_blocks(resource.schema()));
            if let Some(identity) = resource.identity_schema() {
                faults.extend(
                    lint_identity(identity)
                        .into_iter()
                        .map(|fault| format!("identity: {fault}")),
                );
            }
            (resource.type_name(), faults)
        });
        self.types("resource", faults);
    }

    /// Faults of types whose names begin with that of the provider.
    fn types(&mut self, kind: &str, types: impl Iterator<Item = (&'static str, Vec<String>)>) {
        let prefix = self.prefix;
        let named = types.map(|(name, mut faults)| {
            let rest = name.strip_prefix(prefix);
            if !rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_')) || !is_name(name) {
                faults.push(format!(
                    "a type name is `{prefix}` or begins with `{prefix}_`, and has lower-case letters, digits and underscores"
                ));
            }
            (name, faults)
        });
        self.unique(kind, named);
    }

    fn unique(&mut self, kind: &str, named: impl Iterator<Item = (&'static str, Vec<String>)>) {
        let mut seen = BTreeSet::new();
        for (name, mut faults) in named {
            if !seen.insert(name) {
                faults.push("the name is used twice".to_owned());
            }
            self.add(&format!("{kind} `{name}`"), faults);
        }
    }
}
