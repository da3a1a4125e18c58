//! Terraform schema derived from a table.

use tfplug_core::{Attribute, Block, NestedBlock, Nesting, Type};

use super::{Blocks, Kind, Leaf, Nature, Repeat, Scalar, Table};

impl Table {
    /// The block that a configuration of this table has.
    pub fn block(&self, description: &str) -> Block {
        let mut block = Block {
            description: description.to_owned(),
            ..Block::default()
        };
        for leaf in &self.leaves {
            match &leaf.kind {
                Kind::Blocks(blocks) => block.blocks.push(leaf.nested(blocks)),
                kind => block.attributes.push(leaf.attribute(kind.plain_type())),
            }
        }
        block
    }
}

impl Leaf {
    fn attribute(&self, ty: Type) -> Attribute {
        let mut attribute = Attribute::new(self.name, ty, self.mode(), self.doc);
        if let Nature::Default(value) = &self.nature {
            attribute = attribute.default_value(value.clone());
        }
        attribute.sensitive = self.sensitive;
        attribute.requires_replace = self.requires_replace;
        attribute.stable = self.stable;
        attribute.validators.clone_from(&self.rules);
        attribute
    }

    fn nested(&self, blocks: &Blocks) -> NestedBlock {
        let (nesting, min_items, max_items) = match blocks.repeat {
            Repeat::AtMostOne => (Nesting::List, 0, 1),
            Repeat::Single => (Nesting::Single, 0, 0),
            Repeat::Ordered | Repeat::Unordered => (Nesting::List, 0, 0),
            Repeat::Keyed(_) => (Nesting::List, 1, 0),
            Repeat::Set => (Nesting::Set, 0, 0),
        };
        NestedBlock {
            name: self.name.to_owned(),
            nesting,
            block: blocks.table.block(self.doc),
            min_items,
            max_items,
        }
    }
}

impl Kind {
    /// The cty type of an attribute. Blocks have none of their own.
    fn plain_type(&self) -> Type {
        match self {
            Self::String => Type::String,
            Self::Bool => Type::Bool,
            Self::Int | Self::Float => Type::Number,
            Self::List { of: Scalar::String, .. } => Type::list(Type::String),
            Self::List { of: Scalar::Int, .. } => Type::list(Type::Number),
            Self::Set => Type::set(Type::String),
            Self::Map => Type::map(Type::String),
            Self::Blocks(blocks) => blocks.table.block("").implied_type(),
        }
    }
}
