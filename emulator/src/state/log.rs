//! The log: records that are appended one by one, each with its length and a checksum.
//!
//! A process that is killed while it writes leaves a part of its last record, which nobody has been answered: it is cut
//! off. Anything else that does not fit is damage, and is not guessed about.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::StateError;
use super::head::{Head, Kind};

/// Bytes before a record: its length, the same inverted, and its checksum.
const FRAME: usize = 16;

/// A log that is open, and locked against other processes.
#[derive(Debug)]
pub(super) struct Log {
    file: File,
    path: PathBuf,
    /// The place at which the next record begins.
    end: u64,
    /// Records that could not be written yet. They are written before anything else is.
    unwritten: Vec<u8>,
    /// True if something stands behind the end that is no part of the log.
    has_rest: bool,
}

/// Content of a log.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// None: the log is empty, or its first line is torn.
    pub(super) head: Option<Head>,
    pub(super) records: Vec<Vec<u8>>,
    /// Bytes of a torn record at the end.
    pub(super) torn: usize,
}

fn frame(record: &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::try_from(record.len()).map_err(|_| io::Error::other("an input is too large"))?;
    let mut framed = Vec::with_capacity(FRAME + record.len());
    framed.extend(length.to_le_bytes());
    framed.extend((!length).to_le_bytes());
    framed.extend(checksum(record));
    framed.extend(record);
    Ok(framed)
}

fn checksum(record: &[u8]) -> [u8; 8] {
    let mut short = [0; 8];
    short.copy_from_slice(&Sha256::digest(record)[..8]);
    short
}

/// Reads what stands in a log. None: it is none. An error says at which byte and what.
fn parse(bytes: &[u8]) -> Option<Result<Content, String>> {
    if let Some((head, begin)) = Head::parse(Kind::Log, bytes) {
        return Some(records(bytes, begin, head));
    }
    // One that is torn in its first line has no record.
    let blank = bytes.iter().all(|byte| *byte == 0);
    (blank || Head::begins(Kind::Log, bytes)).then(|| {
        Ok(Content {
            torn: bytes.len(),
            ..Content::default()
        })
    })
}

fn records(bytes: &[u8], begin: usize, head: Head) -> Result<Content, String> {
    let mut content = Content {
        head: Some(head),
        ..Content::default()
    };
    let mut at = begin;
    while at < bytes.len() {
        let Some(record) = next(&bytes[at..]).map_err(|problem| format!("at byte {at}, {problem}"))? else {
            content.torn = bytes.len() - at;
            break;
        };
        content.records.push(record.to_vec());
        at += FRAME + record.len();
    }
    Ok(content)
}

/// The record at the beginning of some bytes. None: it is torn.
fn next(bytes: &[u8]) -> Result<Option<&[u8]>, &'static str> {
    let number = |at: usize| {
        let number = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_le_bytes(number))
    };
    let (Some(length), Some(inverted)) = (number(0), number(4)) else {
        return Ok(None);
    };
    if length != !inverted {
        // Zeros are what a file system may leave of a record when the whole machine stops.
        let blank = bytes.iter().all(|byte| *byte == 0);
        return if blank {
            Ok(None)
        } else {
            Err("the length of a record is wrong")
        };
    }
    let length = length as usize;
    let Some(record) = bytes.get(FRAME..FRAME + length) else {
        return Ok(None);
    };
    if bytes[8..FRAME] == checksum(record) {
        return Ok(Some(record));
    }
    if bytes.len() == FRAME + length {
        return Ok(None);
    }
    Err("the checksum of a record is wrong")
}

