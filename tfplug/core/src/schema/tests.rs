//! Types and empty configurations that follow from a schema.

use super::*;
use crate::test_support::literal::{parse, show};

fn nested(name: &str, nesting: Nesting, ty: Type) -> NestedBlock {
    let block = Block {
        attributes: vec![Attribute::new("a", ty, Mode::Optional, "")],
        ..Block::default()
    };
    NestedBlock {
        name: name.to_owned(),
        nesting,
        block,
        min_items: 0,
        max_items: 0,
    }
}

fn block(ty: &Type) -> Block {
    let attributes = vec![Attribute::new("b", Type::String, Mode::Required, "")];
    Block {
        attributes: vec![
            Attribute::new("plain", Type::list(Type::Number), Mode::Computed, ""),
            Attribute::with_type(
                "nested",
                AttributeType::Nested {
                    nesting: Nesting::Map,
                    attributes,
                },
                Mode::Optional,
                "",
            ),
        ],
        blocks: vec![
            nested("single", Nesting::Single, ty.clone()),
            nested("list", Nesting::List, ty.clone()),
            nested("set", Nesting::Set, Type::Bool),
            nested("map", Nesting::Map, ty.clone()),
            nested("group", Nesting::Group, ty.clone()),
        ],
        ..Block::default()
    }
}

#[test]
fn implied_type() {
    insta::assert_snapshot!(block(&Type::Bool).implied_type().to_json(), @r#"["object",{"group":["object",{"a":"bool"}],"list":["list",["object",{"a":"bool"}]],"map":["map",["object",{"a":"bool"}]],"nested":["map",["object",{"b":"string"}]],"plain":["list","number"],"set":["set",["object",{"a":"bool"}]],"single":["object",{"a":"bool"}]}]"#);
    // With a dynamic attribute inside, the elements of one list need not agree on a type.
    insta::assert_snapshot!(block(&Type::Dynamic).implied_type().to_json(), @r#"["object",{"group":["object",{"a":"dynamic"}],"list":"dynamic","map":"dynamic","nested":["map",["object",{"b":"string"}]],"plain":["list","number"],"set":["set",["object",{"a":"bool"}]],"single":["object",{"a":"dynamic"}]}]"#);
    let identity = IdentitySchema {
        version: 1,
        attributes: vec![IdentityAttribute {
            name: "arn".to_owned(),
            ty: Type::String,
            required_for_import: true,
            description: String::new(),
        }],
    };
    assert_eq!(identity.implied_type(), Type::object([("arn", Type::String)]));
}

#[test]
fn empty_config_and_completion() {
    let block = block(&Type::Bool);
    let empty = "{ group = { a = null }, list = [], map = {}, nested = null, plain = null, set = <>, single = null }";
    assert_eq!(show(&block.empty_config()), empty);
    assert_eq!(show(&block.complete(Value::object::<String>([]))), empty);
    assert_eq!(block.complete(Value::Null), Value::Null);
    let partial = parse("{ list = [{}], single = {}, set = <{}>, map = { k = {} }, plain = [1], other = 1 }").unwrap();
    insta::assert_snapshot!(show(&block.complete(partial)), @"{ group = { a = null }, list = [{ a = null }], map = { k = { a = null } }, nested = null, other = 1, plain = [1], set = <{ a = null }>, single = { a = null } }");
    let unknown = parse("{ list = ?, set = ? }").unwrap();
    assert_eq!(block.complete(unknown).get("list"), &Value::Unknown);
}
