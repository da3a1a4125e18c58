//! The blocks about roles as settings. A block without a role is left out: modules write one for a role
//! that may be empty.

use std::time::Duration;

use aws::{Argument, AssumeRole, WebIdentity};

use super::arguments::{RoleArguments, Text, WebIdentityArguments, known_members, text, texts};
use crate::{block::name, duration};

/// The roles of a chain, in order.
pub(super) fn assume_role(blocks: Vec<RoleArguments>) -> Vec<AssumeRole> {
    blocks
        .into_iter()
        .enumerate()
        .filter_map(|(index, block)| {
            Some(AssumeRole {
                argument: Argument::named(name::ASSUME_ROLE).index(index),
                role_arn: text(block.role_arn)?,
                duration: length(block.duration),
                external_id: text(block.external_id),
                policy: text(block.policy),
                policy_arns: texts(block.policy_arns),
                session_name: text(block.session_name),
                source_identity: text(block.source_identity),
                tags: known_members(block.tags),
                transitive_tag_keys: texts(block.transitive_tag_keys),
            })
        })
        .collect()
}

/// The role that is assumed with a token.
pub(super) fn web_identity(block: WebIdentityArguments) -> WebIdentity {
    WebIdentity {
        argument: Argument::named(name::ASSUME_ROLE_WITH_WEB_IDENTITY).index(0),
        role_arn: text(block.role_arn),
        duration: length(block.duration),
        policy: text(block.policy),
        policy_arns: texts(block.policy_arns),
        session_name: text(block.session_name),
        web_identity_token: text(block.web_identity_token),
        web_identity_token_file: text(block.web_identity_token_file),
    }
}

/// The schema has checked it.
fn length(duration: Text) -> Option<Duration> {
    duration::parse(&text(duration)?).ok()
}
