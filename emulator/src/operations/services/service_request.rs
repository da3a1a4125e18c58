//! Shared by `CreateService` and `UpdateService`: which members are emulated, kept or refused, and how the
//! settings of a service are read. An update keeps what it leaves out, unlike that of a daemon.

use serde_json::{Map, Value};

use crate::api::{ApiError, Scope};
use crate::operations::shared::lookup;
use crate::operations::shared::refusal::{NOT_IN_ACTIVE_STATE, client, invalid, unsupported};
use crate::operations::shared::request::Request;
use crate::records::Records;
use crate::records::cluster::{Cluster, Lifecycle};
use crate::records::service::{AppStatus, ServiceSettings, StrategyItem, TagSource};

/// Members that are kept and answered without having an effect.
const KEPT: [&str; 5] = [
    "availabilityZoneRebalancing",
    "healthCheckGracePeriodSeconds",
    "networkConfiguration",
    "placementStrategy",
    "platformVersion",
];

/// Members that ask for something outside the emulator's scope, unless they are empty.
const OUTSIDE: [&str; 8] = [
    "gatewayConnectors",
    "loadBalancers",
    "placementConstraints",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
    "role",
];

/// Refuses what is outside the emulator's scope.
pub(in crate::operations) fn check_scope(request: Request<'_>) -> Result<(), ApiError> {
    let asks = |member: &&&str| match request.0.get(**member) {
        None | Some(Value::Null) => false,
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(members)) => members.get("enabled") != Some(&Value::Bool(false)),
        Some(_) => true,
    };
    if let Some(member) = OUTSIDE.iter().find(asks) {
        return Err(unsupported(member));
    }
    if request
        .text("schedulingStrategy")
        .is_some_and(|strategy| strategy != "REPLICA")
    {
        return Err(unsupported("schedulingStrategy DAEMON"));
    }
    let controller = request.structure("deploymentController");
    if controller
        .and_then(|controller| controller.text("type"))
        .is_some_and(|kind| kind != "ECS")
    {
        return Err(unsupported("a deployment controller other than ECS"));
    }
    let deployment = request.structure("deploymentConfiguration");
    let strategy = deployment.and_then(|deployment| deployment.text("strategy"));
    if strategy.is_some_and(|strategy| strategy != "ROLLING") {
        return Err(unsupported("a deployment strategy other than ROLLING"));
    }
    // One that is passed over would let a test believe that its deployment had paused.
    if deployment.is_some_and(|deployment| !deployment.structures("lifecycleHooks").is_empty()) {
        return Err(unsupported("lifecycle hooks of deployments"));
    }
    Ok(())
}

/// The settings of a service that is created.
pub(in crate::operations) fn created(
    records: &Records,
    scope: &Scope,
    cluster: &Cluster,
    request: Request<'_>,
) -> Result<ServiceSettings, ApiError> {
    let Some(named) = request.text("taskDefinition") else {
        return Err(invalid("TaskDefinition can not be blank."));
    };
    let mut settings = ServiceSettings {
        definition: definition(records, scope, named)?,
        strategy: strategy(records, scope, cluster, request)?,
        minimum_percent: 100,
        maximum_percent: 200,
        breaker: false,
        breaker_rollback: false,
        propagate_tags: TagSource::Nothing,
        managed_tags: false,
        execute_command: false,
        kept: Map::new(),
    };
    read_members(&mut settings, request)?;
    Ok(settings)
}

/// The settings of a service after an update.
pub(in crate::operations) fn updated(
    records: &Records,
    scope: &Scope,
    cluster: &Cluster,
    before: &ServiceSettings,
    request: Request<'_>,
) -> Result<ServiceSettings, ApiError> {
    let mut settings = before.clone();
    if let Some(named) = request.text("taskDefinition") {
        settings.definition = definition(records, scope, named)?;
    }
    if request.0.get("capacityProviderStrategy").is_some_and(Value::is_array) {
        settings.strategy = strategy(records, scope, cluster, request)?;
    }
    read_members(&mut settings, request)?;
    Ok(settings)
}

