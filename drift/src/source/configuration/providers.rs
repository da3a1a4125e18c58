//! Provider blocks of resources. The block of a resource in a module is often that of a caller, under another name.

use hcl_edit::expr::{Expression, Object, ObjectKey};

use super::{
    Configuration,
    address::{Address, Step},
    declared::{Declared, NOT_READ, PARTIAL, Scopes, inside, path_of},
    file::File,
    syntax::{Item, argument},
    value::Unknown,
};

/// The provider is chosen by an expression.
const CHOSEN: Unknown = Unknown("its provider is not evaluated");

/// A provider as a module names it.
struct Name {
    name: String,
    alias: Option<String>,
}

impl Name {
    /// From `aws` or `aws.west`.
    fn of(path: Vec<String>) -> Result<Self, Unknown> {
        let mut steps = path.into_iter();
        match (steps.next(), steps.next(), steps.next()) {
            (Some(name), alias, None) => Ok(Self { name, alias }),
            _ => Err(CHOSEN),
        }
    }

    fn of_expression(expression: &Expression) -> Result<Self, Unknown> {
        let text = match expression {
            // In JSON, and in old configurations.
            Expression::String(text) => Some(text.as_str()),
            _ => None,
        };
        let path = text.map(|text| text.split('.').map(str::to_owned).collect());
        Self::of(path.or_else(|| path_of(expression)).ok_or(CHOSEN)?)
    }

    /// The one that a resource has unless it names another.
    fn of_type(resource_type: &str) -> Self {
        let name = resource_type.split('_').next().unwrap_or(resource_type);
        Self {
            name: name.to_owned(),
            alias: None,
        }
    }

    /// True if a block of the name has the alias.
    fn is_that_of(&self, block: &Item) -> bool {
        let Some(items) = block.block() else { return false };
        let alias = match argument(items, "alias") {
            Some(Expression::String(alias)) => Some(alias.as_str()),
            _ => None,
        };
        alias == self.alias.as_deref()
    }

    /// The provider that a call of a module passes under this name.
    fn passed(&self, providers: &Object) -> Result<Self, Unknown> {
        for (key, value) in providers {
            let key = match key {
                ObjectKey::Ident(name) => Self::of(vec![name.as_str().to_owned()])?,
                ObjectKey::Expression(key) => Self::of_expression(key)?,
            };
            if (&key.name, &key.alias) == (&self.name, &self.alias) {
                return Self::of_expression(value.expr());
            }
        }
        Err(CHOSEN)
    }
}

impl Configuration {
    /// The provider block of a resource; none if the configuration has none for it.
    pub(super) fn provider(
        &self,
        address: &Address,
        resource: &Declared<'_>,
        scopes: &mut Scopes,
    ) -> Result<Option<Declared<'_>>, Unknown> {
        let name = match resource.argument("provider") {
            Some(named) => Name::of_expression(named)?,
            None => Name::of_type(&address.resource_type),
        };
        self.provider_in(&address.modules, name, scopes)
    }

    fn provider_in(&self, modules: &[Step], name: Name, scopes: &mut Scopes) -> Result<Option<Declared<'_>>, Unknown> {
        let module = self.modules.get(&Address::prefix(modules)).ok_or(NOT_READ)?;
        if module.is_partial {
            return Err(PARTIAL);
        }
        let blocks: Vec<(&File, &Item)> = module
            .blocks("provider", &[&name.name])
            .filter(|(_, item)| name.is_that_of(item))
            .collect();
        let has_several = |(_, item): &(&File, &Item)| {
            let items = item.block().map(|items| items.as_slice());
            items.is_some_and(|items| argument(items, "for_each").is_some())
        };
        if blocks.iter().any(has_several) {
            return Err(CHOSEN);
        }
        // A module that is called may only declare that it takes a provider, with an empty block.
        let items: Vec<_> = blocks.iter().flat_map(|(file, block)| inside(file, block)).collect();
        if !items.is_empty() {
            return Ok(Some(Declared::new(items, self.scope(modules, scopes)?)));
        }
        let (Some((_, outer)), Some(call)) = (modules.split_last(), &module.call) else {
            return Ok(None);
        };
        let name = match argument(call, "providers") {
            Some(Expression::Object(providers)) => name.passed(providers)?,
            // A provider with an alias is never inherited.
            None if name.alias.is_none() => name,
            _ => return Err(CHOSEN),
        };
        self.provider_in(outer, name, scopes)
    }
}
