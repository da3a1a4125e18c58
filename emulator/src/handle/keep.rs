//! Keeping what happens: every input is in the log before it is answered.
//!
//! An input is carried out first, because only then it is known which time it has reached. Where it cannot be written
//! then, its answer is an error, as if the answer had been lost; it stays in memory and is written first when there is
//! room again, and until then nothing else is carried out. So nobody ever has an answer that a later process does not
//! know.

use std::path::PathBuf;

use serde_json::Value;

use super::core::Core;
use super::image::Image;
use super::keeper::{DONE, Keeper, NOTHING_DONE, Unkept};
use crate::state::{Input, StateError};
use crate::stderr::tell;
use crate::wire::Incoming;

impl Core {
    /// Makes sure that what was done before is on disk. An error: nothing may be done now.
    pub(crate) fn ready(&mut self) -> Result<(), Unkept> {
        let log = self.setup.log;
        match &mut self.keeper {
            Some(keeper) if keeper.failing || keeper.store.lags() => {
                let flushed = keeper.store.flush();
                keeper.judge(flushed, log, NOTHING_DONE)
            }
            _ => Ok(()),
        }
    }

    /// Keeps an input that has just been carried out. An error: it must not be answered.
    pub(crate) fn keep(&mut self, input: impl FnOnce(&Self) -> Input) -> Result<(), Unkept> {
        let Some(mut keeper) = self.keeper.take() else {
            return Ok(());
        };
        let appended = keeper.store.append(&input(self));
        keeper.at = self.world.now_ms();
        let kept = keeper.judge(appended, self.setup.log, DONE);
        if kept.is_ok() && keeper.store.is_long() {
            let saved = keeper.store.save(&Image::of(self));
            self.tell_of(&mut keeper, &saved);
        }
        self.keeper = Some(keeper);
        kept
    }

    /// The log has everything, so that a snapshot that cannot be written is worth a line and no more.
    fn tell_of(&self, keeper: &mut Keeper, saved: &Result<(), StateError>) {
        if let (Err(error), true, false) = (saved, self.setup.log, keeper.outgrown) {
            tell(format_args!("{error}; the log goes on instead"));
        }
        keeper.outgrown = saved.is_err();
    }

    /// Keeps a request that has just been answered.
    pub(super) fn keep_request(&mut self, incoming: &Incoming, by_rate: bool) -> Result<(), Unkept> {
        let from = self.keeper.as_mut().and_then(|keeper| keeper.polled_from.take());
        self.keep(|core| Input::request(incoming, core.world.now_ms(), from, by_rate))
    }

    /// Keeps a control call that has just been carried out.
    pub(crate) fn keep_control(&mut self, method: &str, path: &str, body: Value) -> Result<(), Unkept> {
        self.keep(|core| Input::Control {
            at: core.world.now_ms(),
            method: method.to_owned(),
            path: path.to_owned(),
            body,
        })
    }

    /// Keeps a move of the clock, or a change of its mode.
    pub(crate) fn keep_clock(&mut self, body: Value) -> Result<(), Unkept> {
        self.keep(|core| Input::Clock {
            at: core.world.now_ms(),
            body,
            mode: core.clock.mode(),
        })
    }

    /// Keeps the time, if it has moved since the latest input.
    pub(crate) fn keep_time(&mut self) -> Result<(), Unkept> {
        let now = self.world.now_ms();
        match &self.keeper {
            Some(keeper) if keeper.at != now => self.keep(|_| Input::Time { at: now }),
            _ => Ok(()),
        }
    }

    /// The state file, and why it cannot be written, if it cannot.
    pub(crate) fn state_file(&self) -> Option<(PathBuf, bool)> {
        let keeper = self.keeper.as_ref()?;
        Some((keeper.store.path().to_owned(), keeper.failing))
    }

    /// Writes a snapshot, so that the next process has nothing to repeat. An error: something is lost.
    pub(super) fn save(&mut self) -> Result<(), StateError> {
        let Some(mut keeper) = self.keeper.take() else {
            return Ok(());
        };
        let saved = keeper.store.save(&Image::of(self));
        let lags = keeper.store.lags();
        if !lags {
            self.tell_of(&mut keeper, &saved);
            self.keeper = Some(keeper);
            return Ok(());
        }
        self.keeper = Some(keeper);
        saved
    }
}
