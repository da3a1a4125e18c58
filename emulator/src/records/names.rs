//! Names that records of all kinds share.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A name or ARN that many records share.
pub(crate) type Name = Arc<str>;

/// Tags of a resource.
pub(crate) type Tags = BTreeMap<String, String>;

/// Family and revision number of a daemon task definition.
pub(crate) type DefinitionKey = (String, u32);
