//! The rules for repeating a call.
//!
//! The SDK's standard mode decides, with three corrections. Its retry quota is process-wide, so that
//! a few throttled calls leave every later client two attempts: each client gets a quota of its own,
//! without limit. Its classifiers take a limit of the account for throttling and would wait minutes
//! for nothing. And a server that cannot be reached at all is given up earlier than one that
//! throttles, because 25 retries of a mistyped endpoint take longer than anybody waits; a caller that
//! changes nothing, and can be run again, may have less patience still. On this machine nobody is on the
//! way to come back: a refused connection is final within seconds.

use aws_sdk_ecs::config::{
    ConfigBag, Intercept, RuntimeComponents, interceptors::FinalizerInterceptorContextMut, retry::RetryConfig,
};
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::context::InterceptorContext,
        orchestrator::Metadata,
        retries::{
            ErrorKind, RequestAttempts,
            classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority, RetryReason},
        },
    },
};
use aws_smithy_types::config_bag::{Storable, StoreReplace};

use super::{endpoints, failure::reason, sent::Sent};

/// Retries of a call beside the first attempt, unless set: what users of hashicorp/aws are used to.
pub const DEFAULT_RETRIES: u32 = 25;

/// Attempts in a row without any answer after which a call is given up.
const ATTEMPTS_WITHOUT_ANSWER: u32 = 10;

/// The same for attempts to reach a service on this machine, which take 3 s at most.
const ATTEMPTS_ON_LOOPBACK: u32 = 3;
/// Longest pauses of the SDK's standard mode: the first one, and what they double up to.
const PAUSES: (u64, u64) = (1, 20);

/// The failed calls that the SDK repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Repeat {
    /// All that may succeed the next time.
    Always,
    /// Only those that have not been executed for certain.
    IfNotExecuted,
}

/// The parts of a client that retries by our rules.
pub(super) struct RetryRules {
    pub(super) partition: RetryPartition,
    pub(super) verdict: Verdict,
    pub(super) patience: Patience,
}

/// The rules for one client, which may have a URL of its own. `unreachable` attempts in a row that found
/// nobody are enough, if given.
pub(super) fn rules(client: String, repeat: Repeat, unreachable: Option<u32>, url: Option<&str>) -> RetryRules {
    let unreachable = unreachable.unwrap_or(ATTEMPTS_WITHOUT_ANSWER);
    let unreachable = if url.is_some_and(endpoints::is_loopback) {
        unreachable.min(ATTEMPTS_ON_LOOPBACK)
    } else {
        unreachable
    };
    let partition = RetryPartition::custom(client)
        .token_bucket(TokenBucket::unlimited())
        .build();
    RetryRules {
        partition,
        verdict: Verdict(repeat),
        patience: Patience { unreachable },
    }
}

/// Standard mode with a number of retries beside the first attempt.
pub(super) fn config(retries: u32) -> RetryConfig {
    RetryConfig::standard().with_max_attempts(retries.saturating_add(1))
}

/// Corrects the verdict of the SDK's classifiers, after which it runs.
#[derive(Debug)]
pub(super) struct Verdict(Repeat);

impl ClassifyRetry for Verdict {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        self.classify_retry_v2(context, &RetryAction::NoActionIndicated)
    }

    fn classify_retry_v2(&self, context: &InterceptorContext, previous: &RetryAction) -> RetryAction {
        if let Some(refusal) = refusal(context) {
            return refusal;
        }
        let may_repeat = self.0 == Repeat::Always || is_throttling(previous) || was_never_sent(context);
        if previous.should_retry() && !may_repeat {
            return RetryAction::RetryForbidden;
        }
        if self.0 == Repeat::Always && is_garbled(context) {
            return RetryAction::transient_error();
        }
        RetryAction::NoActionIndicated
    }

    fn name(&self) -> &'static str {
        "ECS daemons"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// Answers whose meaning the SDK does not know.
fn refusal(context: &InterceptorContext) -> Option<RetryAction> {
    let response = context
        .response()
        .filter(|response| response.status().as_u16() >= 400)?;
    let body: serde_json::Value = serde_json::from_slice(response.body().bytes()?).ok()?;
    let member = |name: &str| body.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    let code = member("__type").rsplit('#').next().unwrap_or_default();
    if format!("{}{}", member("message"), member("Message")).contains("Too many concurrent attempts") {
        // Two registrations of one family at a time: ECS wants the second to come again.
        return Some(RetryAction::throttling_error());
    }
    // A limit of the account or the resource, which does not go away by waiting.
    (code == "LimitExceededException").then_some(RetryAction::RetryForbidden)
}

