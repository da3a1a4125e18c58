//! Resource instances as they are written: the values of settings, and those that Terraform is told to leave alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use hcl_edit::expr::{Expression, TraversalOperator};
use serde_json::Value;

use super::{
    Configuration,
    address::{Address, MODULE, Step, module_of},
    file::File,
    references::InState,
    scope::Scope,
    syntax::{Content, Item, argument},
    value::{Evaluated, Known, Unknown, partly},
};
use crate::report::Location;

/// The configuration that was read does not have it.
pub(super) const NOT_READ: Unknown = Unknown("it is not in the configuration that was read");

/// A file of the module was not read, and may change it.
pub(super) const PARTIAL: Unknown = Unknown("a file of its module was not read, and may change it");

/// Scopes of module instances that were made, beside one state.
#[derive(Default)]
pub(super) struct Scopes {
    made: BTreeMap<String, Result<Scope, Unknown>>,
    /// What blocks have instances for, by their addresses: each instance of a big one would evaluate it again.
    each: BTreeMap<String, Option<Evaluated>>,
    in_state: Arc<InState>,
}

impl Scopes {
    /// Without a state.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// What a block at an address has instances for.
    fn each(&mut self, scope: &Scope, block: &[Item], address: String) -> Option<&Evaluated> {
        let each = self.each.entry(address).or_insert_with(|| scope.each(block));
        each.as_ref()
    }

    /// Beside a state.
    pub(super) fn beside(in_state: InState) -> Self {
        Self {
            in_state: Arc::new(in_state),
            ..Self::default()
        }
    }
}

/// A resource instance.
pub(super) struct Declared<'a> {
    items: Vec<(&'a File, &'a Item)>,
    scope: Scope,
}

/// A setting as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Written {
    /// Nothing.
    Absent,
    /// A value that is known.
    Known(Known),
    /// A value that is not known.
    Unknown(Unknown),
}

/// Changes that Terraform is told to leave alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ignored {
    All,
    /// Paths of names.
    Paths(BTreeSet<Vec<String>>),
}

impl Configuration {
    /// The resource instance of an address.
    pub(super) fn declared(&self, address: &Address, scopes: &mut Scopes) -> Result<Declared<'_>, Unknown> {
        let module = self.modules.get(&Address::prefix(&address.modules)).ok_or(NOT_READ)?;
        if module.is_partial {
            return Err(PARTIAL);
        }
        let (kind, name) = (address.resource_type.as_str(), address.resource.name.as_str());
        let blocks: Vec<(&File, &Item)> = module.blocks("resource", &[kind, name]).collect();
        let own = module.merged("resource", &[kind, name]).ok_or(NOT_READ)?;
        let scope = self.scope(&address.modules, scopes)?;
        let each = scopes.each(&scope, &own, format!("{}{kind}.{name}", module_of(&address.modules)));
        let scope = scope.instance(&own, &address.resource, each)?;
        let items = blocks.into_iter().flat_map(|(file, block)| inside(file, block));
        Ok(Declared {
            items: items.collect(),
            scope,
        })
    }

    /// The scope of an instance of a module.
    pub(super) fn scope(&self, modules: &[Step], scopes: &mut Scopes) -> Result<Scope, Unknown> {
        let key = module_of(modules);
        if let Some(scope) = scopes.made.get(&key) {
            return scope.clone();
        }
        let scope = self.make_scope(modules, scopes);
        scopes.made.insert(key, scope.clone());
        scope
    }

    fn make_scope(&self, modules: &[Step], scopes: &mut Scopes) -> Result<Scope, Unknown> {
        let module = self.modules.get(&Address::prefix(modules)).ok_or(NOT_READ)?;
        let Some((last, outer)) = modules.split_last() else {
            return Ok(Scope::root(module, self, Arc::clone(&scopes.in_state)));
        };
        let call = module.call.as_ref().ok_or(NOT_READ)?;
        let caller = self.modules.get(&Address::prefix(outer)).ok_or(NOT_READ)?;
        if caller.is_partial {
            return Err(PARTIAL);
        }
        let caller = self.scope(outer, scopes)?;
        let each = scopes.each(&caller, call, format!("{}{MODULE}.{}", module_of(outer), last.name));
        let caller = caller.instance(call, last, each)?;
        Ok(Scope::called(module, call, &caller, &module_of(modules)))
    }

    /// The place where the file of Terragrunt gives the value of a setting.
    pub(super) fn input(&self, address: &str, setting: Option<&str>, scopes: &mut Scopes) -> Option<Location> {
        let gives = |given: &Result<Known, Unknown>| given.as_ref().is_ok_and(|known| known.input.is_some());
        if !self.given.values().any(gives) {
            return None;
        }
        let path: Vec<&str> = setting?.split('.').collect();
        let address = self.moves.current(Address::parse(address)?);
        let declared = self.declared(&address, scopes).ok()?;
        match declared.written(&path).1 {
            Written::Known(known) => known.input.as_deref().cloned(),
            _ => None,
        }
    }
}

