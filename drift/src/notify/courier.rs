//! The one who makes requests, and makes them again as [`patience`](super::patience) says, until the time is up.

use std::time::Duration;

use aws::{
    FailureKind,
    web::{Answer, Request, Web},
};
use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use super::patience::{MOST, Verdict, backoff, verdict};

/// The one who makes requests.
pub(crate) struct Courier {
    web: Web,
    end: Instant,
}

/// Why there is no answer to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// Not executed.
    NotSent(String),
    /// Perhaps executed.
    Doubtful(String),
}

impl Lost {
    pub(super) fn reason(&self) -> &str {
        match self {
            Self::NotSent(reason) | Self::Doubtful(reason) => reason,
        }
    }
}

impl Courier {
    /// Requests by a way, for so long.
    pub(crate) fn new(web: Web, time: Duration) -> Self {
        Self {
            web,
            end: Instant::now() + time,
        }
    }

    /// An answer that is final. `may_repeat` says whether a request that may have been executed is made again.
    pub(super) async fn ask(&self, request: &Request, may_repeat: bool) -> Result<Answer, Lost> {
        let mut before = 0;
        loop {
            let (is_sure, wait, reason) = match self.web.send(request.clone()).await {
                Ok(answer) => match verdict(&answer, before, Timestamp::now()) {
                    Verdict::Final => return Ok(answer),
                    Verdict::Wait(wait) => (true, wait, format!("HTTP status {}, which asks to wait", answer.status)),
                    Verdict::Doubtful(wait) => (false, wait, format!("HTTP status {}", answer.status)),
                },
                Err(failure) => {
                    let is_sure = failure.kind == FailureKind::NotSent;
                    (is_sure, backoff(before), failure.message)
                }
            };
            before += 1;
            let lost = |reason| {
                if is_sure {
                    Lost::NotSent(reason)
                } else {
                    Lost::Doubtful(reason)
                }
            };
            if !is_sure && !may_repeat {
                return Err(lost(reason));
            }
            if before >= MOST {
                return Err(lost(format!("{reason}, {before} times")));
            }
            if Instant::now() + wait >= self.end {
                let seconds = wait.as_secs();
                return Err(lost(format!(
                    "{reason}; the next attempt would be in {seconds} s, after the end of --timeout"
                )));
            }
            sleep(wait).await;
        }
    }

    /// Waits before a request that may have been executed is looked into.
    pub(super) async fn rest(&self, before: u32) {
        sleep(backoff(before).min(self.end.saturating_duration_since(Instant::now()))).await;
    }
}
