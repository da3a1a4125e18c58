//! Clusters that are given by name or ARN.

use aws::Aws;
use daemons::arn::Arn;

use super::Failure;
use crate::{observe::ecs, scan::ADVICE};

/// The ARN of a cluster that is given by name or ARN. A name is one of the region and account of the credentials.
pub(super) async fn cluster_arn(aws: &Aws, cluster: &str) -> Result<Arn, Failure> {
    if cluster.starts_with("arn:") {
        let arn = Arn::parse_kind(cluster, "ecs", "cluster/");
        return arn.map_err(|error| Failure::new("Invalid ARN of a cluster", error));
    }
    let account = ecs::account(aws, &ecs::Counters::default()).await.map_err(|failure| {
        let problem = failure.problem(&ADVICE, "find out the account of the credentials", "the caller");
        let stranded = aws
            .stranded_sts()
            .map(|problem| format!(" {problem}"))
            .unwrap_or_default();
        Failure::new(&problem.summary, format!("{}{stranded}", problem.detail))
    })?;
    Ok(Arn {
        partition: Aws::partition(aws.region()).to_owned(),
        service: "ecs".to_owned(),
        region: aws.region().to_owned(),
        account,
        resource: format!("cluster/{cluster}"),
    })
}
