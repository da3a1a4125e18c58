//! The list resources, `list` blocks of `terraform query`: existing objects of the managed resources, to import.
//!
//! | file | question it answers |
//! |---|---|
//! | `shared` | what do all lists have in common? |
//! | `daemons` | which daemons does a cluster have? |
//! | `task_definitions` | which families of task definitions are there? |

mod daemons;
mod shared;
mod task_definitions;

use std::sync::Arc;

use tfplug_core::ListResource;

use self::{daemons::Daemons, task_definitions::TaskDefinitions};
use crate::session::SharedSession;

/// All list resources, one line each.
pub(crate) fn all(session: &SharedSession) -> Vec<Arc<dyn ListResource>> {
    vec![
        Arc::new(Daemons::new(session.clone())),
        Arc::new(TaskDefinitions::new(session.clone())),
    ]
}
