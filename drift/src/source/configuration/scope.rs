//! Names in one instance of a module: its variables and local values, and those that tell an instance of a block of
//! itself.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use hcl_edit::expr::Expression;
use serde_json::Value;

use super::{
    Configuration,
    address::Step,
    conversion::Simple,
    known::{Holes, Values},
    module::Module,
    references::InState,
    syntax::{Content, Item, argument},
    value::{Evaluated, Found, Known, Names, Unknown, constant, evaluate, flag, partly, whole},
    variable_type::to_type,
};

/// Arguments of a call of a module that are none of its variables.
const META: [&str; 6] = ["source", "version", "providers", "count", "for_each", "depends_on"];

/// Instances of one block that are looked for.
const MOST_KEYS: u64 = 100_000;

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
    workspace: Option<Known>,
}

impl Names for Scope {
    fn look_up(&self, root: &str, name: Option<&str>) -> Found<'_> {
        let Some(name) = name else {
            return Err(Unknown::COMPUTED);
        };
        if let Some(own) = self.own.get(root) {
            return stored(own, name, Unknown::MISSING);
        }
        match root {
            "var" => stored(&self.variables, name, Unknown::NO_VALUE),
            "local" => stored(&self.locals, name, Unknown::MISSING),
            "module" => Err(Unknown::OUTPUT),
            "each" | "count" => Err(Unknown::MISSING),
            "terraform" if name == "workspace" => self.workspace.clone().map(Cow::Owned).ok_or(Unknown::WORKSPACE),
            "path" | "terraform" | "self" => Err(Unknown::COMPUTED),
            _ => self.in_state.look_up(&self.module, root, name),
        }
    }
}

fn stored<'a>(values: &'a Values, name: &str, otherwise: Unknown) -> Found<'a> {
    match values.get(name) {
        Some(Ok(known)) => Ok(Cow::Borrowed(known)),
        Some(Err(why)) => Err(*why),
        None => Err(otherwise),
    }
}

impl Scope {
    /// Of the root module.
    pub(super) fn root(module: &Module, configuration: &Configuration, in_state: Arc<InState>) -> Self {
        let workspace = configuration.workspace.as_deref();
        let bare = Self {
            in_state,
            workspace: workspace.map(|name| Known::new(Value::from(name))),
            ..Self::default()
        };
        Self::of(module, &configuration.given, configuration.others, bare)
    }

    /// Of a module that another one calls; the scope is that of the instance of the call.
    pub(super) fn called(module: &Module, call: &[Item], caller: &Self, name: &str) -> Self {
        // Of two of a name the first one counts.
        let given = call.iter().rev().filter_map(|item| match &item.content {
            Content::Value(value) if !META.contains(&item.name.as_str()) => {
                Some((item.name.clone(), partly(value, caller)))
            }
            _ => None,
        });
        let bare = Self {
            in_state: Arc::clone(&caller.in_state),
            module: name.into(),
            workspace: caller.workspace.clone(),
            ..Self::default()
        };
        Self::of(module, &given.collect(), None, bare)
    }

    /// `others` is why a variable without a given value may have another than its default.
    fn of(module: &Module, given: &Values, others: Option<Unknown>, bare: Self) -> Self {
        let mut scope = Self {
            variables: Arc::new(variables(module, given, others)),
            ..bare
        };
        scope.locals = Arc::new(locals(module, &scope));
        scope
    }

    /// What a block has instances for; none without `for_each`. An element of a set is its own key.
    pub(super) fn each(&self, block: &[Item]) -> Option<Evaluated> {
        let each = argument(block, "for_each").map(|each| partly(each, self))?;
        Some(each.map(|mut known| {
            if let (Value::Array(elements), true) = (&known.value, known.holes.is_empty()) {
                let texts = elements.iter().filter_map(Value::as_str);
                known.value = texts.map(|text| (text.to_owned(), Value::from(text))).collect();
            }
            known
        }))
    }

