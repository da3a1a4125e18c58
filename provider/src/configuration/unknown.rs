//! The consequences of a value of the provider block that is not known yet.
//!
//! | arguments | while they are unknown |
//! |---|---|
//! | region, endpoints, credentials, roles, the way to AWS, repetition | no connection: new resources can be planned, existing ones cannot be read |
//! | `allowed_account_ids`, `forbidden_account_ids` | plans are made, nothing may be changed |
//! | `default_tags`, `ignore_tags` | `tags_all` is unknown as far as it depends on them |
//! | `poll_interval`, `user_agent`, `skip_*` | nothing waits |
//!
//! An apply evaluates the block again, when what it depends on is there.

use tfplug_core::{Path, Step, Value};

use crate::block::name;

/// Arguments that are not known yet, by what they hold up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unknown {
    /// The connection needs them.
    pub(crate) connection: Vec<Path>,
    /// They tell what may be changed.
    pub(crate) guards: Vec<Path>,
}

/// The work that an unknown argument holds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Connection,
    Changes,
    Nothing,
}

impl Unknown {
    /// The unknown arguments of a provider block.
    pub(crate) fn of(config: &Value) -> Self {
        let mut unknown = Self::default();
        for path in unknown_paths(config) {
            match holds(&path) {
                Holds::Connection => unknown.connection.push(path),
                Holds::Changes => unknown.guards.push(path),
                Holds::Nothing => {}
            }
        }
        unknown
    }
}

/// An argument that is added counts as one that the connection needs, until somebody says otherwise.
fn holds(path: &Path) -> Holds {
    let Some(Step::Attribute(argument)) = path.steps().first() else {
        return Holds::Connection;
    };
    match argument.as_str() {
        name::ALLOWED_ACCOUNT_IDS | name::FORBIDDEN_ACCOUNT_IDS => Holds::Changes,
        name::DEFAULT_TAGS
        | name::IGNORE_TAGS
        | name::POLL_INTERVAL
        | name::USER_AGENT
        | name::SKIP_CREDENTIALS_VALIDATION
        | name::SKIP_REGION_VALIDATION
        | name::SKIP_REQUESTING_ACCOUNT_ID => Holds::Nothing,
        _ => Holds::Connection,
    }
}

/// Paths of the arguments that are not known yet, wholly or in part.
fn unknown_paths(config: &Value) -> Vec<Path> {
    let mut paths = Vec::new();
    collect_unknown(config, &Path::root(), &mut paths);
    paths
}

fn collect_unknown(value: &Value, path: &Path, paths: &mut Vec<Path>) {
    let depth = path.steps().len();
    match value {
        // The provider block itself, and each block inside it.
        Value::Map(members) if depth == 0 || depth == 2 => {
            for (name, value) in members {
                collect_unknown(value, &path.child(name), paths);
            }
        }
        // Attributes end here; lists of objects at this depth are blocks.
        Value::List(blocks) if depth == 1 && blocks.iter().any(|block| block.as_map().is_some()) => {
            for (index, block) in blocks.iter().enumerate() {
                collect_unknown(block, &path.index(index), paths);
            }
        }
        value if !value.is_wholly_known() => paths.push(path.clone()),
        _ => {}
    }
}
