//! Addresses and credentials with which AWS is called, as plain values.
//!
//! Names and meanings are those of the provider block of hashicorp/aws. What is `None` or empty comes
//! from the environment and the shared configuration files, as with every AWS tool.

use std::{collections::BTreeMap, time::Duration};

use super::{advice::Advice, problem::Argument};

/// Addresses and credentials with which AWS is called. The struct has no `Debug`, because it holds secrets.
#[derive(Clone, Default)]
pub struct Settings {
    /// Region.
    pub region: Option<String>,
    /// Profile of the shared configuration files. Given here it beats credentials of the environment.
    pub profile: Option<String>,
    /// Shared configuration files, instead of the usual one.
    pub shared_config_files: Vec<String>,
    /// Shared credentials files, instead of the usual one.
    pub shared_credentials_files: Vec<String>,
    /// Access key id; needs `secret_key`.
    pub access_key: Option<String>,
    /// Secret access key; needs `access_key`.
    pub secret_key: Option<String>,
    /// Session token of temporary credentials.
    pub token: Option<String>,
    /// Role to assume with the token of an OIDC provider, before those of `assume_role`.
    pub assume_role_with_web_identity: Option<WebIdentity>,
    /// Roles to assume, each with the credentials of the one before it.
    pub assume_role: Vec<AssumeRole>,
    /// URL to call instead of the regional endpoint of ECS.
    pub ecs_endpoint: Option<String>,
    /// URL to call instead of the regional endpoint of STS.
    pub sts_endpoint: Option<String>,
    /// URL to call instead of the regional endpoint of `CloudTrail`.
    pub cloudtrail_endpoint: Option<String>,
    /// Region of the STS to call, if not the same one.
    pub sts_region: Option<String>,
    /// True to call endpoints that are validated by FIPS 140.
    pub use_fips_endpoint: Option<bool>,
    /// True to call endpoints that are reachable by IPv6.
    pub use_dualstack_endpoint: Option<bool>,
    /// File of the only certificates to trust.
    pub custom_ca_bundle: Option<String>,
    /// Proxy for `http` URLs, and for `https` ones unless they have their own.
    pub http_proxy: Option<String>,
    /// Proxy for `https` URLs; empty means none.
    pub https_proxy: Option<String>,
    /// Hosts to call without a proxy, separated by commas.
    pub no_proxy: Option<String>,
    /// URL of the metadata service of EC2.
    pub ec2_metadata_service_endpoint: Option<String>,
    /// `IPv4` or `IPv6`: which of its usual addresses the metadata service is called at.
    pub ec2_metadata_service_endpoint_mode: Option<String>,
    /// True if the metadata service of EC2 is never called.
    pub skip_metadata_api_check: bool,
    /// Retries beside the first attempt.
    pub max_retries: Option<u32>,
    /// Attempts in a row that found nobody to talk to, after which a call is given up. Else it is given up like one
    /// without an answer, which takes a minute.
    pub attempts_unreachable: Option<u32>,
    /// Accepted for the sake of configurations that have it: credentials are never checked ahead of
    /// their first use, except to enforce the two lists of accounts, which this does not switch off.
    pub skip_credentials_validation: bool,
    /// If not empty: the only accounts that may be changed.
    pub allowed_account_ids: Vec<String>,
    /// Accounts that must not be changed.
    pub forbidden_account_ids: Vec<String>,
    /// Products to name at the end of the user agent.
    pub user_agent: Vec<String>,
    /// Name and version of the program, for the user agent.
    pub user_agent_product: (String, String),
    /// Names of these settings in messages.
    pub advice: Advice,
}

/// A role to assume with the credentials found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssumeRole {
    /// The argument that configures the role, for messages.
    pub argument: Argument,
    /// ARN of the role.
    pub role_arn: String,
    /// Duration of the session.
    pub duration: Option<Duration>,
    /// Secret word that the role's trust policy may ask for.
    pub external_id: Option<String>,
    /// Policy that narrows the session, as JSON.
    pub policy: Option<String>,
    /// ARNs of policies that narrow the session.
    pub policy_arns: Vec<String>,
    /// Name of the session; one is made up if it is not given.
    pub session_name: Option<String>,
    /// The person or program behind the session, for `CloudTrail`.
    pub source_identity: Option<String>,
    /// Tags of the session.
    pub tags: BTreeMap<String, String>,
    /// Keys of tags that go on to sessions of roles assumed from this one.
    pub transitive_tag_keys: Vec<String>,
}

/// A role to assume with a token of an OIDC provider. It has no `Debug`, because the token is a secret.
#[derive(Clone, Default)]
pub struct WebIdentity {
    /// The argument that configures the role, for messages.
    pub argument: Argument,
    /// ARN of the role; else `AWS_ROLE_ARN`.
    pub role_arn: Option<String>,
    /// Duration of the session.
    pub duration: Option<Duration>,
    /// Policy that narrows the session, as JSON.
    pub policy: Option<String>,
    /// ARNs of policies that narrow the session.
    pub policy_arns: Vec<String>,
    /// Name of the session; else `AWS_ROLE_SESSION_NAME`; else one is made up.
    pub session_name: Option<String>,
    /// The token.
    pub web_identity_token: Option<String>,
    /// File that holds the token; else `AWS_WEB_IDENTITY_TOKEN_FILE`.
    pub web_identity_token_file: Option<String>,
}
