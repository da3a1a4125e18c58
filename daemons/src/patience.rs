//! The limits of repetition: readings before an answer is believed, tries before a call is given up.
//!
//! Reads of ECS are eventually consistent, and what was made a moment ago may not be visible to the next call. Each number
//! here says how long that is borne with. They are assumptions; AWS documents none of them.

use std::time::Duration;

/// Readings of a daemon after which answers that contradict each other are taken as final.
pub const TORN_READS: u32 = 12;
/// Times in a row that ECS must not know an object before it counts as gone. One such answer may be stale, and believing it
/// makes Terraform create a second one.
pub const ABSENT_READS: u32 = 3;
/// Polls in a row without a record after which a deployment that was seen counts as expired.
pub const EXPIRED_POLLS: u32 = 3;
/// Polls in a row without a record after which a deployment that was never seen is given up. The first few say nothing.
pub const UNSEEN_POLLS: u32 = 30;
/// Polls in a row that may fail before a wait gives up, because a rollout outlives many such moments.
pub const FAILED_POLLS: u32 = 10;
/// Time that a call which changes something has left when the run is interrupted.
pub const GRACE: Duration = Duration::from_secs(30);

/// The repetition of a call that makes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Tries altogether.
    pub tries: u32,
    /// Looks for what a call may have made whose answer was lost.
    pub looks: u32,
    /// True if the call is repeated after a lost answer that left nothing behind.
    pub repeats_lost: bool,
}

/// `CreateDaemon`. Its token makes the SDK's own repetitions safe; the tries are for roles and clusters made just before.
pub const CREATE: Patience = Patience {
    tries: 24,
    looks: 4,
    repeats_lost: false,
};
/// `UpdateDaemon`, which has no token.
pub const UPDATE: Patience = Patience {
    tries: 24,
    looks: 5,
    repeats_lost: true,
};
/// `RegisterDaemonTaskDefinition`, which has no token.
pub const REGISTER: Patience = Patience {
    tries: 6,
    looks: 3,
    repeats_lost: true,
};
