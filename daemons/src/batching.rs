//! Reads that run at the same time share their calls.
//!
//! Terraform refreshes ten objects at a time, and each daemon needs a deployment and a revision described, 20 of which fit
//! in one call. So a read does not call itself; it puts what it wants into a batch, and the batch goes out when no other
//! read may come to it (`crowd`), when it is full, or after a part of the time that such a call takes. A read that is alone
//! waits for nothing. Reads that shared a batch end together, so the reads that follow them begin together and share again.
//!
//! One read must not fail for another's sake. What ECS refuses for a batch is asked again for each read
//! alone, because a policy may allow some ARNs and not others.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws::Failure;
use aws_sdk_ecs::{
    Client,
    types::{DaemonDeployment, DaemonRevision},
};
use futures_util::future::BoxFuture;
use tokio::{sync::oneshot, time::Instant};

use super::{
    crowd::{Crowd, LONGEST},
    describe::{self, BATCH, Described},
};

/// Shortest time that a batch waits for more reads, if there are any.
const SHORTEST_WINDOW: Duration = Duration::from_millis(2);
/// The part of a call's duration that a batch waits: it has to cover the differences between calls that began together.
const WINDOW_PART: u32 = 12;

/// The reading calls of one client. Clones share their batches.
#[derive(Clone)]
pub struct Reader {
    client: Client,
    crowd: Arc<Crowd>,
    deployments: Batcher<DaemonDeployment>,
    revisions: Batcher<DaemonRevision>,
}

/// A read under way, until it is dropped.
pub struct Reading<'a>(&'a Reader);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.crowd.leave();
    }
}

impl Reading<'_> {
    /// `DescribeDaemonDeployments`; missing ones are left out.
    pub async fn deployments(&self, arns: Vec<String>) -> Result<Vec<Described<DaemonDeployment>>, Failure> {
        self.0.deployments.describe(arns).await
    }

    /// `DescribeDaemonRevisions`; missing ones are left out.
    pub async fn revisions(&self, arns: Vec<String>) -> Result<Vec<Described<DaemonRevision>>, Failure> {
        self.0.revisions.describe(arns).await
    }
}

impl Reader {
    /// The reader on a client.
    pub fn new(client: Client) -> Self {
        let crowd = Arc::<Crowd>::default();
        Self {
            deployments: Batcher::new(client.clone(), crowd.clone(), |client, arns| {
                Box::pin(describe::deployments(client, arns))
            }),
            revisions: Batcher::new(client.clone(), crowd.clone(), |client, arns| {
                Box::pin(describe::revisions(client, arns))
            }),
            client,
            crowd,
        }
    }

    /// The client, for calls that cannot be shared.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Begins a read, so that others know whom to wait for.
    pub fn enter(&self) -> Reading<'_> {
        self.crowd.enter();
        Reading(self)
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("crowd", &self.crowd)
            .finish_non_exhaustive()
    }
}

type Answer<T> = Result<Vec<Described<T>>, Failure>;
type Call<T> = for<'a> fn(&'a Client, Vec<String>) -> BoxFuture<'a, Answer<T>>;

/// Collects the ARNs of one describing call.
struct Batcher<T>(Arc<Shared<T>>);

struct Shared<T> {
    client: Client,
    call: Call<T>,
    crowd: Arc<Crowd>,
    /// Duration of recent calls.
    duration: Mutex<Duration>,
    batch: Mutex<Batch<T>>,
}

struct Batch<T> {
    /// Told from the one before, so that its window does not close the next one early.
    number: u64,
    waiters: Vec<Waiter<T>>,
}

struct Waiter<T> {
    arns: Vec<String>,
    answer: oneshot::Sender<Answer<T>>,
}

