//! An issue, whichever host has it.

/// An issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Issue {
    /// Number within its project.
    pub(super) number: u64,
    pub(super) is_open: bool,
    pub(super) body: String,
    /// Address for people.
    pub(super) url: String,
    pub(super) labels: Vec<String>,
}
