//! Shapes of arguments that several parts of the block have.

use tfplug_core::{Attribute, Block, Mode, NestedBlock, Nesting, Type};

pub(super) fn string(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::String, Mode::Optional, description)
}

pub(super) fn flag(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::Bool, Mode::Optional, description)
}

pub(super) fn list(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::list(Type::String), Mode::Optional, description)
}

pub(super) fn set(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::set(Type::String), Mode::Optional, description)
}

pub(super) fn blocks_of(name: &str, description: &str, attributes: Vec<Attribute>, max_items: i64) -> NestedBlock {
    let block = Block {
        attributes,
        description: description.to_owned(),
        ..Block::default()
    };
    NestedBlock {
        name: name.to_owned(),
        nesting: Nesting::List,
        block,
        min_items: 0,
        max_items,
    }
}

pub(super) fn at_most_one(name: &str, description: &str, attributes: Vec<Attribute>) -> NestedBlock {
    blocks_of(name, description, attributes, 1)
}
