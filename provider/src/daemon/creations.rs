//! Daemons that this process creates, to find two resources that are the same daemon.
//!
//! Plans cannot tell. A client plans each resource by itself and shows no addresses, and it may plan one resource
//! several times with one configured provider, as `terraform test` does. Only an apply is made once for each resource.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use daemons::arn::DaemonArn;

/// The daemons that are being created, or were created and not deleted, by ARN.
#[derive(Debug, Default)]
pub(super) struct Creations(Mutex<BTreeMap<String, Stage>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Running,
    Done,
}

/// A creation of a daemon. It is forgotten when it is dropped before it is [done](Self::done).
#[derive(Debug)]
pub(super) struct Creating<'a> {
    creations: &'a Creations,
    arn: String,
    before: Option<Stage>,
}

/// Another resource is creating the same daemon right now.
#[derive(Debug)]
pub(super) struct Twin;

impl Creations {
    /// Begins a creation.
    pub(super) fn begin(&self, arn: &DaemonArn) -> Result<Creating<'_>, Twin> {
        let arn = arn.to_string();
        let before = self.change(|stages| match stages.get(&arn).copied() {
            Some(Stage::Running) => Err(Twin),
            _ => Ok(stages.insert(arn.clone(), Stage::Running)),
        })?;
        Ok(Creating {
            creations: self,
            arn,
            before,
        })
    }

    /// The daemon was deleted, so that its name is free.
    pub(super) fn forget(&self, arn: &DaemonArn) {
        self.change(|stages| stages.remove(&arn.to_string()));
    }

    fn change<T>(&self, change: impl FnOnce(&mut BTreeMap<String, Stage>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Creating<'_> {
    /// Whether this process has created a daemon of this ARN before, and not deleted it.
    pub(super) fn has_earlier(&self) -> bool {
        self.before == Some(Stage::Done)
    }

    /// The daemon is there.
    pub(super) fn done(mut self) {
        self.before = Some(Stage::Done);
    }
}

impl Drop for Creating<'_> {
    fn drop(&mut self) {
        self.creations.change(|stages| match self.before {
            Some(stage) => stages.insert(self.arn.clone(), stage),
            None => stages.remove(&self.arn),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arn() -> DaemonArn {
        DaemonArn::parse("arn:aws:ecs:us-east-1:123456789012:daemon/production/agent").unwrap()
    }

    #[test]
    fn a_second_creation_is_refused_while_the_first_runs() {
        let creations = Creations::default();
        let first = creations.begin(&arn()).unwrap();
        assert!(creations.begin(&arn()).is_err());
        drop(first);
        assert!(!creations.begin(&arn()).unwrap().has_earlier(), "the first one failed");
    }

    #[test]
    fn a_creation_is_earlier_until_its_daemon_is_deleted() {
        let creations = Creations::default();
        creations.begin(&arn()).unwrap().done();
        assert!(creations.begin(&arn()).unwrap().has_earlier());
        assert!(
            creations.begin(&arn()).unwrap().has_earlier(),
            "a failed one changes nothing"
        );
        creations.forget(&arn());
        assert!(!creations.begin(&arn()).unwrap().has_earlier());
    }
}
