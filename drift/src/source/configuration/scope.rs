//! Names in one instance of a module: its variables and local values, and those that tell an instance of a block of
//! itself.

use std::{collections::BTreeMap, sync::Arc};

use hcl_edit::expr::Expression;
use serde_json::Value;

use super::{
    address::Step,
    known::Values,
    module::Module,
    references::InState,
    syntax::{Content, Item, argument},
    value::{Evaluated, Known, Names, NoNames, Unknown, evaluate, whole},
    variable_type::to_type,
};

/// Arguments of a call of a module that are none of its variables.
const META: [&str; 6] = ["source", "version", "providers", "count", "for_each", "depends_on"];

/// Instances of one block that are looked for.
const MOST_KEYS: u64 = 10_000;

/// Values of names.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    variables: Arc<Values>,
    locals: Arc<Values>,
    /// Values of `each`, `count` and the iterators of dynamic blocks: by name, then `key`, `value` or `index`.
    own: BTreeMap<String, Values>,
    /// Resources of the state, and the instance of the module, whose names they are.
    in_state: Arc<InState>,
    module: Arc<str>,
}

impl Names for Scope {
    fn look_up(&self, root: &str, name: Option<&str>) -> Evaluated {
        let Some(name) = name else {
            return Err(Unknown::COMPUTED);
        };
        if let Some(own) = self.own.get(root) {
            return own.get(name).cloned().unwrap_or(Err(Unknown::MISSING));
        }
        match root {
            "var" => self.variables.get(name).cloned().unwrap_or(Err(Unknown::NO_VALUE)),
            "local" => self.locals.get(name).cloned().unwrap_or(Err(Unknown::MISSING)),
            "module" => Err(Unknown::OUTPUT),
            "each" | "count" => Err(Unknown::MISSING),
            "path" | "terraform" | "self" => Err(Unknown::COMPUTED),
            _ => self.in_state.look_up(&self.module, root, name),
        }
    }
}

impl Scope {
    /// Of the root module, with the values that were given to its variables.
    /// `others` is why one without may have another than its default.
    pub(super) fn root(module: &Module, given: &Values, others: Option<Unknown>, in_state: Arc<InState>) -> Self {
        let bare = Self {
            in_state,
            ..Self::default()
        };
        Self::of(module, given, others, bare)
    }

    /// Of a module that another one calls; the scope is that of the instance of the call.
    pub(super) fn called(module: &Module, call: &[Item], caller: &Self, name: &str) -> Self {
        let given = call.iter().filter_map(|item| match &item.content {
            Content::Value(value) if !META.contains(&item.name.as_str()) => {
                Some((item.name.clone(), evaluate(value, caller)))
            }
            _ => None,
        });
        let bare = Self {
            in_state: Arc::clone(&caller.in_state),
            module: name.into(),
            ..Self::default()
        };
        Self::of(module, &given.collect(), None, bare)
    }

    fn of(module: &Module, given: &Values, others: Option<Unknown>, bare: Self) -> Self {
        let mut scope = Self {
            variables: Arc::new(variables(module, given, others)),
            ..bare
        };
        scope.locals = Arc::new(locals(module, &scope));
        scope
    }

    /// The same, as an instance of a block sees it. The error says that the configuration has no such instance.
    pub(super) fn instance(&self, block: &[Item], step: &Step) -> Result<Self, Unknown> {
        const NONE: Unknown = Unknown("the configuration has no such instance");
        let mut scope = self.clone();
        match &step.key {
            Some(Value::Number(index)) => {
                let count = argument(block, "count").ok_or(NONE)?;
                if let Ok(Value::Number(count)) = evaluate(count, self).map(|known| known.value)
                    && whole(&count) <= whole(index)
                {
                    return Err(NONE);
                }
                scope.tell("count", [("index", Ok(Known::new(Value::Number(index.clone()))))]);
            }
            Some(Value::String(key)) => {
                let each = argument(block, "for_each").ok_or(NONE)?;
                let value = match evaluate(each, self) {
                    Ok(known) => match of_key(&known, key) {
                        Some(value) => Ok(value),
                        None => return Err(NONE),
                    },
                    Err(_) => Err(Unknown::FOR_EACH),
                };
                let key = Ok(Known::new(Value::from(key.as_str())));
                scope.tell("each", [("key", key), ("value", value)]);
            }
            _ if argument(block, "for_each").is_some() || argument(block, "count").is_some() => return Err(NONE),
            _ => {}
        }
        Ok(scope)
    }

    /// The keys of the instances of a block.
    pub(super) fn keys(&self, block: &[Item]) -> Result<Vec<Option<Value>>, Unknown> {
        let known = |name: &str| argument(block, name).map(|value| evaluate(value, self).map(|known| known.value));
        let keys = match (known("count"), known("for_each")) {
            (None, None) => vec![None],
            (Some(Ok(Value::Number(count))), None) => {
                let count = whole(&count).unwrap_or_default();
                (0..count.min(MOST_KEYS))
                    .map(|index| Some(Value::from(index)))
                    .collect()
            }
            (None, Some(Ok(Value::Object(members)))) => {
                members.into_iter().map(|(key, _)| Some(Value::from(key))).collect()
            }
            (None, Some(Ok(Value::Array(elements)))) => elements.into_iter().map(Some).collect(),
            (Some(Err(why)), _) | (_, Some(Err(why))) => return Err(why),
            _ => return Err(Unknown::WRONG),
        };
        Ok(keys)
    }

