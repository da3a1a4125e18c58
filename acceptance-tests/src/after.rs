//! Statements about the plan after a step.

/// The content of the plan after a step.
#[derive(Clone, Copy, Debug)]
pub enum After<'a> {
    /// Nothing.
    PlanEmpty,
    /// Exactly these changes, written as `ADDRESS.PATH` or `ADDRESS (ACTIONS)`.
    PlanNames(&'a [&'a str]),
}
