//! Configurations checked against the schema: what is required is there, what the provider sets is
//! not, blocks are as many as allowed, no element of a list or set is null, and each value passes the
//! rules of its attribute. A null in a map is left alone: it counts as left out, as a null argument does.
//!
//! The client checks hardly any of this itself: a null reaches a required attribute through a
//! variable, and a value for a computed attribute is accepted without a word. Unknown values never
//! fail; the client validates again when they are known.

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    path::Path,
    resource::Resource,
    schema::{Attribute, AttributeType, Mode, NestedBlock, Nesting, Schema},
    types::Type,
    value::Value,
};

/// Checks a configuration against its schema.
pub fn validate(schema: &Schema, config: &Value) -> Diagnostics {
    let mut walk = Walk {
        diagnostics: Diagnostics::new(),
    };
    if let Some(message) = &schema.block.deprecation {
        walk.diagnostics.warn("Deprecated", message);
    }
    if config.is_present() {
        walk.object(
            &schema.block.attributes,
            &schema.block.blocks,
            config,
            &Place::default(),
        );
    }
    walk.diagnostics
}

/// Checks a configuration against the schema and, if that found no error, by the resource's own rules.
pub fn validate_resource(resource: &dyn Resource, config: &Value) -> Diagnostics {
    let mut diagnostics = validate(resource.schema(), config);
    if !diagnostics.has_error() {
        diagnostics.extend(resource.validate(config));
    }
    diagnostics
}

/// Refuses write-only attributes that are set. For clients that do not know them and would store
/// them like any other.
pub fn refuse_write_only(schema: &Schema, config: &Value) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    refuse_in(
        &schema.block.attributes,
        &schema.block.blocks,
        config,
        &Path::root(),
        &mut diagnostics,
    );
    diagnostics
}

/// The place that the walk has reached. Elements of sets have no path, so below a set the rest is told in words.
#[derive(Clone, Debug, Default)]
struct Place {
    path: Path,
    below_set: Option<String>,
}

impl Place {
    fn child(&self, name: &str) -> Self {
        match &self.below_set {
            None => Self {
                path: self.path.child(name),
                below_set: None,
            },
            Some(below) if below.is_empty() => Self {
                path: self.path.clone(),
                below_set: Some(name.to_owned()),
            },
            Some(below) => Self {
                path: self.path.clone(),
                below_set: Some(format!("{below}.{name}")),
            },
        }
    }

    fn index(&self, index: usize) -> Self {
        match &self.below_set {
            None => Self {
                path: self.path.index(index),
                below_set: None,
            },
            Some(below) => Self {
                path: self.path.clone(),
                below_set: Some(format!("{below}[{index}]")),
            },
        }
    }

    fn key(&self, key: &str) -> Self {
        match &self.below_set {
            None => Self {
                path: self.path.key(key),
                below_set: None,
            },
            Some(below) => Self {
                path: self.path.clone(),
                below_set: Some(format!("{below}[{key:?}]")),
            },
        }
    }

    fn element_of_set(&self) -> Self {
        Self {
            path: self.path.clone(),
            below_set: Some(self.below_set.clone().unwrap_or_default()),
        }
    }

    /// The path as far as there is one, and what is below a set.
    fn name(&self) -> String {
        match &self.below_set {
            Some(below) if !below.is_empty() => below.clone(),
            _ => self.path.to_string(),
        }
    }

    fn located(&self, diagnostic: Diagnostic) -> Diagnostic {
        let detail = match &self.below_set {
            Some(below) if !below.is_empty() => format!("In an element, `{below}`: {}", diagnostic.detail),
            _ => diagnostic.detail,
        };
        Diagnostic { detail, ..diagnostic }.at(self.path.clone())
    }
}

struct Walk {
    diagnostics: Diagnostics,
}

impl Walk {
    fn error(&mut self, place: &Place, summary: &str, detail: String) {
        self.diagnostics.push(place.located(Diagnostic::error(summary, detail)));
    }

    fn object(&mut self, attributes: &[Attribute], blocks: &[NestedBlock], config: &Value, place: &Place) {
        for attribute in attributes {
            self.attribute(attribute, config.get(&attribute.name), &place.child(&attribute.name));
        }
        for nested in blocks {
            self.nested_block(nested, config.get(&nested.name), &place.child(&nested.name));
        }
    }

    fn attribute(&mut self, attribute: &Attribute, config: &Value, place: &Place) {
        if config.is_null() {
            if attribute.mode == Mode::Required {
                let name = place.name();
                let detail = format!("The argument `{name}` is required, but its value is null or not given.");
                self.error(place, "Missing required argument", detail);
            }
            return;
        }
        if !attribute.mode.is_configurable() {
            let name = place.name();
            let detail = format!("The provider sets `{name}`; a configuration cannot. Remove the argument.");
            self.error(place, "Invalid configuration for read-only attribute", detail);
            return;
        }
        if let Some(message) = &attribute.deprecation {
            self.diagnostics
                .push(place.located(Diagnostic::warning("Attribute deprecated", message)));
        }
        if config.is_unknown() {
            return;
        }
        if let AttributeType::Plain(ty) = &attribute.ty {
            self.null_elements(ty, config, place);
        }
        self.rules(attribute, config, place);
        if let AttributeType::Nested { nesting, attributes } = &attribute.ty {
            for (place, element) in elements(*nesting, config, place) {
                self.object(attributes, &[], element, &place);
            }
        }
    }

