//! The reader on the SDK's client: slots, pace, repetition and counting around each call.
//!
//! A call that has to be repeated gives its slot back first, so that one region that throttles does not stop the
//! others.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws::{Aws, Failure, FailureKind};
use aws_sdk_ecs::{
    Client,
    config::{retry::RetryConfig, timeout::TimeoutConfig},
    primitives::DateTime,
    types::{
        DaemonDeployment, DaemonDetail, DaemonRevision, DaemonTaskDefinitionRevisionFilter,
        DaemonTaskDefinitionStatusFilter, DaemonTaskDefinitionSummary, Task,
    },
};
use daemons::{
    arn::{DaemonArn, RevisionArn},
    describe::{self, Described},
    tagging, why,
};
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};

use super::{
    End,
    pages::Pages,
    rate::{Class, Paces},
    reader::{Reader, Sweep, Tags},
    retry::{Hope, Tries},
};

/// Longest time to open a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Longest silence of somebody who was asked.
const SILENCE: Duration = Duration::from_secs(10);
/// Longest call as a whole.
const ATTEMPT: Duration = Duration::from_secs(15);
/// Entries of a page; the most that ECS gives.
const PAGE: i32 = 100;

/// Calls that may be under way at a time, over all accounts and regions.
#[derive(Clone, Debug)]
pub struct Slots(Arc<Semaphore>);

impl Slots {
    /// This many; at least one.
    pub fn new(concurrency: usize) -> Self {
        Self(Arc::new(Semaphore::new(concurrency.max(1))))
    }

    async fn take(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.0.acquire().await
    }
}

/// Totals of the calls of all readers of a scan.
#[derive(Debug, Default)]
pub struct Counters {
    calls: Mutex<BTreeMap<&'static str, u64>>,
    throttled: AtomicU64,
    expected: AtomicU64,
}

impl Counters {
    /// Answers by operation that were no throttling.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls
            .iter()
            .map(|(operation, count)| ((*operation).to_owned(), *count))
            .collect()
    }

    /// Answers that said "too many calls".
    pub fn throttled(&self) -> u64 {
        self.throttled.load(Ordering::Relaxed)
    }

    /// So many daemons are to be read, for whoever tells how far the scan is.
    pub fn expect(&self, daemons: usize) {
        self.expected.fetch_add(daemons as u64, Ordering::Relaxed);
    }

    /// The number of daemons that have been asked for, those among them that were asked for twice counted twice; and
    /// the number of those that are to be read.
    pub fn described(&self) -> (u64, u64) {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let described = calls.get("DescribeDaemon").copied().unwrap_or_default();
        (described, self.expected.load(Ordering::Relaxed))
    }

    /// Counts an answer that says "too many calls", and says whether it is one.
    fn note<T>(&self, answer: &Result<T, Failure>) -> bool {
        let is_throttled = matches!(answer, Err(failure) if failure.kind == FailureKind::Throttled);
        self.throttled.fetch_add(u64::from(is_throttled), Ordering::Relaxed);
        is_throttled
    }

    /// Counts one call of an operation.
    pub fn count(&self, operation: &'static str) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        *calls.entry(operation).or_default() += 1;
    }
}

/// Limits after which a call counts as not answered. Whatever a scan asks is answered within a second; limits that suit
/// a change, which must not be made twice, would hold up a scan for minutes.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .operation_attempt_timeout(ATTEMPT)
        .build()
}

/// The account of the credentials, asked for in the manner of every other call of a scan.
pub async fn account(aws: &Aws, counters: &Counters) -> Result<String, Failure> {
    const OPERATION: &str = "GetCallerIdentity";
    let mut tries = Tries::until_unreachable_for(CONNECT);
    loop {
        let answer = tokio::time::timeout(ATTEMPT, aws.account_id_at_once()).await;
        let answer = answer.unwrap_or_else(|_| Err(Failure::no_answer(OPERATION)));
        counters.note(&answer);
        let Some(pause) = answer.as_ref().err().and_then(|failure| tries.pause(failure)) else {
            counters.count(OPERATION);
            return answer;
        };
        tokio::time::sleep(pause).await;
    }
}

/// The state of the credentials that the readers of several regions share: the reason why AWS no longer takes them,
/// once it does not. Each call that is left would be refused like the last one.
#[derive(Clone, Debug, Default)]
pub struct Credentials(Arc<OnceLock<Failure>>);

impl Credentials {
    /// The first refusal.
    pub fn refusal(&self) -> Option<&Failure> {
        self.0.get()
    }

    fn note<T>(&self, answer: &Result<T, Failure>) {
        if let Some(failure) = answer.as_ref().err().filter(|failure| failure.is_about_credentials()) {
            let _first = self.0.set(failure.clone());
        }
    }
}

/// The ECS of one account and region.
#[derive(Debug)]
pub struct EcsReader {
    client: Client,
    slots: Slots,
    paces: Arc<Paces>,
    hope: Hope,
    counters: Arc<Counters>,
    end: End,
    credentials: Credentials,
}

