//! Progress of a long scan, as it is told on standard error while the scan runs.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::streams;
use crate::{
    observe::ecs::Counters,
    render::count,
    surface::{Sheet, Terminal, sheet},
};

/// Time for which a scan is quiet at first, and between two lines after that.
const EVERY: Duration = Duration::from_secs(10);

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

/// The progress of the scan in a line. A daemon that was looked at can still turn out unread. The line tells no time that is
/// left: how long the rest takes depends on how much of it differs and on how much AWS throttles, and a guess that grows
/// helps nobody. None: nothing is known to be read.
fn line(described: u64, expected: u64, elapsed: Duration) -> Option<Sheet<Terminal>> {
    let seconds = elapsed.as_secs();
    let time: Sheet<Terminal> = match (seconds / 60, seconds % 60) {
        (0, seconds) => sheet!(seconds, " s"),
        (minutes, 0) => sheet!(minutes, " min"),
        (minutes, seconds) => sheet!(minutes, " min ", seconds, " s"),
    };
    if expected == 0 {
        return None;
    }
    let rest = if described < expected { "" } else { ", now what differs" };
    let daemons: Sheet<Terminal> = count(expected, "daemon");
    Some(sheet!(
        described.min(expected),
        " of ",
        daemons,
        " looked at after ",
        time,
        rest
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::Log;

    #[test]
    fn it_is_said_how_far_the_scan_is_and_no_guess() {
        let check = |described, expected, seconds, expected_line: Option<&str>| {
            let told = line(described, expected, Duration::from_secs(seconds));
            let told = told.map(|line| line.finish(Log::Plain).to_string());
            assert_eq!(told.as_deref(), expected_line);
        };
        check(0, 0, 10, None);
        check(0, 10, 10, Some("0 of 10 daemons looked at after 10 s"));
        check(200, 1000, 10, Some("200 of 1000 daemons looked at after 10 s"));
        check(999, 1000, 90, Some("999 of 1000 daemons looked at after 1 min 30 s"));
        check(1, 13, 120, Some("1 of 13 daemons looked at after 2 min"));
        check(
            12,
            10,
            20,
            Some("10 of 10 daemons looked at after 20 s, now what differs"),
        );
        check(1, 1, 20, Some("1 of 1 daemon looked at after 20 s, now what differs"));
    }
}