fn read_members(settings: &mut ServiceSettings, request: Request<'_>) -> Result<(), ApiError> {
    if let Some(deployment) = request.structure("deploymentConfiguration") {
        read_deployment(settings, deployment)?;
    }
    match request.text("propagateTags") {
        Some("SERVICE") => settings.propagate_tags = TagSource::Service,
        Some("TASK_DEFINITION") => settings.propagate_tags = TagSource::TaskDefinition,
        Some(_) => settings.propagate_tags = TagSource::Nothing,
        None => {}
    }
    if let Some(flag) = request.flag("enableECSManagedTags") {
        settings.managed_tags = flag;
    }
    if let Some(flag) = request.flag("enableExecuteCommand") {
        settings.execute_command = flag;
    }
    for member in KEPT {
        if let Some(value) = request.0.get(member).filter(|value| !value.is_null()) {
            settings.kept.insert(member.to_owned(), value.clone());
        }
    }
    Ok(())
}

fn read_deployment(settings: &mut ServiceSettings, deployment: Request<'_>) -> Result<(), ApiError> {
    let percent = |member: &str, before: u32| match deployment.integer(member) {
        None => Ok(before),
        Some(value) => u32::try_from(value).map_err(|_| invalid(format!("{member} must not be negative."))),
    };
    settings.minimum_percent = percent("minimumHealthyPercent", settings.minimum_percent)?;
    settings.maximum_percent = percent("maximumPercent", settings.maximum_percent)?;
    // Assumed: that 100/100 is accepted is seen; that nothing may be above or below that is the documented rule.
    if settings.maximum_percent == 0 || settings.minimum_percent > settings.maximum_percent {
        return Err(invalid(
            "maximumPercent must be above 0 and not below minimumHealthyPercent.",
        ));
    }
    if let Some(breaker) = deployment.structure("deploymentCircuitBreaker") {
        settings.breaker = breaker.flag("enable").unwrap_or(false);
        settings.breaker_rollback = breaker.flag("rollback").unwrap_or(false);
    }
    Ok(())
}

/// The key of a definition that new tasks may use.
pub(in crate::operations) fn definition(
    records: &Records,
    scope: &Scope,
    named: &str,
) -> Result<(String, u32), ApiError> {
    // The texts that others saw.
    let found = lookup::app_definition(records, scope, named).map_err(|_| client("TaskDefinition not found."))?;
    if found.status == AppStatus::Active {
        Ok((found.family.clone(), found.revision))
    } else {
        Err(client("TaskDefinition is inactive"))
    }
}

/// The strategy of a request, or else that of the cluster.
pub(in crate::operations) fn strategy(
    records: &Records,
    scope: &Scope,
    cluster: &Cluster,
    request: Request<'_>,
) -> Result<Vec<StrategyItem>, ApiError> {
    let given = request.structures("capacityProviderStrategy");
    let launch_type = request.text("launchType");
    if launch_type.is_some() && !given.is_empty() {
        return Err(invalid(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
        ));
    }
    if let Some(launch_type) = launch_type {
        return Err(unsupported(&format!(
            "launch type {launch_type}; name a capacity provider of managed instances"
        )));
    }
    let defaults: Vec<Request<'_>> = cluster
        .strategy
        .iter()
        .filter_map(Value::as_object)
        .map(Request)
        .collect();
    let items = if given.is_empty() { defaults } else { given };
    if items.is_empty() {
        return Err(unsupported(
            "the launch type EC2; name a capacity provider of managed instances",
        ));
    }
    let strategy = items
        .into_iter()
        .map(|item| strategy_item(records, scope, &cluster.name, item))
        .collect::<Result<Vec<_>, _>>()?;
    if strategy.iter().all(|item| item.weight == 0 && item.base == 0) {
        return Err(invalid(
            "At least one capacity provider of a strategy needs a weight above 0.",
        ));
    }
    Ok(strategy)
}

fn strategy_item(records: &Records, scope: &Scope, cluster: &str, item: Request<'_>) -> Result<StrategyItem, ApiError> {
    let named = item.required("capacityProvider");
    if named == "FARGATE" || named == "FARGATE_SPOT" {
        return Err(unsupported("the capacity provider FARGATE"));
    }
    let provider = lookup::provider(records, scope, named)?;
    match provider.cluster() {
        None => return Err(unsupported("a capacity provider of an Auto Scaling group")),
        Some(other) if other != cluster => {
            return Err(invalid(format!(
                "The capacity provider {} is not associated with the cluster.",
                provider.name
            )));
        }
        Some(_) => {}
    }
    if provider.status != Lifecycle::Active {
        return Err(invalid(format!(
            "The specified capacity provider '{}' {NOT_IN_ACTIVE_STATE}",
            provider.name
        )));
    }
    let number = |member: &str, default: u32| {
        item.integer(member)
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(default)
    };
    Ok(StrategyItem {
        provider: provider.name.as_str().into(),
        weight: number("weight", 0),
        base: number("base", 0),
    })
}
