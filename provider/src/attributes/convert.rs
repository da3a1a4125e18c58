//! Between Terraform values and API trees.
//!
//! An API tree is a `Value` in the API's member names, before it becomes an SDK type. `to_api` takes
//! wholly known values only: planning is over when it runs.

use tfplug_core::Value;

use super::{
    Blocks, Kind, Leaf, Nature, Repeat, Table, Zero,
    meaning::{is_silent, present_members},
};

impl Table {
    /// API tree of an object: defaults spelled out, absent leaves left out.
    pub fn to_api(&self, value: &Value) -> Value {
        Value::object(self.api_leaves().filter_map(|(leaf, api)| {
            let sent = leaf.to_api(value.get(leaf.name));
            (!sent.is_null()).then_some((api, sent))
        }))
    }

    /// Canonical Terraform object of an API tree. Leaves that the service does not know are null.
    pub fn to_value(&self, api: &Value) -> Value {
        Value::object(self.leaves.iter().map(|leaf| {
            let member = leaf.api.map_or(Value::Null, |name| leaf.to_value(api.get(name)));
            (leaf.name, member)
        }))
    }

    /// `observed` in the spelling of `prior` wherever both mean the same, attribute by attribute.
    /// Leaves that the service does not know are taken from `prior`.
    pub fn settle(&self, prior: &Value, observed: &Value) -> Value {
        Value::object(self.leaves.iter().map(|leaf| {
            let (before, now) = (prior.get(leaf.name), observed.get(leaf.name));
            let settled = if leaf.api.is_none() {
                before.clone()
            } else {
                leaf.settle(before, now)
            };
            (leaf.name, settled)
        }))
    }
}

impl Leaf {
    fn to_api(&self, value: &Value) -> Value {
        match &self.kind {
            Kind::Blocks(blocks) => blocks.to_api(value),
            _ if value.is_null() => match &self.nature {
                Nature::Default(default) => default.clone(),
                _ => Value::Null,
            },
            _ if self.nature == Nature::Absent && is_silent(value) => Value::Null,
            Kind::Map => Value::object(present_members(value)),
            Kind::Set => Value::List(value.elements().cloned().collect()),
            _ => value.clone(),
        }
    }

    fn to_value(&self, api: &Value) -> Value {
        match (&self.kind, &self.nature) {
            (Kind::Blocks(blocks), _) => blocks.to_value(api),
            (_, Nature::Default(default)) if api.is_null() => default.clone(),
            (_, Nature::Absent) if is_silent(api) => Value::Null,
            (Kind::Int, _) if self.zero == Zero::Silence && api.as_i64() == Some(0) => Value::Null,
            (Kind::Set, _) => Value::Set(api.elements().cloned().collect()),
            _ => api.clone(),
        }
    }

    fn settle(&self, prior: &Value, observed: &Value) -> Value {
        if let Kind::Blocks(blocks) = &self.kind {
            return blocks.settle(prior, observed);
        }
        // Null is kept for absent leaves only; the default of a default leaf belongs into the state.
        let spelled = !prior.is_null() || self.nature == Nature::Absent;
        if spelled && self.trace(prior) == self.trace(observed) {
            prior.clone()
        } else {
            observed.clone()
        }
    }
}

impl Blocks {
    fn to_api(&self, value: &Value) -> Value {
        let mut elements = value.elements().map(|element| self.table.to_api(element));
        match self.repeat {
            Repeat::AtMostOne => elements.next().unwrap_or_default(),
            Repeat::Single => Value::Null,
            Repeat::Ordered | Repeat::Unordered | Repeat::Keyed(_) | Repeat::Set => {
                let sent: Vec<Value> = elements.collect();
                if sent.is_empty() {
                    Value::Null
                } else {
                    Value::List(sent)
                }
            }
        }
    }

    fn to_value(&self, api: &Value) -> Value {
        match self.repeat {
            Repeat::AtMostOne => {
                let block = self.table.to_value(api);
                let says_something = !api.is_null() && !self.table.meaning(&block).is_null_or_empty();
                Value::List(if says_something { vec![block] } else { Vec::new() })
            }
            Repeat::Single => Value::Null,
            Repeat::Ordered | Repeat::Unordered | Repeat::Keyed(_) => {
                Value::List(api.elements().map(|element| self.table.to_value(element)).collect())
            }
            Repeat::Set => Value::Set(api.elements().map(|element| self.table.to_value(element)).collect()),
        }
    }

    fn settle(&self, prior: &Value, observed: &Value) -> Value {
        match self.repeat {
            Repeat::Single => prior.clone(),
            Repeat::AtMostOne => self.settle_at_most_one(prior, observed),
            Repeat::Set => Value::Set(self.settle_unordered(prior, observed).into_iter().collect()),
            Repeat::Ordered => Value::List(self.settle_in_order(prior, observed)),
            Repeat::Unordered => Value::List(self.settle_unordered(prior, observed)),
            Repeat::Keyed(key) => Value::List(self.settle_keyed(key, prior, observed)),
        }
    }

    /// A block that is in the prior state stays, leaf by leaf, even when the service reports only
    /// defaults: the planned number of blocks must equal the configured one.
    fn settle_at_most_one(&self, prior: &Value, observed: &Value) -> Value {
        let Some(before) = prior.elements().next() else {
            return observed.clone();
        };
        let silent = self.table.to_value(&Value::Null);
        let now = observed.elements().next().unwrap_or(&silent);
        Value::List(vec![self.table.settle(before, now)])
    }

    fn settle_in_order(&self, prior: &Value, observed: &Value) -> Vec<Value> {
        let before: Vec<&Value> = prior.elements().collect();
        let settled = observed
            .elements()
            .enumerate()
            .map(|(index, now)| match before.get(index) {
                Some(before) => self.table.settle(before, now),
                None => now.clone(),
            });
        settled.collect()
    }

    /// Elements of the prior state that are still there keep their place and spelling; new ones follow.
    fn settle_unordered(&self, prior: &Value, observed: &Value) -> Vec<Value> {
        let mut live: Vec<&Value> = observed.elements().collect();
        let mut settled = Vec::new();
        for before in prior.elements() {
            let same = |of: fn(&Table, &Value) -> Value| {
                let wanted = of(&self.table, before);
                live.iter().position(|now| of(&self.table, now) == wanted)
            };
            if let Some(position) = same(Table::meaning).or_else(|| same(Table::trace)) {
                settled.push(self.table.settle(before, live.remove(position)));
            }
        }
        settled.extend(live.into_iter().cloned());
        settled
    }

    fn settle_keyed(&self, key: &str, prior: &Value, observed: &Value) -> Vec<Value> {
        let mut live: Vec<&Value> = observed.elements().collect();
        let mut settled = Vec::new();
        for before in prior.elements() {
            if let Some(position) = live.iter().position(|now| now.get(key) == before.get(key)) {
                settled.push(self.table.settle(before, live.remove(position)));
            }
        }
        settled.extend(live.into_iter().cloned());
        settled
    }
}
