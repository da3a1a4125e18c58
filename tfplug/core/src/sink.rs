//! The client's end of an answer that comes in parts.

use crate::future::BoxFuture;

/// A receiver of parts.
pub trait Sink<T>: Send + Sync {
    /// Hands a part over and waits until there is room for another one. False if nobody receives any more: the sender
    /// should end.
    fn send(&self, part: T) -> BoxFuture<'_, bool>;
}
