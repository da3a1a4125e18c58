//! Failures of services: those that a reader lives through, and those upon which it gives up a service.

use std::{sync::atomic::AtomicU32, time::Duration};

use ecs_emulator::Emulator;
use tokio::time::Instant;

use super::*;

fn reader() -> EcsReader {
    let emulator = Emulator::builder().build().unwrap();
    let aws = Aws::from_sdk_config(emulator.sdk_config("eu-central-1"));
    EcsReader::new(&aws, "eu-central-1", Slots::new(16), Arc::default())
}

fn refused() -> Failure {
    Failure {
        operation: "DescribeDaemon",
        kind: FailureKind::NotSent,
        code: None,
        message: "connection refused".to_owned(),
        request_id: None,
    }
}

/// The number of the attempt that was answered, where so many are refused.
async fn answered_at(reader: &EcsReader, refusals: u32) -> Result<u32, Failure> {
    let attempts = AtomicU32::new(0);
    let send = || async {
        let attempt = attempts.fetch_add(1, Ordering::Relaxed) + 1;
        if attempt > refusals {
            Ok(attempt)
        } else {
            Err(refused())
        }
    };
    reader.call("DescribeDaemon", Class::Daemons, send).await
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_tried_again() {
    let reader = reader();
    for refusals in 0..4 {
        assert_eq!(answered_at(&reader, refusals).await, Ok(refusals + 1));
    }
}

#[tokio::test(start_paused = true)]
async fn when_nobody_is_there_what_is_left_fails_at_once() {
    let (reader, begin) = (reader(), Instant::now());
    for _ in 0..10_000 {
        assert_eq!(answered_at(&reader, u32::MAX).await, Err(refused()));
    }
    assert!(begin.elapsed() < Duration::from_secs(7), "{:?}", begin.elapsed());
}

#[tokio::test(start_paused = true)]
async fn credentials_that_are_missing_are_not_looked_for_again() {
    let (reader, attempts) = (reader(), AtomicU32::new(0));
    let send = || async {
        attempts.fetch_add(1, Ordering::Relaxed);
        let code = Some(aws::NO_CREDENTIALS.to_owned());
        Err::<(), _>(Failure { code, ..refused() })
    };
    assert!(reader.call("DescribeDaemon", Class::Daemons, send).await.is_err());
    assert_eq!(attempts.load(Ordering::Relaxed), 1);
}
