//! Effects of changes of arguments. The tables state one per argument; the documentation says
//! it in these words, and tests hold it against the predicates that decide what an apply sends.

/// Effect of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The object is replaced by a new one.
    Replacement,
    /// `UpdateDaemon` is sent.
    Rollout,
    /// `RegisterDaemonTaskDefinition` is sent.
    Revision,
    /// Tags are set and removed, nothing else.
    TagsOnly,
    /// Nothing is changed in ECS: only Terraform knows the value.
    StateOnly,
}

impl Effect {
    /// The effect as documentation tells it of an argument. That of nearly every argument of a task definition is told
    /// once, by the resource's own description, so that the exceptions can be seen.
    pub fn sentence(self) -> Option<&'static str> {
        match self {
            Self::Replacement => Some("A change replaces the resource."),
            Self::Rollout => Some("A change starts a rollout."),
            Self::Revision => None,
            Self::TagsOnly => Some("A change only sets tags."),
            Self::StateOnly => Some("A change touches nothing in ECS."),
        }
    }
}