impl Log {
    /// Opens a log, or makes an empty one, and locks it.
    pub(super) fn open(path: &Path, state: &Path) -> Result<(Self, Content), StateError> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true).mode(0o600);
        let mut file = options.open(path).map_err(StateError::io(path, "opened"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StateError::InUse(state.to_owned())),
            Err(TryLockError::Error(error)) => return Err(StateError::io(path, "locked")(error)),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(StateError::io(path, "read"))?;
        let content = parse(&bytes).ok_or_else(|| StateError::Foreign(path.to_owned()))?;
        let content = content.map_err(|problem| StateError::damaged_log(path, problem))?;
        let log = Self {
            file,
            path: path.to_owned(),
            end: (bytes.len() - content.torn) as u64,
            unwritten: Vec::new(),
            has_rest: content.torn > 0,
        };
        Ok((log, content))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn length(&self) -> u64 {
        self.end
    }

    /// Begins again after a snapshot. It must be on disk already, and has what could not be written.
    pub(super) fn begin(&mut self, generation: u64) -> io::Result<()> {
        self.restart(generation);
        self.flush()
    }

    /// The same, when something is written the next time.
    pub(super) fn restart(&mut self, generation: u64) {
        self.end = 0;
        self.has_rest = true;
        self.unwritten = Head::ours(generation).render(Kind::Log).into_bytes();
    }

    /// Appends a record. After an error it is kept in memory, and written first when there is room again.
    pub(super) fn append(&mut self, record: &[u8]) -> io::Result<()> {
        self.unwritten.extend(frame(record)?);
        self.flush()
    }

    /// Writes what could not be written before.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if self.has_rest {
            self.file.set_len(self.end)?;
            self.has_rest = false;
        }
        if self.unwritten.is_empty() {
            return Ok(());
        }
        // At a place of our own: what an earlier attempt has left there is the beginning of the same bytes.
        self.file.write_all_at(&self.unwritten, self.end)?;
        self.end += self.unwritten.len() as u64;
        self.unwritten.clear();
        Ok(())
    }

    /// True if something could not be written yet.
    pub(super) fn lags(&self) -> bool {
        self.has_rest || !self.unwritten.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(records: &[&[u8]]) -> Vec<u8> {
        let mut bytes = Head::ours(3).render(Kind::Log).into_bytes();
        for record in records {
            bytes.extend(frame(record).unwrap());
        }
        bytes
    }

    #[test]
    fn a_log_that_is_cut_anywhere_has_all_whole_records() {
        let records: [&[u8]; 3] = [b"one", b"", b"three \xff\n"];
        let whole = written(&records);
        let ends: Vec<usize> = (0..=3).map(|count| written(&records[..count]).len()).collect();
        for length in 0..=whole.len() {
            let content = parse(&whole[..length])
                .expect("it is a log")
                .expect("a torn tail is no damage");
            let complete = ends.iter().filter(|end| **end <= length).count();
            assert_eq!(content.head.is_some(), complete > 0, "{length} bytes");
            assert_eq!(content.records.len(), complete.saturating_sub(1), "{length} bytes");
            let kept = complete.checked_sub(1).map_or(0, |count| ends[count]);
            assert_eq!(content.torn, length - kept, "{length} bytes");
        }
        let blank = [whole.clone(), vec![0; 40]].concat();
        assert_eq!(parse(&blank).unwrap().unwrap().torn, 40, "zeros at the end");
        assert_eq!(parse(b"10:04 something else\n"), None);
    }

    #[test]
    fn a_changed_byte_is_damage_or_a_torn_end_and_never_another_record() {
        let records: [&[u8]; 3] = [b"one", b"two", b"three"];
        let whole = written(&records);
        let last = written(&records[..2]).len();
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 0x10;
            match parse(&changed) {
                None => assert!(place < written(&[]).len(), "byte {place}"),
                Some(Err(_)) => {}
                Some(Ok(content)) if place < written(&[]).len() => {
                    assert_ne!(content.head, Some(Head::ours(3)), "byte {place} of the head");
                }
                Some(Ok(content)) => {
                    assert!(place >= last, "byte {place} is not in the last record");
                    assert_eq!(content.records, records[..2], "byte {place}");
                }
            }
        }
    }
}
