//! A plan that comes from a file: executed as it was written, or refused.

use std::collections::BTreeMap;

use serde_json::{Value as Json, value::RawValue};

use super::{
    digest,
    document::{PLAN_VERSION, Plan},
};
use crate::{report::Tool, source::position};

impl Plan {
    /// The plan of a file. The error says what is wrong with it and what to do, without a full stop.
    pub fn parse(text: &str) -> Result<Self, String> {
        let again = "Make the plan again with `ecs-drift reconcile --plan-out`";
        let whole: &RawValue =
            serde_json::from_str(text).map_err(|error| format!("{}. {again}", position::json(&error)))?;
        let members: BTreeMap<String, &RawValue> = serde_json::from_str(whole.get()).unwrap_or_default();
        let member = |name: &str| -> Json {
            let piece = members.get(name);
            piece.map_or(Json::Null, |piece| {
                serde_json::from_str(piece.get()).unwrap_or_default()
            })
        };
        let version = member("schema_version");
        let version = version.as_str();
        let version = version.ok_or_else(|| format!("it is no repair plan: it has no `schema_version`. {again}"))?;
        let is_null = |name: &str| members.get(name).is_none_or(|piece| piece.get() == "null");
        if version.split('.').next() != PLAN_VERSION.split('.').next() || is_null("repairs") {
            return Err(format!("it is no repair plan of version {PLAN_VERSION}. {again}"));
        }
        if member("digest").as_str() != digest::of_members(&members).ok().as_deref() {
            return Err(format!(
                "its content is not that of its `digest`, so that it was changed after it was made. {again}"
            ));
        }
        let tool = Tool::this();
        if member("tool")["version"].as_str() != Some(tool.version.as_str()) {
            return Err(format!(
                "it was made by another version than {} {}, which may know other settings. {again}, by this version",
                tool.name, tool.version
            ));
        }
        // From the text once more: errors of its pieces have no place in it.
        serde_json::from_str(text).map_err(|error| format!("{}. {again}", position::json(&error)))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::repair::{Selection, plan};
    use crate::report::golden;

    fn digest_of(plan: &Json) -> String {
        let text = plan.to_string();
        digest::of_members(&serde_json::from_str(&text).unwrap()).unwrap()
    }

    #[test]
    fn a_plan_is_read_back_and_no_other_is() {
        let made = plan(
            &golden::estate(),
            Vec::new(),
            &Selection::default(),
            Timestamp::UNIX_EPOCH,
        );
        let tree = serde_json::to_value(&made).unwrap();
        assert!(!made.refused.is_empty());
        assert_eq!(Plan::parse(&tree.to_string()).unwrap(), made);
        // Others make the digest of the whole, with the keys sorted.
        let mut rest = tree.clone();
        rest.as_object_mut().unwrap().remove("digest");
        assert_eq!(made.digest, format!("sha256:{:x}", Sha256::digest(rest.to_string())));
        let pretty = serde_json::to_string_pretty(&made).unwrap();
        assert_eq!(Plan::parse(&pretty).unwrap(), made, "white space is no change");
        let check = |change: &dyn Fn(&mut Json), expected: &str| {
            let mut other = tree.clone();
            change(&mut other);
            let error = Plan::parse(&other.to_string()).unwrap_err();
            assert!(
                error.contains(expected) && error.contains("Make the plan again"),
                "{error}"
            );
        };
        check(&|plan| plan["refused"] = json!([]), "changed after it was made");
        check(&|plan| plan["more"] = json!(1), "changed after it was made");
        check(&|plan| plan["digest"] = json!(null), "changed after it was made");
        check(
            &|plan| plan["schema_version"] = json!("2.0"),
            "no repair plan of version 1.0",
        );
        check(
            &|plan| plan["schema_version"] = json!(null),
            "it has no `schema_version`",
        );
        let resealed = |plan: &mut Json| {
            plan["tool"]["version"] = json!("0.0.0");
            plan["digest"] = digest_of(plan).into();
        };
        check(&resealed, "made by another version than ecs-drift");
        let without = |plan: &mut Json| {
            plan["unread"] = json!(3);
            plan["digest"] = digest_of(plan).into();
        };
        check(&without, "line 1");
        let report = serde_json::to_string(&golden::estate()).unwrap();
        assert!(Plan::parse(&report).unwrap_err().contains("no repair plan"));
        assert!(Plan::parse("{").unwrap_err().contains("line 1"));
    }
}
