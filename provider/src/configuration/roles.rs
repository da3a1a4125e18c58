//! The blocks about roles as settings. A block without a role is left out: modules write one for a role
//! that may be empty.

use crate::{duration, tags};
use aws::{Argument, AssumeRole, WebIdentity};
use std::time::Duration;
use tfplug_core::Value;

use super::values::{text, texts};
use crate::block::name;

/// The roles of a chain, in order.
pub(super) fn assume_role(config: &Value) -> Vec<AssumeRole> {
    let blocks = config.get(name::ASSUME_ROLE).elements().enumerate();
    blocks
        .filter_map(|(index, block)| {
            Some(AssumeRole {
                argument: Argument::named(name::ASSUME_ROLE).index(index),
                role_arn: text(block, name::ROLE_ARN)?,
                duration: length(block),
                external_id: text(block, name::EXTERNAL_ID),
                policy: text(block, name::POLICY),
                policy_arns: texts(block.get(name::POLICY_ARNS)),
                session_name: text(block, name::SESSION_NAME),
                source_identity: text(block, name::SOURCE_IDENTITY),
                tags: tags::known(block.get(name::TAGS)),
                transitive_tag_keys: texts(block.get(name::TRANSITIVE_TAG_KEYS)),
            })
        })
        .collect()
}

/// The role that is assumed with a token.
pub(super) fn web_identity(config: &Value) -> Option<WebIdentity> {
    let block = config.get(name::ASSUME_ROLE_WITH_WEB_IDENTITY).elements().next()?;
    Some(WebIdentity {
        argument: Argument::named(name::ASSUME_ROLE_WITH_WEB_IDENTITY).index(0),
        role_arn: text(block, name::ROLE_ARN),
        duration: length(block),
        policy: text(block, name::POLICY),
        policy_arns: texts(block.get(name::POLICY_ARNS)),
        session_name: text(block, name::SESSION_NAME),
        web_identity_token: text(block, name::WEB_IDENTITY_TOKEN),
        web_identity_token_file: text(block, name::WEB_IDENTITY_TOKEN_FILE),
    })
}

/// The schema has checked it.
fn length(block: &Value) -> Option<Duration> {
    duration::parse(&text(block, name::DURATION)?).ok()
}