impl<T> Clone for Batcher<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Clone + Send + 'static> Batcher<T> {
    fn new(client: Client, crowd: Arc<Crowd>, call: Call<T>) -> Self {
        let batch = Mutex::new(Batch {
            number: 0,
            waiters: Vec::new(),
        });
        Self(Arc::new(Shared {
            client,
            call,
            crowd,
            duration: Mutex::default(),
            batch,
        }))
    }

    async fn describe(&self, arns: Vec<String>) -> Answer<T> {
        if arns.is_empty() {
            return Ok(Vec::new());
        }
        let (answer, heard) = oneshot::channel();
        self.join(Waiter {
            arns: arns.clone(),
            answer,
        });
        match heard.await {
            Ok(answer) => answer,
            // The task of the batch is gone with its runtime; alone it can still be asked.
            Err(_) => (self.0.call)(&self.0.client, arns).await,
        }
    }

    fn join(&self, waiter: Waiter<T>) {
        let mut batch = self.0.batch.lock().unwrap_or_else(PoisonError::into_inner);
        if batch.size_with(&waiter) > BATCH {
            self.send(&mut batch);
        }
        let is_first = batch.waiters.is_empty();
        batch.waiters.push(waiter);
        let is_whole = !self.0.crowd.is_more_than(batch.waiters.len(), self.0.window());
        if is_whole || batch.size() >= BATCH {
            self.send(&mut batch);
        } else if is_first {
            self.close_later(batch.number);
        }
    }

    fn close_later(&self, number: u64) {
        let batcher = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(batcher.0.window()).await;
            let mut batch = batcher.0.batch.lock().unwrap_or_else(PoisonError::into_inner);
            if batch.number == number {
                batcher.send(&mut batch);
            }
        });
    }

    /// Sends the batch, from a task of its own: the read that happened to close it may be dropped.
    fn send(&self, batch: &mut Batch<T>) {
        batch.number += 1;
        let waiters = std::mem::take(&mut batch.waiters);
        if waiters.is_empty() {
            return;
        }
        let shared = self.0.clone();
        tokio::spawn(async move { shared.answer(waiters).await });
    }
}

impl<T> Batch<T> {
    fn size(&self) -> usize {
        distinct(self.waiters.iter()).len()
    }

    fn size_with(&self, waiter: &Waiter<T>) -> usize {
        distinct(self.waiters.iter().chain([waiter])).len()
    }
}

fn distinct<'a, T: 'a>(waiters: impl Iterator<Item = &'a Waiter<T>>) -> BTreeSet<&'a String> {
    waiters.flat_map(|waiter| &waiter.arns).collect()
}

impl<T: Clone> Shared<T> {
    fn window(&self) -> Duration {
        let duration = *self.duration.lock().unwrap_or_else(PoisonError::into_inner);
        (duration / WINDOW_PART).clamp(SHORTEST_WINDOW, LONGEST)
    }

    /// Takes note of the duration of a call; earlier ones count less and less.
    fn note(&self, took: Duration) {
        let mut duration = self.duration.lock().unwrap_or_else(PoisonError::into_inner);
        *duration = (*duration + took) / 2;
    }

    async fn answer(&self, waiters: Vec<Waiter<T>>) {
        let arns: Vec<String> = distinct(waiters.iter()).into_iter().cloned().collect();
        let began = Instant::now();
        let answer = self.ask(arns).await;
        self.note(began.elapsed());
        match answer {
            Err(failure) if describe::may_be_about_one(&failure) && waiters.len() > 1 => {
                let alone = waiters.into_iter().map(|waiter| async {
                    let answer = self.ask(waiter.arns).await;
                    let _ = waiter.answer.send(answer);
                });
                futures_util::future::join_all(alone).await;
            }
            answer => {
                for waiter in waiters {
                    let own = answer.as_ref().map(|records| of(records, &waiter.arns));
                    // A read that was cancelled no longer listens.
                    let _ = waiter.answer.send(own.map_err(Clone::clone));
                }
            }
        }
    }

    /// Describes any number of records; more than fit in one call only if a single read wants them.
    async fn ask(&self, arns: Vec<String>) -> Answer<T> {
        let mut records = Vec::with_capacity(arns.len());
        for part in arns.chunks(BATCH) {
            records.extend((self.call)(&self.client, part.to_vec()).await?);
        }
        Ok(records)
    }
}

/// The records that one of the reads asked for.
fn of<T: Clone>(records: &[Described<T>], arns: &[String]) -> Vec<Described<T>> {
    let wanted = |record: &&Described<T>| arns.contains(&record.arn);
    records.iter().filter(wanted).cloned().collect()
}
