//! Patience with hosts: when a request is made again, as GitHub, GitLab and Slack document their limits.
//!
//! | answer | wait |
//! |---|---|
//! | 429, or 403 for a limit, with `retry-after` | so long |
//! | the same, with nothing left and the time of a reset | until then |
//! | the same without either | a minute, then two, four… |
//! | 500, 502, 503, 504, and no answer | a second, then two, four…, or what `retry-after` says |

use std::time::Duration;

use aws::web::Answer;
use jiff::Timestamp;

/// Attempts of a request.
pub(super) const MOST: u32 = 5;

/// How a failure is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Not executed: may be made again after this time.
    Wait(Duration),
    /// Perhaps executed: one that may be executed twice may be made again after this time.
    Doubtful(Duration),
    /// An answer to take as it is.
    Final,
}

/// What to do after an answer, with so many attempts before it.
pub(super) fn verdict(answer: &Answer, before: u32, now: Timestamp) -> Verdict {
    match answer.status {
        429 => Verdict::Wait(limited(answer, before, now)),
        403 if is_limit(answer) => Verdict::Wait(limited(answer, before, now)),
        500 | 502 | 503 | 504 => Verdict::Doubtful(retry_after(answer).unwrap_or(backoff(before))),
        _ => Verdict::Final,
    }
}

/// The wait after a request that was not answered.
pub(super) fn backoff(before: u32) -> Duration {
    Duration::from_secs(1 << before.min(MOST))
}

fn is_limit(answer: &Answer) -> bool {
    let has_none_left = remaining(answer) == Some("0");
    has_none_left || retry_after(answer).is_some() || answer.body.to_ascii_lowercase().contains("rate limit")
}

fn remaining(answer: &Answer) -> Option<&str> {
    answer
        .header("x-ratelimit-remaining")
        .or_else(|| answer.header("ratelimit-remaining"))
}

fn limited(answer: &Answer, before: u32, now: Timestamp) -> Duration {
    let reset = || {
        let reset = answer
            .header("x-ratelimit-reset")
            .or_else(|| answer.header("ratelimit-reset"))?;
        let seconds = reset.parse::<i64>().ok()?.checked_sub(now.as_second())?;
        // A second more, since the clocks of both are not the same.
        (remaining(answer) == Some("0")).then(|| Duration::from_secs(u64::try_from(seconds).map_or(0, |left| left + 1)))
    };
    let minutes = || Duration::from_secs(60 << before.min(MOST));
    retry_after(answer).or_else(reset).unwrap_or_else(minutes)
}

fn retry_after(answer: &Answer) -> Option<Duration> {
    answer
        .header("retry-after")?
        .trim()
        .parse()
        .ok()
        .map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_kept_as_hosts_document_them() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let check = |status, headers: &[(&str, &str)], body: &str, expected: Verdict| {
            assert_eq!(
                verdict(&Answer::new(status, headers, body), 1, now),
                expected,
                "{status} {headers:?} {body}"
            );
        };
        let wait = |seconds| Verdict::Wait(Duration::from_secs(seconds));
        let doubtful = |seconds| Verdict::Doubtful(Duration::from_secs(seconds));
        check(200, &[("retry-after", "9")], "", Verdict::Final);
        check(429, &[("retry-after", "30")], "", wait(30));
        check(429, &[], "", wait(120));
        check(
            429,
            &[("ratelimit-remaining", "0"), ("ratelimit-reset", "1000050")],
            "",
            wait(51),
        );
        check(
            403,
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1000007")],
            "",
            wait(8),
        );
        check(
            403,
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "7")],
            "",
            wait(0),
        );
        check(
            403,
            &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "soon")],
            "",
            wait(120),
        );
        check(
            403,
            &[("x-ratelimit-remaining", "4"), ("x-ratelimit-reset", "1000007")],
            "secondary Rate Limit",
            wait(120),
        );
        check(
            403,
            &[("x-ratelimit-remaining", "4")],
            "Resource not accessible by integration",
            Verdict::Final,
        );
        check(503, &[], "", doubtful(2));
        check(503, &[("retry-after", "5")], "", doubtful(5));
        check(501, &[], "", Verdict::Final);
        check(401, &[], "", Verdict::Final);
        assert_eq!(backoff(40), backoff(MOST));
    }
}
