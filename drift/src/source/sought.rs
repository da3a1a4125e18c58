//! Daemons that a configuration has and no input: they are looked for, and nothing is known of them but where they
//! would be.

use std::collections::{BTreeMap, BTreeSet};

use daemons::arn::DaemonArn;

use super::{Claim, Marks, TagScope, TaskDefinitionRule, Tool, Wanted};
use crate::{report::SourceRef, scan::Access};

/// Daemons that a configuration has and no input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sought {
    /// Daemons whose ARN the configuration tells.
    pub daemons: Vec<Wanted>,
    /// Daemons whose ARN it does not tell, with the reason in a sentence.
    pub unknown: Vec<(SourceRef, String)>,
    /// Blocks of which it is not known which daemons they have.
    pub unlisted: Vec<Unlisted>,
}

/// A block of a configuration of which it is not known which daemons it has.
#[derive(Clone, Debug, PartialEq)]
pub struct Unlisted {
    /// The block.
    pub source: SourceRef,
    /// The reason in a sentence.
    pub reason: String,
    /// What would tell it.
    pub remedy: Remedy,
}

/// What would tell which daemons a configuration has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Values of its variables, which the applies have.
    Values,
    /// Copies of its modules.
    Modules,
    /// The name of its workspace.
    Workspace,
    /// Other blocks `moved`: Terraform refuses these.
    Moves,
    /// A plan, since only Terraform evaluates it.
    Plan,
}

impl Wanted {
    /// A daemon of which the source says only that it has to be there.
    pub(super) fn sought(arn: DaemonArn, source: SourceRef, tool: Tool, claim: Claim) -> Self {
        Self {
            arn,
            source,
            claim,
            moved_to: None,
            access: Access::default(),
            owner: None,
            deployment_arn: None,
            deployment_is_own: false,
            recorded: None,
            settings: BTreeMap::new(),
            defaults_are_meant: false,
            pending: None,
            rollout_failure: None,
            tags: None,
            task_definition_rule: TaskDefinitionRule::Exact,
            tool,
            is_from_command: false,
            marks: Marks::default(),
            configured: BTreeMap::new(),
            held: BTreeMap::new(),
            ignored: BTreeSet::new(),
            tag_scope: TagScope::default(),
            configured_tags: None,
        }
    }
}
