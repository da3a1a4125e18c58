//! Snapshot and log together: what is found when a state is opened, and what is kept while the emulator runs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::error::StateError;
use super::input::Input;
use super::log::Log;
use super::snapshot::{self, Snapshot};

/// The state that was found on disk.
#[derive(Debug)]
pub(crate) struct Found {
    path: PathBuf,
    snapshot: Snapshot,
    /// What came after it.
    pub(crate) inputs: Vec<Input>,
    /// Bytes of an input that was being written when the process ended.
    pub(crate) torn: usize,
}

impl Found {
    /// The state of the snapshot.
    pub(crate) fn state<'f, T: serde::Deserialize<'f>>(&'f self) -> Result<T, StateError> {
        postcard::from_bytes(self.snapshot.content())
            .map_err(|error| StateError::damaged_snapshot(&self.path, format!("its content cannot be read ({error})")))
    }
}

/// The files of a state, open and locked.
#[derive(Debug)]
pub(crate) struct Store {
    path: PathBuf,
    log: Log,
    generation: u64,
    /// Length of the snapshot.
    length: u64,
    /// Length of the log from which a new snapshot is due.
    limit: u64,
    /// The limit of the user.
    floor: u64,
}

fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".log");
    name.into()
}

/// Opens a state; nothing is changed on disk but that there is a log. `floor`: length of the log below which no
/// snapshot is written on the way.
pub(crate) fn open(path: &Path, floor: u64) -> Result<(Store, Option<Found>), StateError> {
    // Behind a link stands the file that counts; a new name must not take the place of the link.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if path.is_dir() {
        let error = io::Error::from(io::ErrorKind::IsADirectory);
        return Err(StateError::io(&path, "read")(error));
    }
    // Before there is a log, so that none is made beside a file that is none of ours.
    Snapshot::probe(&path)?;
    let (log, content) = Log::open(&log_of(&path), &path)?;
    let snapshot = Snapshot::read(&path)?;
    let mut store = Store {
        path: path.clone(),
        log,
        generation: 0,
        length: 0,
        limit: floor,
        floor,
    };
    let Some(snapshot) = snapshot else {
        if !content.records.is_empty() {
            let problem = format!("it follows a snapshot, and {} is not there", path.display());
            return Err(StateError::damaged_log(store.log.path(), problem));
        }
        return Ok((store, None));
    };
    store.generation = snapshot.generation;
    store.length = snapshot.length();
    let mut found = Found {
        path,
        snapshot,
        inputs: Vec::new(),
        torn: 0,
    };
    let followed = content.head.as_ref().map(|head| head.generation);
    if let Some(head) = content.head {
        if !head.is_ours() {
            return Err(StateError::other_version(&store.path, &head));
        }
        if head.generation > store.generation {
            let problem = format!(
                "it follows snapshot {}, and the snapshot is number {}",
                head.generation, store.generation
            );
            return Err(StateError::damaged_log(store.log.path(), problem));
        }
        // The process ended between a snapshot and the beginning of its log: the snapshot has these inputs.
        if head.generation == store.generation {
            found.torn = content.torn;
            found.inputs = inputs(store.log.path(), &content.records)?;
        }
    }
    if followed != Some(store.generation) {
        // On disk it stays as it is until something is written.
        store.log.restart(store.generation);
    }
    Ok((store, Some(found)))
}

fn inputs(log: &Path, records: &[Vec<u8>]) -> Result<Vec<Input>, StateError> {
    let read = |(number, record): (usize, &Vec<u8>)| {
        postcard::from_bytes(record)
            .map_err(|error| StateError::damaged_log(log, format!("record {} cannot be read ({error})", number + 1)))
    };
    records.iter().enumerate().map(read).collect()
}

impl Store {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes sure that everything before is on disk.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.log.flush()
    }

    /// True if something could not be written yet.
    pub(crate) fn lags(&self) -> bool {
        self.log.lags()
    }

    /// Appends an input. After an error it is written with the next one that can be.
    pub(crate) fn append(&mut self, input: &Input) -> io::Result<()> {
        let record = postcard::to_stdvec(input).map_err(|error| io::Error::other(error.to_string()))?;
        self.log.append(&record)
    }

    /// True if a new snapshot pays: what is read at the next start would be more log than snapshot.
    pub(crate) fn is_long(&self) -> bool {
        self.log.length() > self.limit
    }

    /// Writes a snapshot, with which the log begins again.
    pub(crate) fn save(&mut self, state: &impl Serialize) -> Result<(), StateError> {
        // Until it works, the log goes on for as long again.
        self.limit = self.log.length().saturating_mul(2).max(self.floor);
        let length = snapshot::write(&self.path, self.generation + 1, state);
        self.length = length.map_err(StateError::io(&self.path, "written"))?;
        self.generation += 1;
        let begun = self.log.begin(self.generation);
        begun.map_err(StateError::io(self.log.path(), "written"))?;
        self.limit = self.length.max(self.floor);
        Ok(())
    }
}
