//! Daemons that one walk of a client plans to create, to find two resources that are the same daemon.
//!
//! A client plans each resource by itself and shows no addresses, so this is all that a provider can know.
//! It calls a creation once in a walk, and configures the provider before each walk.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use daemons::{
    arn::{Arn, DaemonArn},
    name,
};
use tfplug_core::{Diagnostic, Path, resource::Plan};

/// The daemons that are planned in a walk.
#[derive(Debug, Default)]
pub(super) struct Creations(Mutex<(u64, BTreeSet<String>)>);

impl Creations {
    /// Notes a planned creation; an error if the same daemon is planned already.
    pub(super) fn note(&self, walk: u64, plan: &Plan) -> Option<Diagnostic> {
        let daemon = daemon(plan)?;
        let mut planned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if planned.0 != walk {
            *planned = (walk, BTreeSet::new());
        }
        let is_new = planned.1.insert(daemon.to_string());
        (!is_new).then(|| twice(&daemon))
    }
}

fn daemon(plan: &Plan) -> Option<DaemonArn> {
    let cluster = Arn::parse(plan.planned.get(name::CLUSTER_ARN).as_str()?).ok()?;
    Some(DaemonArn::in_cluster(&cluster, plan.planned.get(name::NAME).as_str()?))
}

fn twice(daemon: &DaemonArn) -> Diagnostic {
    Diagnostic::error(
        "Daemon planned twice",
        format!(
            "Another resource of this configuration creates a daemon `{}` in cluster `{}`, too. Names are unique in a \
             cluster: give one of them another `name` or another `cluster_arn`.",
            daemon.name, daemon.cluster
        ),
    )
    .at(Path::attribute(name::NAME))
}
