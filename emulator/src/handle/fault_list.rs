//! Faults that a program adds to an emulator in its own process.

use super::emulator::Emulator;
use crate::faults::Fault;
use crate::form::FormError;

impl Emulator {
    /// The list of faults.
    pub fn faults(&self) -> FaultList<'_> {
        FaultList { emulator: self }
    }
}

/// Access to the faults of an emulator.
#[derive(Debug)]
pub struct FaultList<'e> {
    emulator: &'e Emulator,
}

impl FaultList<'_> {
    /// Adds a fault that stays until the guard is dropped.
    pub fn push(&self, fault: impl Into<Fault>) -> Result<FaultGuard, FormError> {
        let fault = fault.into();
        let (id, must_fire) = match &fault {
            Fault::Request(rule) => (rule.id.clone(), rule.must_fire),
            Fault::World(_) | Fault::Action(..) => (None, false),
        };
        let id = self.emulator.lock().push_fault(id, fault, must_fire)?;
        Ok(FaultGuard {
            emulator: self.emulator.clone(),
            id,
            keep: false,
        })
    }
}

/// A fault in force. Dropping it ends the fault.
#[derive(Debug)]
#[must_use = "the fault ends when the guard is dropped"]
pub struct FaultGuard {
    emulator: Emulator,
    id: String,
    keep: bool,
}

impl FaultGuard {
    /// Id in the list of faults.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Number of times that the fault has fired.
    pub fn fired(&self) -> u64 {
        self.counts().1
    }

    /// Number of requests, launches or drains that have reached the fault.
    pub fn reached(&self) -> u64 {
        self.counts().0
    }

    fn counts(&self) -> (u64, u64) {
        let core = self.emulator.lock();
        core.faults.counts(&core.world, &self.id).unwrap_or_default()
    }

    /// Leaves the fault in force for the life of the emulator.
    pub fn keep(mut self) {
        self.keep = true;
    }
}

impl Drop for FaultGuard {
    fn drop(&mut self) {
        if !self.keep {
            self.emulator.lock().drop_fault(&self.id);
        }
    }
}
