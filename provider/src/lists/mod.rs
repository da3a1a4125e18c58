//! The list resources, `list` blocks of `terraform query`: existing objects of the managed resources, to import.
//!
//! | file | question it answers |
//! |---|---|
//! | `daemons` | which daemons does a cluster have? |
//! | `task_definitions` | which families of task definitions are there? |

mod daemons;
mod task_definitions;

use std::{borrow::Cow, sync::Arc};

use tfplug_core::{Attribute, Block, Diagnostic, ListResource, Mode, Schema, Type, Value, list::Listed};

use self::{daemons::Daemons, task_definitions::TaskDefinitions};
use crate::{attributes::rules, session::SharedSession};

/// All list resources, one line each.
pub(crate) fn all(session: &SharedSession) -> Vec<Arc<dyn ListResource>> {
    vec![
        Arc::new(Daemons::new(session.clone())),
        Arc::new(TaskDefinitions::new(session.clone())),
    ]
}

/// The schema of a list with these arguments beside `region`.
fn schema(description: &str, mut attributes: Vec<Attribute>) -> Schema {
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
fn config<'a>(schema: &Schema, config: &'a Value) -> Cow<'a, Value> {
    if config.is_null() {
        return Cow::Owned(schema.block.empty_config());
    }
    Cow::Borrowed(config)
}

/// An object that could not be read. It is a warning, because after an error clients show none of the others.
fn unread(why: Diagnostic) -> Listed {
    Listed {
        diagnostics: Diagnostic::warning(why.summary, why.detail).into(),
        ..Listed::default()
    }
}
