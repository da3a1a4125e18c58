//! From a revision to the value in the state.

use std::collections::BTreeMap;

use daemons::arn::RevisionArn;
use tfplug_core::Value;

use super::{
    api::Revision,
    table::{TABLE, name},
};
use crate::{attributes::Nature, tags::TagRules};

/// The value that a read answers, in the spelling of `prior`. Without tags they stay as they are.
pub(super) fn read_value(
    prior: &Value,
    arn: &RevisionArn,
    revision: &Revision,
    live_tags: Option<&BTreeMap<String, String>>,
    rules: &TagRules,
) -> Value {
    let mut value = TABLE.settle(prior, &revision.content);
    fill_client_defaults(&mut value);
    value.insert(name::ARN, revision.arn.as_str().into());
    value.insert(name::REVISION, revision.number.into());
    value.insert(name::STATUS, revision.status.as_str().into());
    value.insert(name::REGION, arn.arn.region.as_str().into());
    if let Some(live) = live_tags {
        value.insert(name::TAGS, rules.read(live, prior.get(name::TAGS)));
        value.insert(name::TAGS_ALL, rules.read_all(live));
    }
    if value.get(name::TAGS_ALL).is_null() {
        value.insert(name::TAGS_ALL, Value::object::<String>([]));
    }
    value
}

/// The value of a revision that no configuration has spelled yet, as after an import.
pub(crate) fn found(
    arn: &RevisionArn,
    revision: &Revision,
    live_tags: Option<&BTreeMap<String, String>>,
    rules: &TagRules,
) -> Value {
    let block = TABLE.block("");
    let value = read_value(&block.empty_config(), arn, revision, live_tags, rules);
    block.complete(value)
}

/// The planned value of a revision that was registered under `arn`.
pub(super) fn registered_value(planned: &Value, arn: &RevisionArn, retained: Value) -> Value {
    let mut value = planned.clone();
    value.insert(name::ARN, arn.to_string().into());
    value.insert(name::REVISION, arn.revision.into());
    for (attribute, fact) in [
        (name::REGION, Value::from(arn.arn.region.as_str())),
        (name::STATUS, Value::from(super::plan::ACTIVE)),
        (name::RETAINED, retained),
    ] {
        if value.get(attribute).is_unknown() {
            value.insert(attribute, fact);
        }
    }
    value.unknown_as_null()
}

/// Client-only arguments have their default after an import or a move, or the next plan would show an update.
pub(super) fn fill_client_defaults(value: &mut Value) {
    for leaf in TABLE.leaves.iter().filter(|leaf| leaf.api.is_none()) {
        if let Nature::Default(default) = &leaf.nature
            && value.get(leaf.name).is_null()
        {
            value.insert(leaf.name, default.clone());
        }
    }
    if value.get(name::RETAINED).is_null() {
        value.insert(name::RETAINED, Value::List(Vec::new()));
    }
}
