//! `DeleteDaemon`: started once, then awaited until ECS does not know the daemon any more, because capacity providers and
//! clusters refuse to go while instances still drain.

use aws::Failure;
use aws_sdk_ecs::types::{DaemonDetail, DaemonStatus};

use crate::{
    absent, describe,
    wait::{self, Ended, Interrupt},
    writer::Writer,
};

const OPERATION: &str = "DeleteDaemon";

/// The end of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// The daemon was there, and is gone.
    Gone,
    /// ECS knew no such daemon.
    NothingThere,
}

impl<I: Interrupt> Writer<I> {
    /// Deletes the daemon and waits until it is gone.
    pub async fn delete(&self) -> Result<Deleted, Ended> {
        let call = async {
            let sent = self
                .client()
                .delete_daemon()
                .daemon_arn(self.arn.to_string())
                .send()
                .await;
            sent.map_err(|error| Failure::from_sdk(OPERATION, error))
        };
        match wait::finish(OPERATION, &self.interrupt, call).await {
            Err(failure) if absent::is_daemon(&failure) => return Ok(Deleted::NothingThere),
            Err(failure) if !has_begun(&failure) => return Err(Ended::Failed(failure)),
            _ => {}
        }
        // A stale answer may still call it active, so only its absence counts.
        self.departed(|daemon| daemon.is_none()).await?;
        Ok(Deleted::Gone)
    }

    /// Waits for the end of a deletion that is under way. Its name may belong to a successor by then.
    pub async fn await_deletion(&self) -> Result<Deleted, Ended> {
        let is_over = |daemon: Option<&DaemonDetail>| {
            daemon.is_none_or(|daemon| daemon.status() != Some(&DaemonStatus::DeleteInProgress))
        };
        self.departed(is_over).await?;
        Ok(Deleted::Gone)
    }

    /// Waits until `is_over` holds for what ECS says of the name.
    pub(crate) async fn departed(&self, is_over: fn(Option<&DaemonDetail>) -> bool) -> Result<(), Ended> {
        wait::until(
            self.poll.schedule(),
            self.budget,
            &self.interrupt,
            || describe::daemon(self.client(), &self.arn),
            |daemon| is_over(daemon.as_ref()).then_some(()),
        )
        .await
    }
}

/// True if a refusal says that the deletion is under way already.
fn has_begun(failure: &Failure) -> bool {
    failure.is_code("DaemonNotActiveException")
        || (failure.is_code("InvalidParameterException") && failure.mentions("deletion is ongoing"))
}
