//! `PutClusterCapacityProviders`: replaces the list of providers and the default strategy of a
//! cluster. Providers of managed instances are bound to their cluster anyway; naming them here is
//! accepted, as users have seen.

use serde_json::{Value, json};

use super::cluster_answer::cluster as cluster_answer;
use crate::api::{ApiError, Call, ErrorKind, Scope};
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::{IN_USE, NOT_IN_ACTIVE_STATE, invalid};
use crate::operations::shared::request::Request;
use crate::records::Records;
use crate::records::cluster::{Lifecycle, ProviderKind};
use crate::records::service::StrategyItem;
use crate::simulation::region::Region;

/// Providers that every account has.
const BUILT_IN: [&str; 2] = ["FARGATE", "FARGATE_SPOT"];

/// Most providers of a cluster.
const MOST_PROVIDERS: usize = 20;

/// Providers and default strategy of a request.
#[derive(Debug)]
pub(in crate::operations) struct Wanted {
    /// Names.
    pub(in crate::operations) providers: Vec<String>,
    /// Items with provider names, weights and bases.
    pub(in crate::operations) strategy: Vec<Value>,
}

impl Wanted {
    /// Reads and checks what a request wants.
    pub(in crate::operations) fn read(
        records: &Records,
        scope: &Scope,
        cluster: &str,
        request: Request<'_>,
    ) -> Result<Self, ApiError> {
        let mut providers = Vec::new();
        for named in request.texts("capacityProviders") {
            let name = usable(records, scope, &named)?;
            let bound = records.providers.get(&name).and_then(|provider| provider.cluster());
            if bound.is_some_and(|other| other != cluster) {
                return Err(invalid(format!(
                    "The capacity provider {name} belongs to another cluster."
                )));
            }
            if !providers.contains(&name) {
                providers.push(name);
            }
        }
        if providers.len() > MOST_PROVIDERS {
            return Err(invalid(format!(
                "A cluster has at most {MOST_PROVIDERS} capacity providers."
            )));
        }
        let strategy = strategy(records, scope, request, &providers)?;
        Ok(Self { providers, strategy })
    }
}

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::active_cluster(region.records, &region.scope, request.text("cluster"))?;
    let (name, present) = (cluster.name.clone(), cluster.providers.clone());
    let wanted = Wanted::read(region.records, &region.scope, &name, request)?;
    let used =
        |provider: &str| is_in_use(region.records, provider) || is_used_by_applications(region.records, provider);
    let in_use = |provider: &&String| !wanted.providers.contains(provider) && used(provider);
    if present.iter().any(|provider| in_use(&provider)) {
        return Err(ApiError::new(ErrorKind::ResourceInUseException, IN_USE));
    }
    let write = region.write();
    if let Some(cluster) = region.records.clusters.change(&name, write) {
        cluster.providers = wanted.providers;
        cluster.strategy = wanted.strategy;
    }
    let changed = region.records.clusters.get(&name);
    Ok(json!({ "cluster": changed.map(|cluster| cluster_answer(region.records, cluster, |_| true)) }))
}

/// True if a daemon, a deployment of one or a task uses the provider.
pub(in crate::operations) fn is_in_use(records: &Records, provider: &str) -> bool {
    let by_daemon = records.daemons.values().any(|daemon| {
        let wanted = daemon.goal.as_ref().is_some_and(|goal| goal.includes(provider));
        let deployment = records.deployments.get(&daemon.deployment);
        wanted || deployment.is_some_and(|each| !each.status.is_final() && each.concerns(provider))
    });
    let mut instances = records
        .instances
        .values()
        .filter(|instance| *instance.provider == *provider);
    by_daemon || instances.any(|instance| !instance.slots.is_empty())
}

/// True if a service or an application task uses the provider.
pub(in crate::operations) fn is_used_by_applications(records: &Records, provider: &str) -> bool {
    let uses = |item: &StrategyItem| *item.provider == *provider;
    let mut services = records.services.values().filter(|service| service.is_scheduled());
    let mut tasks = records.tasks.values();
    services.any(|service| service.settings.strategy.iter().any(uses))
        || tasks.any(|task| task.is_alive() && task.birth.application.is_some() && *task.birth.provider == *provider)
}

fn usable(records: &Records, scope: &Scope, named: &str) -> Result<String, ApiError> {
    if BUILT_IN.contains(&named) {
        return Ok(named.to_owned());
    }
    let provider = lookup::provider(records, scope, named)?;
    if provider.status != Lifecycle::Active {
        return Err(invalid(format!(
            "The specified capacity provider '{}' {NOT_IN_ACTIVE_STATE}",
            provider.name
        )));
    }
    Ok(provider.name.clone())
}

fn strategy(
    records: &Records,
    scope: &Scope,
    request: Request<'_>,
    providers: &[String],
) -> Result<Vec<Value>, ApiError> {
    let mut items = Vec::new();
    let mut kinds: Vec<&str> = Vec::new();
    for item in request.structures("defaultCapacityProviderStrategy") {
        let name = usable(records, scope, item.required("capacityProvider"))?;
        if !providers.contains(&name) {
            return Err(invalid(format!(
                "The capacity provider {name} is not associated with the cluster."
            )));
        }
        kinds.push(kind(records, &name));
        items.push(json!({
            "capacityProvider": name,
            "weight": item.integer("weight").unwrap_or(0),
            "base": item.integer("base").unwrap_or(0),
        }));
    }
    kinds.dedup();
    if kinds.len() > 1 {
        return Err(invalid(
            "A capacity provider strategy cannot mix kinds of capacity providers.",
        ));
    }
    Ok(items)
}

fn kind(records: &Records, name: &str) -> &'static str {
    match records.providers.get(name).map(|provider| &provider.kind) {
        Some(ProviderKind::ManagedInstances { .. }) => "MANAGED_INSTANCES",
        Some(ProviderKind::AutoScalingGroup) => "EC2_AUTOSCALING",
        None => "FARGATE",
    }
}
