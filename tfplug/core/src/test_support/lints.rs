//! The client's demands on a schema when it loads it. A broken schema disables every command, so
//! a test over the real schemas runs these.

use std::collections::BTreeSet;

use crate::{
    schema::{Attribute, AttributeType, IdentitySchema, Mode, NestedBlock, Nesting, Schema},
    test_support::assert_conforms,
    types::Type,
};

/// The kind of object that a schema is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaKind {
    /// The provider block.
    Provider,
    /// A managed resource.
    Resource,
    /// A data source.
    DataSource,
    /// An ephemeral resource.
    EphemeralResource,
    /// The block `config` of a list resource.
    ListResource,
    /// The block `config` of an action.
    Action,
}

impl SchemaKind {
    /// True if the provider can give an attribute its value: in an answer, or, for a default, before its code runs.
    fn has_value_for(self, attribute: &Attribute) -> bool {
        match self {
            Self::Resource | Self::DataSource | Self::EphemeralResource => true,
            Self::Provider | Self::ListResource | Self::Action => attribute.default.is_some(),
        }
    }
}

/// The faults of a schema; empty if there are none.
pub fn lint_schema(schema: &Schema, kind: SchemaKind) -> Vec<String> {
    let mut lint = Lint {
        kind,
        errors: Vec::new(),
    };
    if schema.version < 0 {
        lint.error("", "the version is negative");
    }
    let root = Members {
        attributes: &schema.block.attributes,
        blocks: &schema.block.blocks,
        in_set: false,
    };
    for name in root.names().filter(|name| reserved(kind).contains(name)) {
        lint.error(name, "the name is reserved at the root");
    }
    lint.members(root, "");
    lint.errors
}

/// The faults of an identity schema; empty if there are none.
pub fn lint_identity(schema: &IdentitySchema) -> Vec<String> {
    let mut errors = Vec::new();
    if schema.version < 0 {
        errors.push("the version is negative".to_owned());
    }
    for attribute in &schema.attributes {
        let allowed = match &attribute.ty {
            Type::Bool | Type::Number | Type::String => true,
            Type::List(of) => matches!(**of, Type::Bool | Type::Number | Type::String),
            _ => false,
        };
        if !allowed {
            errors.push(format!(
                "{}: an identity has primitives and lists of them only",
                attribute.name
            ));
        }
        if !is_name(&attribute.name) {
            errors.push(format!("{}: not a name", attribute.name));
        }
    }
    if !schema.attributes.iter().any(|attribute| attribute.required_for_import) {
        errors.push("no attribute is required for import, so that an empty identity would name an object".to_owned());
    }
    errors
}

/// Computed leaves of blocks that the plan cannot keep: in list blocks those without a default, since
/// elements are paired by position; in set blocks all, since they have no place at all.
pub fn lint_blocks(schema: &Schema) -> Vec<String> {
    let mut errors = Vec::new();
    schema
        .block
        .blocks
        .iter()
        .for_each(|nested| lint_block(nested, &nested.name, false, &mut errors));
    errors
}

fn lint_block(nested: &NestedBlock, place: &str, in_set: bool, errors: &mut Vec<String>) {
    let in_set = in_set || nested.nesting == Nesting::Set;
    for attribute in nested
        .block
        .attributes
        .iter()
        .filter(|attribute| attribute.mode.is_computed())
    {
        if in_set {
            errors.push(format!("{place}.{}: computed inside a set block", attribute.name));
        } else if attribute.default.is_none() {
            errors.push(format!(
                "{place}.{}: computed inside a block, without a default",
                attribute.name
            ));
        }
    }
    for inner in &nested.block.blocks {
        lint_block(inner, &format!("{place}.{}", inner.name), in_set, errors);
    }
}

fn reserved(kind: SchemaKind) -> &'static [&'static str] {
    match kind {
        SchemaKind::Provider => &["alias", "version"],
        // It stands one block deeper than the words of the client.
        SchemaKind::ListResource => &[],
        SchemaKind::Resource | SchemaKind::DataSource | SchemaKind::EphemeralResource | SchemaKind::Action => &[
            "connection",
            "count",
            "depends_on",
            "for_each",
            "lifecycle",
            "provider",
            "provisioner",
        ],
    }
}

pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Attributes and blocks of one object.
#[derive(Clone, Copy)]
struct Members<'a> {
    attributes: &'a [Attribute],
    blocks: &'a [NestedBlock],
    in_set: bool,
}

