//! The client's cancellation as what ends a wait.

use daemons::wait::Interrupt;
use tfplug_core::Cancel;

/// The client has given up: `StopProvider`.
#[derive(Clone, Copy)]
pub(crate) struct ByClient<'a>(pub(crate) &'a Cancel);

impl Interrupt for ByClient<'_> {
    fn is_interrupted(&self) -> bool {
        self.0.is_cancelled()
    }

    fn interrupted(&self) -> impl Future<Output = ()> + Send {
        self.0.cancelled()
    }
}
