//! The schema model: what a provider declares about its blocks and attributes.
//!
//! Beside what travels on the wire, an attribute carries the rules that the plan pipeline and the
//! validation apply: default, validators, replacement, stability, semantic equality.

use std::{collections::BTreeMap, fmt, sync::Arc};

use crate::{
    types::Type,
    validators::Validator,
    value::{Value, ValueSet},
};

mod documentation;

/// Schema of a provider, resource or data source.
#[derive(Clone, Debug)]
pub struct Schema {
    /// Version of stored state; a change of type or meaning raises it, an added attribute does not.
    pub version: i64,
    /// The root block.
    pub block: Block,
}

impl Schema {
    /// Type of the values of this schema.
    pub fn implied_type(&self) -> Type {
        self.block.implied_type()
    }
}

/// Attributes and nested blocks.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Attributes in the order of declaration.
    pub attributes: Vec<Attribute>,
    /// Nested blocks in the order of declaration.
    pub blocks: Vec<NestedBlock>,
    /// Description in Markdown.
    pub description: String,
    /// Message to those who still use it.
    pub deprecation: Option<String>,
}

impl Block {
    /// The attribute of a name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The nested block of a name.
    pub fn nested(&self, name: &str) -> Option<&NestedBlock> {
        self.blocks.iter().find(|block| block.name == name)
    }

    /// Type of the values of this block: an object of its attributes and nested blocks.
    pub fn implied_type(&self) -> Type {
        let attributes = self
            .attributes
            .iter()
            .map(|attribute| (attribute.name.clone(), attribute.implied_type()));
        let blocks = self
            .blocks
            .iter()
            .map(|block| (block.name.clone(), block.implied_type()));
        Type::Object(attributes.chain(blocks).collect())
    }

    /// An empty block as configuration: null attributes, and nested blocks that are not there.
    pub fn empty_config(&self) -> Value {
        let attributes = self
            .attributes
            .iter()
            .map(|attribute| (attribute.name.clone(), Value::Null));
        let blocks = self.blocks.iter().map(|block| (block.name.clone(), block.absent()));
        Value::Map(attributes.chain(blocks).collect())
    }

    /// The same object with every member there: attributes that it lacks are null, and nested blocks
    /// that it lacks or holds as null are [`NestedBlock::absent`]. Null stays null; members that the
    /// schema lacks stay, for the codec to refuse.
    #[must_use]
    pub fn complete(&self, value: Value) -> Value {
        let Value::Map(mut members) = value else { return value };
        for attribute in &self.attributes {
            members.entry(attribute.name.clone()).or_insert(Value::Null);
        }
        for block in &self.blocks {
            let content = members.remove(&block.name).unwrap_or_default();
            members.insert(block.name.clone(), block.complete(content));
        }
        Value::Map(members)
    }
}

/// The side that gives an attribute its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The configuration must.
    Required,
    /// The configuration may.
    Optional,
    /// The provider does.
    Computed,
    /// The configuration may, else the provider does.
    OptionalComputed,
}

impl Mode {
    /// True if a configuration may set it.
    pub fn is_configurable(self) -> bool {
        self != Self::Computed
    }

    /// True if the provider may set it.
    pub fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::OptionalComputed)
    }
}

/// Type of an attribute: a cty type, or attributes of its own.
#[derive(Clone, Debug)]
pub enum AttributeType {
    /// A plain cty type.
    Plain(Type),
    /// Nested attributes.
    Nested {
        /// Their repetition.
        nesting: Nesting,
        /// The attributes.
        attributes: Vec<Attribute>,
    },
}

impl AttributeType {
    /// Type of the values.
    pub fn implied_type(&self) -> Type {
        match self {
            Self::Plain(ty) => ty.clone(),
            Self::Nested { nesting, attributes } => {
                let object = Type::object(
                    attributes
                        .iter()
                        .map(|attribute| (attribute.name.clone(), attribute.implied_type())),
                );
                match nesting {
                    Nesting::Single | Nesting::Group => object,
                    Nesting::List => Type::list(object),
                    Nesting::Set => Type::set(object),
                    Nesting::Map => Type::map(object),
                }
            }
        }
    }
}

/// Repetition of a nested block or attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// At most once, as an object.
    Single,
    /// An ordered list.
    List,
    /// A set.
    Set,
    /// A map.
    Map,
    /// Exactly once, as an object that is never null. Blocks only.
    Group,
}

/// A block inside a block.
#[derive(Clone, Debug)]
pub struct NestedBlock {
    /// Block type name.
    pub name: String,
    /// Its repetition.
    pub nesting: Nesting,
    /// Its content.
    pub block: Block,
    /// Fewest blocks allowed.
    pub min_items: i64,
    /// Most blocks allowed; 0 means any number.
    pub max_items: i64,
}

impl NestedBlock {
    /// Type of the values of this block with its repetition.
    pub fn implied_type(&self) -> Type {
        let object = self.block.implied_type();
        match self.nesting {
            Nesting::Single | Nesting::Group => object,
            Nesting::Set => Type::set(object),
            // Elements of one list or map would otherwise have to agree on one type.
            Nesting::List | Nesting::Map if object.has_dynamic() => Type::Dynamic,
            Nesting::List => Type::list(object),
            Nesting::Map => Type::map(object),
        }
    }

    /// The value that stands for "no such block": an empty collection, null for a single block, and
    /// an object without values for a group.
    pub fn absent(&self) -> Value {
        match self.nesting {
            Nesting::Single => Value::Null,
            Nesting::List => Value::List(Vec::new()),
            Nesting::Set => Value::Set(ValueSet::default()),
            Nesting::Map => Value::Map(BTreeMap::new()),
            Nesting::Group => self.block.empty_config(),
        }
    }