    /// The same for the content of a dynamic block with one element, none if it has no element.
    pub(super) fn content(&self, block: &[Item], label: &str) -> Result<Option<Self>, Unknown> {
        let each = argument(block, "for_each").ok_or(Unknown::DYNAMIC)?;
        let known = evaluate(each, self).map_err(|_| Unknown::DYNAMIC)?;
        let elements: Vec<(Value, Value)> = match &known.value {
            Value::Array(elements) => elements
                .iter()
                .enumerate()
                .map(|(index, element)| (Value::from(index), element.clone()))
                .collect(),
            Value::Object(members) => members
                .iter()
                .map(|(key, value)| (Value::from(key.as_str()), value.clone()))
                .collect(),
            _ => return Err(Unknown::DYNAMIC),
        };
        let mut elements = elements.into_iter();
        let (key, value) = match (elements.next(), elements.next()) {
            (None, _) => return Ok(None),
            (Some(only), None) => only,
            _ => return Err(Unknown::SEVERAL),
        };
        let iterator = match argument(block, "iterator") {
            Some(Expression::Variable(name)) => name.as_str(),
            Some(Expression::String(name)) => name.as_str(),
            _ => label,
        };
        let with = |value| {
            Ok(Known {
                value,
                is_sensitive: known.is_sensitive,
                origin: None,
                input: None,
            })
        };
        let mut scope = self.clone();
        scope.tell(iterator, [("key", with(key)), ("value", with(value))]);
        Ok(Some(scope))
    }

    fn tell<const N: usize>(&mut self, root: &str, values: [(&str, Evaluated); N]) {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value));
        self.own.insert(root.to_owned(), values.collect());
    }
}

/// The element of a collection that an instance is for.
fn of_key(known: &Known, key: &str) -> Option<Known> {
    let value = match &known.value {
        Value::Object(members) => members.get(key)?.clone(),
        Value::Array(elements) => elements.iter().find(|element| element.as_str() == Some(key))?.clone(),
        _ => return None,
    };
    Some(Known {
        value,
        input: None,
        ..known.clone()
    })
}

/// The variables that a module declares, with what was given to them, else their defaults.
fn variables(module: &Module, given: &Values, others: Option<Unknown>) -> Values {
    let mut declared: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for (_, item) in module.items() {
        if let (Some([name]), Some(items)) = (item.labels_of("variable").as_deref(), item.block()) {
            // What a file that overrides says comes last and counts.
            declared.entry(*name).or_default().extend(items.iter());
        }
    }
    let variables = declared.into_iter().map(|(name, items)| {
        let argument = |wanted: &str| {
            let found = items.iter().rev().find(|item| item.name == wanted)?;
            match &found.content {
                Content::Value(value) => Some(evaluate(value, &NoNames)),
                Content::Block(_) => None,
            }
        };
        let is = |wanted: &str| argument(wanted).and_then(Result::ok).map(|known| known.value);
        let is_nullable = is("nullable") != Some(Value::Bool(false));
        let default = argument("default").map(|value| {
            value.map(|known| Known {
                origin: Some(format!("the default of `var.{name}`").into()),
                ..known
            })
        });
        let given = given.get(name).cloned().or(others.map(Err));
        let given = given.filter(|value| is_nullable || !matches!(value, Ok(known) if known.value.is_null()));
        let kind = items.iter().rev().find(|item| item.name == "type");
        let kind = kind.and_then(|item| match &item.content {
            Content::Value(kind) => Some(kind),
            Content::Block(_) => None,
        });
        let value = to_type(given.or(default).unwrap_or(Err(Unknown::NO_VALUE)), kind);
        let is_sensitive = is("sensitive") == Some(Value::Bool(true));
        let value = value.map(|known| Known {
            is_sensitive: known.is_sensitive || is_sensitive,
            ..known
        });
        // What is made of it is sensitive all the same.
        let value = value.map_err(|why| if is_sensitive { Unknown::SENSITIVE } else { why });
        (name.to_owned(), value)
    });
    variables.collect()
}

/// The local values of a module. One may refer to others, in any order.
fn locals(module: &Module, scope: &Scope) -> Values {
    let mut open: BTreeMap<&str, &Expression> = BTreeMap::new();
    for (_, item) in module.items() {
        let items = item
            .labels_of("locals")
            .and(item.block())
            .into_iter()
            .flat_map(|items| items.iter());
        for item in items {
            if let Content::Value(value) = &item.content {
                open.insert(&item.name, value);
            }
        }
    }
    let mut values: Values = open
        .keys()
        .map(|name| ((*name).to_owned(), Err(Unknown::NOT_YET)))
        .collect();
    loop {
        let scope = Scope {
            locals: Arc::new(values.clone()),
            ..scope.clone()
        };
        let before = open.len();
        open.retain(|name, expression| {
            let value = evaluate(expression, &scope);
            let is_open = value == Err(Unknown::NOT_YET);
            values.insert((*name).to_owned(), value);
            is_open
        });
        if open.len() == before || open.is_empty() {
            return values;
        }
    }
}
