//! Names of a daemon's attributes in configurations and states. hashicorp/aws has the same ones, and settings are named by
//! their declaration.

#![expect(missing_docs, reason = "each constant is the attribute it names")]

use super::settings::Setting;

pub const ARN: &str = "arn";
pub const NAME: &str = "name";
pub const CLUSTER_ARN: &str = "cluster_arn";
pub const DEPLOYMENT_ARN: &str = "deployment_arn";
pub const STATUS: &str = "status";
pub const REGION: &str = "region";
pub const ROLLOUT_FAILURE: &str = "rollout_failure";
pub const WAIT: &str = "wait_for_deployment";
pub const TRIGGERS: &str = "triggers";
pub const TAGS: &str = "tags";
pub const TAGS_ALL: &str = "tags_all";
pub const TIMEOUTS: &str = "timeouts";
pub const DEPLOYMENT_CONFIGURATION: &str = "deployment_configuration";
pub const ALARMS: &str = "alarms";
pub const ALARM_NAMES: &str = Setting::AlarmNames.attribute();
pub const ENABLE: &str = Setting::AlarmsEnabled.attribute();
pub const DRAIN_PERCENT: &str = Setting::DrainPercent.attribute();
pub const BAKE_TIME: &str = Setting::BakeTime.attribute();
pub const TASK_DEFINITION: &str = Setting::TaskDefinition.attribute();
pub const CAPACITY_PROVIDERS: &str = Setting::CapacityProviders.attribute();
