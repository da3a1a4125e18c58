//! The snapshot: a first line, the state, and a checksum of both. A new one is written beside the old one, brought to
//! disk, and takes its name, so that there is a whole one at every moment.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::error::StateError;
use super::head::{Head, Kind};

/// Length of the checksum at the end.
const SUM: usize = 32;
/// Bytes in which the first line stands.
const PROBE: u64 = 1024;

/// A snapshot that was read.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) generation: u64,
    bytes: Vec<u8>,
    begin: usize,
}

impl Snapshot {
    /// Reads one. None: there is none, or an empty file, as `mktemp` makes it.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, StateError> {
        let bytes = match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(StateError::io(path, "read"))?,
        };
        if bytes.is_empty() {
            return Ok(None);
        }
        let (head, begin) = Head::parse(Kind::Snapshot, &bytes).ok_or_else(|| StateError::Foreign(path.to_owned()))?;
        if !head.is_ours() {
            return Err(StateError::other_version(path, &head));
        }
        let end = bytes.len().saturating_sub(SUM);
        if end < begin || Sha256::digest(&bytes[..end])[..] != bytes[end..] {
            return Err(StateError::damaged_snapshot(
                path,
                "its checksum does not fit its content",
            ));
        }
        Ok(Some(Self {
            generation: head.generation,
            bytes,
            begin,
        }))
    }

    /// Looks if a file may be one, without reading it.
    pub(super) fn probe(path: &Path) -> Result<(), StateError> {
        let mut beginning = Vec::new();
        match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            opened => {
                let file = opened.map_err(StateError::io(path, "read"))?;
                let read = file.take(PROBE).read_to_end(&mut beginning);
                read.map_err(StateError::io(path, "read"))?;
            }
        }
        match Head::parse(Kind::Snapshot, &beginning) {
            None if beginning.is_empty() => Ok(()),
            None => Err(StateError::Foreign(path.to_owned())),
            Some((head, _)) if !head.is_ours() => Err(StateError::other_version(path, &head)),
            Some(_) => Ok(()),
        }
    }

    /// The state as it was written.
    pub(super) fn content(&self) -> &[u8] {
        &self.bytes[self.begin..self.bytes.len() - SUM]
    }

    pub(super) fn length(&self) -> u64 {
        self.bytes.len() as u64
    }
}

/// Writes a snapshot in place of the one that is there, and answers its length.
pub(super) fn write(path: &Path, generation: u64, state: &impl Serialize) -> io::Result<u64> {
    let beside = beside(path);
    let written = write_beside(&beside, generation, state).and_then(|length| {
        fs::rename(&beside, path)?;
        sync_folder(path)?;
        Ok(length)
    });
    if written.is_err() {
        // It takes room that others may need, and is worth nothing.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn write_beside(beside: &Path, generation: u64, state: &impl Serialize) -> io::Result<u64> {
    let mut options = OpenOptions::new();
    let file = options
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(beside)?;
    let mut writer = Summing {
        file: BufWriter::with_capacity(1 << 16, file),
        sum: Sha256::new(),
        length: 0,
        failure: None,
    };
    writer.write_all(Head::ours(generation).render(Kind::Snapshot).as_bytes())?;
    if let Err(error) = postcard::to_io(state, &mut writer) {
        let failure = writer.failure.take();
        return Err(failure.unwrap_or_else(|| io::Error::other(format!("it cannot be put into bytes: {error}"))));
    }
    let sum = writer.sum.clone().finalize();
    writer.file.write_all(&sum)?;
    let file = writer.file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(writer.length + SUM as u64)
}

/// The new name is on disk only when the folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// The name of a snapshot that is being written.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

/// A file with the checksum of what was written.
struct Summing {
    file: BufWriter<File>,
    sum: Sha256,
    length: u64,
    /// What the file said when it refused; whoever writes through us learns only that it did.
    failure: Option<io::Error>,
}

impl Write for Summing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Err(error) = self.file.write_all(bytes) {
            let told = io::Error::from(error.kind());
            self.failure = Some(error);
            return Err(told);
        }
        self.sum.update(bytes);
        self.length += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        // Done in the end, when the file itself says what is wrong.
        Ok(())
    }
}
