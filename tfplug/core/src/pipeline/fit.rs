//! Makes an answered state fit its schema. A client cannot store what does not fit, and an object that
//! it does not store is an object that nobody knows: so what does not fit is replaced, not the whole.

use std::collections::BTreeMap;

use crate::{
    path::{Path, Step},
    types::Type,
    value::Value,
};

/// Something in a value that its type has no room for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    /// The place; of an element of a set, the set.
    pub path: Path,
    /// The fault, as the rest of a sentence: "expected string, got a number".
    pub reason: String,
}

/// The value with everything that does not fit the type taken out. In its place stands what `instead`
/// has there, with unknown parts as null, if that fits; else null. What was replaced is told.
pub(super) fn fit(ty: &Type, value: Value, instead: &Value) -> (Value, Vec<Misfit>) {
    let mut misfits = Vec::new();
    let fitted = Fit { misfits: &mut misfits }.value(ty, value, instead, &Path::root());
    (fitted, misfits)
}

struct Fit<'a> {
    misfits: &'a mut Vec<Misfit>,
}

impl Fit<'_> {
    fn value(&mut self, ty: &Type, value: Value, instead: &Value, path: &Path) -> Value {
        match (ty, value) {
            (_, value @ (Value::Null | Value::Unknown))
            | (Type::Bool, value @ Value::Bool(_))
            | (Type::Number, value @ Value::Number(_))
            | (Type::String, value @ Value::String(_)) => value,
            (Type::List(of), Value::List(elements)) => {
                let of = std::iter::repeat(&**of);
                Value::List(self.elements(of, elements, instead, path))
            }
            (Type::Tuple(types), Value::List(elements)) if types.len() == elements.len() => {
                Value::List(self.elements(types.iter(), elements, instead, path))
            }
            // Elements of sets have no place, so nothing stands in for one that does not fit.
            (Type::Set(of), Value::Set(elements)) => {
                let fitted = elements.iter().map(|element| {
                    let fitted = self.value(of, element.clone(), &Value::Null, path);
                    (element.is_null() || !fitted.is_null()).then_some(fitted)
                });
                Value::set_of(fitted.flatten())
            }
            (Type::Map(of), Value::Map(members)) => Value::object(members.into_iter().map(|(key, member)| {
                let fitted = self.value(of, member, instead.get(&key), &path.key(&key));
                (key, fitted)
            })),
            (Type::Object(types), Value::Map(members)) => self.object(types, members, instead, path),
            (Type::Dynamic, Value::Dynamic(typed)) => {
                let (ty, value) = *typed;
                let fitted = self.value(&ty, value, &Value::Null, path);
                Value::Dynamic(Box::new((ty, fitted)))
            }
            (ty, value) => {
                self.tell(path, format!("expected {ty}, got {}", value.kind()));
                stand_in(ty, instead)
            }
        }
    }

    fn elements<'t>(
        &mut self,
        types: impl Iterator<Item = &'t Type>,
        elements: Vec<Value>,
        instead: &Value,
        path: &Path,
    ) -> Vec<Value> {
        let instead: Vec<&Value> = instead.elements().collect();
        let elements = types.zip(elements).enumerate();
        elements
            .map(|(index, (ty, element))| {
                let instead = instead.get(index).copied().unwrap_or(&Value::Null);
                self.value(ty, element, instead, &path.index(index))
            })
            .collect()
    }

    fn object(
        &mut self,
        types: &BTreeMap<String, Type>,
        mut members: BTreeMap<String, Value>,
        instead: &Value,
        path: &Path,
    ) -> Value {
        let misspelt: Vec<String> = members
            .keys()
            .filter(|name| !types.contains_key(*name))
            .cloned()
            .collect();
        for name in &misspelt {
            self.tell(path, format!("there is no attribute `{name}`"));
        }
        let fitted: Vec<(&str, Value)> = types
            .iter()
            .map(|(name, ty)| {
                let at = path.with(Step::Attribute(name.clone()));
                let member = match members.remove(name) {
                    Some(member) => self.value(ty, member, instead.get(name), &at),
                    // What is missing may be what is misspelt.
                    None if !misspelt.is_empty() => stand_in(ty, instead.get(name)),
                    None => Value::Null,
                };
                (name.as_str(), member)
            })
            .collect();
        Value::object(fitted)
    }

    fn tell(&mut self, path: &Path, reason: String) {
        self.misfits.push(Misfit {
            path: path.clone(),
            reason,
        });
    }
}

/// The value that stands in for one that does not fit.
fn stand_in(ty: &Type, instead: &Value) -> Value {
    let (known, misfits) = fit(ty, instead.unknown_as_null(), &Value::Null);
    if misfits.is_empty() { known } else { Value::Null }
}
