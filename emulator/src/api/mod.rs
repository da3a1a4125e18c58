//! The wire vocabulary of the emulator: what a call is, what an answer is, how errors look.
//!
//! Nothing here knows the world. Shapes are checked before an operation runs, because the SDK's own
//! decoding invents missing members and would hide what a real service refuses.

mod call;
mod error;

pub use call::{Call, Scope, View};
pub use error::{ApiError, ErrorKind};