impl<'a> Members<'a> {
    fn names(self) -> impl Iterator<Item = &'a str> {
        let attributes = self.attributes.iter().map(|attribute| attribute.name.as_str());
        attributes.chain(self.blocks.iter().map(|nested| nested.name.as_str()))
    }
}

struct Lint {
    kind: SchemaKind,
    errors: Vec<String>,
}

impl Lint {
    fn error(&mut self, place: &str, message: &str) {
        self.errors.push(if place.is_empty() {
            message.to_owned()
        } else {
            format!("{place}: {message}")
        });
    }

    fn members(&mut self, members: Members<'_>, place: &str) {
        let mut seen = BTreeSet::new();
        for name in members.names() {
            let place = below(place, name);
            if !is_name(name) {
                self.error(
                    &place,
                    "a name has lower-case letters, digits and underscores, and no leading digit",
                );
            }
            if !seen.insert(name) {
                self.error(&place, "the name is used twice");
            }
        }
        for attribute in members.attributes {
            self.attribute(attribute, members.in_set, &below(place, &attribute.name));
        }
        for nested in members.blocks {
            self.nested(nested, members.in_set, &below(place, &nested.name));
        }
    }

    fn attribute(&mut self, attribute: &Attribute, in_set: bool, place: &str) {
        if attribute.write_only {
            self.write_only(attribute, in_set, place);
        }
        if attribute.mode.is_computed() && !self.kind.has_value_for(attribute) {
            self.error(place, "computed, where nothing is answered that could hold the value");
        }
        if let Some(default) = &attribute.default {
            if attribute.mode != Mode::OptionalComputed {
                self.error(place, "a default needs an optional and computed attribute");
            }
            for error in assert_conforms(&attribute.implied_type(), default) {
                self.error(place, &format!("the default is not of the attribute's type: {error}"));
            }
            if !default.is_wholly_known() || default.is_null() {
                self.error(place, "the default is null or unknown");
            }
        }
        if attribute.mode == Mode::Computed && !attribute.validators.is_empty() {
            self.error(place, "rules on an attribute that no configuration sets");
        }
        match &attribute.ty {
            AttributeType::Nested {
                nesting: Nesting::Group,
                ..
            } => self.error(place, "attributes cannot be a group"),
            AttributeType::Nested { nesting, attributes } => {
                let in_set = in_set || *nesting == Nesting::Set;
                self.members(
                    Members {
                        attributes,
                        blocks: &[],
                        in_set,
                    },
                    place,
                );
            }
            AttributeType::Plain(ty) if in_set && ty.has_dynamic() => self.error(place, "a dynamic type inside a set"),
            AttributeType::Plain(_) => {}
        }
    }

    fn write_only(&mut self, attribute: &Attribute, in_set: bool, place: &str) {
        if self.kind != SchemaKind::Resource {
            self.error(place, "write-only attributes belong to managed resources");
        }
        if attribute.mode.is_computed() {
            self.error(place, "a write-only attribute cannot be computed");
        }
        if in_set {
            self.error(place, "a write-only attribute inside a set");
        }
    }

    fn nested(&mut self, nested: &NestedBlock, in_set: bool, place: &str) {
        let (min, max) = (nested.min_items, nested.max_items);
        let fits = match nested.nesting {
            Nesting::Single => min == max && (0..=1).contains(&min),
            Nesting::Group | Nesting::Map => min == 0 && max == 0,
            Nesting::List | Nesting::Set => min >= 0 && max >= 0 && (max == 0 || min <= max),
        };
        if !fits {
            self.error(place, "numbers of blocks that do not fit the nesting");
        }
        let repeated = matches!(nested.nesting, Nesting::List | Nesting::Map);
        if repeated && nested.block.implied_type().has_dynamic() {
            self.error(
                place,
                "a dynamic type inside a repeated block, which the plan pipeline does not support",
            );
        }
        let in_set = in_set || nested.nesting == Nesting::Set;
        self.members(
            Members {
                attributes: &nested.block.attributes,
                blocks: &nested.block.blocks,
                in_set,
            },
            place,
        );
    }
}

fn below(place: &str, name: &str) -> String {
    if place.is_empty() {
        name.to_owned()
    } else {
        format!("{place}.{name}")
    }
}
