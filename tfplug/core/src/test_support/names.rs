//! Names of members that source text asks values for, held against the names that a schema has.
//!
//! [`Value::get`](crate::Value::get) of a name that is misspelt is null, which reads like an attribute that is not
//! set. Until values are typed, a test of the crate proves the names.

use std::collections::BTreeSet;

use crate::schema::{Attribute, AttributeType, Block};

/// Calls whose first argument is the name of a member.
const CALLS: [&str; 4] = ["get(", "insert(", "child(", "attribute("];
/// The line at which the tests of a file begin, which may ask for anything.
const TESTS: &str = "#[cfg(test)]";

/// Names of all attributes and nested blocks of a block, at every depth.
pub fn names_of(block: &Block) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    add_attributes(&block.attributes, &mut names);
    for nested in &block.blocks {
        names.insert(nested.name.clone());
        names.extend(names_of(&nested.block));
    }
    names
}

fn add_attributes(attributes: &[Attribute], names: &mut BTreeSet<String>) {
    for attribute in attributes {
        names.insert(attribute.name.clone());
        if let AttributeType::Nested { attributes, .. } = &attribute.ty {
            add_attributes(attributes, names);
        }
    }
}

/// Names in a source file that the schema lacks, each with the number of its line: of the calls that take a name, and
/// of the constants that stand for one.
pub fn names_missing(source: &str, known: &BTreeSet<String>) -> Vec<(usize, String)> {
    let code = source.split(TESTS).next().unwrap_or_default();
    let lines = code.lines().enumerate();
    let named = lines.flat_map(|(index, line)| names_in(line).into_iter().map(move |name| (index + 1, name)));
    named.filter(|(_, name)| !known.contains(name)).collect()
}

fn names_in(line: &str) -> Vec<String> {
    let mut names: Vec<String> = CALLS
        .iter()
        .flat_map(|call| line.split(call).skip(1))
        .filter_map(literal)
        .collect();
    if let Some((_, value)) = line.split_once(": &str = ") {
        names.extend(literal(value));
    }
    names
}

/// The string literal that a text begins with, if it is a whole argument and can be a name.
fn literal(text: &str) -> Option<String> {
    let (name, rest) = text.strip_prefix('"')?.split_once('"')?;
    let is_name = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let is_whole = rest.starts_with([')', ',', ';']);
    (is_name && is_whole).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        schema::{Mode, Nesting},
        types::Type,
    };

    #[test]
    fn each_way_to_name_a_member_is_found() {
        let source = "const ARN: &str = \"arn\";\n\
                      const KIND: &str = \"An ARN\";\n\
                      value.get(\"nmae\").get(\"family\");\n\
                      value.insert(\"tag\", other);\n\
                      path.child(\"colour\").index(0);\n\
                      Path::attribute(\"aron\");\n\
                      #[cfg(test)]\n\
                      value.get(\"anything\");";
        let known = BTreeSet::from(["arn".to_owned(), "family".to_owned()]);
        let missing: Vec<String> = names_missing(source, &known)
            .into_iter()
            .map(|(line, name)| format!("{line} {name}"))
            .collect();
        assert_eq!(missing, ["3 nmae", "4 tag", "5 colour", "6 aron"]);
    }

    #[test]
    fn names_at_every_depth_are_known() {
        let nested = Attribute::with_type(
            "outer",
            AttributeType::Nested {
                nesting: Nesting::List,
                attributes: vec![Attribute::new("inner", Type::String, Mode::Optional, "")],
            },
            Mode::Optional,
            "",
        );
        let mut block = Block::default();
        block.attributes.push(nested);
        assert_eq!(
            names_of(&block),
            BTreeSet::from(["outer".to_owned(), "inner".to_owned()])
        );
    }
}
