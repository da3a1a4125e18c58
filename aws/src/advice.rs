//! The settings of a connection, as a program's user knows them. A provider has arguments and a tool has flags; a
//! message that advises to change one has to name the right thing.

/// Advice of messages, in the terms of one program. The comment of each field shows where its text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Name of the program, with which the sessions of roles begin that have no name of their own.
    pub program: &'static str,
    /// "`http_proxy` …", of any setting that is called as in hashicorp/aws.
    pub arguments: &'static str,
    /// "Set …, one of the environment variables …".
    pub region: &'static str,
    /// "The shared configuration files have only a, b, but … `name`."
    pub names_the_profile: &'static str,
    /// The remedy for missing credentials, as a sentence.
    pub credentials: &'static str,
    /// The remedy for throttling, as a sentence.
    pub throttled: &'static str,
    /// The remedy where nothing can be reached, as a sentence.
    pub unreachable: &'static str,
    /// "name the file of the authority's certificate in …".
    pub ca_bundle: &'static str,
    /// "Remove it, or …" of a wrong number of attempts.
    pub attempts: &'static str,
}

/// The advice of a program that has no names of its own for the settings.
impl Default for Advice {
    fn default() -> Self {
        Self {
            program: "session",
            arguments: "of the settings",
            region: "the region of the settings",
            names_the_profile: "the settings name the profile",
            credentials: "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment; or run where \
                          a role provides credentials.",
            throttled: "Call less often, or try again when less else calls AWS with these credentials.",
            unreachable: "Check the region, the endpoints and the network of this machine.",
            ca_bundle: "AWS_CA_BUNDLE",
            attempts: "correct it",
        }
    }
}
