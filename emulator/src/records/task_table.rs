//! The table of tasks.

use serde::{Deserialize, Serialize};

use super::paged::Numbered;
use super::task::Task;

/// All tasks of a scope by order of creation; stopped ones stay for a while.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Tasks(Numbered<Task>);

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signatures of the map that it stands in for"
)]
impl Tasks {
    pub(crate) fn get(&self, key: &u64) -> Option<&Task> {
        self.0.get(*key)
    }

    pub(crate) fn get_mut(&mut self, key: &u64) -> Option<&mut Task> {
        self.0.get_mut(*key)
    }

    pub(crate) fn contains_key(&self, key: &u64) -> bool {
        self.get(key).is_some()
    }

    pub(crate) fn values(&self) -> impl DoubleEndedIterator<Item = &Task> {
        self.0.values()
    }

    pub(crate) fn insert(&mut self, key: u64, task: Task) {
        self.0.insert(key, task);
    }

    pub(crate) fn remove(&mut self, key: &u64) {
        self.0.remove(*key);
    }
}
