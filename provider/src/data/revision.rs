//! The data source `ecs_daemon_revision`: what one `CreateDaemon` or `UpdateDaemon` made of a daemon.

use aws_sdk_ecs::types::DaemonRevision;
use daemons::{arn::RecordArn, describe, name, observe};
use tfplug_core::{
    Attribute, AttributeType, Diagnostic, Diagnostics, Mode, Nesting, Type, Value,
    typed::{FromValue, ToValue},
};

use super::{
    source::{self, Reading, computed},
    times,
};
use crate::{
    attributes::rules::parsed,
    daemon::{table::TABLE, values},
    diagnostic::ToDiagnostic,
    session::Session,
};

/// `ecs_daemon_revision`.
pub(super) struct Revision;

/// What to look for.
#[derive(FromValue)]
pub(super) struct Arguments {
    arn: String,
    region: Option<String>,
}

#[derive(ToValue)]
struct Facts {
    arn: String,
    daemon_arn: String,
    cluster_arn: String,
    region: String,
    container_images: Vec<ContainerImage>,
    created_at: Option<String>,
}

#[derive(ToValue)]
struct ContainerImage {
    container_name: Option<String>,
    #[tf(name = "image")]
    written: Option<String>,
    #[tf(name = "image_digest")]
    digest: Option<String>,
}

/// The settings that a revision has: neither its capacity providers nor its deployment configuration are on its record.
fn settings() -> impl Iterator<Item = &'static str> {
    let elsewhere = [name::CAPACITY_PROVIDERS, name::DEPLOYMENT_CONFIGURATION];
    let all = TABLE.api_leaves().map(|(leaf, _)| leaf.name);
    all.filter(move |name| !elsewhere.contains(name))
}

impl Reading for Revision {
    const NAME: &'static str = "ecs_daemon_revision";
    const DESCRIPTION: &'static str = "A revision of a managed daemon: the task definition, the settings and the images that \
        one creation or update gave it. It never changes.";
    type Arguments = Arguments;
    type Answer = Value;

    fn attributes() -> Vec<Attribute> {
        let mut attributes = vec![
            Attribute::new(name::ARN, Type::String, Mode::Required, "ARN of the revision.").validate(parsed(
                RecordArn::parse_revision,
                "an ARN of the form `arn:PARTITION:ecs:REGION:ACCOUNT:daemon-revision/CLUSTER/NAME/ID`",
            )),
            computed("daemon_arn", Type::String, "ARN of the daemon."),
            computed(name::CLUSTER_ARN, Type::String, "ARN of the cluster."),
        ];
        let settings: Vec<&str> = settings().collect();
        attributes.extend(
            TABLE
                .answered()
                .into_iter()
                .filter(|answered| settings.contains(&answered.name.as_str())),
        );
        let nesting = Nesting::List;
        let images = vec![
            computed("container_name", Type::String, "Name of the container."),
            computed("image", Type::String, "Image, as the task definition names it."),
            computed("image_digest", Type::String, "Digest that ECS resolved it to."),
        ];
        attributes.push(Attribute::with_type(
            "container_images",
            AttributeType::Nested {
                nesting,
                attributes: images,
            },
            Mode::Computed,
            "The images that every instance runs, whatever their tags name later.",
        ));
        attributes.push(computed(
            "created_at",
            Type::String,
            "Time of its creation, by RFC 3339.",
        ));
        attributes
    }

    async fn read(session: &Session, arguments: Arguments) -> Result<Value, Diagnostics> {
        let arn = RecordArn::parse_revision(&arguments.arn);
        let arn = arn.map_err(|error| Diagnostic::error("Invalid ARN of a revision", error))?;
        source::region(session, arguments.region.as_deref(), Some(&arn.arn.region))?;
        let reader = session.reader(&arn.arn.region);
        let found = describe::revisions(reader.client(), vec![arguments.arn.clone()]).await;
        let found = found.map_err(|failure| failure.diagnostic("read a daemon revision", &arguments.arn))?;
        if let Some(found) = found.first() {
            return Ok(value(&arn, &found.record));
        }
        session.check_account(&arn.arn).await?;
        let text = format!("ECS has no revision {arn}.");
        Err(Diagnostic::error("Daemon revision not found", text).into())
    }
}

fn value(arn: &RecordArn, record: &DaemonRevision) -> Value {
    let images = record.container_images().iter().map(|image| ContainerImage {
        container_name: image.container_name().map(str::to_owned),
        written: image.image().map(str::to_owned),
        digest: image.image_digest().map(str::to_owned),
    });
    let facts = Facts {
        arn: arn.to_string(),
        daemon_arn: arn.daemon.to_string(),
        cluster_arn: arn.daemon.cluster_arn().to_string(),
        region: arn.arn.region.clone(),
        container_images: images.collect(),
        created_at: times::text(record.created_at()),
    };
    let read = values::value_of(&observe::of_revision_alone(record));
    let mut value = facts.to_value();
    for name in settings() {
        value.insert(name, read.get(name).clone());
    }
    value
}
