//! Zip archives whose bytes depend on nothing but their contents: entries in the given order, no
//! time, fixed permissions. `unzip` and Terraform set the permissions, so the binary can be run.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::process::Outcome;

/// A file in an archive.
pub(super) struct Entry {
    name: String,
    bytes: Vec<u8>,
    executable: bool,
}

impl Entry {
    /// A file of this machine under a name of its own.
    pub(super) fn read(path: &Path, name: &str, executable: bool) -> Outcome<Self> {
        let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self {
            name: name.to_owned(),
            bytes,
            executable,
        })
    }
}

/// The bytes of an archive.
pub(super) fn pack(entries: &[Entry]) -> Outcome<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(if entry.executable { 0o755 } else { 0o644 });
        archive.start_file(&entry.name, options)?;
        archive.write_all(&entry.bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use zip::ZipArchive;

    use super::*;

    fn entries() -> [Entry; 2] {
        let entry = |name: &str, executable| Entry {
            name: name.to_owned(),
            bytes: name.repeat(1000).into_bytes(),
            executable,
        };
        [entry("LICENSE", false), entry("program_v1", true)]
    }

    #[test]
    fn the_same_contents_give_the_same_bytes() {
        assert_eq!(pack(&entries()).unwrap(), pack(&entries()).unwrap());
    }

    #[test]
    fn contents_and_permissions_survive() {
        let mut archive = ZipArchive::new(Cursor::new(pack(&entries()).unwrap())).unwrap();
        let mut listing = Vec::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            let expected = &entries()[index];
            assert_eq!(bytes, expected.bytes);
            let mode = file.unix_mode().unwrap_or_default();
            let time = file.last_modified().unwrap();
            listing.push(format!("{mode:o} {time} {}", file.name().unwrap()));
        }
        assert_eq!(
            listing,
            [
                "100644 1980-01-01 00:00:00 LICENSE",
                "100755 1980-01-01 00:00:00 program_v1"
            ]
        );
    }
}
