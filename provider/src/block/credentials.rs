//! With whose credentials AWS is called.

use tfplug_core::{Attribute, Mode, NestedBlock, Type, validators::Matches};

use super::{
    forms, name,
    shapes::{at_most_one, blocks_of, list, set, string},
};

/// The arguments about credentials.
pub(super) fn attributes() -> Vec<Attribute> {
    vec![
        string(
            name::PROFILE,
            "Profile of the shared configuration files. Set here, it is used even if the environment has credentials \
             of its own; else `AWS_PROFILE` or `AWS_DEFAULT_PROFILE`.",
        ),
        list(
            name::SHARED_CONFIG_FILES,
            "Paths of shared configuration files. Defaults to `~/.aws/config`; else `AWS_CONFIG_FILE`. `~` stands for \
             the home directory.",
        ),
        list(
            name::SHARED_CREDENTIALS_FILES,
            "Paths of shared credentials files. Defaults to `~/.aws/credentials`; else `AWS_SHARED_CREDENTIALS_FILE`. \
             `~` stands for the home directory.",
        ),
        string(
            name::ACCESS_KEY,
            "Access key id. Needs `secret_key`. Better left to the environment (`AWS_ACCESS_KEY_ID`) or a profile.",
        ),
        string(
            name::SECRET_KEY,
            "Secret access key. Needs `access_key`. Else `AWS_SECRET_ACCESS_KEY` or a profile.",
        )
        .sensitive(),
        string(
            name::TOKEN,
            "Session token of temporary credentials. Else `AWS_SESSION_TOKEN` or a profile.",
        )
        .sensitive(),
    ]
}

/// The blocks about roles.
pub(super) fn blocks() -> Vec<NestedBlock> {
    vec![assume_role(), web_identity()]
}

fn assume_role() -> NestedBlock {
    let mut attributes = vec![
        string(
            name::ROLE_ARN,
            "ARN of the role. A block without one is ignored, with a warning.",
        )
        .validate(forms::role_arn()),
    ];
    attributes.extend(session());
    attributes.extend([
        string(
            name::EXTERNAL_ID,
            "External id that the trust policy of the role asks for.",
        )
        .validate(Matches {
            test: forms::is_external_id,
            expected: "2 to 1224 letters, digits and `+=,.@:/-_`",
        }),
        string(
            name::SOURCE_IDENTITY,
            "Identity of who is behind the session, kept by AWS through all roles that are assumed from it.",
        )
        .validate(session_name_form()),
        Attribute::new(
            name::TAGS,
            Type::map(Type::String),
            Mode::Optional,
            "Tags of the session, for policies that look at them.",
        ),
        set(
            name::TRANSITIVE_TAG_KEYS,
            "Keys of those `tags` that sessions of roles assumed from this one have, too.",
        ),
    ]);
    blocks_of(
        name::ASSUME_ROLE,
        "Role to assume. Several blocks are a chain: each role is assumed with the credentials of the one before it, the \
         first one with those that the provider finds, or with the role of `assume_role_with_web_identity`.",
        attributes,
        0,
    )
}

fn web_identity() -> NestedBlock {
    let mut attributes = vec![
        string(name::ROLE_ARN, "ARN of the role. Else `AWS_ROLE_ARN`.").validate(forms::role_arn()),
        string(
            name::WEB_IDENTITY_TOKEN,
            "Token of the OIDC provider. Conflicts with `web_identity_token_file`. A token lasts minutes, so a file is \
             better where a run may take longer.",
        )
        .sensitive(),
        string(
            name::WEB_IDENTITY_TOKEN_FILE,
            "File that holds the token of the OIDC provider, read anew whenever credentials are renewed. Else \
             `AWS_WEB_IDENTITY_TOKEN_FILE`. Conflicts with `web_identity_token`.",
        ),
    ];
    attributes.extend(session());
    at_most_one(
        name::ASSUME_ROLE_WITH_WEB_IDENTITY,
        "Role to assume with a token of an OIDC provider, instead of credentials.",
        attributes,
    )
}

fn session() -> Vec<Attribute> {
    vec![
        string(
            name::DURATION,
            "Length of the session. Defaults to 1 hour. Credentials are renewed as often as a run needs it.",
        )
        .validate(forms::session_duration()),
        string(name::POLICY, "Policy that narrows what the session may do.").validate(forms::policy()),
        set(
            name::POLICY_ARNS,
            "Managed policies that narrow what the session may do.",
        )
        .validate(forms::policy_arn()),
        string(
            name::SESSION_NAME,
            "Name of the session. Defaults to one that is made up; for a web identity, else \
             `AWS_ROLE_SESSION_NAME`.",
        )
        .validate(session_name_form()),
    ]
}

fn session_name_form() -> Matches {
    Matches {
        test: forms::is_session_name,
        expected: "2 to 64 letters, digits and `+=,.@-_`",
    }
}
