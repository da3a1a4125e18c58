//! What the settings of a connection are called where the user sets them. The provider has arguments, a tool has
//! flags; a message that advises to change one has to name the right thing.

/// Words of one caller. Each says where its sentence is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// "Set …, one of the environment variables …".
    pub region: &'static str,
    /// "The shared configuration files have only a, b, but … `name`."
    pub names_the_profile: &'static str,
    /// What to do without credentials, as a sentence.
    pub credentials: &'static str,
    /// What to do when AWS throttles, as a sentence.
    pub throttled: &'static str,
    /// What to do when nothing can be reached, as a sentence.
    pub unreachable: &'static str,
    /// "name the file of the authority's certificate in …".
    pub ca_bundle: &'static str,
    /// "Remove it, or …" of a wrong number of attempts.
    pub attempts: &'static str,
}

impl Words {
    /// Those of the provider block.
    pub const PROVIDER: Self = Self {
        region: "`region` in the provider block",
        names_the_profile: "the provider block names the profile",
        credentials: "Set `profile`, or `access_key` and `secret_key`, in the provider block; or AWS_PROFILE, or \
                      AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment; or run where a role provides \
                      credentials.",
        throttled: "Run Terraform with a lower `-parallelism`, or raise `max_retries` of the provider.",
        unreachable: "Check `region` and `endpoints` of the provider, and the network of this machine.",
        ca_bundle: "`custom_ca_bundle` of the provider, or in AWS_CA_BUNDLE",
        attempts: "set `max_retries` in the provider block instead",
    };
}

impl Default for Words {
    fn default() -> Self {
        Self::PROVIDER
    }
}
