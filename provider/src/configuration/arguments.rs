//! The arguments of a provider block as types. What is wrong with them as a whole is in `rules`; here an argument has the
//! type that the schema gives it, and may be unknown.

use std::collections::BTreeMap;

use tfplug_core::typed::{FromValue, Tf};

/// A string. Modules pass empty strings for "not set".
pub(super) type Text = Tf<String>;

/// A list or set of strings.
pub(super) type Texts = Tf<Vec<Text>>;

/// A provider block. It has no `Debug`, because it holds secrets.
#[derive(FromValue)]
pub(super) struct Arguments {
    pub(super) region: Text,
    pub(super) profile: Text,
    pub(super) shared_config_files: Texts,
    pub(super) shared_credentials_files: Texts,
    pub(super) access_key: Text,
    pub(super) secret_key: Text,
    pub(super) token: Text,
    #[tf(single)]
    pub(super) assume_role_with_web_identity: Tf<WebIdentityArguments>,
    pub(super) assume_role: Tf<Vec<RoleArguments>>,
    #[tf(single)]
    pub(super) endpoints: Tf<EndpointArguments>,
    pub(super) sts_region: Text,
    pub(super) use_fips_endpoint: Tf<bool>,
    pub(super) use_dualstack_endpoint: Tf<bool>,
    pub(super) custom_ca_bundle: Text,
    pub(super) http_proxy: Text,
    pub(super) https_proxy: Text,
    pub(super) no_proxy: Text,
    pub(super) ec2_metadata_service_endpoint: Text,
    pub(super) ec2_metadata_service_endpoint_mode: Text,
    pub(super) skip_metadata_api_check: Tf<bool>,
    pub(super) max_retries: Tf<u32>,
    pub(super) poll_interval: Text,
    pub(super) skip_credentials_validation: Tf<bool>,
    pub(super) allowed_account_ids: Texts,
    pub(super) forbidden_account_ids: Texts,
    pub(super) user_agent: Texts,
    #[tf(single)]
    pub(super) default_tags: Tf<DefaultTagArguments>,
    #[tf(single)]
    pub(super) ignore_tags: Tf<IgnoreTagArguments>,
}

/// A block `assume_role`.
#[derive(FromValue)]
pub(super) struct RoleArguments {
    pub(super) role_arn: Text,
    pub(super) duration: Text,
    pub(super) external_id: Text,
    pub(super) policy: Text,
    pub(super) policy_arns: Texts,
    pub(super) session_name: Text,
    pub(super) source_identity: Text,
    pub(super) tags: Tf<BTreeMap<String, Text>>,
    pub(super) transitive_tag_keys: Texts,
}

/// The block `assume_role_with_web_identity`.
#[derive(FromValue)]
pub(super) struct WebIdentityArguments {
    pub(super) role_arn: Text,
    pub(super) duration: Text,
    pub(super) policy: Text,
    pub(super) policy_arns: Texts,
    pub(super) session_name: Text,
    pub(super) web_identity_token: Text,
    pub(super) web_identity_token_file: Text,
}

/// The block `endpoints`.
#[derive(FromValue)]
pub(super) struct EndpointArguments {
    pub(super) ecs: Text,
    pub(super) sts: Text,
}

/// The block `default_tags`.
#[derive(FromValue)]
pub(super) struct DefaultTagArguments {
    pub(super) tags: Tf<BTreeMap<String, Text>>,
}

/// The block `ignore_tags`.
#[derive(FromValue)]
pub(super) struct IgnoreTagArguments {
    pub(super) keys: Texts,
    pub(super) key_prefixes: Texts,
}

/// A string that is set.
pub(super) fn text(text: Text) -> Option<String> {
    text.known().filter(|text| !text.is_empty())
}

/// The strings that are set.
pub(super) fn texts(texts: Texts) -> Vec<String> {
    texts.known().unwrap_or_default().into_iter().filter_map(text).collect()
}

/// True if no part of a list or set is unknown.
pub(super) fn is_wholly_known(texts: &Texts) -> bool {
    match texts {
        Tf::Null => true,
        Tf::Unknown => false,
        Tf::Known(texts) => !texts.iter().any(Tf::is_unknown),
    }
}

/// The members of a map that are known.
pub(super) fn known_members(map: Tf<BTreeMap<String, Text>>) -> BTreeMap<String, String> {
    let members = map.known().unwrap_or_default().into_iter();
    members
        .filter_map(|(key, member)| Some((key, member.known()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tfplug_core::{Block, typed::Fields};

    use super::*;
    use crate::block;

    /// Arguments that `rules` alone reads, because nothing is set by them.
    const OF_RULES: [&str; 3] = ["retry_mode", "skip_region_validation", "skip_requesting_account_id"];

    fn names(block: &Block) -> BTreeSet<&str> {
        let attributes = block.attributes.iter().map(|attribute| attribute.name.as_str());
        attributes
            .chain(block.blocks.iter().map(|nested| nested.name.as_str()))
            .collect()
    }

    fn check<T: Fields>(block: &Block, of_rules: &[&'static str]) {
        let read: BTreeSet<&str> = T::FIELDS.iter().chain(of_rules).copied().collect();
        assert_eq!(read, names(block));
    }

    #[test]
    fn every_argument_of_the_schema_is_read() {
        let schema = block::schema();
        check::<Arguments>(&schema.block, &OF_RULES);
        let nested = |name: &str| {
            &schema
                .block
                .blocks
                .iter()
                .find(|nested| nested.name == name)
                .unwrap()
                .block
        };
        check::<RoleArguments>(nested("assume_role"), &[]);
        check::<WebIdentityArguments>(nested("assume_role_with_web_identity"), &[]);
        check::<EndpointArguments>(nested("endpoints"), &[]);
        check::<DefaultTagArguments>(nested("default_tags"), &[]);
        check::<IgnoreTagArguments>(nested("ignore_tags"), &[]);
    }
}
