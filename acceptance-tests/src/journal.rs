//! The emulator's journal: who sent what. Cases read it to prove what did *not* happen.

use serde_json::Value;

use crate::failure::{Failure, Outcome, fail};

/// Access key id of the provider under test.
pub(crate) const PROVIDER_KEY: &str = "AKIAPROVIDERUNDERTST";

/// Access key id of the other principal, who changes things behind Terraform's back.
pub(crate) const OUTSIDE_KEY: &str = "AKIASOMEBODYELSEHERE";

/// The service model, of which each `UpdateDaemon` must carry every member, because ECS resets those that are missing.
const MODEL: &str = include_str!("../../schemas/ecs-api.json");

/// One request.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Position in the journal.
    pub sequence: u64,
    /// Name of the operation.
    pub operation: String,
    /// Access key id of the caller.
    pub caller: String,
    /// User agent of the caller.
    pub user_agent: String,
    /// The request as it was received.
    pub request: Value,
    /// True if it was answered with an error.
    pub refused: bool,
}

/// Requests in the order they came.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    entries: Vec<Entry>,
}

impl Journal {
    pub(crate) fn read(answer: &Value) -> Outcome<Self> {
        let Some(list) = answer.as_array() else {
            return fail(format!("the journal is no list: {answer}"));
        };
        let entries = list.iter().map(Entry::read).collect::<Outcome<_>>()?;
        Ok(Self { entries })
    }

    pub(crate) fn after(mut self, sequence: u64) -> Self {
        self.entries.retain(|entry| entry.sequence > sequence);
        self
    }

    /// Requests of the provider under test, which alone has temporary credentials.
    #[must_use]
    pub fn ours(&self) -> Self {
        let is_ours = |caller: &str| caller == PROVIDER_KEY || caller.starts_with("ASIA");
        let ours = self.entries.iter().filter(|entry| is_ours(&entry.caller));
        Self {
            entries: ours.cloned().collect(),
        }
    }

    /// All requests.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Requests of one operation.
    pub fn of(&self, operation: &str) -> Vec<&Entry> {
        let wanted = |entry: &&Entry| entry.operation == operation;
        self.entries.iter().filter(wanted).collect()
    }

    /// Names of the operations that change something, in order.
    pub fn changes(&self) -> Vec<&str> {
        let writes = self.entries.iter().filter(|entry| !entry.only_reads());
        writes.map(|entry| entry.operation.as_str()).collect()
    }

    /// Sequence number of the last request.
    pub(crate) fn last(&self) -> Option<u64> {
        self.entries.last().map(|entry| entry.sequence)
    }
}

impl Entry {
    fn read(value: &Value) -> Outcome<Self> {
        let text = |name: &str| {
            let member = value[name].as_str().map(ToOwned::to_owned);
            member.ok_or_else(|| Failure::new(format!("a journal entry has no {name}: {value}")))
        };
        let Some(sequence) = value["seq"].as_u64() else {
            return fail(format!("a journal entry has no seq: {value}"));
        };
        Ok(Self {
            sequence,
            operation: text("operation")?,
            caller: value["caller"].as_str().unwrap_or_default().to_owned(),
            user_agent: value["user_agent"].as_str().unwrap_or_default().to_owned(),
            request: value["request"].clone(),
            refused: value.get("error").is_some_and(|error| !error.is_null()),
        })
    }

    /// True if this request cannot change anything.
    pub fn only_reads(&self) -> bool {
        let operation = self.operation.as_str();
        operation.starts_with("Describe") || operation.starts_with("List") || operation == "GetCallerIdentity"
    }

    /// Names of the settings that an `UpdateDaemon` leaves out.
    pub fn missing_settings(&self) -> Vec<String> {
        missing_in(&self.request)
    }
}

/// Names of everything that `UpdateDaemon` sets, in the service's spelling: `deploymentConfiguration.drainPercent`.
pub fn settings_of_update() -> Vec<String> {
    let mut settings = missing_in(&Value::Null);
    settings.retain(|setting| setting != "daemonArn");
    settings
}

fn missing_in(request: &Value) -> Vec<String> {
    let model: Value = serde_json::from_str(MODEL).unwrap_or_default();
    let mut missing = Vec::new();
    add_missing(&model["shapes"], "UpdateDaemonRequest", "", request, &mut missing);
    missing
}

/// Adds the members of a shape that a request leaves out, those in structures included.
fn add_missing(shapes: &Value, shape: &str, around: &str, request: &Value, missing: &mut Vec<String>) {
    for (member, target) in shapes[shape]["members"].as_object().into_iter().flatten() {
        let (path, target) = (format!("{around}{member}"), target.as_str().unwrap_or_default());
        if shapes[target]["type"] == "structure" {
            add_missing(shapes, target, &format!("{path}."), &request[member], missing);
        } else if request[member].is_null() {
            missing.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::SETTINGS;

    fn entry(operation: &str, request: &Value) -> Entry {
        let value = json!({"seq": 1, "operation": operation, "caller": PROVIDER_KEY, "request": request});
        Entry::read(&value).unwrap()
    }

    fn check_missing(request: &Value, expected: &[&str]) {
        assert_eq!(entry("UpdateDaemon", request).missing_settings(), expected);
    }

    #[test]
    fn missing_settings_are_named() {
        let mut request = json!({"daemonArn": "a", "daemonTaskDefinitionArn": "b", "capacityProviderArns": ["c"]});
        for setting in SETTINGS {
            let steps = setting.member.split('.');
            *steps.fold(&mut request, |here, member| &mut here[member]) = setting.default();
        }
        check_missing(&request, &[]);
        request["critical"].take();
        request["deploymentConfiguration"]["alarms"].take();
        check_missing(
            &request,
            &[
                "critical",
                "deploymentConfiguration.alarms.alarmNames",
                "deploymentConfiguration.alarms.enable",
            ],
        );
    }

    #[test]
    fn reads_are_told_from_writes() {
        for (operation, reads) in [
            ("DescribeDaemon", true),
            ("ListTagsForResource", true),
            ("GetCallerIdentity", true),
            ("UpdateDaemon", false),
            ("TagResource", false),
        ] {
            assert_eq!(entry(operation, &Value::Null).only_reads(), reads, "{operation}");
        }
    }
}