/// The items of a block, with the file in which they stand.
pub(super) fn inside<'a>(file: &'a File, block: &'a Item) -> impl Iterator<Item = (&'a File, &'a Item)> {
    let items = block.block().into_iter().flat_map(|items| items.iter());
    items.map(move |item| (file, item))
}

impl<'a> Declared<'a> {
    /// A block of these items, whose names mean what the scope says.
    pub(super) fn new(items: Vec<(&'a File, &'a Item)>, scope: Scope) -> Self {
        Self { items, scope }
    }

    /// The names of the instance.
    pub(super) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The place of an argument or block.
    pub(super) fn place(&self, name: &str) -> Option<Location> {
        let (file, item) = self.items.iter().rev().find(|(_, item)| item.name == name)?;
        item.at.map(|at| file.location(at))
    }

    /// The expression of an argument; the last one counts, as files that override come last.
    pub(super) fn argument(&self, name: &str) -> Option<&Expression> {
        let value = |(_, item): &(&File, &'a Item)| argument(std::slice::from_ref(*item), name);
        self.items.iter().rev().find_map(value)
    }

    /// The one block of a name; none if there is none, or where it stands as a value.
    pub(super) fn inner(&self, name: &str) -> Result<Option<Self>, (Option<Location>, Unknown)> {
        let found = block(&self.items, name, &self.scope)?;
        Ok(found.map(|(file, content, scope)| Self::new(content.iter().map(|item| (file, item)).collect(), scope)))
    }

    /// The value that is written at a path, and its place.
    pub(super) fn written(&self, path: &[&str]) -> (Option<Location>, Written) {
        written(&self.items, path, &self.scope)
    }

    /// Changes that Terraform is told to leave alone.
    pub(super) fn ignored(&self) -> Ignored {
        let mut paths = BTreeSet::new();
        let lifecycles = self.items.iter().filter(|(_, item)| item.name == "lifecycle");
        let blocks = lifecycles.filter_map(|(_, item)| item.block());
        for list in blocks.filter_map(|items| argument(items, "ignore_changes")) {
            match list {
                Expression::Array(list) => paths.extend(list.iter().filter_map(path_of)),
                other if path_of(other).is_some_and(|path| path == ["all"]) => return Ignored::All,
                _ => {}
            }
        }
        Ignored::Paths(paths)
    }
}

fn written(items: &[(&File, &Item)], path: &[&str], scope: &Scope) -> (Option<Location>, Written) {
    let Some((name, inner)) = path.split_first() else {
        return (None, Written::Absent);
    };
    // The last one counts: files that override come last.
    let value = items.iter().rev().find_map(|(file, item)| match &item.content {
        Content::Value(value) if item.name == *name => Some((file, item, value)),
        _ => None,
    });
    if let Some((file, item, value)) = value {
        let place = item.at.map(|at| file.location(at));
        let written = match partly(value, scope) {
            Ok(known) => part(known, inner),
            Err(unknown) => Written::Unknown(unknown),
        };
        return (place, written);
    }
    match block(items, name, scope) {
        Ok(None) => (None, Written::Absent),
        Ok(Some((file, content, scope))) => {
            let content: Vec<_> = content.iter().map(|item| (file, item)).collect();
            written(&content, inner, &scope)
        }
        Err((place, unknown)) => (place, Written::Unknown(unknown)),
    }
}

/// A part of a value that stands where a block could.
fn part(known: Known, path: &[&str]) -> Written {
    match inner_part(known, path).and_then(Known::whole) {
        Ok(known) if known.value.is_null() => Written::Absent,
        Ok(known) => Written::Known(known),
        Err(why) => Written::Unknown(why),
    }
}

fn inner_part(mut known: Known, path: &[&str]) -> Evaluated {
    let absent = |known: Known| Known {
        value: Value::Null,
        ..known
    };
    for name in path {
        if let Value::Array(blocks) = &known.value {
            known = match blocks.len() {
                0 => absent(known),
                1 => known.part(["0"])?,
                _ => return Err(Unknown::WRONG),
            };
        }
        known = match &known.value {
            Value::Null => return Ok(known),
            Value::Object(members) if members.contains_key(*name) => known.part([*name])?,
            Value::Object(_) => match known.holes.others() {
                Some(why) => return Err(why),
                None => return Ok(Known::new(Value::Null)),
            },
            _ => return Err(Unknown::WRONG),
        };
    }
    Ok(known)
}

type Block<'a> = (&'a File, &'a [Item], Scope);

/// The one block of a name, none if there is none; where there are several, or it cannot be told, where that is.
fn block<'a>(
    items: &[(&'a File, &'a Item)],
    name: &str,
    scope: &Scope,
) -> Result<Option<Block<'a>>, (Option<Location>, Unknown)> {
    let is_dynamic = |item: &Item| item.name == "dynamic" && item.labels.first().is_some_and(|label| label == name);
    let is_it = |item: &Item| item.block().is_some() && (item.name == name || is_dynamic(item));
    let mut found: Vec<(&File, &Item)> = items.iter().copied().filter(|(_, item)| is_it(item)).collect();
    if found.iter().any(|(file, _)| file.is_override) {
        found.retain(|(file, _)| file.is_override);
    }
    let mut one = None;
    for (file, item) in found {
        let place = || item.at.map(|at| file.location(at));
        let Some(items) = item.block() else { continue };
        let next = if is_dynamic(item) {
            let scope = scope.content(items, name).map_err(|unknown| (place(), unknown))?;
            let content = items.iter().find(|item| item.name == "content").and_then(Item::block);
            scope
                .zip(content)
                .map(|(scope, content)| (file, content.as_slice(), scope))
        } else {
            Some((file, items.as_slice(), scope.clone()))
        };
        if one.is_some() && next.is_some() {
            return Err((place(), Unknown::SEVERAL));
        }
        one = one.or(next);
    }
    Ok(one)
}

/// The names of a reference, without the positions of blocks. In JSON it is a text.
pub(super) fn path_of(expression: &Expression) -> Option<Vec<String>> {
    match expression {
        Expression::Variable(name) => Some(vec![name.as_str().to_owned()]),
        Expression::String(text) => {
            let inner = hcl_edit::parser::parse_expr(text.as_str()).ok()?;
            (!inner.is_str()).then(|| path_of(&inner)).flatten()
        }
        Expression::Traversal(traversal) => {
            let mut path = path_of(&traversal.expr)?;
            for operator in &traversal.operators {
                match operator.value() {
                    TraversalOperator::GetAttr(name) => path.push(name.as_str().to_owned()),
                    TraversalOperator::Index(Expression::String(name)) => path.push(name.as_str().to_owned()),
                    _ => {}
                }
            }
            Some(path)
        }
        _ => None,
    }
}
