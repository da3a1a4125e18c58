//! Terraform schema derived from a table.

use tfplug_core::{Attribute, Block, NestedBlock, Nesting, Type};

use super::{Blocks, Effect, Kind, Leaf, Nature, Repeat, Scalar, Table};

impl Table {
    /// The block that a configuration of this table has.
    pub fn block(&self, description: &str) -> Block {
        self.block_within(description, None)
    }

    /// A leaf inside a block has the block's effect unless it says otherwise.
    fn block_within(&self, description: &str, outer: Option<Effect>) -> Block {
        let mut block = Block {
            description: description.to_owned(),
            ..Block::default()
        };
        for leaf in &self.leaves {
            match &leaf.kind {
                Kind::Blocks(blocks) => block.blocks.push(leaf.nested(blocks, outer)),
                kind => block.attributes.push(leaf.attribute(kind.plain_type(), outer)),
            }
        }
        block
    }
}

impl Leaf {
    fn attribute(&self, ty: Type, outer: Option<Effect>) -> Attribute {
        let mut attribute = Attribute::new(self.name, ty, self.mode(), self.doc);
        if let Nature::Default(value) = &self.nature {
            attribute = attribute.default_value(value.clone());
        }
        attribute.sensitive = self.sensitive;
        attribute.requires_replace = self.requires_replace;
        attribute.stable = self.stable;
        attribute.validators.clone_from(&self.rules);
        attribute.effect = self.effect_within(outer).map(|effect| effect.sentence().to_owned());
        attribute
    }

    fn nested(&self, blocks: &Blocks, outer: Option<Effect>) -> NestedBlock {
        let effect = self.effect_within(outer);
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
            block: blocks.table.block_within(&described(self.doc, effect), effect),
            min_items,
            max_items,
        }
    }
}

/// A block has no default and no rules, so only its effect is added.
fn described(doc: &str, effect: Option<Effect>) -> String {
    effect.map_or_else(|| doc.to_owned(), |effect| format!("{doc} {}", effect.sentence()))
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
