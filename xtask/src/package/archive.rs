//! Zip archives whose bytes depend on nothing but their contents: entries in the given order, no
//! time, fixed permissions. `unzip` and Terraform set the permissions, so the binary can be run.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::time::UtcDateTime;
use rawzip::{CompressionMethod, ZipArchiveWriter};

use crate::process::Outcome;

/// The time of all entries, 1980-01-01: the first that the format can tell.
const TIME: i64 = 315_532_800;

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
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for entry in entries {
        let (mut file, config) = archive
            .new_file(entry.name.as_str())
            .compression_method(CompressionMethod::DEFLATE)
            .last_modified(UtcDateTime::from_unix(TIME))
            .unix_permissions(if entry.executable { 0o755 } else { 0o644 })
            .start()?;
        let mut contents = config.wrap(DeflateEncoder::new(&mut file, Compression::best()));
        contents.write_all(&entry.bytes)?;
        let (encoder, sums) = contents.finish()?;
        encoder.finish()?;
        file.finish(sums)?;
    }
    Ok(archive.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::DeflateDecoder;
    use rawzip::ZipArchive;

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
        let bytes = pack(&entries()).unwrap();
        let archive = ZipArchive::from_slice(&bytes).unwrap();
        let mut listing = Vec::new();
        for (entry, expected) in archive.entries().zip(entries()) {
            let entry = entry.unwrap();
            let packed = archive.get_entry(entry.wayfinder()).unwrap();
            let mut contents = Vec::new();
            DeflateDecoder::new(packed.data()).read_to_end(&mut contents).unwrap();
            assert_eq!(contents, expected.bytes);
            let name = String::from_utf8(entry.file_path().as_ref().to_vec()).unwrap();
            listing.push(format!(
                "{:o} {} {name}",
                entry.mode().value(),
                entry.last_modified().year()
            ));
        }
        assert_eq!(listing, ["100644 1980 LICENSE", "100755 1980 program_v1"]);
    }
}
