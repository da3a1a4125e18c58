//! The list resource `ecs_daemon`: the daemons of a cluster.

use std::collections::BTreeSet;

use daemons::{
    arn::DaemonArn,
    fetch::{self, Fetched},
};
use futures_util::{StreamExt, stream};
use tfplug_core::{
    BoxFuture, Cancel, Diagnostics, ListResource, Mode, Schema, Sink,
    list::{ListRequest, Listed},
    typed::FromValue,
};

use super::shared;
use crate::{
    daemon::{self, messages},
    data::search::{self, DaemonsOf},
    identity,
    interrupt::ByClient,
    session::{Session, SharedSession},
};

/// Daemons that are read at the same time.
const READS_AT_ONCE: usize = 40;

/// `ecs_daemon`.
pub(super) struct Daemons {
    session: SharedSession,
    schema: Schema,
}

#[derive(FromValue)]
struct Arguments {
    cluster_arn: Option<String>,
    region: Option<String>,
    capacity_provider_arns: Option<BTreeSet<String>>,
    name_pattern: Option<String>,
}

impl Daemons {
    pub(super) fn new(session: SharedSession) -> Self {
        let description =
            "The daemons of a cluster, in the order of their names. Daemons that are being deleted are left out.";
        Self {
            session,
            schema: shared::schema(description, search::arguments(Mode::Optional)),
        }
    }

    async fn found(&self, request: &ListRequest, found: &dyn Sink<Listed>, cancel: &Cancel) -> Result<(), Diagnostics> {
        let session = self.session.get()?;
        let config = shared::config(&self.schema, &request.config);
        let arguments = Arguments::from_value(&config).map_err(|error| error.diagnostic("Invalid argument"))?;
        let sought = DaemonsOf {
            cluster_arn: arguments.cluster_arn.as_deref(),
            region: arguments.region.as_deref(),
            capacity_providers: arguments.capacity_provider_arns.iter().flatten().cloned().collect(),
            name_pattern: arguments.name_pattern.as_deref(),
        };
        let (_, arns) = search::daemons(&session, &sought).await?;
        let wanted = arns.into_iter().take(request.limit.unwrap_or(usize::MAX));
        let include = request.include_resource;
        let listed = stream::iter(wanted)
            .map(|arn| listed(&session, arn, include, cancel))
            .buffered(READS_AT_ONCE);
        shared::hand_over(listed, found, cancel).await;
        Ok(())
    }
}

/// One daemon; none if it goes away meanwhile.
async fn listed(session: &Session, arn: DaemonArn, include: bool, cancel: &Cancel) -> Option<Listed> {
    let mut listed = Listed {
        identity: identity::of(&arn.to_string()),
        display_name: format!("{}/{}", arn.cluster, arn.name),
        ..Listed::default()
    };
    if include {
        let reader = session.reader(&arn.arn.region);
        match fetch::fetch(&reader, &session.poll, &arn, None, &ByClient(cancel)).await {
            Ok(Fetched::Daemon(observed)) => listed.resource = daemon::found(&arn, &observed, &session.tags),
            Ok(Fetched::Gone) => return None,
            Err(unreadable) => return Some(shared::unread(messages::unreadable_diagnostic(&arn, &unreadable))),
        }
    }
    Some(listed)
}

impl ListResource for Daemons {
    fn type_name(&self) -> &'static str {
        "ecs_daemon"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn list<'a>(
        &'a self,
        request: ListRequest,
        found: &'a dyn Sink<Listed>,
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Diagnostics> {
        Box::pin(async move { self.found(&request, found, cancel).await.err().unwrap_or_default() })
    }
}
