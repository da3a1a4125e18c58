//! The data sources. They have the names and the nesting of the resources, read through `daemons`, and know no resource
//! but its table.
//!
//! | file | question it answers |
//! |---|---|
//! | `source` | what do all data sources have in common? |
//! | `cluster`, `times` | which cluster is meant, and how are moments written? |
//! | `search` | which daemons of a cluster have what is looked for? |
//! | `daemon`, `daemons` | one daemon, and those of a cluster |
//! | `task_definition`, `task_definitions` | one revision of a task definition, and those of families |
//! | `deployment`, `deployments` | one deployment, and those of a daemon |
//! | `revision` | what one update made of a daemon |

mod cluster;
mod daemon;
mod daemons;
mod deployment;
mod deployments;
mod revision;
pub(crate) mod search;
mod source;
mod task_definition;
mod task_definitions;
mod times;

use std::sync::Arc;

use tfplug_core::DataSource;

use self::source::Source;
use crate::session::SharedSession;

/// All data sources, one line each.
pub(crate) fn all(session: &SharedSession) -> Vec<Arc<dyn DataSource>> {
    vec![
        Source::<daemon::Daemon>::shared(session),
        Source::<daemons::Daemons>::shared(session),
        Source::<task_definition::TaskDefinition>::shared(session),
        Source::<task_definitions::TaskDefinitions>::shared(session),
        Source::<deployment::Deployment>::shared(session),
        Source::<deployments::Deployments>::shared(session),
        Source::<revision::Revision>::shared(session),
    ]
}
