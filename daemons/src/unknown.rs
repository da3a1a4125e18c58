//! Settings that ECS has and this version does not.
//!
//! `UpdateDaemon` puts what it does not carry back to its default, so a setting that a newer client
//! has set is lost with our next update. It cannot be kept (nobody knows how to send it), but it must
//! not go without a word. A member counts when it says something: `null`, `false`, `0` and whatever is
//! empty are what a default looks like.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::settings::Setting;

/// Members of a revision that are no settings: what it is, where it belongs, when it came.
const NOT_SETTINGS: [&str; 5] = [
    "clusterArn",
    "containerImages",
    "createdAt",
    "daemonArn",
    "daemonRevisionArn",
];

/// A member that this version does not know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnknownMember {
    /// Its path, in the service's names: `deploymentConfiguration.alarms.somethingNew`.
    pub path: String,
    /// Its value, as JSON.
    pub value: String,
}

/// Unknown members of records, by the ARN of the record.
#[derive(Clone, Debug, Default)]
pub struct Members(BTreeMap<String, BTreeSet<UnknownMember>>);

impl Members {
    /// Notes members of a record.
    pub fn add(&mut self, arn: &str, members: Vec<UnknownMember>) {
        if !members.is_empty() {
            self.0.entry(arn.to_owned()).or_default().extend(members);
        }
    }

    /// Members of the given records together.
    pub fn of<'a>(&self, arns: impl IntoIterator<Item = &'a str>) -> BTreeSet<UnknownMember> {
        let found = arns.into_iter().filter_map(|arn| self.0.get(arn));
        found.flatten().cloned().collect()
    }
}

/// Unknown settings in a deployment as ECS sent it. Only its configuration holds settings; the rest
/// is a report, which may grow as it likes.
pub fn in_deployment(sent: &Json) -> Vec<UnknownMember> {
    let mut found = Vec::new();
    let configuration = Setting::DrainPercent.member();
    collect(&[configuration], &[], &sent[configuration], &mut found);
    found
}

/// Unknown settings in a revision as ECS sent it.
pub fn in_revision(sent: &Json) -> Vec<UnknownMember> {
    let mut found = Vec::new();
    collect(&[], &NOT_SETTINGS, sent, &mut found);
    found
}

fn collect(around: &[&str], ignored: &[&str], sent: &Json, found: &mut Vec<UnknownMember>) {
    for (member, value) in sent.as_object().into_iter().flatten() {
        let path = [around, &[member.as_str()]].concat();
        let below = Setting::ALL.map(|setting| setting.api_path().strip_prefix(path.as_slice()));
        if below.iter().flatten().any(|rest| !rest.is_empty()) {
            collect(&path, &[], value, found);
        } else if below.iter().all(Option::is_none) && !ignored.contains(&member.as_str()) && !says_nothing(value) {
            found.push(UnknownMember {
                path: path.join("."),
                value: value.to_string(),
            });
        }
    }
}

/// True if a value looks like a default.
fn says_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Bool(value) => !value,
        Json::Number(number) => number.as_f64() == Some(0.0),
        Json::String(text) => text.is_empty(),
        Json::Array(elements) => elements.is_empty(),
        Json::Object(members) => members.values().all(says_nothing),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::Settings;

    fn check(found: &[UnknownMember], expected: &[(&str, &str)]) {
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|member| (member.path.as_str(), member.value.as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn every_setting_of_today_is_known() {
        let mut revision = Settings::unknown().members();
        for setting in Setting::ALL {
            let place = setting.api_path().iter();
            *place.fold(&mut revision, |here, member| &mut here[*member]) = json!("says something");
        }
        let mut deployment = json!({"status": "SUCCESSFUL", "reportOfTheFuture": 1});
        deployment["deploymentConfiguration"] = revision["deploymentConfiguration"].clone();
        check(&in_deployment(&deployment), &[]);
        for member in NOT_SETTINGS {
            revision[member] = json!("says something");
        }
        check(&in_revision(&revision), &[]);
    }

    #[test]
    fn what_says_something_counts_at_any_depth() {
        check(
            &in_revision(&json!({"placement": "spread", "weight": 0.5})),
            &[("placement", "\"spread\""), ("weight", "0.5")],
        );
        check(
            &in_deployment(&json!({"deploymentConfiguration": {"pause": true, "alarms": {"grace": {"seconds": 30}}}})),
            &[
                ("deploymentConfiguration.alarms.grace", r#"{"seconds":30}"#),
                ("deploymentConfiguration.pause", "true"),
            ],
        );
    }

    #[test]
    fn what_looks_like_a_default_does_not() {
        for nothing in [
            json!(null),
            json!(false),
            json!(0),
            json!(0.0),
            json!(""),
            json!([]),
            json!({"a": {"b": 0}}),
        ] {
            check(&in_revision(&json!({ "future": nothing })), &[]);
        }
        for foreign in [
            json!(null),
            json!([]),
            json!("text"),
            json!({"deploymentConfiguration": 3}),
        ] {
            check(&in_deployment(&foreign), &[]);
        }
    }

    #[test]
    fn members_of_several_records_are_named_once() {
        let mut members = Members::default();
        members.add("a", in_revision(&json!({"x": 1, "y": 2})));
        members.add("b", in_revision(&json!({"x": 1})));
        let paths = |arns: &[&str]| -> Vec<String> {
            let found = members.of(arns.iter().copied());
            found.into_iter().map(|member| member.path).collect()
        };
        assert_eq!(paths(&["a", "b"]), ["x", "y"]);
        assert_eq!(paths(&["b", "c"]), ["x"]);
    }
}
