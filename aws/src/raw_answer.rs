//! The answer as the service sent it, which is more than the SDK makes of it: the SDK drops every member that it does not
//! know, and such a member is exactly what an older client must not overwrite without a word.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_ecs::config::{
    ConfigBag, Intercept, RuntimeComponents, interceptors::AfterDeserializationInterceptorContextRef,
};
use aws_smithy_runtime_api::box_error::BoxError;
use serde_json::Value as Json;

/// Longest answer that is read, in bytes. The longest page of the API is far below it; without a bound, a server that
/// goes on for ever would take all memory.
pub(super) const LONGEST: usize = 16 << 20;

/// Keeps the body of the answer of the one call that it is attached to.
#[derive(Clone, Debug, Default)]
pub struct Body(Arc<Mutex<Json>>);

impl Body {
    /// The body; null before the answer, or when it is no JSON.
    pub fn take(&self) -> Json {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Intercept for Body {
    fn name(&self) -> &'static str {
        "Body"
    }

    // Called once for each attempt, so that what is left is the answer that counted.
    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let bytes = context.response().body().bytes();
        let body = bytes.and_then(|bytes| serde_json::from_slice(bytes).ok());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = body.unwrap_or_default();
        Ok(())
    }
}
