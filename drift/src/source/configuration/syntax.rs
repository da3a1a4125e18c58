//! The arguments and blocks of a file, the same for the native syntax and for JSON.
//!
//! JSON is read by the parser of the native syntax, of whose expressions it is a part: so its strings are templates, as
//! Terraform takes them, and everything has its place. Which of its objects are blocks is known by their names.

use std::{ops::Range, sync::Arc};

use hcl_edit::{
    Span,
    expr::{Expression, ObjectKey},
    structure::{Body, Structure},
};

/// Objects of a resource or provider that are blocks, in JSON.
const BLOCKS: [&str; 6] = [
    "deployment_configuration",
    "alarms",
    "lifecycle",
    "content",
    "default_tags",
    "ignore_tags",
];

/// An argument or a block.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) name: String,
    pub(super) labels: Vec<String>,
    /// Offset at which it begins.
    pub(super) at: Option<usize>,
    pub(super) content: Content,
}

/// The content of an item.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Value(Expression),
    Block(Arc<Vec<Item>>),
}

impl Item {
    /// The items of a block.
    pub(super) fn block(&self) -> Option<&Arc<Vec<Self>>> {
        match &self.content {
            Content::Block(items) => Some(items),
            Content::Value(_) => None,
        }
    }

    /// The labels of a block of a kind.
    pub(super) fn labels_of(&self, kind: &str) -> Option<Vec<&str>> {
        let is_it = self.name == kind && self.block().is_some();
        is_it.then(|| self.labels.iter().map(String::as_str).collect())
    }
}

/// The value of an argument.
pub(super) fn argument<'a>(items: &'a [Item], name: &str) -> Option<&'a Expression> {
    items.iter().find_map(|item| match &item.content {
        Content::Value(value) if item.name == name => Some(value),
        _ => None,
    })
}

/// A file in native syntax.
pub(super) fn native(body: Body) -> Vec<Item> {
    let items = body.into_iter().map(|structure| match structure {
        Structure::Attribute(attribute) => Item {
            name: attribute.key.as_str().to_owned(),
            labels: Vec::new(),
            at: begin(attribute.span()),
            content: Content::Value(attribute.value),
        },
        Structure::Block(block) => Item {
            name: block.ident.as_str().to_owned(),
            labels: block.labels.iter().map(|label| label.as_str().to_owned()).collect(),
            at: begin(block.span()),
            content: Content::Block(Arc::new(native(block.body))),
        },
    });
    items.collect()
}

/// A file in JSON, as the one expression that it is.
pub(super) fn json(document: &Expression) -> Vec<Item> {
    let mut items = Vec::new();
    for (name, at, value) in members(document) {
        match name {
            "resource" => {
                for (kind, _, resources) in members(value) {
                    for (label, at, body) in members(resources) {
                        items.extend(blocks(name, &[kind, label], at, body));
                    }
                }
            }
            "module" | "variable" | "provider" => {
                for (label, at, body) in members(value) {
                    items.extend(blocks(name, &[label], at, body));
                }
            }
            "locals" | "moved" => items.extend(blocks(name, &[], at, value)),
            _ => {}
        }
    }
    items
}

/// The arguments of a file of variables in JSON.
pub(super) fn json_arguments(document: &Expression) -> Vec<Item> {
    let arguments = members(document).into_iter();
    arguments.map(|(name, at, value)| plain(name, at, value)).collect()
}

fn plain(name: &str, at: Option<usize>, value: &Expression) -> Item {
    Item {
        name: name.to_owned(),
        labels: Vec::new(),
        at,
        content: Content::Value(value.clone()),
    }
}

/// One block for each object: several stand in a list.
fn blocks(name: &str, labels: &[&str], at: Option<usize>, value: &Expression) -> Vec<Item> {
    let objects: Vec<&Expression> = match value {
        Expression::Array(objects) => objects.iter().collect(),
        // What a program has no block for.
        Expression::Null(_) => Vec::new(),
        object => vec![object],
    };
    let blocks = objects.into_iter().map(|object| Item {
        name: name.to_owned(),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        at,
        content: Content::Block(Arc::new(body(object))),
    });
    blocks.collect()
}

/// The items of a block.
fn body(object: &Expression) -> Vec<Item> {
    let mut items = Vec::new();
    for (name, at, value) in members(object) {
        match name {
            "dynamic" => {
                for (label, at, value) in members(value) {
                    items.extend(blocks(name, &[label], at, value));
                }
            }
            name if BLOCKS.contains(&name) => items.extend(blocks(name, &[], at, value)),
            // By convention a comment.
            "//" => {}
            name => items.push(plain(name, at, value)),
        }
    }
    items
}

/// The members of an object, or of all objects of a list.
fn members(value: &Expression) -> Vec<(&str, Option<usize>, &Expression)> {
    match value {
        Expression::Object(object) => object
            .iter()
            .filter_map(|(key, value)| {
                let (name, span) = match key {
                    ObjectKey::Ident(name) => (name.as_str(), name.span()),
                    ObjectKey::Expression(Expression::String(name)) => (name.as_str(), name.span()),
                    ObjectKey::Expression(_) => return None,
                };
                Some((name, begin(span), value.expr()))
            })
            .collect(),
        Expression::Array(objects) => objects.iter().flat_map(members).collect(),
        _ => Vec::new(),
    }
}

fn begin(span: Option<Range<usize>>) -> Option<usize> {
    span.map(|span| span.start)
}
