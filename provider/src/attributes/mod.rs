//! The attribute engine: one table per resource names each attribute once, and everything else that
//! needs the name is derived from it.
//!
//! ```text
//! Table ── schema()    → Terraform schema with defaults, rules and descriptions
//!       ── to_api()    → API tree (API names, defaults spelled out, absent leaves left out)
//!       ── to_value()  → Terraform value in canonical spelling
//!       ── settle()    → the user's spelling wherever the meaning is the same
//!       ── meaning()   → what the service understands: the only basis of "equal" and "different"
//! ```
//!
//! A leaf has exactly one nature. `Default` leaves are planned, sent and stored with their value, so
//! null never reaches the state. `Absent` leaves have no documented default: null and collections
//! without an element mean "not set" and are never sent. Zero and empty text are values like any other,
//! unless the service itself has them for what is left out ([`Leaf::zero_is_silence`]). A null member of a
//! map counts as left out. **What is planned is what is sent.**

mod convert;
mod effect;
pub(crate) mod forms;
mod meaning;
pub(crate) mod rules;
mod schema;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod variations;

use std::sync::Arc;

use tfplug_core::{Mode, Number, Value, validators::Validator};

pub(crate) use self::effect::Effect;

/// Attributes of a resource or of a block in it.
#[derive(Clone, Debug)]
pub struct Table {
    /// Leaves and blocks in the order of documentation.
    pub leaves: Vec<Leaf>,
}

/// One attribute or block.
#[derive(Clone)]
pub struct Leaf {
    /// Name in the configuration.
    pub name: &'static str,
    /// Member name in the API; `None` for what the service does not know.
    pub api: Option<&'static str>,
    /// Shape.
    pub kind: Kind,
    /// The source of the value when the configuration is silent.
    pub nature: Nature,
    /// A description with the unit, in Markdown. Valid values, default and effect of a change are
    /// derived from the other members and must not be repeated here.
    pub doc: &'static str,
    /// True if the client masks the value.
    pub sensitive: bool,
    /// True if a change replaces the object.
    pub requires_replace: bool,
    /// True if a computed value stays known in updates that do not concern it.
    pub stable: bool,
    /// The meaning of the number zero to the service.
    pub zero: Zero,
    /// Rules for configured values.
    pub rules: Vec<Arc<dyn Validator>>,
    /// The effect of a change; a leaf in a block has the block's effect.
    pub effect: Option<Effect>,
}

/// Shape of a leaf.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A string.
    String,
    /// A boolean.
    Bool,
    /// A whole number.
    Int,
    /// A decimal number.
    Float,
    /// A list of strings or whole numbers.
    List {
        /// Type of the elements.
        of: Scalar,
        /// True if the order means nothing to the service.
        unordered: bool,
    },
    /// A set of strings.
    Set,
    /// A map of strings.
    Map,
    /// A nested block.
    Blocks(Blocks),
}

/// The meaning of the number zero to the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zero {
    /// Something, like any other number.
    Value,
    /// As much as a member that is left out: the service model has zero for it.
    Silence,
}

/// Type of the elements of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// Strings.
    String,
    /// Whole numbers.
    Int,
}

/// A nested block.
#[derive(Clone, Debug)]
pub struct Blocks {
    /// The number of its repetitions.
    pub repeat: Repeat,
    /// Its attributes.
    pub table: Table,
}

/// The number of times that a block may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// At most one, a list block in the configuration and a structure in the API.
    AtMostOne,
    /// A single block, known to Terraform only.
    Single,
    /// Any number, in order.
    Ordered,
    /// Any number; the order of a list block means nothing to the service.
    Unordered,
    /// At least one; told apart by the member of this name rather than by position.
    Keyed(&'static str),
    /// Any number, a set block.
    Set,
}

/// The source of a value when the configuration is silent.
#[derive(Clone, Debug, PartialEq)]
pub enum Nature {
    /// The configuration must give it.
    Required,
    /// Planned, sent and stored as this value.
    Default(Value),
    /// Not set; never sent.
    Absent,
    /// Given by the service only.
    Computed,
    /// May be given, else the service or the provider does.
    OptionalComputed,
}

impl Table {
    /// A table of the given leaves.
    pub fn new(leaves: impl IntoIterator<Item = Leaf>) -> Self {
        Self {
            leaves: leaves.into_iter().collect(),
        }
    }

    /// The leaf of a name.
    pub fn leaf(&self, name: &str) -> Option<&Leaf> {
        self.leaves.iter().find(|leaf| leaf.name == name)
    }

    /// Only the leaves that the service knows.
    pub fn api_leaves(&self) -> impl Iterator<Item = (&Leaf, &'static str)> {
        self.leaves.iter().filter_map(|leaf| leaf.api.map(|api| (leaf, api)))
    }
}

impl Leaf {
    /// The effect of a change of this leaf in a block of the given effect. What cannot be configured
    /// has none.
    pub fn effect_within(&self, outer: Option<Effect>) -> Option<Effect> {
        if self.nature == Nature::Computed {
            return None;
        }
        let replacement = self.requires_replace.then_some(Effect::Replacement);
        replacement.or(self.effect).or(outer)
    }

    /// A leaf that the service knows under another name.
    pub fn new(name: &'static str, api: &'static str, kind: Kind, nature: Nature, doc: &'static str) -> Self {
        Self {
            api: Some(api),
            ..Self::local(name, kind, nature, doc)
        }
    }

    /// A leaf that the service does not know.
    pub fn local(name: &'static str, kind: Kind, nature: Nature, doc: &'static str) -> Self {
        Self {
            name,
            api: None,
            kind,
            nature,
            doc,
            sensitive: false,
            requires_replace: false,
            stable: false,
            zero: Zero::Value,
            rules: Vec::new(),
            effect: None,
        }
    }

    /// Masked by the client.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// A change replaces the object.
    #[must_use]
    pub fn replaces(mut self) -> Self {
        self.requires_replace = true;
        self
    }

    /// The service model has the number zero for what is left out, so that nobody can tell them apart.
    #[must_use]
    pub fn zero_is_silence(mut self) -> Self {
        self.zero = Zero::Silence;
        self
    }

    /// A change has this effect.
    #[must_use]
    pub fn changes(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }

    /// Stays known in updates.
    #[must_use]
    pub fn stable(mut self) -> Self {
        self.stable = true;
        self
    }

    /// Checked by `rule` when configured and known.
    #[must_use]
    pub fn rule(mut self, rule: impl Validator + 'static) -> Self {
        self.rules.push(Arc::new(rule));
        self
    }

    /// The mode of the attribute in the schema.
    pub fn mode(&self) -> Mode {
        match self.nature {
            Nature::Required => Mode::Required,
            Nature::Absent => Mode::Optional,
            Nature::Computed => Mode::Computed,
            Nature::Default(_) | Nature::OptionalComputed => Mode::OptionalComputed,
        }
    }
}

impl Nature {
    /// A default of any type that values are made of.
    pub fn default(value: impl Into<Value>) -> Self {
        Self::Default(value.into())
    }

    /// A whole default number.
    pub fn int(value: i64) -> Self {
        Self::Default(Value::Number(Number::from(value)))
    }
}

impl std::fmt::Debug for Leaf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Leaf")
            .field("name", &self.name)
            .field("api", &self.api)
            .finish_non_exhaustive()
    }
}
