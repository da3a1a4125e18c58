//! The data source `ecs_daemon`: one daemon, by its ARN or by cluster and name.

use std::collections::BTreeMap;

use daemons::{
    arn::DaemonArn,
    fetch::{self, Fetched},
    name,
    observe::{Observed, Rollout},
    wait::Never,
};
use tfplug_core::{
    Attribute, Diagnostic, Diagnostics, Mode, Type, Value,
    typed::{FromValue, ToValue},
};

use super::{
    cluster,
    source::{self, Reading, computed},
};
use crate::{
    attributes::rules::{arn_of, length, parsed},
    daemon::{messages, plan::DELETE_IN_PROGRESS, table::TABLE, values},
    session::Session,
};

/// `ecs_daemon`.
pub(super) struct Daemon;

/// What to look for.
#[derive(FromValue)]
pub(super) struct Arguments {
    arn: Option<String>,
    name: Option<String>,
    cluster_arn: Option<String>,
    region: Option<String>,
}

impl Reading for Daemon {
    const NAME: &'static str = "ecs_daemon";
    const DESCRIPTION: &'static str = "A managed daemon as it is: its settings, the deployment that brought them, and the \
        instances that run it. While a rollout goes on, the settings are those of its target; after a rollback, those that \
        it went back to.";
    type Arguments = Arguments;
    type Answer = Value;

    fn attributes() -> Vec<Attribute> {
        let mut attributes = vec![
            Attribute::new(
                name::ARN,
                Type::String,
                Mode::OptionalComputed,
                "ARN of the daemon. Excludes `name`.",
            )
            .validate(parsed(
                DaemonArn::parse,
                "an ARN of the form `arn:PARTITION:ecs:REGION:ACCOUNT:daemon/CLUSTER/NAME`",
            )),
            Attribute::new(
                name::NAME,
                Type::String,
                Mode::OptionalComputed,
                "Name of the daemon in its cluster. Excludes `arn`.",
            )
            .validate(length(1, 255)),
            Attribute::new(
                name::CLUSTER_ARN,
                Type::String,
                Mode::OptionalComputed,
                "ARN of the cluster, for a `name`. Defaults to the cluster `default`.",
            )
            .validate(arn_of("ecs", "cluster/")),
        ];
        attributes.extend(facts());
        attributes
    }

    fn validate(config: &Value) -> Diagnostics {
        let mut diagnostics = source::one_of(config, &[name::ARN, name::NAME]);
        diagnostics.extend(source::needs(config, name::CLUSTER_ARN, name::NAME));
        diagnostics
    }

    async fn read(session: &Session, arguments: Arguments) -> Result<Value, Diagnostics> {
        let arn = arguments.arn(session).await?;
        let reader = session.reader(&arn.arn.region);
        match fetch::fetch(&reader, &session.poll, &arn, None, &Never).await {
            Ok(Fetched::Daemon(observed)) => Ok(value(session, &arn, &observed)),
            Ok(Fetched::Gone) => {
                session.check_account(&arn.arn).await?;
                Err(not_found(&arn).into())
            }
            Err(unreadable) => Err(messages::unreadable_diagnostic(&arn, &unreadable).into()),
        }
    }
}

impl Arguments {
    async fn arn(&self, session: &Session) -> Result<DaemonArn, Diagnostic> {
        let region = self.region.as_deref();
        if let Some(text) = &self.arn {
            let arn = DaemonArn::parse(text).map_err(|error| Diagnostic::error("Invalid ARN of a daemon", error))?;
            source::region(session, region, Some(&arn.arn.region))?;
            return Ok(arn);
        }
        let cluster = cluster::resolve(session, self.cluster_arn.as_deref(), region).await?;
        Ok(DaemonArn::in_cluster(
            &cluster,
            self.name.as_deref().unwrap_or_default(),
        ))
    }
}

/// All attributes of a daemon in a list of them.
pub(super) fn answered() -> Vec<Attribute> {
    let mut attributes = vec![
        computed(name::ARN, Type::String, "ARN of the daemon."),
        computed(name::NAME, Type::String, "Name of the daemon."),
        computed(name::CLUSTER_ARN, Type::String, "ARN of the cluster."),
        computed(source::REGION, Type::String, "Region of the daemon."),
    ];
    attributes.extend(facts());
    attributes
}

/// What is read of a daemon.
fn facts() -> Vec<Attribute> {
    let mut attributes = TABLE.answered();
    attributes.extend([
        computed(
            name::STATUS,
            Type::String,
            "`ACTIVE`, or `DELETE_IN_PROGRESS` while the daemon is being deleted; its settings are null then.",
        ),
        computed(name::DEPLOYMENT_ARN, Type::String, "ARN of the latest deployment."),
        computed(
            "deployment_status",
            Type::String,
            "Status of the latest deployment, for example `IN_PROGRESS` or `SUCCESSFUL`; null if ECS no longer has its record.",
        ),
        computed("revision_arn", Type::String, "ARN of the revision that the settings are of."),
        computed(
            name::ROLLOUT_FAILURE,
            Type::String,
            "Status and reason of the latest deployment if it failed and was not rolled back, so that instances may run \
             different revisions; null otherwise.",
        ),
        computed(
            "instance_counts",
            Type::map(Type::Number),
            "Instances of each capacity provider that run the daemon or, where it is not critical, were started without it, by \
             the provider's ARN. ECS may leave out a provider without instances.",
        ),
        computed(
            name::TAGS,
            Type::map(Type::String),
            "Tags of the daemon, without those that the provider ignores.",
        ),
    ]);
    attributes
}

/// The facts, as they are answered.
#[derive(ToValue)]
struct Facts {
    arn: String,
    name: String,
    cluster_arn: String,
    region: String,
    status: String,
    deployment_arn: Option<String>,
    deployment_status: Option<String>,
    revision_arn: Option<String>,
    rollout_failure: Option<String>,
    instance_counts: BTreeMap<String, i64>,
    tags: Value,
}

pub(super) fn value(session: &Session, arn: &DaemonArn, observed: &Observed) -> Value {
    let rollout = observed.rollout.as_ref();
    let facts = Facts {
        arn: arn.to_string(),
        name: arn.name.clone(),
        cluster_arn: arn.cluster_arn().to_string(),
        region: arn.arn.region.clone(),
        status: observed.status.clone(),
        deployment_arn: Some(observed.deployment_arn.clone()).filter(|arn| !arn.is_empty()),
        deployment_status: rollout.map(|rollout| rollout.status.as_str().to_owned()),
        revision_arn: observed.revision_arn.clone(),
        rollout_failure: rollout.and_then(Rollout::failure),
        instance_counts: observed.instances.clone(),
        tags: session.tags.read_all(&observed.tags),
    };
    let mut value = facts.to_value();
    if observed.status == DELETE_IN_PROGRESS {
        // Its revisions vanish one by one, so its settings are left null.
        return value;
    }
    for (name, setting) in values::spelled_out(&observed.settings).as_map().into_iter().flatten() {
        value.insert(name.as_str(), setting.clone());
    }
    if !observed.deployment_is_known {
        // Its record has expired, and nothing else tells it.
        value.insert(name::DEPLOYMENT_CONFIGURATION, Value::Null);
    }
    value
}

pub(super) fn not_found(arn: &DaemonArn) -> Diagnostic {
    Diagnostic::error(
        "Daemon not found",
        format!(
            "ECS has no daemon `{}` in the cluster `{}` of account {} in {}. Looked for: {arn}.",
            arn.name, arn.cluster, arn.arn.account, arn.arn.region
        ),
    )
}