    fn complete(&self, value: Value) -> Value {
        match (self.nesting, value) {
            (_, Value::Null) => self.absent(),
            (Nesting::Single | Nesting::Group, object) => self.block.complete(object),
            (_, Value::List(elements)) => Value::List(
                elements
                    .into_iter()
                    .map(|element| self.block.complete(element))
                    .collect(),
            ),
            (_, Value::Set(elements)) => Value::Set(
                elements
                    .into_iter()
                    .map(|element| self.block.complete(element))
                    .collect(),
            ),
            (_, Value::Map(elements)) => Value::Map(
                elements
                    .into_iter()
                    .map(|(key, element)| (key, self.block.complete(element)))
                    .collect(),
            ),
            (_, other) => other,
        }
    }
}

/// A test that is true if two known values mean the same to the service.
pub type SemanticEquality = Arc<dyn Fn(&Value, &Value) -> bool + Send + Sync>;

/// An attribute.
#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent flags, each with a name of its own in the protocol"
)]
pub struct Attribute {
    /// Name in the configuration.
    pub name: String,
    /// Type.
    pub ty: AttributeType,
    /// The side that sets it.
    pub mode: Mode,
    /// Description in Markdown. [`Attribute::documentation`] adds what can be derived.
    pub description: String,
    /// True if the client masks it.
    pub sensitive: bool,
    /// True if it exists in the configuration only and never in state.
    pub write_only: bool,
    /// Message to those who still use it.
    pub deprecation: Option<String>,
    /// Planned when the configuration is null. Needs [`Mode::OptionalComputed`].
    pub default: Option<Value>,
    /// Rules for configured values.
    pub validators: Vec<Arc<dyn Validator>>,
    /// True if a change replaces the object.
    pub requires_replace: bool,
    /// True if a computed value survives an update, so that it is not shown as "known after apply".
    pub stable: bool,
    /// Meaning of equality, where it is more than equal values.
    pub equality: Option<SemanticEquality>,
    /// Effect of a change, as a sentence for [`Attribute::documentation`]. Replacement has its own.
    pub effect: Option<String>,
}

impl Attribute {
    /// An attribute of a plain type.
    pub fn new(name: &str, ty: Type, mode: Mode, description: &str) -> Self {
        Self::with_type(name, AttributeType::Plain(ty), mode, description)
    }

    /// An attribute of any type.
    pub fn with_type(name: &str, ty: AttributeType, mode: Mode, description: &str) -> Self {
        Self {
            name: name.to_owned(),
            ty,
            mode,
            description: description.to_owned(),
            sensitive: false,
            write_only: false,
            deprecation: None,
            default: None,
            validators: Vec::new(),
            requires_replace: false,
            stable: false,
            equality: None,
            effect: None,
        }
    }

    /// Type of the values of this attribute.
    pub fn implied_type(&self) -> Type {
        self.ty.implied_type()
    }

    /// Kept in the configuration only.
    #[must_use]
    pub fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    /// Answered with a warning when it is used.
    #[must_use]
    pub fn deprecated(mut self, message: &str) -> Self {
        self.deprecation = Some(message.to_owned());
        self
    }

    /// Compared by meaning: where `equality` holds, the prior spelling is kept.
    #[must_use]
    pub fn equality(mut self, equality: impl Fn(&Value, &Value) -> bool + Send + Sync + 'static) -> Self {
        self.equality = Some(Arc::new(equality));
        self
    }

    /// Masked by the client.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Planned as `value` when the configuration is null.
    #[must_use]
    pub fn default_value(mut self, value: impl Into<Value>) -> Self {
        self.mode = Mode::OptionalComputed;
        self.default = Some(value.into());
        self
    }

    /// Checked by `validator` when configured and known.
    #[must_use]
    pub fn validate(mut self, validator: impl Validator + 'static) -> Self {
        self.validators.push(Arc::new(validator));
        self
    }

    /// Documented to have this effect when it changes.
    #[must_use]
    pub fn effect(mut self, sentence: &str) -> Self {
        self.effect = Some(sentence.to_owned());
        self
    }

    /// A change replaces the object.
    #[must_use]
    pub fn requires_replace(mut self) -> Self {
        self.requires_replace = true;
        self
    }

    /// Keeps its value in an update.
    #[must_use]
    pub fn stable(mut self) -> Self {
        self.stable = true;
        self
    }
}

impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attribute")
            .field("name", &self.name)
            .field("ty", &self.ty)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

/// Schema of the attributes that name a remote object across states.
#[derive(Clone, Debug)]
pub struct IdentitySchema {
    /// Version, separate from that of the state.
    pub version: i64,
    /// Attributes of the identity.
    pub attributes: Vec<IdentityAttribute>,
}

impl IdentitySchema {
    /// Type of the identities of this schema.
    pub fn implied_type(&self) -> Type {
        Type::object(
            self.attributes
                .iter()
                .map(|attribute| (attribute.name.clone(), attribute.ty.clone())),
        )
    }
}

/// One attribute of an identity.
#[derive(Clone, Debug)]
pub struct IdentityAttribute {
    /// Name.
    pub name: String,
    /// A primitive or list type.
    pub ty: Type,
    /// True if an import must give it; otherwise it may.
    pub required_for_import: bool,
    /// Description.
    pub description: String,
}

#[cfg(test)]
mod tests;