impl EcsReader {
    /// A reader of a region, with the credentials of a connection.
    pub fn new(aws: &Aws, region: &str, slots: Slots, counters: Arc<Counters>) -> Self {
        let config = aws.ecs(region).config().to_builder();
        let config = config
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts())
            .build();
        Self {
            client: Client::from_conf(config),
            slots,
            paces: Arc::default(),
            hope: Hope::default(),
            counters,
            end: End::default(),
            credentials: Credentials::default(),
        }
    }

    /// The same, until an end, and until the credentials are of no use.
    #[must_use]
    pub fn until(self, end: End, credentials: Credentials) -> Self {
        Self {
            end,
            credentials,
            ..self
        }
    }

    /// The same, which has not given up anything yet, and does so sooner.
    #[must_use]
    pub fn afresh(&self) -> Self {
        Self {
            client: self.client.clone(),
            slots: self.slots.clone(),
            paces: self.paces.clone(),
            hope: Hope::less(),
            counters: self.counters.clone(),
            end: self.end.clone(),
            credentials: self.credentials.clone(),
        }
    }

    /// Makes a call about a single thing, unless the end of the scan comes before its answer.
    async fn call<T, F>(&self, operation: &'static str, class: Class, send: impl Fn() -> F + Send) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>> + Send,
    {
        tokio::select! {
            biased;
            _ = self.end.come() => Err(self.end.failure(operation)),
            answer = self.repeat(operation, class, send) => answer,
        }
    }

    /// Makes a call that completes many daemons, for which there is time also when the end has come.
    async fn call_for_many<T, F>(&self, operation: &'static str, send: impl Fn() -> F + Send) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>> + Send,
    {
        tokio::select! {
            biased;
            () = self.end.over() => Err(self.end.failure(operation)),
            answer = self.repeat(operation, Class::Daemons, send) => answer,
        }
    }

    /// Makes a call until it is answered, refused, or has failed too often.
    async fn repeat<T, F>(
        &self,
        operation: &'static str,
        class: Class,
        send: impl Fn() -> F + Send,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>> + Send,
    {
        let mut tries = Tries::default();
        loop {
            let is_paced = self.paces.turn(class).await;
            let slot = self.slots.take().await;
            if !is_paced && self.paces.is_paced(class) {
                // The bucket became empty while the call waited for its slot.
                continue;
            }
            if let Some(failure) = self.hopeless(operation) {
                return Err(failure);
            }
            let ticket = self.paces.leave(class);
            let answer = send().await;
            drop(slot);
            self.credentials.note(&answer);
            let is_throttled = self.counters.note(&answer);
            if is_throttled {
                self.paces.throttled(class, ticket);
            } else {
                self.paces.answered(class, ticket);
            }
            if self.hope.note(operation, &answer) {
                // It is not the rate.
                self.paces.free(class);
            }
            let Some(pause) = answer.as_ref().err().and_then(|failure| tries.pause(failure)) else {
                self.counters.count(operation);
                return answer;
            };
            // A class that is paced has its turns to wait for.
            if !is_throttled || !self.paces.is_paced(class) {
                tokio::time::sleep(pause).await;
            }
        }
    }

    /// The failure of a call that need not be made.
    fn hopeless(&self, operation: &'static str) -> Option<Failure> {
        let refused = self.credentials.refusal().map(|failure| Failure {
            operation,
            ..failure.clone()
        });
        refused.or_else(|| self.hope.given_up(operation))
    }
}

/// Entries of a list are of what was asked for: an ARN that begins otherwise is somebody else's.
fn all_of<'a>(
    operation: &'static str,
    prefix: &str,
    arns: impl IntoIterator<Item = Option<&'a str>>,
) -> Result<(), Failure> {
    for arn in arns {
        match arn {
            None => return Err(Failure::unfit(operation, "an entry of the list has no ARN")),
            Some(arn) if !arn.starts_with(prefix) => {
                return Err(Failure::unfit(operation, "the list has an entry of something else"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// An entry of a list of task definitions tells which revision it is, and in which status.
fn is_definition(summary: &DaemonTaskDefinitionSummary) -> Result<(), Failure> {
    let wrong = |reason: &str| Err(Failure::unfit("ListDaemonTaskDefinitions", reason));
    if RevisionArn::parse(summary.arn().unwrap_or_default()).is_err() {
        return wrong("an entry of the list has no ARN of a task definition");
    }
    if summary.status().is_none() {
        return wrong("an entry of the list has no `status`");
    }
    Ok(())
}

/// The beginning of the ARNs of things of a kind that belong to a cluster or a daemon.
fn prefix(arn: &str, kind: &str, of: &str) -> String {
    arn.replacen(&format!(":{kind}/"), &format!(":{of}/"), 1) + "/"
}

impl Reader for EcsReader {
    async fn describe_daemon(&self, arn: &str) -> Result<DaemonDetail, Failure> {
        let send = || describe::detail(&self.client, arn);
        self.call("DescribeDaemon", Class::Daemons, send).await
    }

    async fn describe_deployments(&self, arns: Vec<String>) -> Result<Vec<Described<DaemonDeployment>>, Failure> {
        let send = || describe::deployments(&self.client, arns.clone());
        self.call_for_many("DescribeDaemonDeployments", send).await
    }

    async fn describe_revisions(&self, arns: Vec<String>) -> Result<Vec<Described<DaemonRevision>>, Failure> {
        let send = || describe::revisions(&self.client, arns.clone());
        self.call_for_many("DescribeDaemonRevisions", send).await
    }

    async fn list_tags(&self, arn: &str) -> Result<Option<Tags>, Failure> {
        let send = || tagging::list_if_visible(&self.client, arn);
        self.call("ListTagsForResource", Class::Tags, send).await
    }

    async fn list_deployments(&self, daemon_arn: &str) -> Result<Vec<String>, Failure> {
        const OPERATION: &str = "ListDaemonDeployments";
        let (mut arns, mut token, mut pages) = (Vec::new(), None, Pages::default());
        loop {
            let send = || async {
                let call = self
                    .client
                    .list_daemon_deployments()
                    .daemon_arn(daemon_arn)
                    .max_results(PAGE);
                let answer = call.set_next_token(token.clone()).send().await;
                answer.map_err(|error| Failure::from_sdk(OPERATION, error))
            };
            let page = self.call(OPERATION, Class::Daemons, send).await?;
            let deployments = page.daemon_deployments.unwrap_or_default();
            let named = deployments.iter().map(|deployment| deployment.daemon_deployment_arn());
            all_of(OPERATION, &prefix(daemon_arn, "daemon", "daemon-deployment"), named)?;
            arns.extend(
                deployments
                    .into_iter()
                    .filter_map(|deployment| deployment.daemon_deployment_arn),
            );
            token = pages.next(OPERATION, page.next_token)?;
            if token.is_none() {
                return Ok(arns);
            }
        }
    }

    async fn list_daemons(&self, cluster_arn: &str) -> Result<BTreeMap<String, Option<f64>>, Failure> {
        const OPERATION: &str = "ListDaemons";
        let (mut found, mut token, mut pages) = (BTreeMap::new(), None, Pages::default());
        loop {
            let send = || async {
                let call = self.client.list_daemons().cluster_arn(cluster_arn).max_results(PAGE);
                let answer = call.set_next_token(token.clone()).send().await;
                answer.map_err(|error| Failure::from_sdk(OPERATION, error))
            };
            let page = self.call(OPERATION, Class::Daemons, send).await?;
            let daemons = page.daemon_summaries_list.unwrap_or_default();
            let named = daemons.iter().map(|daemon| daemon.daemon_arn());
            all_of(OPERATION, &prefix(cluster_arn, "cluster", "daemon"), named)?;
            found.extend(daemons.into_iter().filter_map(|daemon| {
                let created_at = daemon.created_at.as_ref().map(DateTime::as_secs_f64);
                Some((daemon.daemon_arn?, created_at))
            }));
            token = pages.next(OPERATION, page.next_token)?;
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    async fn list_definitions(&self, sweep: Sweep) -> Result<Vec<DaemonTaskDefinitionSummary>, Failure> {
        const OPERATION: &str = "ListDaemonTaskDefinitions";
        let (mut found, mut token, mut pages) = (Vec::new(), None, Pages::default());
        loop {
            let send = || async {
                let call = self.client.list_daemon_task_definitions().max_results(PAGE);
                let call = match sweep {
                    Sweep::LastRegistered => call
                        .revision(DaemonTaskDefinitionRevisionFilter::LastRegistered)
                        .status(DaemonTaskDefinitionStatusFilter::All),
                    Sweep::BeingDeleted => call.status(DaemonTaskDefinitionStatusFilter::DeleteInProgress),
                };
                let answer = call.set_next_token(token.clone()).send().await;
                answer.map_err(|error| Failure::from_sdk(OPERATION, error))
            };
            let page = self.call(OPERATION, Class::Definitions, send).await?;
            let definitions = page.daemon_task_definitions.unwrap_or_default();
            definitions.iter().try_for_each(is_definition)?;
            found.extend(definitions);
            token = pages.next(OPERATION, page.next_token)?;
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    async fn list_stopped_tasks(&self, daemon: &DaemonArn) -> Result<Vec<String>, Failure> {
        let send = || why::stopped(&self.client, daemon);
        self.call("ListTasks", Class::Tasks, send).await
    }

    async fn describe_tasks(&self, daemon: &DaemonArn, arns: Vec<String>) -> Result<Vec<Task>, Failure> {
        let send = || why::described(&self.client, daemon, arns.clone());
        self.call("DescribeTasks", Class::Tasks, send).await
    }
}

#[cfg(test)]
mod tests;
