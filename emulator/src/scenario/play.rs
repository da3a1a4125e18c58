//! Playing a scenario into a fresh world.

use serde_json::{Map, Value, json};
use toml::Spanned;

use super::{Call, CapacityProvider, Scenario, ScenarioError};
use crate::api::Scope;
use crate::faults::{is_account, is_region, not_account, not_region, parse};
use crate::form::FormError;
use crate::handle::Core;
use crate::knobs::Creation;
use crate::wire::{DEFAULT_ACCOUNT, DEFAULT_REGION};

/// Access key id under which a scenario calls.
const CALLER: &str = "scenario";

impl Scenario {
    /// Makes what the scenario lists, in the order clusters, providers with their instances, calls, alarms,
    /// faults.
    pub(crate) fn play(&self, core: &mut Core) -> Result<(), ScenarioError> {
        // What a scenario lists is there when the world begins, however long clients wait for theirs.
        let creation = std::mem::replace(&mut core.world.knobs_mut().creation, Creation::Immediate);
        let played = self.place(core);
        core.world.knobs_mut().creation = creation;
        played
    }

    fn place(&self, core: &mut Core) -> Result<(), ScenarioError> {
        for entry in &self.content.cluster {
            let cluster = entry.get_ref();
            let scope = self.scope(entry, cluster.account.as_ref(), cluster.region.as_ref())?;
            self.call(
                core,
                entry,
                &scope,
                "CreateCluster",
                json!({"clusterName": cluster.name}),
            )?;
        }
        for entry in &self.content.capacity_provider {
            self.add_provider(core, entry)?;
        }
        for entry in &self.content.call {
            self.make_call(core, entry)?;
        }
        for entry in &self.content.alarm {
            let alarm = entry.get_ref();
            let scope = self.scope(entry, alarm.account.as_ref(), alarm.region.as_ref())?;
            core.world
                .set_alarm(&scope, &alarm.name, &alarm.state)
                .map_err(|error| self.error(entry, format!("the alarm '{}' cannot be set: {error}", alarm.name)))?;
        }
        for entry in &self.content.fault {
            self.add_fault(core, entry)?;
        }
        core.faults.scenario_is_played();
        core.finish_instant();
        Ok(())
    }

    fn add_provider(&self, core: &mut Core, entry: &Spanned<CapacityProvider>) -> Result<(), ScenarioError> {
        let provider = entry.get_ref();
        let scope = self.scope(entry, provider.account.as_ref(), provider.region.as_ref())?;
        self.call(
            core,
            entry,
            &scope,
            "CreateCapacityProvider",
            provider_request(provider, &scope),
        )?;
        if provider.instances > 0 {
            core.world
                .add_instances(&scope, &provider.name, provider.instances, false)
                .map_err(|error| {
                    self.error(
                        entry,
                        format!("the instances of '{}' cannot be placed: {error}", provider.name),
                    )
                })?;
        }
        Ok(())
    }

    fn make_call(&self, core: &mut Core, entry: &Spanned<Call>) -> Result<(), ScenarioError> {
        let call = entry.get_ref();
        let scope = self.scope(entry, call.account.as_ref(), call.region.as_ref())?;
        self.check_numbers(entry, &call.body)?;
        let body = serde_json::to_value(&call.body).map_err(|error| self.error(entry, error.to_string()))?;
        self.call(core, entry, &scope, &call.operation, body)
    }

    fn add_fault(&self, core: &mut Core, entry: &Spanned<toml::Table>) -> Result<(), ScenarioError> {
        self.check_numbers(entry, entry.get_ref())?;
        let value = serde_json::to_value(entry.get_ref()).map_err(|error| self.error(entry, error.to_string()))?;
        let refused = |error: FormError| self.member_error(entry, &error.path, format!("{error}; change it"));
        let parsed = parse(value, "fault", &scope(None, None), core.world.now_ms()).map_err(refused)?;
        core.add_fault(parsed.id, parsed.fault, parsed.must_fire)
            .map(|_| ())
            .map_err(refused)
    }

    /// Account and region of an entry, or the default ones.
    fn scope<T>(
        &self,
        entry: &Spanned<T>,
        account: Option<&String>,
        region: Option<&String>,
    ) -> Result<Scope, ScenarioError> {
        let scope = scope(account, region);
        if !is_account(&scope.account) {
            let text = format!("account: {}; change it", not_account(&scope.account));
            return Err(self.member_error(entry, "account", text));
        }
        if !is_region(&scope.region) {
            let text = format!("region: {}; change it", not_region(&scope.region));
            return Err(self.member_error(entry, "region", text));
        }
        Ok(scope)
    }

    /// Refuses numbers that TOML has and JSON has not: they would count as absent.
    fn check_numbers<T>(&self, entry: &Spanned<T>, table: &toml::Table) -> Result<(), ScenarioError> {
        let odd = table.iter().find(|(_, value)| !is_finite(value));
        odd.map_or(Ok(()), |(name, _)| {
            let text = format!("{name}: inf and nan are no numbers that can be used; change the value");
            Err(self.member_error(entry, name, text))
        })
    }

    fn call<T>(
        &self,
        core: &mut Core,
        entry: &Spanned<T>,
        scope: &Scope,
        operation: &str,
        body: Value,
    ) -> Result<(), ScenarioError> {
        let body = match body {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        core.call_directly(CALLER, scope, operation, body)
            .map(|_| ())
            .map_err(|error| self.error(entry, format!("{operation} was refused: {error}; change this entry")))
    }
}

fn is_finite(value: &toml::Value) -> bool {
    match value {
        toml::Value::Float(number) => number.is_finite(),
        toml::Value::Array(values) => values.iter().all(is_finite),
        toml::Value::Table(table) => table.values().all(is_finite),
        _ => true,
    }
}

fn scope(account: Option<&String>, region: Option<&String>) -> Scope {
    Scope {
        account: account.map_or(DEFAULT_ACCOUNT, String::as_str).to_owned(),
        region: region.map_or(DEFAULT_REGION, String::as_str).to_owned(),
    }
}

/// A managed-instances provider with the least that the service asks for.
fn provider_request(provider: &CapacityProvider, scope: &Scope) -> Value {
    let account = &scope.account;
    json!({
        "name": provider.name,
        "cluster": provider.cluster,
        "managedInstancesProvider": {
            "infrastructureRoleArn": format!("arn:aws:iam::{account}:role/ecs-infrastructure"),
            "instanceLaunchTemplate": {
                "ec2InstanceProfileArn": format!("arn:aws:iam::{account}:instance-profile/ecs-instance"),
                "networkConfiguration": {"subnets": ["subnet-0a1b2c3d4e5f60718"]},
            },
        },
    })
}
