//! The signal after which nothing more is begun.

use daemons::wait::Interrupt;
use tokio::sync::watch;

/// Becomes true with the first signal.
#[derive(Clone, Debug)]
pub struct BySignal(pub watch::Receiver<bool>);

impl Interrupt for BySignal {
    fn is_interrupted(&self) -> bool {
        *self.0.borrow()
    }

    async fn interrupted(&self) {
        let mut signal = self.0.clone();
        if signal.wait_for(|interrupted| *interrupted).await.is_err() {
            // A sender that is gone interrupts nothing any more.
            std::future::pending::<()>().await;
        }
    }
}
