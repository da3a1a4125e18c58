//! One account's region opened for change, together with what all regions share: time, queue,
//! event log, knobs and faults.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::api::Scope;
use crate::knobs::Knobs;
use crate::records::Records;
use crate::records::events::{Detail, Kind, Log};
use crate::records::faults::WorldFaults;
use crate::records::queue::{Due, Queue};
use crate::records::table::{NO_WRITE, Write};
use crate::records::unrest::Unrest;
use crate::seeded::{self, Span};

/// State that all regions of a world share.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Shared {
    pub(crate) seed: u64,
    pub(crate) now_ms: i64,
    #[serde(with = "crate::stored::json")]
    pub(crate) knobs: Knobs,
    pub(crate) queue: Queue,
    pub(crate) log: Log,
    pub(crate) faults: WorldFaults,
    /// The API write that is being executed.
    pub(crate) write: Write,
    pub(crate) writes: u64,
    pub(crate) unrest: Unrest,
    /// Looks of deployments at the fleet so far.
    #[cfg(test)]
    #[serde(skip)]
    pub(crate) looks: usize,
}

impl Shared {
    pub(crate) fn new(seed: u64, now_ms: i64, knobs: Knobs) -> Self {
        Self {
            seed,
            now_ms,
            knobs,
            queue: Queue::default(),
            log: Log::default(),
            faults: WorldFaults::default(),
            write: NO_WRITE,
            writes: 0,
            unrest: Unrest::new(now_ms),
            #[cfg(test)]
            looks: 0,
        }
    }

    /// Somebody has changed the world: what follows may come to rest.
    pub(crate) fn calm(&mut self) {
        self.unrest = Unrest::new(self.now_ms);
    }
}

/// A region opened for change.
#[derive(Debug)]
pub(crate) struct Region<'a> {
    pub(crate) scope: Arc<Scope>,
    pub(crate) records: &'a mut Records,
    pub(crate) shared: &'a mut Shared,
}

impl Region<'_> {
    pub(crate) fn now(&self) -> i64 {
        self.shared.now_ms
    }

    /// The API write that is being executed, for changes of tables.
    pub(crate) fn write(&self) -> Write {
        self.shared.write
    }

    pub(crate) fn arn(&self, resource: &str) -> String {
        crate::records::arn::ecs(&self.scope, resource)
    }

    /// The next number of a series, from 1 upwards.
    pub(crate) fn next(&mut self, series: &str) -> u64 {
        if let Some(number) = self.records.serials.get_mut(series) {
            *number += 1;
            return *number;
        }
        self.records.serials.insert(series.to_owned(), 1);
        1
    }

    /// Draws a duration for an entity.
    pub(crate) fn draw(&self, entity: &str, span: Span, n: u64) -> i64 {
        seeded::duration(self.shared.seed, entity, span, n)
    }

    /// Queues a record's change; the caller puts the time into the record.
    pub(crate) fn queue(&mut self, at: i64, due: Due) {
        self.shared.queue.push(at, self.scope.clone(), due);
    }

    /// Tells observers what happened.
    pub(crate) fn note(&mut self, kind: Kind, detail: impl Into<Detail>) {
        let (now, scope) = (self.shared.now_ms, self.scope.clone());
        self.shared.log.push(now, kind, scope, detail.into());
    }
}