    /// A condition without an `else` value makes a null element, which no service takes.
    fn null_elements(&mut self, ty: &Type, config: &Value, place: &Place) {
        match (ty, config) {
            (Type::List(of), Value::List(elements)) => {
                for (index, element) in elements.iter().enumerate() {
                    let element_place = place.index(index);
                    if element.is_null() {
                        self.null_element(&place.name(), &format!("Element {index}"), &element_place);
                    }
                    self.null_elements(of, element, &element_place);
                }
            }
            (Type::Set(of), Value::Set(elements)) => {
                for element in elements {
                    let element_place = place.element_of_set();
                    if element.is_null() {
                        self.null_element(&place.name(), "An element", &element_place);
                    }
                    self.null_elements(of, element, &element_place);
                }
            }
            (Type::Map(of), Value::Map(members)) => {
                for (key, member) in members {
                    self.null_elements(of, member, &place.key(key));
                }
            }
            _ => {}
        }
    }

    fn null_element(&mut self, name: &str, which: &str, place: &Place) {
        let detail = format!(
            "{which} of `{name}` is null. Give it a value, or leave it out, for example with \
             `[for element in LIST : element if element != null]`."
        );
        self.error(place, "Null element", detail);
    }

    fn rules(&mut self, attribute: &Attribute, config: &Value, place: &Place) {
        for rule in &attribute.validators {
            for fault in rule.faults(config) {
                let place = fault.element.map_or_else(|| place.clone(), |index| place.index(index));
                let detail = if attribute.sensitive {
                    format!(
                        "The value of this sensitive argument is not valid; it must be {}.",
                        rule.describe()
                    )
                } else {
                    fault.message
                };
                self.error(&place, "Invalid attribute value", detail);
            }
        }
    }

    fn nested_block(&mut self, nested: &NestedBlock, config: &Value, place: &Place) {
        if config.is_unknown() {
            return;
        }
        self.count(nested, config, place);
        let present = elements(nested.nesting, config, place);
        if let (Some(message), false) = (&nested.block.deprecation, present.is_empty()) {
            self.diagnostics
                .push(place.located(Diagnostic::warning("Block deprecated", message)));
        }
        for (place, element) in present {
            self.object(&nested.block.attributes, &nested.block.blocks, element, &place);
        }
    }

    fn count(&mut self, nested: &NestedBlock, config: &Value, place: &Place) {
        let (fewest, most) = count(config);
        let name = &place.name();
        if most < nested.min_items {
            let detail = format!("{} At least {} must be there.", there_are(most, name), nested.min_items);
            self.error(place, "Too few blocks", detail);
        }
        if nested.max_items > 0 && fewest > nested.max_items {
            let detail = format!("{} At most {} may be there.", there_are(fewest, name), nested.max_items);
            self.error(place, "Too many blocks", detail);
        }
    }
}

fn there_are(count: i64, name: &str) -> String {
    if count == 1 {
        format!("There is 1 block `{name}`.")
    } else {
        format!("There are {count} blocks `{name}`.")
    }
}

/// Fewest and most blocks there may be in the end. Unknown elements of a set may turn out equal.
fn count(config: &Value) -> (i64, i64) {
    let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    match config {
        Value::Null => (0, 0),
        Value::List(elements) => (whole(elements.len()), whole(elements.len())),
        Value::Set(elements) => {
            let known = elements.iter().filter(|element| element.is_wholly_known()).count();
            (
                whole(known.max(usize::from(!elements.is_empty()))),
                whole(elements.len()),
            )
        }
        _ => (1, 1),
    }
}

/// The present elements of a nested block or attribute with their places.
fn elements<'a>(nesting: Nesting, config: &'a Value, place: &Place) -> Vec<(Place, &'a Value)> {
    let all: Vec<(Place, &Value)> = match (nesting, config) {
        (Nesting::Single | Nesting::Group, object) => vec![(place.clone(), object)],
        (Nesting::Map, Value::Map(elements)) => elements
            .iter()
            .map(|(key, element)| (place.key(key), element))
            .collect(),
        (Nesting::Set, elements) => elements
            .elements()
            .map(|element| (place.element_of_set(), element))
            .collect(),
        (_, elements) => elements
            .elements()
            .enumerate()
            .map(|(index, element)| (place.index(index), element))
            .collect(),
    };
    all.into_iter().filter(|(_, element)| element.is_present()).collect()
}

fn refuse_in(
    attributes: &[Attribute],
    blocks: &[NestedBlock],
    config: &Value,
    path: &Path,
    diagnostics: &mut Diagnostics,
) {
    for attribute in attributes {
        let (value, path) = (config.get(&attribute.name), path.child(&attribute.name));
        if attribute.write_only && !value.is_null() {
            let detail = format!(
                "`{}` is never stored, which needs Terraform 1.11 or OpenTofu 1.11 or later. Remove the argument or \
                 upgrade.",
                attribute.name
            );
            diagnostics.error_at(path, "Write-only attribute not allowed", detail);
        } else if let AttributeType::Nested { nesting, attributes } = &attribute.ty {
            for (place, element) in elements(*nesting, value, &Place { path, below_set: None }) {
                refuse_in(attributes, &[], element, &place.path, diagnostics);
            }
        }
    }
    for nested in blocks {
        let place = Place {
            path: path.child(&nested.name),
            below_set: None,
        };
        for (place, element) in elements(nested.nesting, config.get(&nested.name), &place) {
            refuse_in(
                &nested.block.attributes,
                &nested.block.blocks,
                element,
                &place.path,
                diagnostics,
            );
        }
    }
}