    /// The same, as an instance of a block sees it. The error says that the configuration has no such instance.
    /// `each` is what the block has instances for.
    pub(super) fn instance(&self, block: &[Item], step: &Step, each: Option<&Evaluated>) -> Result<Self, Unknown> {
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
                let value = match each.ok_or(NONE)? {
                    Ok(known) => match of_key(known, key) {
                        Err(Unknown::MISSING) => return Err(NONE),
                        value => value,
                    },
                    Err(_) => Err(Unknown::FOR_EACH),
                };
                let key = Ok(Known::new(Value::from(key.as_str())));
                scope.tell("each", [("key", key), ("value", value)]);
            }
            _ if each.is_some() || argument(block, "count").is_some() => return Err(NONE),
            _ => {}
        }
        Ok(scope)
    }

    /// The keys of the instances of a block.
    pub(super) fn keys(&self, block: &[Item]) -> Result<Vec<Option<Value>>, Unknown> {
        let keys_of = |known: Known| match (&known.value, known.holes.others()) {
            // Whatever stands at them, the keys are known.
            (Value::Object(_), None) => Ok(known.value),
            _ => known.whole().map(|known| known.value),
        };
        let known = |name: &str| argument(block, name).map(|value| partly(value, self).and_then(keys_of));
        let keys = match (known("count"), known("for_each")) {
            (None, None) => vec![None],
            (Some(Ok(count @ (Value::Number(_) | Value::String(_)))), None) => {
                let count = Simple::Number.convert(Known::new(count))?.value;
                let count = count.as_number().and_then(whole).ok_or(Unknown::WRONG)?;
                if count > MOST_KEYS {
                    return Err(Unknown::TOO_BIG);
                }
                (0..count).map(|index| Some(Value::from(index))).collect()
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
        let known = partly(each, self).map_err(|_| Unknown::DYNAMIC)?;
        let keys: Vec<Value> = match (&known.value, known.holes.others()) {
            (Value::Array(elements), _) => (0..elements.len()).map(Value::from).collect(),
            (Value::Object(members), None) => members.keys().map(|key| Value::from(key.as_str())).collect(),
            _ => return Err(Unknown::DYNAMIC),
        };
        let mut keys = keys.into_iter();
        let key = match (keys.next(), keys.next()) {
            (None, _) => return Ok(None),
            (Some(only), None) => only,
            _ => return Err(Unknown::SEVERAL),
        };
        let iterator = match argument(block, "iterator") {
            Some(Expression::Variable(name)) => name.as_str(),
            Some(Expression::String(name)) => name.as_str(),
            _ => label,
        };
        let place = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
        let value = known.part([place.as_str()]).map(|part| Known {
            origin: None,
            input: None,
            ..part
        });
        let key = Known::new(key).sensitive_if(known.is_sensitive);
        let mut scope = self.clone();
        scope.tell(iterator, [("key", Ok(key)), ("value", value)]);
        Ok(Some(scope))
    }

    fn tell<const N: usize>(&mut self, root: &str, values: [(&str, Evaluated); N]) {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value));
        self.own.insert(root.to_owned(), values.collect());
    }
}

/// The element of a collection that an instance is for.
fn of_key(known: &Known, key: &str) -> Evaluated {
    let part = match &known.value {
        Value::Object(_) => known.part([key])?,
        Value::Array(elements) => {
            let is_there = elements.iter().any(|element| element.as_str() == Some(key));
            // One of those that are not known may be it.
            let otherwise = known.holes.why().map_or(Unknown::MISSING, |_| Unknown::FOR_EACH);
            let value = is_there.then(|| Value::from(key)).ok_or(otherwise)?;
            Known {
                value,
                holes: Holes::default(),
                ..known.clone()
            }
        }
        _ => return Err(Unknown::MISSING),
    };
    Ok(Known { input: None, ..part })
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
                Content::Value(value) => Some(constant(value)),
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
            holes: if is_sensitive {
                known.holes.all_for(Unknown::SENSITIVE)
            } else {
                known.holes
            },
            ..known
        });
        // What is made of it is sensitive all the same.
        let value = value.map_err(|why| if is_sensitive { Unknown::SENSITIVE } else { why });
        let value = if is("ephemeral") == Some(Value::Bool(true)) {
            Err(Unknown::EPHEMERAL)
        } else {
            valid(name, &items, value)
        };
        (name.to_owned(), value)
    });
    variables.collect()
}

/// A value that the conditions of its variable let pass, as far as they can be evaluated by it alone.
fn valid(name: &str, items: &[&Item], value: Evaluated) -> Evaluated {
    let known = value?;
    let own = Values::from([(name.to_owned(), Ok(known.clone()))]);
    let scope = Scope {
        variables: Arc::new(own),
        ..Scope::default()
    };
    let validations = items.iter().filter(|item| item.name == "validation");
    let mut conditions = validations.filter_map(|item| argument(item.block()?, "condition"));
    let fails = |condition: &Expression| evaluate(condition, &scope).is_ok_and(|held| flag(&held.value) == Some(false));
    if conditions.any(fails) {
        return Err(Unknown::INVALID);
    }
    Ok(known)
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
            let value = partly(expression, &scope);
            let is_open = match &value {
                Ok(known) => known.holes.why() == Some(Unknown::NOT_YET),
                Err(why) => *why == Unknown::NOT_YET,
            };
            values.insert((*name).to_owned(), value);
            is_open
        });
        if open.len() == before || open.is_empty() {
            return values;
        }
    }
}
