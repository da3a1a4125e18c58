//! The actions, for `lifecycle.action_trigger` and `-invoke`. They change or watch daemons through `daemons`.
//!
//! | file | question it answers |
//! |---|---|
//! | `target` | which daemon is meant, and how long may it take? |
//! | `redeploy` | how is a daemon rolled out anew with the settings that it has? |
//! | `wait` | how is a deployment waited for that somebody has started? |
//! | `follow` | what is told while a deployment goes on, and what does its end mean? |

mod follow;
mod redeploy;
mod target;
mod wait;

use std::sync::Arc;

use tfplug_core::Action;

use self::{redeploy::Redeploy, wait::WaitForDeployment};
use crate::session::SharedSession;

/// All actions, one line each.
pub(crate) fn all(session: &SharedSession) -> Vec<Arc<dyn Action>> {
    vec![
        Arc::new(Redeploy::new(session.clone())),
        Arc::new(WaitForDeployment::new(session.clone())),
    ]
}
