//! msgpack form of values, as on the wire.
//!
//! The type leads, the bytes follow: whatever does not fit the type is an error with a path, never a
//! guess. Refinements of unknown values are read and dropped.

mod decode;
mod encode;
mod token;

pub use decode::decode;
pub use encode::encode;

#[cfg(test)]
mod tests;
