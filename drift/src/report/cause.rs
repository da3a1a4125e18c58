//! The rows of the procedure by which a scan decides, as one enum: what each is called, what kind of
//! finding it makes, and how severe it is unless configured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Severity;

/// What a finding is about. Numbered as the rows of the procedure; the lowest number of a daemon is its headline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// 1: the ARN is of another account or partition than the credentials.
    WrongAccount,
    /// 2: ECS could not be asked, or its answer not be understood.
    Unreadable,
    /// 3: the cluster is not there.
    ClusterMissing,
    /// 4: the daemon is not there.
    Missing,
    /// 5: the daemon is being deleted.
    BeingDeleted,
    /// 6: the daemon was deleted and created again.
    Recreated,
    /// 7: a rollout is going on.
    RolloutInProgress,
    /// 8: the latest rollout went back, or is going back.
    RolledBack,
    /// 9: the latest rollout failed, or the fleet is on several revisions.
    RolloutFailed,
    /// 10: the deployment in the source was overtaken by a newer one.
    Superseded,
    /// 11: the deployment record is gone, and with it drain, bake and alarms.
    NotReadable,
    /// 12: ECS reports a setting that this program does not know.
    UnknownSetting,
    /// 13: the difference is what a plan is about to apply.
    PendingChange,
    /// 14: a live setting that the source cannot hold; its next update resets it.
    AtRisk,
    /// 15: the setting is that of the revision to which a rollback went.
    Rollback,
    /// 16: a task definition in use or wanted is deleted or being deleted.
    DefinitionDeleted,
    /// 17: no deployment ever brought the wanted value.
    NeverApplied,
    /// 18: an update left the setting out, so that it went back to its default.
    DefaultRevert,
    /// 19: a call outside of the source set the value.
    ChangedOutside,
    /// 20: another task definition, or another revision of it, was rolled out.
    TaskDefinition,
    /// 21: a newer revision of the task definition is registered.
    NewerRevision,
    /// 22: the tags differ.
    Tags,
    /// 23: not every instance runs the daemon as it should.
    Coverage,
    /// 24: a daemon that no input names.
    Unmanaged,
    /// 25: what is live is in the state, and the configuration has an earlier value.
    Absorbed,
}

/// What kind of finding a row makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Something is not as wanted: drift.
    Difference,
    /// A state of affairs that matters although, or beside that, settings differ.
    Condition,
    /// Good to know; nothing is wrong.
    Note,
    /// Could not be read, so nothing is said about it.
    Unread,
    /// About what no input names.
    Estate,
}

impl Cause {
    /// All, in the order of the procedure.
    pub const ALL: [Self; 25] = [
        Self::WrongAccount,
        Self::Unreadable,
        Self::ClusterMissing,
        Self::Missing,
        Self::BeingDeleted,
        Self::Recreated,
        Self::RolloutInProgress,
        Self::RolledBack,
        Self::RolloutFailed,
        Self::Superseded,
        Self::NotReadable,
        Self::UnknownSetting,
        Self::PendingChange,
        Self::AtRisk,
        Self::Rollback,
        Self::DefinitionDeleted,
        Self::NeverApplied,
        Self::DefaultRevert,
        Self::ChangedOutside,
        Self::TaskDefinition,
        Self::NewerRevision,
        Self::Tags,
        Self::Coverage,
        Self::Unmanaged,
        Self::Absorbed,
    ];

    /// Row of the procedure, from 1.
    pub fn row(self) -> u8 {
        // The order of the enum is the order of the rows, and there are 25.
        self as u8 + 1
    }

