//! A plan that comes from a file: executed as it was written, or refused.

use serde_json::Value as Json;

use super::document::{PLAN_VERSION, Plan, digest};
use crate::{report::Tool, source::position};

impl Plan {
    /// The plan of a file. The error says what is wrong with it and what to do, without a full stop.
    pub fn parse(text: &str) -> Result<Self, String> {
        let again = "Make the plan again with `ecs-drift reconcile --plan-out`";
        let tree: Json = serde_json::from_str(text).map_err(|error| format!("{}. {again}", position::json(&error)))?;
        let version = tree["schema_version"].as_str();
        let version = version.ok_or_else(|| format!("it is no repair plan: it has no `schema_version`. {again}"))?;
        if version.split('.').next() != PLAN_VERSION.split('.').next() || tree["repairs"].is_null() {
            return Err(format!("it is no repair plan of version {PLAN_VERSION}. {again}"));
        }
        if tree["digest"].as_str() != Some(digest(&tree).as_str()) {
            return Err(format!(
                "its content is not that of its `digest`, so that it was changed after it was made. {again}"
            ));
        }
        let tool = Tool::this();
        if tree["tool"]["version"].as_str() != Some(tool.version.as_str()) {
            return Err(format!(
                "it was made by another version than {} {}, which may know other settings. {again}, by this version",
                tool.name, tool.version
            ));
        }
        // From the text once more: errors of a tree have no place.
        serde_json::from_str(text).map_err(|error| format!("{}. {again}", position::json(&error)))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::repair::{Selection, plan};
    use crate::report::golden;

    #[test]
    fn a_plan_is_read_back_and_no_other_is() {
        let made = plan(&golden::estate(), &[], &Selection::default(), Timestamp::UNIX_EPOCH);
        let tree = serde_json::to_value(&made).unwrap();
        assert!(!made.refused.is_empty());
        assert_eq!(Plan::parse(&tree.to_string()).unwrap(), made);
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
            plan["digest"] = digest(plan).into();
        };
        check(&resealed, "made by another version than ecs-drift");
        let without = |plan: &mut Json| {
            plan["unread"] = json!(3);
            plan["digest"] = digest(plan).into();
        };
        check(&without, "line 1");
        let report = serde_json::to_string(&golden::estate()).unwrap();
        assert!(Plan::parse(&report).unwrap_err().contains("no repair plan"));
        assert!(Plan::parse("{").unwrap_err().contains("line 1"));
    }
}
