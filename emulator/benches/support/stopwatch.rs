//! Times of a bench: those of the host, and of the processor. On a machine that others use as well the former says
//! little: a bench that gets an eighth of a core takes eight times as long.

use std::fmt;
use std::time::{Duration, Instant};

/// A measurement that has begun.
pub(crate) struct Stopwatch {
    host: Instant,
    processor: Option<Duration>,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self {
            host: Instant::now(),
            processor: processor(),
        }
    }
}

impl fmt::Display for Stopwatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, now) = (self.host.elapsed(), processor());
        write!(f, "{host:.3?}")?;
        match self.processor.zip(now) {
            Some((before, now)) => write!(f, ", of the processor {:.3?}", now.saturating_sub(before)),
            None => Ok(()),
        }
    }
}

/// Time that this thread has had a processor, where the system tells.
fn processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
