//! Parts of the toy that its abilities share.

use tfplug_core::{Attribute, Block, NestedBlock, Schema, Value};

/// A schema of a version.
pub(super) fn schema(version: i64, attributes: Vec<Attribute>, blocks: Vec<NestedBlock>) -> Schema {
    Schema {
        version,
        block: Block {
            attributes,
            blocks,
            ..Block::default()
        },
    }
}

/// The fault that an object asks for.
pub(super) fn behaviour(state: &Value) -> &str {
    state.get("behaviour").as_str().unwrap_or_default()
}

/// Fails as a bug would.
#[track_caller]
#[allow(clippy::panic, reason = "the server has to survive it")]
pub(super) fn fail(text: &str) -> ! {
    panic!("{text}")
}
