//! The end of a scan before everything was read: its time is over, or a signal asks for it.
//!
//! It comes in two steps. When it has come, nothing more is asked about single daemons, and calls under way are not
//! waited for. Calls that complete many daemons at once may still be made for a moment, so that nothing that was
//! answered is thrown away. Then it is over, and nothing is waited for.

use std::{
    future::pending,
    sync::{Arc, OnceLock},
    time::Duration,
};

use aws::{Failure, FailureKind};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until},
};

/// Our own code of a call that was not made, or not waited for, because of the end.
const ENDED: &str = "ScanEnded";
/// Time that calls which complete daemons may still take. Runners of jobs kill some seconds after they asked for the end.
const GRACE: Duration = Duration::from_secs(2);

/// The reason why a scan ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// A signal.
    Interrupted,
    /// Its time is over.
    TimedOut,
}

/// The moment at which a scan ends at the latest. Clones are of the same end.
#[derive(Clone, Debug, Default)]
pub struct End {
    interrupt: Option<watch::Receiver<bool>>,
    deadline: Option<Instant>,
    came: Arc<OnceLock<(Instant, Ending)>>,
}

impl End {
    /// The end that comes when the first becomes true, or at a time. Without either there is none.
    pub fn new(interrupt: Option<watch::Receiver<bool>>, deadline: Option<Instant>) -> Self {
        Self {
            interrupt,
            deadline,
            came: Arc::default(),
        }
    }

    /// The reason why the scan ends, if it does already.
    pub fn has_come(&self) -> Option<Ending> {
        self.moment().map(|(_, ending)| ending)
    }

    fn moment(&self) -> Option<(Instant, Ending)> {
        let is_interrupted = self.interrupt.as_ref().is_some_and(|interrupt| *interrupt.borrow());
        let deadline = self.deadline.filter(|deadline| *deadline <= Instant::now());
        let now = deadline
            .map(|deadline| (deadline, Ending::TimedOut))
            .or_else(|| is_interrupted.then(|| (Instant::now(), Ending::Interrupted)));
        match now {
            Some(now) => Some(*self.came.get_or_init(|| now)),
            None => self.came.get().copied(),
        }
    }

    /// Waits for it.
    pub async fn come(&self) -> Ending {
        loop {
            if let Some(ending) = self.has_come() {
                return ending;
            }
            tokio::select! {
                () = interrupted(self.interrupt.clone()) => {}
                () = reached(self.deadline) => {}
            }
        }
    }

    /// Waits until nothing may be waited for any more.
    pub async fn over(&self) {
        self.come().await;
        if let Some((came, _)) = self.moment() {
            sleep_until(came + GRACE).await;
        }
    }

    /// Waits for a while, or until the end has come.
    pub async fn sleep(&self, pause: Duration) {
        tokio::select! {
            () = sleep(pause) => {}
            _ = self.come() => {}
        }
    }

    /// The failure of a call for which there was no time.
    pub fn failure(&self, operation: &'static str) -> Failure {
        let message = match self.has_come() {
            Some(Ending::TimedOut) => "the time of the scan was over",
            _ => "the scan was interrupted",
        };
        Failure {
            operation,
            kind: FailureKind::NotSent,
            code: Some(ENDED.to_owned()),
            message: message.to_owned(),
            request_id: None,
        }
    }
}

/// True if a failure is nothing but the end of the scan.
pub fn is_end(failure: &Failure) -> bool {
    failure.is_code(ENDED)
}

async fn interrupted(interrupt: Option<watch::Receiver<bool>>) {
    match interrupt {
        Some(mut interrupt) => {
            if interrupt.wait_for(|interrupted| *interrupted).await.is_err() {
                // A sender that is gone interrupts nothing any more.
                pending::<()>().await;
            }
        }
        None => pending().await,
    }
}

async fn reached(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_comes_once_and_is_over_a_moment_later() {
        let began = Instant::now();
        let (interrupt, interrupted) = watch::channel(false);
        let end = End::new(Some(interrupted), Some(began + Duration::from_mins(1)));
        end.sleep(Duration::from_secs(10)).await;
        assert_eq!((end.has_come(), began.elapsed().as_secs()), (None, 10));
        let other = end.clone();
        let over = async move {
            other.over().await;
            began.elapsed().as_secs()
        };
        let ask = async {
            sleep(Duration::from_secs(5)).await;
            interrupt.send(true).unwrap();
            end.sleep(Duration::from_secs(100)).await;
            began.elapsed().as_secs()
        };
        assert_eq!(tokio::join!(over, ask), (17, 15));
        sleep(Duration::from_secs(100)).await;
        assert_eq!(end.has_come(), Some(Ending::Interrupted), "the first reason counts");
        // Whoever asks later gets no grace of his own.
        let later = Instant::now();
        end.over().await;
        assert_eq!(later.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_reason_it_never_comes() {
        let (sender, interrupted) = watch::channel(false);
        drop(sender);
        let end = End::new(Some(interrupted), None);
        let waited = tokio::time::timeout(Duration::from_hours(1), end.come()).await;
        assert!(waited.is_err());
        assert_eq!(End::default().has_come(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_is_an_end_and_says_so() {
        let end = End::new(None, Some(Instant::now() + Duration::from_secs(3)));
        assert_eq!(end.come().await, Ending::TimedOut);
        let failure = end.failure("DescribeDaemon");
        assert!(is_end(&failure));
        assert_eq!(
            failure.to_string(),
            "DescribeDaemon: ScanEnded: the time of the scan was over"
        );
    }
}
