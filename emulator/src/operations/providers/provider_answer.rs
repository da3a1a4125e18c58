//! The capacity provider structure of answers.

use serde_json::{Value, json};

use crate::operations::shared::answer;
use crate::records::cluster::{Provider, ProviderKind};

/// A provider, with tags where the caller includes them.
pub(in crate::operations) fn provider(provider: &Provider, with_tags: bool) -> Value {
    let configuration = Value::Object(provider.configuration.clone());
    let (managed, scaling) = match &provider.kind {
        ProviderKind::ManagedInstances { .. } => (configuration, Value::Null),
        ProviderKind::AutoScalingGroup => (Value::Null, configuration),
    };
    let kind = if managed.is_null() {
        "EC2_AUTOSCALING"
    } else {
        "MANAGED_INSTANCES"
    };
    answer::structure(json!({
        "capacityProviderArn": provider.arn,
        "name": provider.name,
        "cluster": provider.cluster(),
        "status": provider.status.name(),
        "updateStatus": provider.update_status,
        "type": kind,
        "managedInstancesProvider": managed,
        "autoScalingGroupProvider": scaling,
        "tags": if with_tags { answer::tags(&provider.tags) } else { json!([]) },
    }))
}
