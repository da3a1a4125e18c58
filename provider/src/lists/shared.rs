//! What all list resources have in common.

use std::borrow::Cow;

use futures_util::{Stream, StreamExt};
use tfplug_core::{Attribute, Block, Cancel, Diagnostic, Mode, Schema, Sink, Type, Value, list::Listed};

use crate::attributes::rules;

/// The schema of a list with these arguments beside `region`.
pub(super) fn schema(description: &str, mut attributes: Vec<Attribute>) -> Schema {
    attributes.push(
        Attribute::new(
            "region",
            Type::String,
            Mode::Optional,
            "Region to look in. Defaults to the region of the provider.",
        )
        .validate(rules::region()),
    );
    Schema {
        version: 0,
        block: Block {
            attributes,
            description: description.to_owned(),
            ..Block::default()
        },
    }
}

/// The arguments, none of them given where there is no block `config`.
pub(super) fn config<'a>(schema: &Schema, config: &'a Value) -> Cow<'a, Value> {
    if config.is_null() {
        return Cow::Owned(schema.block.empty_config());
    }
    Cow::Borrowed(config)
}

/// An object that could not be read. It is a warning, because after an error clients show none of the others.
pub(super) fn unread(why: Diagnostic) -> Listed {
    Listed {
        diagnostics: Diagnostic::warning(why.summary, why.detail).into(),
        ..Listed::default()
    }
}

/// Hands over what was found, until the client has enough or the run is stopped. What is gone meanwhile is none.
pub(super) async fn hand_over(listed: impl Stream<Item = Option<Listed>>, found: &dyn Sink<Listed>, cancel: &Cancel) {
    tokio::pin!(listed);
    while let Some(listed) = listed.next().await {
        let Some(listed) = listed else { continue };
        if cancel.is_cancelled() || !found.send(listed).await {
            break;
        }
    }
}
