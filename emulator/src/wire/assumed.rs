//! Roles that somebody has assumed: sessions by the access key id of their credentials.
//!
//! The credentials are drawn like everything else, so that a replay issues the same. Nothing checks signatures, trust
//! policies or expiry.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Principal;
use super::secrets::is_word;
use crate::seeded;

/// A role as its ARN names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) arn: String,
    pub(crate) partition: String,
    pub(crate) account: String,
    /// Name without path.
    pub(crate) name: String,
}

impl Role {
    /// Reads `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`.
    pub(crate) fn parse(arn: &str) -> Option<Self> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", partition, "iam", "", account, resource] = parts.as_slice() else {
            return None;
        };
        let name = resource.strip_prefix("role/")?.rsplit('/').next()?;
        let known = partition.starts_with("aws") && partition.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let is_name = !name.is_empty() && resource.bytes().all(|byte| is_word(byte) || byte == b'/');
        (known && is_account && is_name).then(|| Self {
            arn: arn.to_owned(),
            partition: (*partition).to_owned(),
            account: (*account).to_owned(),
            name: name.to_owned(),
        })
    }
}

/// A session of a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) role: Role,
    pub(crate) name: String,
    pub(crate) access_key: String,
    /// Id of the role, `AROA…`.
    pub(crate) role_id: String,
}

impl Session {
    /// ARN of whoever acts in the session.
    pub(crate) fn arn(&self) -> String {
        let Role {
            partition,
            account,
            name,
            ..
        } = &self.role;
        format!("arn:{partition}:sts::{account}:assumed-role/{name}/{}", self.name)
    }

    /// Id of whoever acts in the session.
    pub(crate) fn user_id(&self) -> String {
        format!("{}:{}", self.role_id, self.name)
    }
}

/// All sessions so far.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sessions {
    by_key: BTreeMap<String, Session>,
}

impl Sessions {
    /// Opens a session.
    pub(crate) fn open(&mut self, seed: u64, role: Role, name: String) -> Session {
        let number = self.by_key.len() as u64 + 1;
        let session = Session {
            access_key: format!("ASIA{}", seeded::letters(seed, "session", number, 16)),
            role_id: format!("AROA{}", seeded::letters(seed, &format!("role {}", role.arn), 0, 17)),
            role,
            name,
        };
        self.by_key.insert(session.access_key.clone(), session.clone());
        session
    }

    pub(crate) fn get(&self, access_key: &str) -> Option<&Session> {
        self.by_key.get(access_key)
    }

    /// The caller in the account of the role that it has assumed. None: it is as it signed.
    pub(crate) fn principal(&self, signed: &Principal) -> Option<Principal> {
        let session = self.get(&signed.access_key)?;
        let mut principal = signed.clone();
        principal.scope.account.clone_from(&session.role.account);
        Some(principal)
    }
}
