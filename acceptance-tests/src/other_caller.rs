//! Another principal: somebody who changes the same daemons behind Terraform's back, with the AWS
//! SDK and an access key of their own. It knows nothing of the provider's code.

use std::error::Error;
use std::future::Future;
use std::thread;
use std::time::{Duration, Instant};

use aws_sdk_ecs::Client;
use aws_sdk_ecs::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_ecs::error::SdkError;
use aws_sdk_ecs::types::{
    CreateManagedInstancesProviderConfiguration, DaemonDeployment, DaemonDeploymentStatus, DaemonRevision,
    InstanceLaunchTemplate, ManagedInstancesNetworkConfiguration,
};
use tokio::runtime::{Builder, Runtime};

use crate::failure::{Failure, Outcome, fail};
use crate::journal::OUTSIDE_KEY;
use crate::settings::DaemonSettings;

/// The time that a deployment on a real account may take before the harness gives up.
const ROLLOUT_LIMIT: Duration = Duration::from_hours(1);

/// An ECS client of another principal, called without async.
#[derive(Debug)]
pub struct OtherCaller {
    runtime: Runtime,
    client: Client,
}

impl OtherCaller {
    /// A client for an emulator.
    pub(crate) fn of_emulator(endpoint: &str, region: &str) -> Outcome<Self> {
        let credentials = Credentials::new(OUTSIDE_KEY, "secret", None, None, "acceptance tests");
        let config = aws_sdk_ecs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .endpoint_url(endpoint)
            .credentials_provider(credentials)
            .build();
        Self::with(Client::from_conf(config))
    }

    /// A client for a real account, with the credentials of the environment.
    pub(crate) fn of_aws(region: &str) -> Outcome<Self> {
        let variable = |name: &str| std::env::var(name).ok();
        let (Some(key), Some(secret)) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) else {
            return fail("ECS_ACC_TARGET=aws needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
        };
        let token = variable("AWS_SESSION_TOKEN");
        let config = aws_sdk_ecs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .credentials_provider(Credentials::new(key, secret, token, None, "environment"))
            .build();
        Self::with(Client::from_conf(config))
    }

