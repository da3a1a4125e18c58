//! Schemas as the client reads them: what it must know to decode values and to check a configuration.
//! Defaults, validators and plan rules stay on this side; descriptions tell people about them.

use tfplug_core::{
    Attribute, AttributeType, Block, IdentitySchema, Mode, NestedBlock, Nesting, Schema, schema::IdentityAttribute,
};

use crate::proto::tfplugin6 as proto;

/// A schema.
pub(crate) fn schema(schema: &Schema) -> proto::Schema {
    proto::Schema {
        version: schema.version,
        block: Some(block(&schema.block)),
    }
}

/// The schema of a block that is not answered: that of the provider, or of a list. What it leaves out gets its default on
/// this side, so that no client stores or shows a computed value of it.
pub(crate) fn unanswered_schema(schema: &Schema) -> proto::Schema {
    let mut told = self::schema(schema);
    if let Some(block) = &mut told.block {
        nothing_computed(block);
    }
    told
}

fn nothing_computed(block: &mut proto::schema::Block) {
    fn attributes(all: &mut [proto::schema::Attribute]) {
        for attribute in all {
            attribute.computed = false;
            if let Some(object) = &mut attribute.nested_type {
                attributes(&mut object.attributes);
            }
        }
    }
    attributes(&mut block.attributes);
    for nested in &mut block.block_types {
        nested.block.iter_mut().for_each(nothing_computed);
    }
}

