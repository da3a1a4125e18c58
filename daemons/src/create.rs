//! `CreateDaemon`, and the name that must be free for it.

use std::collections::BTreeMap;

use aws::{Failure, FailureKind};
use aws_sdk_ecs::{
    operation::create_daemon::CreateDaemonOutput,
    types::{DaemonDetail, DaemonStatus},
};

use crate::{
    answered, describe,
    patience::CREATE,
    sending,
    settings::Settings,
    tagging,
    tags::TagChanges,
    wait::{Ended, Interrupt},
    writer::Writer,
};

const OPERATION: &str = "CreateDaemon";
/// Seconds by which a daemon may be older than its first deployment.
const BIRTH_SECONDS: f64 = 60.0;

/// A new daemon, without its name.
#[derive(Clone, Copy, Debug)]
pub struct Creation<'a> {
    /// Its settings.
    pub settings: &'a Settings,
    /// Its cluster; without one ECS takes the one named `default`.
    pub cluster_arn: Option<&'a str>,
    /// Its tags.
    pub tags: &'a BTreeMap<String, String>,
}

/// The little that is known right after a creation.
#[derive(Clone, Debug)]
pub struct Created {
    /// The first deployment; none if ECS does not name it.
    pub deployment_arn: Option<String>,
    /// Status of the daemon.
    pub status: DaemonStatus,
    /// The reason why the daemon has no tags yet.
    pub untagged: Option<Failure>,
}

/// The reason why there is no new daemon.
#[derive(Debug)]
pub enum NotCreated {
    /// A daemon of the name is there.
    Exists,
    /// ECS refused, or did not answer and has no daemon.
    Failed(Failure),
}

/// The reason why a name is not free.
#[derive(Debug)]
pub enum Occupied {
    /// By a daemon that is there to stay.
    Exists,
    /// By a daemon that is being deleted; the wait for its end has ended early.
    Leaving(Ended),
    /// Nobody knows: the daemon could not be looked for.
    Unreadable(Failure),
}

impl<I: Interrupt> Writer<I> {
    /// Makes sure that no daemon of this name is there; waits for one that is being deleted.
    pub async fn free_name(&self) -> Result<(), Occupied> {
        let found = describe::daemon(self.client(), &self.arn).await;
        match found.map_err(Occupied::Unreadable)? {
            None => Ok(()),
            Some(daemon) if !is_leaving(&daemon) => Err(Occupied::Exists),
            Some(_) => {
                tracing::info!(daemon = %self.arn, "a daemon of this name is being deleted; waiting until it is gone");
                self.departed(|daemon| daemon.is_none())
                    .await
                    .map_err(Occupied::Leaving)
            }
        }
    }

    /// Creates the daemon.
    pub async fn create(&self, creation: Creation<'_>) -> Result<Created, NotCreated> {
        let mut sent = self.send_creation(creation, creation.tags).await;
        // Some partitions refuse tags on create: create without, then tag.
        let is_untagged = !creation.tags.is_empty() && sent.as_ref().is_err_and(refuses_tags);
        if is_untagged {
            sent = self.send_creation(creation, &BTreeMap::new()).await;
        }
        match sent {
            Ok(Sent::Answered(answer)) if self.is_older_than_its_deployment(&answer).await => Err(NotCreated::Exists),
            Ok(sent) => {
                let mut created = self.created(sent).await;
                if is_untagged {
                    created.untagged = self.tag(creation.tags).await.err();
                }
                Ok(created)
            }
            Err(failure) => Err(self.not_created(failure).await),
        }
    }

    async fn send_creation(&self, creation: Creation<'_>, tags: &BTreeMap<String, String>) -> Result<Sent, Failure> {
        // One token for all tries, also those of the SDK: a repeated request makes no second daemon.
        let token: String = std::iter::repeat_with(fastrand::alphanumeric).take(32).collect();
        let call = || async {
            let request = creation.settings.clone().create_request();
            let sent = request
                .daemon_name(&self.arn.name)
                .set_cluster_arn(creation.cluster_arn.map(str::to_owned))
                .set_tags((!tags.is_empty()).then(|| tagging::api_tags(tags)))
                .client_token(&token)
                .send_with(self.client())
                .await;
            let answer = sent.map_err(|error| Failure::from_sdk(OPERATION, error))?;
            Ok(Sent::Answered(Box::new(answer)))
        };
        // The name was free just before, so a daemon that is there now is the one that was asked for.
        let look = || async { self.there().await.map(|daemon| Sent::Found(Box::new(daemon))) };
        self.sending(OPERATION, CREATE).send(call, look).await
    }

    /// The daemon of this name that is there to stay.
    async fn there(&self) -> Option<DaemonDetail> {
        let found = describe::daemon(self.client(), &self.arn).await.ok().flatten();
        found.filter(|daemon| !is_leaving(daemon))
    }

    async fn looked(&self, looks: u32) -> Option<DaemonDetail> {
        sending::looked(looks, &mut self.poll.retry_schedule(), || self.there()).await
    }

    async fn created(&self, sent: Sent) -> Created {
        let (deployment_arn, status) = match sent {
            Sent::Found(daemon) => (daemon.deployment_arn, daemon.status),
            Sent::Answered(answer) => {
                let deployment = answered::deployment(OPERATION, &self.arn, answer.deployment_arn);
                let deployment = match deployment {
                    Ok(deployment) => Some(deployment),
                    // The daemon is made, and its description names its deployment, too.
                    Err(_) => self.looked(CREATE.looks).await.and_then(|daemon| daemon.deployment_arn),
                };
                (deployment, answer.status)
            }
        };
        Created {
            deployment_arn,
            status: status.unwrap_or(DaemonStatus::Active),
            untagged: None,
        }
    }

    /// A creation that was refused may have met a daemon that a stale answer had hidden.
    async fn not_created(&self, failure: Failure) -> NotCreated {
        if failure.kind != FailureKind::Refused {
            return NotCreated::Failed(failure);
        }
        // What speaks of a daemon is worth several looks.
        let looks = if failure.mentions("exist") { CREATE.looks } else { 1 };
        match self.looked(looks).await {
            Some(_) => NotCreated::Exists,
            None => NotCreated::Failed(failure),
        }
    }

    async fn tag(&self, tags: &BTreeMap<String, String>) -> Result<(), Failure> {
        let changes = TagChanges {
            set: tags.clone(),
            remove: Vec::new(),
        };
        tagging::send(self.client(), &self.arn.to_string(), changes).await
    }

    /// ECS may answer a duplicate with the daemon that is there. A new daemon is as old as its deployment.
    async fn is_older_than_its_deployment(&self, answer: &CreateDaemonOutput) -> bool {
        let (Some(created_at), Some(deployment)) = (answer.created_at(), answer.deployment_arn()) else {
            return false;
        };
        let records = describe::deployments(self.client(), vec![deployment.to_owned()]).await;
        let records = records.unwrap_or_default();
        let deployed_at = records.first().and_then(|found| found.record.created_at());
        deployed_at.is_some_and(|deployed_at| deployed_at.as_secs_f64() - created_at.as_secs_f64() > BIRTH_SECONDS)
    }
}

/// The proof that a creation was carried out.
enum Sent {
    /// By its answer.
    Answered(Box<CreateDaemonOutput>),
    /// By the daemon that is there now.
    Found(Box<DaemonDetail>),
}

fn is_leaving(daemon: &DaemonDetail) -> bool {
    daemon.status() == Some(&DaemonStatus::DeleteInProgress)
}

fn refuses_tags(failure: &Failure) -> bool {
    failure.is_code("UnsupportedFeatureException") && failure.mentions("tag")
}
