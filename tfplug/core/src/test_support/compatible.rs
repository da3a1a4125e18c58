//! The client's demands on a result, given the plan: "Provider produced inconsistent result after
//! apply" and "inconsistent final plan".

use crate::{
    path::{Path, Step},
    schema::{Attribute, AttributeType, Block, Schema},
    test_support::{assert_conforms, literal::show},
    value::Value,
};

/// The faults of a final state, given what was planned; empty if there are none.
///
/// Known planned values must come out equal, unknown ones may become anything of their type, no
/// element may appear or vanish, and nothing may be unknown any more. Values of sensitive attributes
/// are not shown.
pub fn assert_object_compatible(schema: &Schema, planned: &Value, actual: &Value) -> Vec<String> {
    let mut errors = assert_conforms(&schema.implied_type(), actual);
    if !actual.is_wholly_known() {
        errors.push("the final state has unknown values".to_owned());
    }
    errors.extend(assert_plan_consistent(schema, planned, actual));
    errors
}

/// The faults of a second plan of the same change, when more values are known; empty if there are none.
pub fn assert_plan_consistent(schema: &Schema, first: &Value, second: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    compare(first, second, &Path::root(), &mut differences);
    let told = differences.into_iter().map(
        |Difference {
             path,
             what,
             planned,
             actual,
         }| {
            if is_sensitive(&schema.block, &path) {
                format!("{path}: {what} (sensitive)")
            } else {
                format!("{path}: {what}: planned {planned}, got {actual}")
            }
        },
    );
    told.collect()
}

struct Difference {
    path: Path,
    what: &'static str,
    planned: String,
    actual: String,
}

fn compare(planned: &Value, actual: &Value, path: &Path, differences: &mut Vec<Difference>) {
    let mut differ = |what| {
        differences.push(Difference {
            path: path.clone(),
            what,
            planned: show(planned),
            actual: show(actual),
        });
    };
    match (planned, actual) {
        (Value::Unknown, _) => {}
        (Value::List(before), Value::List(after)) if before.len() == after.len() => {
            let both = before.iter().zip(after).enumerate();
            both.for_each(|(index, (before, after))| compare(before, after, &path.index(index), differences));
        }
        (Value::List(_), Value::List(_)) => differ("another number of elements"),
        (Value::Set(before), Value::Set(after)) => {
            if after.len() > before.len() {
                differ("more elements of a set");
            } else if !before
                .iter()
                .all(|planned| after.iter().any(|actual| fits(planned, actual)))
                || !after
                    .iter()
                    .all(|actual| before.iter().any(|planned| fits(planned, actual)))
            {
                differ("other elements of a set");
            }
        }
        (Value::Map(before), Value::Map(after)) if before.keys().eq(after.keys()) => {
            let both = before.iter().zip(after.values());
            both.for_each(|((name, before), after)| {
                compare(before, after, &path.with(Step::Attribute(name.clone())), differences);
            });
        }
        (Value::Map(_), Value::Map(_)) => differ("other keys"),
        (Value::Dynamic(before), Value::Dynamic(after)) if before.0 == after.0 => {
            compare(&before.1, &after.1, path, differences);
        }
        (before, after) if before == after => {}
        _ => differ("another value"),
    }
}

fn fits(planned: &Value, actual: &Value) -> bool {
    let mut differences = Vec::new();
    compare(planned, actual, &Path::root(), &mut differences);
    differences.is_empty()
}

/// True if a path leads through a sensitive attribute.
fn is_sensitive(block: &Block, path: &Path) -> bool {
    let mut attributes = block.attributes.as_slice();
    let mut blocks = block.blocks.as_slice();
    for step in path.steps() {
        let Step::Attribute(name) = step else { continue };
        if let Some(nested) = blocks.iter().find(|nested| nested.name == *name) {
            (attributes, blocks) = (&nested.block.attributes, &nested.block.blocks);
        } else if let Some(attribute) = attributes.iter().find(|attribute| attribute.name == *name) {
            if attribute.sensitive {
                return true;
            }
            (attributes, blocks) = (nested_attributes(attribute), &[]);
        }
    }
    // Paths end at sets, whose elements may be sensitive inside.
    holds_sensitive(attributes, blocks)
}

fn nested_attributes(attribute: &Attribute) -> &[Attribute] {
    match &attribute.ty {
        AttributeType::Nested { attributes, .. } => attributes,
        AttributeType::Plain(_) => &[],
    }
}

fn holds_sensitive(attributes: &[Attribute], blocks: &[crate::schema::NestedBlock]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.sensitive || holds_sensitive(nested_attributes(attribute), &[]))
        || blocks
            .iter()
            .any(|nested| holds_sensitive(&nested.block.attributes, &nested.block.blocks))
}
