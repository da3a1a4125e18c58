//! `cargo xtask package`: what a release offers of the provider, for the platform of this machine:
//! the archive that registries and mirrors serve, the manifest and the checksums.
//!
//! The same sources give the same bytes. The release workflow packs all platforms with goreleaser
//! (`.goreleaser.yml`); this is the same form without it, so that an installation can be tested and a
//! private mirror be filled from a checkout. Signing is left to the workflow, which has the key.

mod archive;
pub(crate) mod platform;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use sha2::{Digest, Sha256};

use self::archive::Entry;
use crate::binaries::{self, PROVIDER};
use crate::process::{Outcome, say};
use crate::workspace::Workspace;

/// Manifest of the registry, in the root of the repository.
const MANIFEST: &str = "terraform-registry-manifest.json";

/// Options of `cargo xtask package`.
#[derive(Args)]
pub(crate) struct Options {
    /// Folder for the files; its contents are replaced.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Folder of binaries that are built already; without it they are built.
    #[arg(long)]
    binaries: Option<PathBuf>,
}

/// Builds and packs.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Outcome {
    let binaries = match &options.binaries {
        Some(folder) => folder.clone(),
        None => binaries::release(workspace)?,
    };
    let folder = pack(workspace, &binaries, options.out.as_deref())?;
    say(&format!("\npacked into {}", folder.display()));
    Ok(())
}

/// Packs the binaries of a folder and answers where the files are.
pub(crate) fn pack(workspace: &Workspace, binaries: &Path, out: Option<&Path>) -> Outcome<PathBuf> {
    let folder = out.map_or_else(|| workspace.target.join("package"), Path::to_owned);
    let version = workspace.version()?;
    let stem = format!("{PROVIDER}_{version}");
    let archive = archive::pack(&[
        Entry::read(&workspace.root.join("LICENSE"), "LICENSE", false)?,
        Entry::read(&binary(binaries), &format!("{PROVIDER}_v{version}"), true)?,
    ])?;
    let manifest = fs::read(workspace.root.join(MANIFEST)).map_err(|error| format!("{MANIFEST}: {error}"))?;
    let files = [
        (format!("{stem}_{}.zip", platform::name()), archive),
        (format!("{stem}_manifest.json"), manifest),
    ];
    empty(&folder)?;
    for (name, bytes) in &files {
        store(&folder.join(name), bytes)?;
    }
    store(&folder.join(format!("{stem}_SHA256SUMS")), sums(&files).as_bytes())?;
    Ok(folder)
}

fn binary(folder: &Path) -> PathBuf {
    folder.join(format!("{PROVIDER}{}", std::env::consts::EXE_SUFFIX))
}

/// Checksums in the form that `sha256sum --check` reads.
fn sums(files: &[(String, Vec<u8>)]) -> String {
    let mut text = String::new();
    for (name, bytes) in files {
        for byte in Sha256::digest(bytes) {
            let _ = write!(text, "{byte:02x}");
        }
        let _ = writeln!(text, "  {name}");
    }
    text
}

/// Removes what an earlier version has left, but nothing that is not ours.
fn empty(folder: &Path) -> Outcome {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with(PROVIDER) {
            return Err(format!(
                "{} holds `{name}`, which is no package; name another folder",
                folder.display()
            )
            .into());
        }
        fs::remove_file(entry.path())?;
    }
    Ok(())
}

fn store(path: &Path, bytes: &[u8]) -> Outcome {
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    say(&format!("  {:>9} bytes  {}", bytes.len(), path.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_have_the_form_of_sha256sum() {
        let files = [("a.zip".to_owned(), b"abc".to_vec()), ("b.json".to_owned(), Vec::new())];
        insta::assert_snapshot!(sums(&files), @r"
        ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.zip
        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b.json
        ");
    }

    #[test]
    fn a_folder_with_other_files_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, other) = (
            folder.path().join("terraform-provider-ecs_0.0.1_SHA256SUMS"),
            folder.path().join("notes"),
        );
        fs::write(&ours, "").unwrap();
        empty(folder.path()).unwrap();
        assert!(!ours.exists());
        fs::write(&other, "").unwrap();
        assert!(empty(folder.path()).is_err());
        assert!(other.exists());
    }
}