    /// Name in reports and rules, for example `default-revert`.
    pub fn id(self) -> &'static str {
        self.words().0
    }

    /// Title in reports, for example `Reset to its default`.
    pub fn title(self) -> &'static str {
        self.words().1
    }

    /// The meaning of the cause and why it matters, in sentences.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::WrongAccount => {
                "The credentials are of another account or partition than the daemon, so that nothing is known of it."
            }
            Self::Unreadable => "ECS could not be asked about the daemon, or its answer could not be understood.",
            Self::ClusterMissing => {
                "The cluster of the daemon is not there or is inactive, and all its daemons with it."
            }
            Self::Missing => "The daemon is not there any more.",
            Self::BeingDeleted => "Someone has deleted the daemon; its instances are draining.",
            Self::Recreated => "The daemon was deleted and created again outside of the source.",
            Self::RolloutInProgress => "A rollout is going on. What it will bring is compared with what is wanted.",
            Self::RolledBack => {
                "The latest rollout failed and went back, or is going back, so that an older revision runs."
            }
            Self::RolloutFailed => "The latest rollout failed or was stopped, or the fleet runs several revisions.",
            Self::Superseded => "A newer deployment overtook the one in the source before it had finished.",
            Self::NotReadable => {
                "The record of the deployment has expired. Drain percentage, bake time and alarms can no longer be read."
            }
            Self::UnknownSetting => {
                "ECS reports a setting that this version does not know. An update by this version would reset it."
            }
            Self::PendingChange => "The difference is what the plan is about to apply.",
            Self::AtRisk => {
                "The source cannot hold the setting, and its live value is not the default: its next update resets it."
            }
            Self::Rollback => "The setting is that of the revision to which a rollback went.",
            Self::DefinitionDeleted => {
                "A task definition that is wanted or in use is deleted or being deleted. It cannot be rolled out again."
            }
            Self::NeverApplied => "No deployment ever brought the wanted value, so that it was never sent.",
            Self::DefaultRevert => {
                "UpdateDaemon puts every setting that a caller leaves out back to its default. A call did that."
            }
            Self::ChangedOutside => "A call outside of the source set another value.",
            Self::TaskDefinition => "Another task definition, or another revision of it, was rolled out.",
            Self::NewerRevision => "A newer revision of the wanted task definition is registered.",
            Self::Tags => "The tags are not those that are wanted.",
            Self::Coverage => "Some instances run no task of the daemon, or one of another revision.",
            Self::Unmanaged => "The cluster has a daemon that no input names.",
            Self::Absorbed => {
                "State and ECS agree, but the configuration has a value that was live before, or of which that is not known: a \
                 refresh took a change from outside into the state, or the configuration was changed."
            }
        }
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::WrongAccount => ("wrong-account", "Credentials of another account"),
            Self::Unreadable => ("unreadable", "Not readable"),
            Self::ClusterMissing => ("cluster-missing", "Cluster missing"),
            Self::Missing => ("missing", "Daemon missing"),
            Self::BeingDeleted => ("being-deleted", "Daemon being deleted"),
            Self::Recreated => ("recreated", "Daemon re-created"),
            Self::RolloutInProgress => ("rollout-in-progress", "Rollout in progress"),
            Self::RolledBack => ("rolled-back", "Rollout rolled back"),
            Self::RolloutFailed => ("rollout-failed", "Rollout failed"),
            Self::Superseded => ("superseded", "Deployment superseded"),
            Self::NotReadable => ("not-readable", "Deployment settings no longer on record"),
            Self::UnknownSetting => ("unknown-setting", "Setting unknown to this version"),
            Self::PendingChange => ("pending-change", "Change pending"),
            Self::AtRisk => ("at-risk", "Setting at risk"),
            Self::Rollback => ("rollback", "Changed by a rollback"),
            Self::DefinitionDeleted => ("definition-deleted", "Task definition deleted"),
            Self::NeverApplied => ("never-applied", "Never applied"),
            Self::DefaultRevert => ("default-revert", "Reset to its default"),
            Self::ChangedOutside => ("changed-outside", "Changed outside"),
            Self::TaskDefinition => ("task-definition", "Other task definition"),
            Self::NewerRevision => ("newer-revision", "Newer revision registered"),
            Self::Tags => ("tags", "Tags differ"),
            Self::Coverage => ("coverage", "Instances without the daemon"),
            Self::Unmanaged => ("unmanaged", "Unmanaged daemon"),
            Self::Absorbed => ("absorbed", "Change absorbed by the state"),
        }
    }

    /// The row of a name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.id() == id)
    }

    /// Kind of finding.
    pub fn kind(self) -> Kind {
        match self {
            Self::WrongAccount | Self::Unreadable => Kind::Unread,
            Self::ClusterMissing
            | Self::Missing
            | Self::BeingDeleted
            | Self::Rollback
            | Self::NeverApplied
            | Self::DefaultRevert
            | Self::ChangedOutside
            | Self::TaskDefinition
            | Self::Tags
            | Self::Absorbed => Kind::Difference,
            Self::Recreated
            | Self::RolloutInProgress
            | Self::RolledBack
            | Self::RolloutFailed
            | Self::NotReadable
            | Self::UnknownSetting
            | Self::AtRisk
            | Self::DefinitionDeleted
            | Self::Coverage => Kind::Condition,
            Self::Superseded | Self::PendingChange | Self::NewerRevision => Kind::Note,
            Self::Unmanaged => Kind::Estate,
        }
    }

    /// Severity unless configured. A record that has expired is no more than a note, because in time every
    /// daemon gets there, and a detector that always alarms is none.
    pub fn severity(self) -> Severity {
        match self {
            Self::WrongAccount
            | Self::Unreadable
            | Self::ClusterMissing
            | Self::Missing
            | Self::BeingDeleted
            | Self::RolloutFailed
            | Self::DefaultRevert => Severity::Error,
            Self::Recreated
            | Self::RolledBack
            | Self::UnknownSetting
            | Self::AtRisk
            | Self::Rollback
            | Self::DefinitionDeleted
            | Self::NeverApplied
            | Self::ChangedOutside
            | Self::TaskDefinition
            | Self::Tags
            | Self::Coverage
            | Self::Absorbed => Severity::Warning,
            Self::RolloutInProgress | Self::Superseded | Self::NotReadable | Self::PendingChange | Self::Unmanaged => {
                Severity::Note
            }
            Self::NewerRevision => Severity::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_numbered_in_order_and_names_lead_back() {
        for (index, cause) in Cause::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(cause.row()), index + 1, "{cause:?}");
            assert_eq!(Cause::from_id(cause.id()), Some(cause));
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.id(), "{cause:?}");
        }
        assert_eq!(Cause::from_id("drifted"), None);
    }
}
