//! `GET record`: a record as the API describes it. A look at it is no request: it meets no fault, no rate and no stale
//! copy, and leaves no trace in the journal.

use serde_json::{Value, json};

use super::outcome::ControlError;
use super::query::Query;
use crate::api::{Call, Scope, View};
use crate::handle::Core;

/// The operation that describes what an ARN names, and its request. None: nothing of ECS has this form.
fn question(arn: &str) -> Option<(Scope, &'static str, Value)> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, "ecs", region, account, resource] = parts.as_slice() else {
        return None;
    };
    let scope = Scope {
        account: (*account).to_owned(),
        region: (*region).to_owned(),
    };
    let (kind, rest) = resource.split_once('/')?;
    let cluster = rest.split('/').next().unwrap_or_default();
    let (operation, request) = match kind {
        "capacity-provider" => ("DescribeCapacityProviders", json!({ "capacityProviders": [arn] })),
        "cluster" => ("DescribeClusters", json!({ "clusters": [arn] })),
        "container-instance" => {
            let request = json!({ "cluster": cluster, "containerInstances": [arn] });
            ("DescribeContainerInstances", request)
        }
        "daemon" => ("DescribeDaemon", json!({ "daemonArn": arn })),
        "daemon-deployment" => ("DescribeDaemonDeployments", json!({ "daemonDeploymentArns": [arn] })),
        "daemon-revision" => ("DescribeDaemonRevisions", json!({ "daemonRevisionArns": [arn] })),
        "daemon-task-definition" => ("DescribeDaemonTaskDefinition", json!({ "daemonTaskDefinition": arn })),
        "service" => ("DescribeServices", json!({ "cluster": cluster, "services": [arn] })),
        "service-deployment" => ("DescribeServiceDeployments", json!({ "serviceDeploymentArns": [arn] })),
        "task" => ("DescribeTasks", json!({ "cluster": cluster, "tasks": [arn] })),
        "task-definition" => ("DescribeTaskDefinition", json!({ "taskDefinition": arn })),
        _ => return None,
    };
    Some((scope, operation, request))
}

/// `{"operation", "answer"}` for the ARN of the query.
pub(super) fn show(core: &mut Core, query: &Query) -> Result<Value, ControlError> {
    query.only(&["arn"])?;
    let arn = query
        .get("arn")
        .ok_or_else(|| ControlError::new(400, "arn: is required: the ARN of what is to be described"))?;
    let unknown = || ControlError::new(400, format!("arn: '{arn}' names nothing that ECS describes"));
    let (scope, operation, request) = question(arn).ok_or_else(unknown)?;
    let Value::Object(body) = request else {
        return Err(unknown());
    };
    let call = Call {
        operation: operation.to_owned(),
        scope,
        caller: String::new(),
        body,
        view: View::Fresh,
    };
    let answer = core.world.call(&call).ok_or_else(unknown)??;
    Ok(json!({ "operation": operation, "answer": answer }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_operation() {
        let check = |resource: &str, expected: &str| {
            let arn = format!("arn:aws:ecs:us-east-1:123456789012:{resource}");
            let asked = question(&arn).map_or("", |(_, operation, _)| operation);
            assert_eq!(asked, expected, "{arn}");
        };
        check("daemon/prod/agent", "DescribeDaemon");
        check("daemon-deployment/prod/agent/x", "DescribeDaemonDeployments");
        check("container-instance/prod/x", "DescribeContainerInstances");
        check("task-definition/app:1", "DescribeTaskDefinition");
        check("daemon", "");
        check("agent/x", "");
        assert!(question("arn:aws:iam::123456789012:role/x").is_none());
        assert!(question("").is_none());
    }
}
