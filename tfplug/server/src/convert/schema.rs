//! Schemas as the client reads them: what it must know to decode values and to check a configuration.
//! Defaults, validators and plan rules stay on this side.

use tfplug_core::{
    Attribute, AttributeType, Block, IdentitySchema, Mode, NestedBlock, Nesting, Schema,
    schema::IdentityAttribute,
};

use crate::proto::tfplugin6 as proto;

/// A schema.
pub(crate) fn schema(schema: &Schema) -> proto::Schema {
    proto::Schema { version: schema.version, block: Some(block(&schema.block)) }
}

/// An identity schema.
pub(crate) fn identity_schema(schema: &IdentitySchema) -> proto::ResourceIdentitySchema {
    proto::ResourceIdentitySchema {
        version: schema.version,
        identity_attributes: schema.attributes.iter().map(identity_attribute).collect(),
    }
}

fn identity_attribute(attribute: &IdentityAttribute) -> proto::resource_identity_schema::IdentityAttribute {
    proto::resource_identity_schema::IdentityAttribute {
        name: attribute.name.clone(),
        r#type: attribute.ty.to_json_bytes(),
        required_for_import: attribute.required_for_import,
        optional_for_import: !attribute.required_for_import,
        description: attribute.description.clone(),
    }
}

fn block(block: &Block) -> proto::schema::Block {
    proto::schema::Block {
        version: 0,
        attributes: block.attributes.iter().map(attribute).collect(),
        block_types: block.blocks.iter().map(nested_block).collect(),
        description: block.description.clone(),
        description_kind: proto::StringKind::Markdown.into(),
        deprecated: block.deprecation.is_some(),
        deprecation_message: block.deprecation.clone().unwrap_or_default(),
        computed: false,
    }
}

fn nested_block(nested: &NestedBlock) -> proto::schema::NestedBlock {
    use proto::schema::nested_block::NestingMode;
    let nesting = match nested.nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
        Nesting::Group => NestingMode::Group,
    };
    proto::schema::NestedBlock {
        type_name: nested.name.clone(),
        block: Some(block(&nested.block)),
        nesting: nesting.into(),
        min_items: nested.min_items,
        max_items: nested.max_items,
    }
}

fn attribute(attribute: &Attribute) -> proto::schema::Attribute {
    let (ty, nested) = match &attribute.ty {
        AttributeType::Plain(ty) => (ty.to_json_bytes(), None),
        AttributeType::Nested { nesting, attributes } => (Vec::new(), Some(object(*nesting, attributes))),
    };
    proto::schema::Attribute {
        name: attribute.name.clone(),
        r#type: ty,
        nested_type: nested,
        description: attribute.description.clone(),
        description_kind: proto::StringKind::Markdown.into(),
        required: attribute.mode == Mode::Required,
        optional: matches!(attribute.mode, Mode::Optional | Mode::OptionalComputed),
        computed: attribute.mode.is_computed(),
        sensitive: attribute.sensitive,
        deprecated: attribute.deprecation.is_some(),
        deprecation_message: attribute.deprecation.clone().unwrap_or_default(),
        write_only: attribute.write_only,
    }
}

fn object(nesting: Nesting, attributes: &[Attribute]) -> proto::schema::Object {
    use proto::schema::object::NestingMode;
    let nesting = match nesting {
        // Groups exist among blocks only; the schema lints refuse them here.
        Nesting::Single | Nesting::Group => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    proto::schema::Object {
        attributes: attributes.iter().map(attribute).collect(),
        nesting: nesting.into(),
        ..proto::schema::Object::default()
    }
}