fn is_throttling(action: &RetryAction) -> bool {
    matches!(
        action,
        RetryAction::RetryIndicated(RetryReason::RetryableError {
            kind: ErrorKind::ThrottlingError,
            ..
        })
    )
}

/// The body was cut short, so there is no answer: success by its status and yet an error, or an error
/// that says to be the service's and cannot be read. An error page of a proxy is an answer.
fn is_garbled(context: &InterceptorContext) -> bool {
    let Some(response) = context.response() else {
        return false;
    };
    if response.status().is_success() {
        return context.output_or_error().is_some_and(|output| output.is_err());
    }
    let content_type = response.headers().get("content-type").unwrap_or_default();
    let body = response.body().bytes().unwrap_or_default();
    content_type.starts_with("application/x-amz-json") && serde_json::from_slice::<serde_json::Value>(body).is_err()
}

fn was_never_sent(context: &InterceptorContext) -> bool {
    let error = context.output_or_error().and_then(Result::err);
    error
        .and_then(|error| error.as_connector_error())
        .is_some_and(reason::was_never_sent)
}

/// Gives up a call after [`ATTEMPTS_WITHOUT_ANSWER`] in a row, or after fewer that were never sent.
#[derive(Debug)]
pub(super) struct Patience {
    unreachable: u32,
}

/// Attempts in a row that ended without an answer, and those of them in a row that were never sent.
#[derive(Clone, Copy, Debug, Default)]
struct Unanswered {
    all: u32,
    never_sent: u32,
}

impl Storable for Unanswered {
    type Storer = StoreReplace<Self>;
}

impl Patience {
    /// Says once for each call what is repeated and for how long: the run is silent until then.
    fn announce(&self, bag: &ConfigBag, unanswered: Unanswered) {
        let configured = bag.load::<RetryConfig>().map_or(1, RetryConfig::max_attempts);
        let limit = if unanswered.never_sent > 0 {
            self.unreachable
        } else {
            ATTEMPTS_WITHOUT_ANSWER
        };
        let attempts = configured.min(limit);
        if attempts < 2 {
            return;
        }
        let operation = bag.load::<Metadata>().map_or("a call", Metadata::name);
        let url = bag.load::<Sent>().map_or("", |sent| sent.url.as_str());
        tracing::warn!(
            operation,
            url,
            "no answer; the call is repeated up to {} times within {} s, beside the time of each attempt",
            attempts - 1,
            longest_pauses(attempts)
        );
    }
}

/// Seconds between the first and the last of a number of attempts, without the attempts themselves.
fn longest_pauses(attempts: u32) -> u64 {
    let (first, longest) = PAUSES;
    let pauses = (1..attempts).map(|number| first.saturating_mul(1 << (number - 1).min(16)).min(longest));
    pauses.sum()
}

impl Intercept for Patience {
    fn name(&self) -> &'static str {
        "Patience"
    }

    fn modify_before_attempt_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let error = context.output_or_error().and_then(Result::err);
        let is_unanswered = is_garbled(context.inner())
            || error.is_some_and(|error| error.is_connector_error() || error.is_timeout_error());
        let mut unanswered = Unanswered::default();
        if is_unanswered {
            let before = bag.load::<Unanswered>().copied().unwrap_or_default();
            unanswered.all = before.all + 1;
            if was_never_sent(context.inner()) {
                unanswered.never_sent = before.never_sent + 1;
            }
        }
        bag.interceptor_state().store_put(unanswered);
        if unanswered.all == 1 {
            self.announce(bag, unanswered);
        }
        let is_enough = unanswered.all >= ATTEMPTS_WITHOUT_ANSWER || unanswered.never_sent >= self.unreachable;
        if is_enough && let (Some(attempts), Some(config)) = (bag.load::<RequestAttempts>(), bag.load::<RetryConfig>())
        {
            let last = config.clone().with_max_attempts(attempts.attempts());
            bag.interceptor_state().store_put(last);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_on_this_machine_is_given_up_within_seconds() {
        let unreachable = |limit, url| rules(String::new(), Repeat::Always, limit, url).patience.unreachable;
        for url in ["http://localhost:1", "http://127.0.0.1:4566", "https://[::1]"] {
            assert_eq!(unreachable(None, Some(url)), 3, "{url}");
        }
        assert_eq!(unreachable(None, Some("http://10.0.0.1")), 10);
        assert_eq!(unreachable(None, None), 10);
        assert_eq!(unreachable(Some(2), Some("http://localhost")), 2);
        assert!(longest_pauses(ATTEMPTS_ON_LOOPBACK) <= 5);
        assert_eq!(longest_pauses(ATTEMPTS_WITHOUT_ANSWER), 111);
    }
}
