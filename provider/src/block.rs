//! The provider block: its arguments, named as in hashicorp/aws so that a block can be copied.

mod credentials;
mod forms;
mod limits;
mod network;
mod tagging;

use tfplug_core::{Attribute, Block, Mode, NestedBlock, Nesting, Schema, Type};

pub(crate) use limits::interval;

/// Names of the arguments.
pub(crate) mod name {
    pub(crate) const ACCESS_KEY: &str = "access_key";
    pub(crate) const ALLOWED_ACCOUNT_IDS: &str = "allowed_account_ids";
    pub(crate) const ASSUME_ROLE: &str = "assume_role";
    pub(crate) const ASSUME_ROLE_WITH_WEB_IDENTITY: &str = "assume_role_with_web_identity";
    pub(crate) const CUSTOM_CA_BUNDLE: &str = "custom_ca_bundle";
    pub(crate) const DEFAULT_TAGS: &str = "default_tags";
    pub(crate) const DURATION: &str = "duration";
    pub(crate) const EC2_METADATA_SERVICE_ENDPOINT: &str = "ec2_metadata_service_endpoint";
    pub(crate) const EC2_METADATA_SERVICE_ENDPOINT_MODE: &str = "ec2_metadata_service_endpoint_mode";
    pub(crate) const ECS: &str = "ecs";
    pub(crate) const ENDPOINTS: &str = "endpoints";
    pub(crate) const EXTERNAL_ID: &str = "external_id";
    pub(crate) const FORBIDDEN_ACCOUNT_IDS: &str = "forbidden_account_ids";
    pub(crate) const HTTPS_PROXY: &str = "https_proxy";
    pub(crate) const HTTP_PROXY: &str = "http_proxy";
    pub(crate) const IGNORE_TAGS: &str = "ignore_tags";
    pub(crate) const KEYS: &str = "keys";
    pub(crate) const KEY_PREFIXES: &str = "key_prefixes";
    pub(crate) const MAX_RETRIES: &str = "max_retries";
    pub(crate) const NO_PROXY: &str = "no_proxy";
    pub(crate) const POLICY: &str = "policy";
    pub(crate) const POLICY_ARNS: &str = "policy_arns";
    pub(crate) const POLL_INTERVAL: &str = "poll_interval";
    pub(crate) const PROFILE: &str = "profile";
    pub(crate) const REGION: &str = "region";
    pub(crate) const RETRY_MODE: &str = "retry_mode";
    pub(crate) const ROLE_ARN: &str = "role_arn";
    pub(crate) const SECRET_KEY: &str = "secret_key";
    pub(crate) const SESSION_NAME: &str = "session_name";
    pub(crate) const SHARED_CONFIG_FILES: &str = "shared_config_files";
    pub(crate) const SHARED_CREDENTIALS_FILES: &str = "shared_credentials_files";
    pub(crate) const SKIP_CREDENTIALS_VALIDATION: &str = "skip_credentials_validation";
    pub(crate) const SKIP_METADATA_API_CHECK: &str = "skip_metadata_api_check";
    pub(crate) const SKIP_REGION_VALIDATION: &str = "skip_region_validation";
    pub(crate) const SKIP_REQUESTING_ACCOUNT_ID: &str = "skip_requesting_account_id";
    pub(crate) const SOURCE_IDENTITY: &str = "source_identity";
    pub(crate) const STS: &str = "sts";
    pub(crate) const STS_REGION: &str = "sts_region";
    pub(crate) const TAGS: &str = "tags";
    pub(crate) const TOKEN: &str = "token";
    pub(crate) const TRANSITIVE_TAG_KEYS: &str = "transitive_tag_keys";
    pub(crate) const USER_AGENT: &str = "user_agent";
    pub(crate) const USE_DUALSTACK_ENDPOINT: &str = "use_dualstack_endpoint";
    pub(crate) const USE_FIPS_ENDPOINT: &str = "use_fips_endpoint";
    pub(crate) const WEB_IDENTITY_TOKEN: &str = "web_identity_token";
    pub(crate) const WEB_IDENTITY_TOKEN_FILE: &str = "web_identity_token_file";
}

/// Schema of the provider block.
pub(crate) fn schema() -> Schema {
    let description = "Manages Amazon ECS Managed Daemons. The arguments have the names that they have in \
                       hashicorp/aws; what is left out comes from the environment and the shared AWS \
                       configuration files.";
    let mut attributes = credentials::attributes();
    attributes.extend(network::attributes());
    attributes.extend(limits::attributes());
    let mut blocks = credentials::blocks();
    blocks.push(network::endpoints());
    blocks.extend(tagging::blocks());
    Schema {
        version: 0,
        block: Block {
            attributes,
            blocks,
            description: description.to_owned(),
            deprecation: None,
        },
    }
}

fn string(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::String, Mode::Optional, description)
}

fn flag(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::Bool, Mode::Optional, description)
}

fn list(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::list(Type::String), Mode::Optional, description)
}

fn set(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::set(Type::String), Mode::Optional, description)
}

fn blocks_of(name: &str, description: &str, attributes: Vec<Attribute>, max_items: i64) -> NestedBlock {
    let block = Block {
        attributes,
        description: description.to_owned(),
        ..Block::default()
    };
    NestedBlock {
        name: name.to_owned(),
        nesting: Nesting::List,
        block,
        min_items: 0,
        max_items,
    }
}

fn at_most_one(name: &str, description: &str, attributes: Vec<Attribute>) -> NestedBlock {
    blocks_of(name, description, attributes, 1)
}

#[cfg(test)]
mod tests;
