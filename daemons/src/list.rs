//! The listing calls, all pages of each.

use aws::Failure;
use aws_sdk_ecs::{
    Client,
    primitives::DateTime,
    types::{
        CreatedAt, DaemonDeploymentStatus, DaemonDeploymentSummary, DaemonSummary, DaemonTaskDefinitionRevisionFilter,
        DaemonTaskDefinitionStatusFilter, DaemonTaskDefinitionSummary, SortOrder,
    },
};

use crate::arn::{DaemonArn, RevisionArn};

/// One page of a list, and the token of the next one.
type Page<T> = (Vec<T>, Option<String>);

/// `ListDaemons` of a cluster; `capacity_providers` leaves those out that run on none of these.
pub async fn daemons(
    client: &Client,
    cluster_arn: &str,
    capacity_providers: &[String],
) -> Result<Vec<DaemonSummary>, Failure> {
    const OPERATION: &str = "ListDaemons";
    let listed = pages(OPERATION, |token| async {
        let providers = (!capacity_providers.is_empty()).then(|| capacity_providers.to_vec());
        let call = client
            .list_daemons()
            .cluster_arn(cluster_arn)
            .set_capacity_provider_arns(providers)
            .set_next_token(token);
        let answer = call.send().await.map_err(|error| Failure::from_sdk(OPERATION, error))?;
        Ok((answer.daemon_summaries_list.unwrap_or_default(), answer.next_token))
    })
    .await?;
    let is_of_cluster = |arn: DaemonArn| arn.cluster_arn().to_string() == cluster_arn;
    each_fits(OPERATION, listed, |summary| {
        DaemonArn::parse(summary.daemon_arn()?).ok().map(is_of_cluster)
    })
}

/// The deployments that [`deployments`] lists.
#[derive(Clone, Debug, Default)]
pub struct DeploymentFilter {
    /// Statuses; all of them if there is none.
    pub statuses: Vec<DaemonDeploymentStatus>,
    /// Created after this moment.
    pub created_after: Option<DateTime>,
}

/// `ListDaemonDeployments` of a daemon.
pub async fn deployments(
    client: &Client,
    daemon_arn: &str,
    filter: &DeploymentFilter,
) -> Result<Vec<DaemonDeploymentSummary>, Failure> {
    const OPERATION: &str = "ListDaemonDeployments";
    let listed = pages(OPERATION, |token| async {
        let created = filter
            .created_after
            .map(|after| CreatedAt::builder().after(after).build());
        let call = client
            .list_daemon_deployments()
            .daemon_arn(daemon_arn)
            .set_status((!filter.statuses.is_empty()).then(|| filter.statuses.clone()))
            .set_created_at(created)
            .set_next_token(token);
        let answer = call.send().await.map_err(|error| Failure::from_sdk(OPERATION, error))?;
        Ok((answer.daemon_deployments.unwrap_or_default(), answer.next_token))
    })
    .await?;
    each_fits(OPERATION, listed, |summary| {
        summary.daemon_deployment_arn()?;
        Some(summary.daemon_arn().is_none_or(|arn| arn == daemon_arn))
    })
}

/// The revisions of task definitions that [`task_definitions`] lists.
#[derive(Clone, Debug, Default)]
pub struct TaskDefinitionFilter {
    /// Only this family.
    pub family: Option<String>,
    /// Only families that begin like this.
    pub family_prefix: Option<String>,
    /// True for the last registered revision of each family only.
    pub latest_only: bool,
    /// Only revisions of this status.
    pub status: Option<DaemonTaskDefinitionStatusFilter>,
    /// Order by family and revision.
    pub sort: Option<SortOrder>,
}

/// `ListDaemonTaskDefinitions`.
pub async fn task_definitions(
    client: &Client,
    filter: &TaskDefinitionFilter,
) -> Result<Vec<DaemonTaskDefinitionSummary>, Failure> {
    const OPERATION: &str = "ListDaemonTaskDefinitions";
    let listed = pages(OPERATION, |token| async {
        let latest = DaemonTaskDefinitionRevisionFilter::LastRegistered;
        let call = client
            .list_daemon_task_definitions()
            .set_family(filter.family.clone())
            .set_family_prefix(filter.family_prefix.clone())
            .set_revision(filter.latest_only.then_some(latest))
            .set_status(filter.status.clone())
            .set_sort(filter.sort.clone())
            .set_next_token(token);
        let answer = call.send().await.map_err(|error| Failure::from_sdk(OPERATION, error))?;
        Ok((answer.daemon_task_definitions.unwrap_or_default(), answer.next_token))
    })
    .await?;
    let is_asked_for = |arn: RevisionArn| {
        let is_family = filter.family.as_ref().is_none_or(|family| *family == arn.family);
        let has_prefix = |prefix: &String| arn.family.starts_with(prefix.as_str());
        is_family && filter.family_prefix.as_ref().is_none_or(has_prefix)
    };
    each_fits(OPERATION, listed, |summary| {
        RevisionArn::parse(summary.arn()?).ok().map(is_asked_for)
    })
}

/// The list, if each entry is one that was asked for: an entry that is passed over would count as not there.
fn each_fits<T>(operation: &'static str, listed: Vec<T>, fits: impl Fn(&T) -> Option<bool>) -> Result<Vec<T>, Failure> {
    if listed.iter().all(|entry| fits(entry) == Some(true)) {
        return Ok(listed);
    }
    Err(Failure::unfit(
        operation,
        "it lists something without a valid ARN, or that was not asked for",
    ))
}

/// All pages. A list that names a page which it has named before would never end.
async fn pages<T, F>(operation: &'static str, mut page: impl FnMut(Option<String>) -> F) -> Result<Vec<T>, Failure>
where
    F: Future<Output = Result<Page<T>, Failure>>,
{
    let (mut all, mut token) = (Vec::new(), None);
    loop {
        let (listed, next) = page(token.clone()).await?;
        all.extend(listed);
        let next = next.filter(|next| !next.is_empty());
        if next.is_none() {
            return Ok(all);
        }
        if next == token {
            return Err(Failure::unfit(operation, "it names itself as the next page"));
        }
        token = next;
    }
}
