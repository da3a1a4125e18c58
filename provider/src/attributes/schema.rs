//! Terraform schema derived from a table.

use tfplug_core::{Attribute, AttributeType, Block, Mode, NestedBlock, Nesting, Type};

use super::{Blocks, Effect, Kind, Leaf, Nature, Repeat, Scalar, Table};

impl Table {
    /// The block that a configuration of this table has.
    pub fn block(&self, description: &str) -> Block {
        self.block_within(description, None)
    }

    /// What the service knows of the table, as a data source answers it: the same names and nesting, all computed.
    pub fn answered(&self) -> Vec<Attribute> {
        self.api_leaves().map(|(leaf, _)| leaf.answered()).collect()
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
        attribute.effect = self
            .effect_within(outer)
            .and_then(Effect::sentence)
            .map(ToOwned::to_owned);
        attribute
    }

    fn answered(&self) -> Attribute {
        let ty = match &self.kind {
            Kind::Blocks(blocks) => AttributeType::Nested {
                nesting: blocks.repeat.nesting(),
                attributes: blocks.table.answered(),
            },
            kind => AttributeType::Plain(kind.plain_type()),
        };
        let attribute = Attribute::with_type(self.name, ty, Mode::Computed, self.doc);
        if self.sensitive {
            attribute.sensitive()
        } else {
            attribute
        }
    }

    fn nested(&self, blocks: &Blocks, outer: Option<Effect>) -> NestedBlock {
        let effect = self.effect_within(outer);
        let (min_items, max_items) = match blocks.repeat {
            Repeat::AtMostOne => (0, 1),
            Repeat::Keyed(_) => (1, 0),
            Repeat::Single | Repeat::Ordered | Repeat::Unordered | Repeat::Set => (0, 0),
        };
        NestedBlock {
            name: self.name.to_owned(),
            nesting: blocks.repeat.nesting(),
            block: blocks.table.block_within(&described(self.doc, effect), effect),
            min_items,
            max_items,
        }
    }
}

/// A block has no default and no rules, so only its effect is added.
fn described(doc: &str, effect: Option<Effect>) -> String {
    let sentence = effect.and_then(Effect::sentence);
    sentence.map_or_else(|| doc.to_owned(), |sentence| format!("{doc} {sentence}"))
}

impl Repeat {
    fn nesting(self) -> Nesting {
        match self {
            Self::AtMostOne | Self::Ordered | Self::Unordered | Self::Keyed(_) => Nesting::List,
            Self::Single => Nesting::Single,
            Self::Set => Nesting::Set,
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
