//! An emulator that goes on where an earlier process ended: its snapshot, and the inputs since once more.

use std::path::Path;

use super::core::Core;
use super::image::{Beginning, Image};
use super::keeper::Keeper;
use super::setup::Setup;
use crate::clock::{Clock, ClockMode};
use crate::control::{self, Begun};
use crate::journal::Record;
use crate::model::Model;
use crate::scenario::Scenario;
use crate::state::{Found, Input, StateError, Store};
use crate::stderr::tell;
use crate::throttle::Throttle;
use crate::timestamp;
use crate::wire::Incoming;

impl Core {
    /// Keeps what happens from now on, beginning with what there is.
    pub(super) fn keep_in(&mut self, store: Store) -> Result<(), StateError> {
        let mut store = store;
        store.save(&Image::of(self))?;
        self.keeper = Some(Keeper::new(store, self.world.now_ms()));
        Ok(())
    }

    /// Feeds an input of an earlier process. Nothing but its own time moves the world. Answers the mode of the clock, if
    /// it has changed it.
    fn feed(&mut self, input: Input) -> Option<ClockMode> {
        match input {
            Input::Request {
                at,
                polled_from,
                service,
                operation,
                signed,
                user_agent,
                body,
                by_rate,
            } => {
                self.arrive(at);
                if let Some(from) = polled_from {
                    self.journal.push(self.world.now_ms(), Record::Clock(from));
                }
                let incoming = Incoming {
                    service,
                    protocol: service.protocol(),
                    operation,
                    principal: signed.principal(),
                    user_agent,
                    body,
                };
                if by_rate {
                    self.answer_refused_by_rate(&incoming);
                } else {
                    self.answer(&incoming);
                }
                None
            }
            Input::Control { at, method, path, body } => {
                let resets = path == "reset";
                if !resets {
                    self.arrive(at);
                }
                let begun = control::begin(self, &method, &path, Some(body));
                // A reset has brought back the clock and the limits of the beginning.
                let mode = matches!(begun, Begun::Over(Ok(_)) if resets).then_some(self.setup.clock);
                self.hold();
                mode
            }
            Input::Clock { at, body, mode } => {
                self.arrive(at);
                self.note_control("POST", "clock", body);
                Some(mode)
            }
            Input::Time { at } => {
                self.arrive(at);
                None
            }
            Input::Stray => {
                self.strays += 1;
                None
            }
        }
    }

    /// Goes to a time, however long that takes.
    fn arrive(&mut self, at: i64) {
        while !self.reach(at) {}
    }

    /// Nothing moves time and nothing limits rates.
    fn hold(&mut self) {
        self.clock = Clock::new(ClockMode::Manual);
        self.throttle = None;
    }
}

/// What the options want of a world that was begun earlier. None: what it has.
pub(super) struct Wanted<'b> {
    pub(super) seed: Option<u64>,
    pub(super) epoch_ms: Option<i64>,
    /// What moves its time from now on.
    pub(super) clock: Option<ClockMode>,
    /// Text of the scenario.
    pub(super) scenario: Option<&'b str>,
}

impl Wanted<'_> {
    /// Refuses what cannot be had, since the world has been begun.
    fn check(&self, path: &Path, beginning: &Beginning) -> Result<(), StateError> {
        let other = |option, found| {
            Err(StateError::OtherWorld {
                path: path.to_owned(),
                option,
                found,
            })
        };
        if self.seed.is_some_and(|seed| seed != beginning.seed) {
            return other("--seed", format!("seed {}", beginning.seed));
        }
        if self.epoch_ms.is_some_and(|epoch| epoch != beginning.epoch_ms) {
            let epoch = timestamp::render(beginning.epoch_ms);
            return other("--epoch", format!("epoch {epoch}"));
        }
        match (self.scenario, &beginning.scenario) {
            (Some(wanted), Some((_, text))) if wanted == text => Ok(()),
            (None, _) => Ok(()),
            (Some(_), Some((file, _))) => other("--scenario", format!("another content of the scenario {file}")),
            (Some(_), None) => other("--scenario", "no scenario".to_owned()),
        }
    }
}

/// An emulator of what was found. `setup` completes what the world was begun with.
pub(super) fn resume(
    models: (&'static Model, &'static Model),
    wanted: &Wanted<'_>,
    (store, found): (Store, Found),
    setup: impl FnOnce(Beginning, Scenario) -> Setup,
) -> Result<Core, StateError> {
    let mut image: Image<'static> = found.state()?;
    wanted.check(store.path(), &image.beginning)?;
    let mut mode = image.clock;
    if let Some(clock) = wanted.clock {
        image.beginning.clock = clock;
    }
    let scenario = match &image.beginning.scenario {
        Some((file, text)) => Scenario::parse(file, text).map_err(|error| {
            StateError::damaged_snapshot(store.path(), format!("its scenario cannot be read: {error}"))
        })?,
        None => Scenario::default(),
    };
    let setup = setup(image.beginning.clone(), scenario);
    let (log, throttle, limits) = (setup.log, setup.throttle, setup.journal_limits);
    let mut core = image.wake(models, Setup { log: false, ..setup }, limits);
    let repeated = !found.inputs.is_empty();
    for input in found.inputs {
        mode = core.feed(input).unwrap_or(mode);
    }
    core.setup.log = log;
    core.clock = Clock::new(wanted.clock.unwrap_or(mode));
    core.throttle = throttle.then(Throttle::default);
    if log && found.torn > 0 {
        tell(format_args!(
            "{}.log ended within an input, which was never answered: its {} bytes were cut off",
            store.path().display(),
            found.torn
        ));
    }
    core.keeper = Some(Keeper::new(store, core.world.now_ms()));
    if repeated || found.torn > 0 {
        core.save()?;
    }
    Ok(core)
}

#[cfg(test)]
mod tests;
