//! What is stated of the plan after a step.

/// What the plan after a step shows.
#[derive(Clone, Copy, Debug)]
pub enum After<'a> {
    /// Nothing.
    PlanEmpty,
    /// Exactly these changes, written as `ADDRESS.PATH` or `ADDRESS (ACTIONS)`.
    PlanNames(&'a [&'a str]),
}
