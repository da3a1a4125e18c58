//! Contents of a configuration, as they were found.

use std::collections::BTreeMap;

use super::{
    address::AWSCC,
    known::{Unknown, Values},
    module::Module,
    moves::Moves,
};
use crate::report::{Location, Problem};

/// Resources that are daemons.
pub(super) const RESOURCES: [&str; 3] = ["ecs_daemon", "aws_ecs_daemon", AWSCC];

/// Places by the address without keys, of a resource or of a setting of one, and what stands there.
#[derive(Clone, Debug, Default)]
pub struct Configuration {
    pub(super) places: BTreeMap<String, Location>,
    /// Modules by what stands before the addresses of their resources, without keys.
    pub(super) modules: BTreeMap<String, Module>,
    /// Modules that are not read, since they come from elsewhere, in the same way. The root module is one where Terragrunt takes
    /// it from there.
    pub(super) foreign: BTreeMap<String, Unknown>,
    /// Values that are given to the variables of the root module.
    pub(super) given: Values,
    /// The workspace, if it is known.
    pub(super) workspace: Option<String>,
    /// Resources and modules that have another address than in a state.
    pub(super) moves: Moves,
    /// Set if Terragrunt runs the module, which may add files to it.
    pub(super) is_of_terragrunt: bool,
    /// The reason why variables of the root module without a given value may have another than their default.
    pub(super) others: Option<Unknown>,
    /// Files that could not be read, whose daemons have no place, and what else is not evaluated.
    pub warnings: Vec<Problem>,
    /// The number of files, modules and files of variables that could not be read.
    pub unread: usize,
}