    fn with(client: Client) -> Outcome<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime, client })
    }

    /// The client, to build requests with.
    pub fn ecs(&self) -> &Client {
        &self.client
    }

    /// Sends a request that was built with [`Self::ecs`].
    pub fn send<T, E, R>(&self, request: impl Future<Output = Result<T, SdkError<E, R>>>) -> Outcome<T>
    where
        E: Error + 'static,
        R: std::fmt::Debug + 'static,
    {
        Ok(self.runtime.block_on(request)?)
    }

    /// Creates a cluster and answers its ARN.
    pub(crate) fn create_cluster(&self, name: &str) -> Outcome<String> {
        let answer = self.send(self.ecs().create_cluster().cluster_name(name).send())?;
        present(answer.cluster.and_then(|cluster| cluster.cluster_arn), "cluster ARN")
    }

    /// Creates a managed-instances capacity provider and answers its ARN.
    pub(crate) fn create_capacity_provider(&self, cluster: &str, name: &str) -> Outcome<String> {
        let network = ManagedInstancesNetworkConfiguration::builder()
            .subnets("subnet-0a1b2c3d4e5f60718")
            .build();
        let template = InstanceLaunchTemplate::builder()
            .ec2_instance_profile_arn("arn:aws:iam::123456789012:instance-profile/ecsInstanceRole")
            .network_configuration(network)
            .build();
        let provider = CreateManagedInstancesProviderConfiguration::builder()
            .infrastructure_role_arn("arn:aws:iam::123456789012:role/ecsInfrastructureRole")
            .instance_launch_template(template?)
            .build();
        let request = self
            .ecs()
            .create_capacity_provider()
            .name(name)
            .cluster(cluster)
            .managed_instances_provider(provider?);
        let answer = self.send(request.send())?;
        let arn = answer
            .capacity_provider
            .and_then(|created| created.capacity_provider_arn);
        present(arn, "capacity provider ARN")
    }

    /// Settings that the daemon has now, by the same four sources that AWS offers everybody.
    pub fn settings(&self, daemon_arn: &str) -> Outcome<DaemonSettings> {
        let deployment = self.deployment(daemon_arn)?;
        let target = present(deployment.target_daemon_revision, "target revision")?;
        let revision = self.revision(&present(target.arn, "revision ARN")?)?;
        let configuration = present(deployment.deployment_configuration, "deployment configuration")?;
        let providers = target.capacity_providers.unwrap_or_default();
        let mut arns: Vec<String> = providers.into_iter().filter_map(|provider| provider.arn).collect();
        arns.sort();
        let definition = present(revision.daemon_task_definition_arn.clone(), "task definition ARN")?;
        Ok(DaemonSettings::of_records(definition, arns, revision, configuration))
    }

    /// Updates a daemon with every setting spelled out.
    pub fn update(&self, daemon_arn: &str, settings: &DaemonSettings) -> Outcome {
        let request = settings.fill(self.ecs().update_daemon().daemon_arn(daemon_arn));
        self.send(request.send()).map(drop)
    }

    /// Updates a daemon with nothing but the members that the API demands: everything else goes
    /// back to its default, as it happens to people who use the CLI.
    pub fn update_leaving_out_the_rest(&self, daemon_arn: &str) -> Outcome {
        let now = self.settings(daemon_arn)?;
        self.update_with_only(daemon_arn, &now.task_definition_arn, &now.capacity_provider_arns)
    }

    /// Updates a daemon with these members and no others.
    pub fn update_with_only(&self, daemon_arn: &str, definition_arn: &str, providers: &[String]) -> Outcome {
        let request = self
            .ecs()
            .update_daemon()
            .daemon_arn(daemon_arn)
            .daemon_task_definition_arn(definition_arn)
            .set_capacity_provider_arns(Some(providers.to_vec()));
        self.send(request.send()).map(drop)
    }

    /// Creates a daemon with defaults and answers its ARN.
    pub fn create(&self, cluster: &str, name: &str, definition: &str, providers: &[String]) -> Outcome<String> {
        let request = self
            .ecs()
            .create_daemon()
            .cluster_arn(cluster)
            .daemon_name(name)
            .daemon_task_definition_arn(definition)
            .set_capacity_provider_arns(Some(providers.to_vec()));
        present(self.send(request.send())?.daemon_arn, "daemon ARN")
    }

    /// Starts the deletion of a daemon.
    pub fn delete(&self, daemon_arn: &str) -> Outcome {
        let request = self.ecs().delete_daemon().daemon_arn(daemon_arn);
        self.send(request.send()).map(drop)
    }

    /// Registers a task definition with one container and answers its ARN.
    pub fn register(&self, family: &str, image: &str) -> Outcome<String> {
        let container = aws_sdk_ecs::types::DaemonContainerDefinition::builder()
            .name("agent")
            .image(image)
            .build()?;
        let request = self
            .ecs()
            .register_daemon_task_definition()
            .family(family)
            .cpu("256")
            .memory("512")
            .container_definitions(container);
        present(
            self.send(request.send())?.daemon_task_definition_arn,
            "task definition ARN",
        )
    }

    /// Starts the deletion of a task definition's revision.
    pub fn delete_definition(&self, arn: &str) -> Outcome {
        let request = self.ecs().delete_daemon_task_definition().daemon_task_definition(arn);
        self.send(request.send()).map(drop)
    }

    /// Status of a task definition's revision; nothing when the service knows it no longer.
    pub fn definition_status(&self, arn: &str) -> Outcome<Option<String>> {
        let request = self.ecs().describe_daemon_task_definition().daemon_task_definition(arn);
        match self.send(request.send()) {
            Ok(answer) => Ok(answer
                .daemon_task_definition
                .and_then(|definition| definition.status)
                .map(|status| status.as_str().to_owned())),
            Err(failure) if failure.to_string().contains("not found") => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// ARNs of the daemons of a cluster.
    pub fn daemons(&self, cluster: &str) -> Outcome<Vec<String>> {
        self.all_pages(|page| async move {
            let request = self.ecs().list_daemons().cluster_arn(cluster).set_next_token(page);
            let answer = request.send().await?;
            let summaries = answer.daemon_summaries_list.unwrap_or_default();
            Ok((
                summaries.into_iter().filter_map(|summary| summary.daemon_arn).collect(),
                answer.next_token,
            ))
        })
    }

    /// ARNs of the active revisions of all families whose names begin so.
    pub fn definitions(&self, prefix: &str) -> Outcome<Vec<String>> {
        self.all_pages(|page| async move {
            let request = self
                .ecs()
                .list_daemon_task_definitions()
                .family_prefix(prefix)
                .set_next_token(page);
            let answer = request.send().await?;
            let summaries = answer.daemon_task_definitions.unwrap_or_default();
            Ok((
                summaries.into_iter().filter_map(|summary| summary.arn).collect(),
                answer.next_token,
            ))
        })
    }

    fn all_pages<F>(&self, page: impl Fn(Option<String>) -> F) -> Outcome<Vec<String>>
    where
        F: Future<Output = Outcome<(Vec<String>, Option<String>)>>,
    {
        let (mut all, mut token) = (Vec::new(), None);
        loop {
            let (found, next) = self.runtime.block_on(page(token))?;
            all.extend(found);
            match next {
                Some(next) => token = Some(next),
                None => return Ok(all),
            }
        }
    }

    /// The number of deployments that a daemon has had.
    pub fn deployments(&self, daemon_arn: &str) -> Outcome<usize> {
        let request = self.ecs().list_daemon_deployments().daemon_arn(daemon_arn);
        let listed = self.send(request.send())?.daemon_deployments;
        Ok(listed.unwrap_or_default().len())
    }

    /// The latest deployment of a daemon.
    pub fn deployment(&self, daemon_arn: &str) -> Outcome<DaemonDeployment> {
        let daemon = self
            .send(self.ecs().describe_daemon().daemon_arn(daemon_arn).send())?
            .daemon;
        let arn = present(daemon.and_then(|daemon| daemon.deployment_arn), "deployment ARN")?;
        let request = self.ecs().describe_daemon_deployments().daemon_deployment_arns(arn);
        let found = self.send(request.send())?.daemon_deployments.unwrap_or_default();
        present(found.into_iter().next(), "deployment")
    }

    /// Waits, in real time, until the latest deployment has ended. For real accounts; emulators
    /// are settled instead.
    pub(crate) fn wait_for_rollout(&self, daemon_arn: &str) -> Outcome {
        let deadline = Instant::now() + ROLLOUT_LIMIT;
        loop {
            let status = self.deployment(daemon_arn)?.status;
            let under_way = matches!(
                status,
                Some(
                    DaemonDeploymentStatus::Pending
                        | DaemonDeploymentStatus::InProgress
                        | DaemonDeploymentStatus::StopRequested
                        | DaemonDeploymentStatus::RollbackInProgress
                )
            );
            if !under_way {
                return Ok(());
            }
            if Instant::now() > deadline {
                return fail(format!("{daemon_arn} is still being deployed: {status:?}"));
            }
            thread::sleep(Duration::from_secs(10));
        }
    }

    fn revision(&self, arn: &str) -> Outcome<DaemonRevision> {
        let request = self.ecs().describe_daemon_revisions().daemon_revision_arns(arn);
        let found = self.send(request.send())?.daemon_revisions.unwrap_or_default();
        present(found.into_iter().next(), "revision")
    }
}

fn present<T>(value: Option<T>, what: &str) -> Outcome<T> {
    value.ok_or_else(|| Failure::new(format!("the answer names no {what}")))
}
