//! Roles for daemons of several accounts in one input. This is the form of `[[account]]` in `.ecs-drift.toml`.

use daemons::arn::Arn;
use schemars::JsonSchema;
use serde::Deserialize;

use super::InputSpec;
use crate::scan::Access;

/// The role for the daemons of an account, in every input that names some.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountSpec {
    /// 12-digit account id, as in the ARNs of the daemons.
    pub id: String,
    /// Role to assume for them, of the same account.
    pub role_arn: String,
    /// External id for assuming the role.
    pub external_id: Option<String>,
}

impl AccountSpec {
    /// Checks the values. Credentials of a role act in the account of the role and in no other.
    pub fn check(&self) -> Result<(), &'static str> {
        let is_account = self.id.len() == 12 && self.id.chars().all(|digit| digit.is_ascii_digit());
        if !is_account {
            return Err("The `id` of an `[[account]]` is no account id. Give its 12 digits, as a text.");
        }
        let role = Arn::parse_kind(&self.role_arn, "iam", "role/");
        let role = role.map_err(|_| {
            "The `role_arn` of an `[[account]]` is no ARN of a role, which is `arn:PARTITION:iam::ACCOUNT:role/NAME`. Correct it."
        })?;
        if role.account == self.id {
            Ok(())
        } else {
            Err(
                "The `role_arn` of an `[[account]]` is of another account than its `id`. Give a role of the account itself.",
            )
        }
    }
}

/// The credentials for a daemon of an account. A role of the input counts for the daemons of its own account, and where
/// no account has a role of its own.
pub(crate) fn access(input: &InputSpec, account: &str, accounts: &[AccountSpec]) -> Access {
    let is_own = |role: &String| Arn::parse_kind(role, "iam", "role/").is_ok_and(|role| role.account == account);
    let of_account = accounts.iter().find(|spec| spec.id == account);
    let of_account = of_account.filter(|_| !input.role_arn.as_ref().is_some_and(is_own));
    let (role_arn, external_id) = match of_account {
        Some(spec) => (Some(spec.role_arn.clone()), spec.external_id.clone()),
        None => (input.role_arn.clone(), input.external_id.clone()),
    };
    Access {
        role_arn,
        external_id,
        region: input.region.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(id: &str, role_arn: &str) -> AccountSpec {
        AccountSpec {
            id: id.to_owned(),
            role_arn: role_arn.to_owned(),
            external_id: Some("word".to_owned()),
        }
    }

    #[test]
    fn the_role_of_the_daemons_account_is_taken() {
        let accounts = [account("111122223333", "arn:aws:iam::111122223333:role/drift")];
        let input = |role: Option<&str>| InputSpec {
            role_arn: role.map(str::to_owned),
            region: Some("eu-west-1".to_owned()),
            ..InputSpec::default()
        };
        let role = |input: &InputSpec, account: &str| access(input, account, &accounts).role_arn;
        let of_account = Some("arn:aws:iam::111122223333:role/drift".to_owned());
        assert_eq!(role(&input(None), "111122223333"), of_account);
        assert_eq!(role(&input(None), "444455556666"), None);
        let own = "arn:aws:iam::111122223333:role/own";
        assert_eq!(role(&input(Some(own)), "111122223333").as_deref(), Some(own));
        let other = "arn:aws:iam::444455556666:role/other";
        assert_eq!(role(&input(Some(other)), "111122223333"), of_account);
        assert_eq!(role(&input(Some(other)), "777788889999").as_deref(), Some(other));
        let found = access(&input(None), "111122223333", &accounts);
        assert_eq!(
            (found.external_id.as_deref(), found.region.as_deref()),
            (Some("word"), Some("eu-west-1"))
        );
    }

    #[test]
    fn an_account_and_its_role_belong_together() {
        let role = "arn:aws:iam::111122223333:role/a/drift";
        assert_eq!(account("111122223333", role).check(), Ok(()));
        for (id, role) in [
            ("11112222333", role),
            ("11112222333x", role),
            ("444455556666", role),
            ("111122223333", "drift"),
        ] {
            assert!(account(id, role).check().is_err(), "{id} {role}");
        }
    }
}
