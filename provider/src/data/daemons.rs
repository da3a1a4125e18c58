//! The data source `ecs_daemons`: the daemons of a cluster.

use std::collections::BTreeSet;

use daemons::{
    arn::DaemonArn,
    fetch::{self, Fetched},
    wait::Never,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use tfplug_core::{
    Attribute, AttributeType, Diagnostics, Mode, Nesting, Type, Value,
    typed::{FromValue, ToValue},
};

use super::{
    daemon,
    search::{self, DaemonsOf},
    source::{Reading, computed},
};
use crate::{daemon::messages, session::Session};

/// Daemons that are read at the same time. Their calls are shared.
const READS_AT_ONCE: usize = 40;

const WITH_SETTINGS: &str = "with_settings";

/// `ecs_daemons`.
pub(super) struct Daemons;

/// The daemons to list.
#[derive(FromValue)]
pub(super) struct Arguments {
    cluster_arn: Option<String>,
    region: Option<String>,
    capacity_provider_arns: Option<BTreeSet<String>>,
    name_pattern: Option<String>,
    with_settings: Option<bool>,
}

/// The daemons that were found.
#[derive(ToValue)]
pub(super) struct Answer {
    cluster_arn: String,
    region: String,
    capacity_provider_arns: Option<BTreeSet<String>>,
    name_pattern: Option<String>,
    with_settings: Option<bool>,
    arns: Vec<String>,
    names: Vec<String>,
    daemons: Option<Vec<Value>>,
}

impl Reading for Daemons {
    const NAME: &'static str = "ecs_daemons";
    const DESCRIPTION: &'static str = "The managed daemons of a cluster, in the order of their names. Daemons that are being deleted are left out. A cluster without any is no error.";
    type Arguments = Arguments;
    type Answer = Answer;

    fn attributes() -> Vec<Attribute> {
        let daemons = AttributeType::Nested {
            nesting: Nesting::List,
            attributes: daemon::answered(),
        };
        let mut attributes = search::arguments(Mode::OptionalComputed);
        attributes.extend([
            Attribute::new(
                WITH_SETTINGS,
                Type::Bool,
                Mode::Optional,
                "Whether to read each daemon, for the attribute `daemons`. Costs two calls for each daemon and two for each 20 of them. \
                 Defaults to `false`.",
            ),
            computed("arns", Type::list(Type::String), "ARNs of the daemons."),
            computed(
                "names",
                Type::list(Type::String),
                "Names of the daemons, in the order of `arns`.",
            ),
            Attribute::with_type(
                "daemons",
                daemons,
                Mode::Computed,
                "The daemons, in the order of `arns`, as the data source `ecs_daemon` has them; null unless `with_settings` is `true`. \
                 A daemon that is deleted meanwhile is left out.",
            ),
        ]);
        attributes
    }

    async fn read(session: &Session, arguments: Arguments) -> Result<Answer, Diagnostics> {
        let sought = DaemonsOf {
            cluster_arn: arguments.cluster_arn.as_deref(),
            region: arguments.region.as_deref(),
            capacity_providers: arguments.capacity_provider_arns.iter().flatten().cloned().collect(),
            name_pattern: arguments.name_pattern.as_deref(),
        };
        let (cluster, found) = search::daemons(session, &sought).await?;
        let daemons = match arguments.with_settings {
            Some(true) => Some(read_all(session, &found).await?),
            _ => None,
        };
        Ok(Answer {
            cluster_arn: cluster.to_string(),
            region: cluster.region,
            capacity_provider_arns: arguments.capacity_provider_arns,
            name_pattern: arguments.name_pattern,
            with_settings: arguments.with_settings,
            arns: found.iter().map(ToString::to_string).collect(),
            names: found.into_iter().map(|arn| arn.name).collect(),
            daemons,
        })
    }
}

async fn read_all(session: &Session, arns: &[DaemonArn]) -> Result<Vec<Value>, Diagnostics> {
    let reads = stream::iter(arns.to_vec()).map(|arn| async move {
        let reader = session.reader(&arn.arn.region);
        match fetch::fetch(&reader, &session.poll, &arn, None, &Never).await {
            Ok(Fetched::Daemon(observed)) => Ok(Some(daemon::value(session, &arn, &observed))),
            Ok(Fetched::Gone) => Ok(None),
            Err(unreadable) => Err(Diagnostics::from(messages::unreadable_diagnostic(&arn, &unreadable))),
        }
    });
    let read: Vec<Option<Value>> = reads.buffered(READS_AT_ONCE).try_collect().await?;
    Ok(read.into_iter().flatten().collect())
}
