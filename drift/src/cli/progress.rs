//! What a long scan says on standard error while it runs: how far it is, and how long it will take.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::streams;
use crate::{
    observe::ecs::Counters,
    surface::{Sheet, Terminal, sheet},
};

/// How long a scan is quiet, and how often it speaks after that.
const EVERY: Duration = Duration::from_secs(10);
/// Estimates are rounded up to so many seconds: a finer number would only look exact.
const STEP: u64 = 10;

/// Speaks until it is dropped.
pub(super) async fn tell(counters: Arc<Counters>) {
    let started = Instant::now();
    loop {
        sleep(EVERY).await;
        let (described, expected) = counters.described();
        if let Some(line) = line(described, expected, started.elapsed()) {
            streams::say(line);
        }
    }
}

/// None: nothing has been read yet, or only what differs is read again.
fn line(described: u64, expected: u64, elapsed: Duration) -> Option<Sheet<Terminal>> {
    let left = expected
        .checked_sub(described)
        .filter(|left| *left > 0 && described > 0)?;
    let millis = u128::from(left) * elapsed.as_millis() / u128::from(described);
    let seconds = u64::try_from(millis.div_ceil(1000)).unwrap_or(u64::MAX);
    let seconds = seconds.div_ceil(STEP).saturating_mul(STEP);
    let time: Sheet<Terminal> = match (seconds / 60, seconds % 60) {
        (0, seconds) => sheet!(seconds, " s"),
        (minutes, 0) => sheet!(minutes, " min"),
        (minutes, seconds) => sheet!(minutes, " min ", seconds, " s"),
    };
    Some(sheet!(
        described,
        " of ",
        expected,
        " daemons read, about ",
        time,
        " left"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::Log;

    #[test]
    fn the_rest_takes_as_long_as_what_was_read() {
        let check = |described, expected, seconds, expected_line: Option<&str>| {
            let told = line(described, expected, Duration::from_secs(seconds));
            let told = told.map(|line| line.finish(Log::Plain).to_string());
            assert_eq!(told.as_deref(), expected_line);
        };
        check(0, 10, 10, None);
        check(10, 10, 10, None);
        check(12, 10, 10, None);
        check(200, 1000, 10, Some("200 of 1000 daemons read, about 40 s left"));
        check(100, 1000, 10, Some("100 of 1000 daemons read, about 1 min 30 s left"));
        check(999, 1000, 60, Some("999 of 1000 daemons read, about 10 s left"));
        check(1, 13, 10, Some("1 of 13 daemons read, about 2 min left"));
    }
}
