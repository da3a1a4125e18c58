//! The provider block as the resources use it: connection, tag rules, polling.
//!
//! Resources exist before the provider is configured, because validation and schema calls come
//! first. They share a cell that configuration fills; until then every use gets a clear error.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use aws::{Aws, FailureKind};
use daemons::{arn::Arn, batching::Reader, poll::Poll};
use tfplug_core::{Diagnostic, Diagnostics, Path};

use crate::{
    diagnostic::{self, ToDiagnostic},
    tags::TagRules,
};

/// The time that STS may take to name the account.
const ACCOUNT_TIMEOUT: Duration = Duration::from_secs(5);

/// A configured provider.
#[derive(Clone, Debug)]
pub struct Session {
    /// Connection to AWS.
    pub aws: Aws,
    /// The provider's tag rules.
    pub tags: TagRules,
    /// Pauses between looks while waiting.
    pub poll: Poll,
    /// Arguments that guard changes and are not known yet; until they are, nothing may be changed.
    unknown_guards: Vec<Path>,
    /// True if any region is taken for one, because the user knows better.
    any_region: bool,
    /// Reads of a region share their calls, whichever resource makes them.
    readers: Arc<Mutex<BTreeMap<String, Reader>>>,
}

impl Session {
    /// A session on a connection.
    pub fn new(aws: Aws, tags: TagRules, poll: Poll) -> Self {
        let readers = Arc::default();
        Self {
            aws,
            tags,
            poll,
            unknown_guards: Vec::new(),
            any_region: false,
            readers,
        }
    }

    /// The same session while these arguments, which tell what may be changed, are not known yet.
    #[must_use]
    pub fn guarded_by(self, unknown_guards: Vec<Path>) -> Self {
        Self { unknown_guards, ..self }
    }

    /// The same session for which regions are not checked.
    #[must_use]
    pub fn with_any_region(self, any_region: bool) -> Self {
        Self { any_region, ..self }
    }

    /// Refuses a region that no partition has.
    pub(crate) fn check_region(&self, region: &str) -> Result<(), String> {
        if self.any_region {
            return Ok(());
        }
        diagnostic::check_region(region)
    }

    /// The reading calls of a region.
    pub(crate) fn reader(&self, region: &str) -> Reader {
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = readers
            .entry(region.to_owned())
            .or_insert_with(|| Reader::new(self.aws.ecs(region)));
        reader.clone()
    }

    /// Makes sure that an object which ECS does not know was looked for in its own account: with
    /// credentials of another one it would be taken for deleted. An STS that does not answer soon
    /// proves nothing, and the absence is believed. Answers what is odd about asking.
    pub async fn check_account(&self, arn: &Arn) -> Result<Diagnostics, Diagnostic> {
        let answer = tokio::time::timeout(ACCOUNT_TIMEOUT, self.aws.account_id()).await;
        match answer {
            Ok(Ok(account)) if account != arn.account => Err(Diagnostic::error(
                "Credentials of another account",
                format!(
                    "{arn} is in account {}, but the provider's credentials belong to account {account}. Use credentials \
                     of account {}; the object is not taken for deleted.",
                    arn.account, arn.account
                ),
            )),
            Ok(Ok(_)) => Ok(Diagnostics::new()),
            // An answer that names no account is none, and no reason to believe the absence either.
            Ok(Err(failure)) if failure.kind == FailureKind::Unfit => {
                Err(failure.diagnostic("find out the account of the credentials", "the caller"))
            }
            _ => Ok(self.account_unknown(arn)),
        }
    }

    fn account_unknown(&self, arn: &Arn) -> Diagnostics {
        let mut told = Diagnostics::new();
        if let Some(problem) = self.aws.stranded_sts() {
            let text = format!("{arn} is not found, and STS was asked in vain whose credentials these are. {problem}");
            told.warn("Account of the credentials not known", text);
        }
        told
    }
}

/// The session of one provider process; clones share it.
#[derive(Clone, Debug, Default)]
pub struct SharedSession(Arc<RwLock<State>>);

#[derive(Clone, Debug, Default)]
enum State {
    /// Never configured, or not with success.
    #[default]
    Missing,
    /// These arguments are not known yet.
    Unknown(Vec<Path>),
    /// Configured.
    Ready(Session),
}

impl SharedSession {
    /// Takes a new configuration; the latest wins.
    pub fn set(&self, session: Session) {
        self.replace(State::Ready(session));
    }

    /// Forgets the configuration, so that a provider block that cannot be used does not run on the
    /// settings of an earlier one.
    pub fn clear(&self) {
        self.replace(State::Missing);
    }

    /// Forgets the configuration because these arguments of the new one are not known yet.
    pub fn await_values(&self, arguments: Vec<Path>) {
        self.replace(State::Unknown(arguments));
    }

    fn replace(&self, state: State) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// The session to change something with: not before everything is known that may forbid it.
    pub fn get_for_change(&self) -> Result<Session, Diagnostic> {
        let session = self.get()?;
        if session.unknown_guards.is_empty() {
            return Ok(session);
        }
        let text = format!(
            "{} of the ecs provider depends on values that are not known yet, so nobody can tell whether this account may be \
             changed. Create what they depend on first, with `-target`.",
            names(&session.unknown_guards)
        );
        Err(Diagnostic::error("Change not allowed yet", text))
    }

    /// The session, or an error that says why there is none.
    pub fn get(&self) -> Result<Session, Diagnostic> {
        let missing = match &*self.0.read().unwrap_or_else(PoisonError::into_inner) {
            State::Ready(session) => return Ok(session.clone()),
            State::Missing => "because its configuration is missing or cannot be used. Correct what is said about \
                               the provider block first."
                .to_owned(),
            State::Unknown(arguments) => format!(
                "because {} of its provider block depends on values that are not known yet. Give the provider block \
                 values that are known while planning, or create what they depend on first, with `-target`.",
                names(arguments)
            ),
        };
        let text = format!("The ecs provider has no connection to AWS, {missing}");
        Err(Diagnostic::error("Provider not configured", text))
    }
}

/// Arguments as text: `` `region` and `assume_role[0].role_arn` ``.
pub fn names(arguments: &[Path]) -> String {
    let quoted: Vec<String> = arguments.iter().map(|path| format!("`{path}`")).collect();
    match quoted.as_slice() {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => quoted.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unconfigured_session_explains_itself() {
        let shared = SharedSession::default();
        let told = || shared.get().map(|_| ()).unwrap_err().to_string();
        insta::assert_snapshot!(told(), @"error: Provider not configured: The ecs provider has no connection to AWS, because its configuration is missing or cannot be used. Correct what is said about the provider block first.");
        shared.await_values(vec![Path::attribute("region"), Path::attribute("assume_role").index(0)]);
        insta::assert_snapshot!(told(), @"error: Provider not configured: The ecs provider has no connection to AWS, because `region` and `assume_role[0]` of its provider block depends on values that are not known yet. Give the provider block values that are known while planning, or create what they depend on first, with `-target`.");
        shared.clear();
        assert!(!told().contains("region"));
    }
}
