//! The clock: requests, control calls, or the host's clock at some rate move virtual time.
//!
//! The world only knows "advance to"; this module knows when and how far.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// Start of virtual time unless told otherwise: 2026-01-01T00:00:00Z.
pub const DEFAULT_EPOCH_MS: i64 = 1_767_225_600_000;

/// The way in which virtual time moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClockMode {
    /// A poll moves to the next milestone.
    #[default]
    Jump,
    /// A poll moves to the next event.
    Step,
    /// Only control calls move time.
    Manual,
    /// Virtual seconds are host seconds.
    Real,
    /// This many virtual seconds pass in a host second (1 to 100,000).
    Scaled(u32),
    /// Follows the time of the tokio runtime that the emulator is embedded in, paused time included.
    Embedder,
}

impl ClockMode {
    /// True if virtual time starts at the host's time unless an epoch is given.
    pub fn starts_at_host_time(self) -> bool {
        matches!(self, Self::Real | Self::Scaled(_))
    }

    /// Virtual time per host time; `None` when host time moves nothing.
    pub(crate) fn rate(self) -> Option<u32> {
        match self {
            Self::Jump | Self::Step | Self::Manual => None,
            Self::Real | Self::Embedder => Some(1),
            Self::Scaled(rate) => Some(rate),
        }
    }
}

impl FromStr for ClockMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "jump" => Ok(Self::Jump),
            "step" => Ok(Self::Step),
            "manual" => Ok(Self::Manual),
            "real" => Ok(Self::Real),
            _ => text
                .strip_prefix("scaled:")
                .and_then(|rate| rate.parse().ok())
                .filter(|rate| (1..=100_000).contains(rate))
                .map(Self::Scaled)
                .ok_or_else(|| {
                    format!("'{text}' is no clock mode: use jump, step, manual, real or scaled:1 to scaled:100000")
                }),
        }
    }
}

impl fmt::Display for ClockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jump => f.write_str("jump"),
            Self::Step => f.write_str("step"),
            Self::Manual => f.write_str("manual"),
            Self::Real => f.write_str("real"),
            Self::Scaled(rate) => write!(f, "scaled:{rate}"),
            Self::Embedder => f.write_str("embedder"),
        }
    }
}

/// A mode with the point at which virtual and host time were last tied together.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    mode: ClockMode,
    /// Host instant and virtual time in milliseconds. Set at the first look, because the runtime that the emulator
    /// lives in may not run yet when it is built.
    anchor: Option<(Instant, i64)>,
}

impl Clock {
    pub(crate) fn new(mode: ClockMode) -> Self {
        Self { mode, anchor: None }
    }

    pub(crate) fn mode(&self) -> ClockMode {
        self.mode
    }

    pub(crate) fn set_mode(&mut self, mode: ClockMode) {
        *self = Self::new(mode);
    }

    /// Virtual time as it should be by the host's clock; `None` when it does not follow it.
    pub(crate) fn due(&mut self, now_ms: i64) -> Option<i64> {
        let rate = self.mode.rate()?;
        let (instant, virtual_ms) = *self.anchor.get_or_insert_with(|| (Instant::now(), now_ms));
        Some(virtual_ms.saturating_add(scaled_ms(instant.elapsed(), rate)))
    }

    /// Host time from now until virtual time is there, rounded up; `None` when host time moves nothing.
    pub(crate) fn host_time_until(&mut self, now_ms: i64, target_ms: i64) -> Option<Duration> {
        let rate = self.mode.rate()?;
        let present = self.due(now_ms)?.max(now_ms);
        let ahead = u64::try_from(target_ms.saturating_sub(present)).unwrap_or(0);
        Some(Duration::from_micros(ahead.saturating_mul(1000).div_ceil(rate.into())))
    }

    /// Ties the clocks together again after virtual time was moved by hand.
    pub(crate) fn moved_by_hand(&mut self, now_ms: i64) {
        if self.mode.rate().is_some() {
            self.anchor = Some((Instant::now(), now_ms));
        }
    }
}

fn scaled_ms(elapsed: Duration, rate: u32) -> i64 {
    let scaled = elapsed.as_nanos().saturating_mul(u128::from(rate)) / 1_000_000;
    i64::try_from(scaled).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Clock, ClockMode};

    #[test]
    fn modes_by_name() {
        for name in ["jump", "step", "manual", "real", "scaled:60"] {
            assert_eq!(
                name.parse::<ClockMode>().map(|mode| mode.to_string()),
                Ok(name.to_owned())
            );
        }
        for name in ["", "embedder", "scaled:0", "scaled:100001", "scaled:x", "Jump"] {
            assert!(name.parse::<ClockMode>().is_err(), "{name}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn host_time_is_scaled_from_the_anchor() {
        let mut clock = Clock::new(ClockMode::Scaled(60));
        assert_eq!(clock.due(1000), Some(1000));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(clock.due(1000), Some(121_000));
        clock.moved_by_hand(500_000);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(clock.due(500_000), Some(560_000));
        assert_eq!(clock.host_time_until(560_000, 620_000), Some(Duration::from_secs(1)));
        assert_eq!(clock.host_time_until(560_000, 0), Some(Duration::ZERO));
        clock.set_mode(ClockMode::Manual);
        assert_eq!(clock.due(560_000), None);
        assert_eq!(clock.host_time_until(560_000, 620_000), None);
    }
}
