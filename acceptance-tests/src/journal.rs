//! The emulator's journal: who sent what. Cases read it to prove what did *not* happen.

use serde_json::Value;

use crate::failure::{Failure, Outcome, fail};

/// Access key id of the provider under test.
pub(crate) const PROVIDER_KEY: &str = "AKIAPROVIDERUNDERTST";

/// Access key id of the other principal, who changes things behind Terraform's back.
pub(crate) const OUTSIDE_KEY: &str = "AKIASOMEBODYELSEHERE";

/// Members that each `UpdateDaemon` must carry, because ECS resets those that are missing.
const EVERY_MEMBER: [&str; 8] = [
    "capacityProviderArns",
    "critical",
    "daemonArn",
    "daemonTaskDefinitionArn",
    "deploymentConfiguration",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "propagateTags",
];

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
        let configuration = &self.request["deploymentConfiguration"];
        let alarms = &configuration["alarms"];
        let top = EVERY_MEMBER.map(|name| (name.to_owned(), &self.request[name]));
        let nested = [
            ("drainPercent", &configuration["drainPercent"]),
            ("bakeTimeInMinutes", &configuration["bakeTimeInMinutes"]),
            ("alarms.alarmNames", &alarms["alarmNames"]),
            ("alarms.enable", &alarms["enable"]),
        ]
        .map(|(name, value)| (format!("deploymentConfiguration.{name}"), value));
        let all = top.into_iter().chain(nested);
        all.filter(|(_, value)| value.is_null()).map(|(name, _)| name).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(operation: &str, request: &Value) -> Entry {
        let value = json!({"seq": 1, "operation": operation, "caller": PROVIDER_KEY, "request": request});
        Entry::read(&value).unwrap()
    }

    fn check_missing(request: &Value, expected: &[&str]) {
        assert_eq!(entry("UpdateDaemon", request).missing_settings(), expected);
    }

    #[test]
    fn missing_settings_are_named() {
        let mut request = json!({
            "daemonArn": "a", "daemonTaskDefinitionArn": "b", "capacityProviderArns": ["c"],
            "propagateTags": "NONE", "enableECSManagedTags": false, "enableExecuteCommand": false, "critical": true,
            "deploymentConfiguration": {
                "drainPercent": 25.0, "bakeTimeInMinutes": 0, "alarms": {"alarmNames": [], "enable": false},
            },
        });
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