/// The schema of an action.
pub(crate) fn action_schema(schema: &Schema) -> proto::ActionSchema {
    proto::ActionSchema {
        schema: Some(unanswered_schema(schema)),
    }
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
        description: attribute.documentation(),
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

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use tfplug_core::Type;

    use super::*;

    /// Everything that a block says, indented by depth.
    fn outline(block: &proto::schema::Block, depth: usize) -> String {
        let mut text = attributes(&block.attributes, depth);
        for nested in &block.block_types {
            let indent = "  ".repeat(depth);
            let (name, min, max) = (&nested.type_name, nested.min_items, nested.max_items);
            let nesting = nested.nesting().as_str_name();
            let note = note(nested.block.as_ref().unwrap());
            writeln!(text, "{indent}{name} block {nesting} {min}..{max}{note}").unwrap();
            text.push_str(&outline(nested.block.as_ref().unwrap(), depth + 1));
        }
        text
    }

    fn note(block: &proto::schema::Block) -> String {
        let mut note = format!(" \"{}\" {}", block.description, block.description_kind().as_str_name());
        if block.deprecated {
            write!(note, " deprecated: {}", block.deprecation_message).unwrap();
        }
        note
    }

    fn attributes(attributes: &[proto::schema::Attribute], depth: usize) -> String {
        let mut text = String::new();
        for attribute in attributes {
            let flags = [
                (attribute.required, "required"),
                (attribute.optional, "optional"),
                (attribute.computed, "computed"),
                (attribute.sensitive, "sensitive"),
                (attribute.write_only, "write-only"),
                (attribute.deprecated, "deprecated"),
            ];
            let flags: Vec<_> = flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
            let ty = String::from_utf8(attribute.r#type.clone()).unwrap();
            let nesting = attribute
                .nested_type
                .as_ref()
                .map(|object| object.nesting().as_str_name());
            let ty = nesting.map_or(ty, str::to_owned);
            let (indent, name, flags) = ("  ".repeat(depth), &attribute.name, flags.join("+"));
            writeln!(text, "{indent}{name} {ty} {flags}").unwrap();
            if let Some(object) = &attribute.nested_type {
                text.push_str(&self::attributes(&object.attributes, depth + 1));
            }
        }
        text
    }

    fn attribute(name: &str, mode: Mode) -> Attribute {
        Attribute::new(name, Type::String, mode, "")
    }

    fn nested(name: &str, nesting: Nesting, max_items: i64) -> NestedBlock {
        let block = Block {
            attributes: vec![attribute("inner", Mode::Required)],
            ..Block::default()
        };
        NestedBlock {
            name: name.to_owned(),
            nesting,
            block,
            min_items: 0,
            max_items,
        }
    }

    #[test]
    fn everything_that_the_client_must_know_is_told() {
        let mut secret = attribute("secret", Mode::Optional).sensitive();
        secret.write_only = true;
        let mut old = attribute("old", Mode::Optional);
        old.deprecation = Some("Use `new`.".to_owned());
        let object = |name, nesting| {
            let attributes = vec![attribute("inner", Mode::Computed)];
            Attribute::with_type(name, AttributeType::Nested { nesting, attributes }, Mode::Optional, "")
        };
        let tags = Attribute::new("tags", Type::map(Type::set(Type::Dynamic)), Mode::OptionalComputed, "");
        let block = Block {
            attributes: vec![
                attribute("name", Mode::Required),
                attribute("id", Mode::Computed),
                secret,
                old,
                tags,
                object("one", Nesting::Single),
                object("many", Nesting::List),
                object("some", Nesting::Set),
                object("named", Nesting::Map),
            ],
            blocks: vec![
                nested("single", Nesting::Single, 1),
                nested("list", Nesting::List, 3),
                nested("set", Nesting::Set, 0),
                nested("map", Nesting::Map, 0),
                nested("group", Nesting::Group, 0),
            ],
            description: "A *thing*.".to_owned(),
            deprecation: Some("Use another.".to_owned()),
        };
        let told = schema(&Schema { version: 7, block });
        let block = told.block.as_ref().unwrap();
        insta::assert_snapshot!(format!("version {}{}\n{}", told.version, note(block), outline(block, 0)), @r#"
        version 7 "A *thing*." MARKDOWN deprecated: Use another.
        name "string" required
        id "string" computed
        secret "string" optional+sensitive+write-only
        old "string" optional+deprecated
        tags ["map",["set","dynamic"]] optional+computed
        one SINGLE optional
          inner "string" computed
        many LIST optional
          inner "string" computed
        some SET optional
          inner "string" computed
        named MAP optional
          inner "string" computed
        single block SINGLE 0..1 "" MARKDOWN
          inner "string" required
        list block LIST 0..3 "" MARKDOWN
          inner "string" required
        set block SET 0..0 "" MARKDOWN
          inner "string" required
        map block MAP 0..0 "" MARKDOWN
          inner "string" required
        group block GROUP 0..0 "" MARKDOWN
          inner "string" required
        "#);
    }

    #[test]
    fn nothing_of_a_provider_block_is_computed() {
        let region = attribute("region", Mode::Optional).default_value("eu");
        let role = AttributeType::Nested {
            nesting: Nesting::Single,
            attributes: vec![region.clone()],
        };
        let mut retry = nested("retry", Nesting::List, 1);
        retry.block.attributes = vec![region.clone()];
        let block = Block {
            attributes: vec![region, Attribute::with_type("role", role, Mode::Optional, "")],
            blocks: vec![retry],
            ..Block::default()
        };
        let told = unanswered_schema(&Schema { version: 0, block });
        insta::assert_snapshot!(outline(told.block.as_ref().unwrap(), 0), @r#"
        region "string" optional
        role SINGLE optional
          region "string" optional
        retry block LIST 0..1 "" MARKDOWN
          region "string" optional
        "#);
    }

    #[test]
    fn identities_say_what_an_import_needs() {
        let attribute = |name: &str, required_for_import| IdentityAttribute {
            name: name.to_owned(),
            ty: Type::String,
            required_for_import,
            description: "Text.".to_owned(),
        };
        let told = identity_schema(&IdentitySchema {
            version: 2,
            attributes: vec![attribute("a", true), attribute("b", false)],
        });
        let lines = told.identity_attributes.iter().map(|attribute| {
            let ty = String::from_utf8(attribute.r#type.clone()).unwrap();
            let (required, optional) = (attribute.required_for_import, attribute.optional_for_import);
            format!(
                "{} {ty} required {required}, optional {optional}: {}",
                attribute.name, attribute.description
            )
        });
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
        a "string" required true, optional false: Text.
        b "string" required false, optional true: Text.
        "#);
        assert_eq!(told.version, 2);
    }
}
