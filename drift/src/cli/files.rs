//! Files that are written: replaced as a whole, and never one that is read in the same run.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Replaces a regular file as a whole: written beside it, forced to the disk, then renamed, so that there is never half
/// a file. Behind a link it is the target that is replaced; mode and owner stay. Anything else than a file is refused.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let target = target(path)?;
    let old = fs::metadata(&target).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let mut beside = target.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = write_durably(&beside, text, old.as_ref()).and_then(|()| fs::rename(&beside, &target));
    if written.is_err() {
        let _nothing_left = fs::remove_file(&beside);
    }
    written
}

/// What a path leads to. A link whose target is not there would be replaced itself, and is refused.
fn target(path: &Path) -> io::Result<PathBuf> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => path.canonicalize(),
        _ => Ok(path.to_path_buf()),
    }
}

fn write_durably(path: &Path, text: &str, old: Option<&fs::Metadata>) -> io::Result<()> {
    // Something that was planted under this name is not written through.
    let mut file = File::options().write(true).create_new(true).open(path)?;
    if let Some(old) = old {
        keep_owner(path, old)?;
        file.set_permissions(old.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(unix)]
fn keep_owner(path: &Path, old: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let new = fs::metadata(path)?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    chown(path, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_path: &Path, _old: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// Whether two paths are one file, however they are spelt: by what is there, else by folder and name.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    if one == other {
        return true;
    }
    match (identity(one), identity(other)) {
        (Some(one), Some(other)) => one == other,
        (None, None) => matches!((place(one), place(other)), (Some(one), Some(other)) if one == other),
        _ => false,
    }
}

/// The folder and the name of what is not there yet.
fn place(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
    Some(folder.join(path.file_name()?))
}

/// Device and number of a regular file. Devices and pipes may be written twice.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let found = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().filter(|path| path.is_file())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn the_target_is_replaced_and_keeps_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&file, &link).unwrap();
        replace(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_is_no_file_stays_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let dangling = folder.path().join("dangling");
        symlink(folder.path().join("nowhere"), &dangling).unwrap();
        for path in [Path::new("/dev/null"), folder.path(), &dangling] {
            assert!(replace(path, "x").is_err(), "{}", path.display());
        }
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn one_file_has_many_spellings() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("sub")).unwrap();
        fs::write(at("a"), "").unwrap();
        fs::hard_link(at("a"), at("hard")).unwrap();
        symlink(at("a"), at("soft")).unwrap();
        for other in ["a", "./a", "sub/../a", "hard", "soft"] {
            assert!(is_same(&at("a"), &at(other)), "{other}");
        }
        assert!(is_same(&at("new"), &at("sub/../new")));
        assert!(!is_same(&at("new"), &at("a")));
        assert!(!is_same(&at("new"), &at("newer")));
        assert!(!is_same(Path::new("/dev/null"), Path::new("/dev/zero")));
    }
}
