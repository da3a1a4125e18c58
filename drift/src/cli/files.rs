//! Files that are written: replaced as a whole, and never one that is read in the same run.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::surface::Stream;

/// Something that a file can be given.
pub(super) trait Content {
    /// Writes all of it.
    fn write_to(&self, file: &mut File) -> io::Result<()>;
}

impl Content for str {
    fn write_to(&self, file: &mut File) -> io::Result<()> {
        file.write_all(self.as_bytes())
    }
}

impl Content for Stream<'_> {
    fn write_to(&self, file: &mut File) -> io::Result<()> {
        Stream::write_to(self, file)
    }
}

/// Finds out early what would keep a report from being written to a path.
pub(super) fn check(path: &Path) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|found| found.is_dir()) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    fs::metadata(folder(path)).map(drop)
}

/// The same for a file that is replaced and can be nothing else.
pub(super) fn check_regular(path: &Path) -> io::Result<()> {
    check(path)?;
    regular(&target(path)?).map(drop)
}

/// Writes a report. A regular file is replaced as a whole; devices, pipes and the streams of this process are written
/// to. Where a file can be written, but its folder cannot, or where it is mounted by itself, it is written in place.
pub(super) fn write(path: &Path, text: &(impl Content + ?Sized)) -> io::Result<()> {
    let found = fs::metadata(path).ok();
    if found.as_ref().is_some_and(|found| !found.is_file()) || is_stream(path) {
        // Behind the name of a stream may be a file that others have written to: it must not be cut.
        return text.write_to(&mut File::options().append(true).open(path)?);
    }
    match replace(path, text) {
        Err(error) if found.is_some() && is_of_folder(&error) => text.write_to(&mut File::create(path)?),
        done => done,
    }
}

/// True if replacing failed although writing may work.
fn is_of_folder(error: &io::Error) -> bool {
    use io::ErrorKind::{CrossesDevices, PermissionDenied, ReadOnlyFilesystem, ResourceBusy};
    matches!(
        error.kind(),
        CrossesDevices | PermissionDenied | ReadOnlyFilesystem | ResourceBusy
    )
}

/// True if a path names an open file of a process, as `/dev/stdout` and `/dev/fd/3` do.
fn is_stream(path: &Path) -> bool {
    let mut path = path.to_path_buf();
    // As many links as Linux follows.
    for _ in 0..40 {
        let Some(here) = place(&path) else { return false };
        if here.starts_with("/proc") {
            return true;
        }
        let Ok(next) = fs::read_link(&here) else { return false };
        path = folder(&here).join(next);
    }
    false
}

/// The old file, if there is one; what is there must be a file.
fn regular(target: &Path) -> io::Result<Option<fs::Metadata>> {
    let old = fs::metadata(target).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) || is_stream(target) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    Ok(old)
}

/// Replaces a regular file as a whole: written beside it, forced to the disk, then renamed, so that there is never half
/// a file. Behind a link it is the target that is replaced; mode and owner stay. Anything else than a file is refused.
pub(super) fn replace(path: &Path, text: &(impl Content + ?Sized)) -> io::Result<()> {
    if is_stream(path) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let target = target(path)?;
    let old = regular(&target)?;
    let mut beside = target.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = write_durably(&beside, text, old.as_ref()).and_then(|()| fs::rename(&beside, &target));
    if written.is_err() {
        let _nothing_left = fs::remove_file(&beside);
    }
    written
}

/// The path that is written for a path: the target of a link. A link whose target is not there would be replaced
/// itself, and is refused.
fn target(path: &Path) -> io::Result<PathBuf> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => path.canonicalize(),
        _ => Ok(path.to_path_buf()),
    }
}

fn write_durably(path: &Path, text: &(impl Content + ?Sized), old: Option<&fs::Metadata>) -> io::Result<()> {
    // Something that was planted under this name is not written through.
    let mut file = File::options().write(true).create_new(true).open(path)?;
    if let Some(old) = old {
        keep_owner(path, old)?;
        file.set_permissions(old.permissions())?;
    }
    text.write_to(&mut file)?;
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

/// True if two paths are one file, however they are spelt: by what is there, else by folder and name.
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
    Some(folder(path).canonicalize().ok()?.join(path.file_name()?))
}

fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
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
    fn a_report_goes_where_it_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "an old and longer text").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("file", &link).unwrap();
        write(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        write(Path::new("/dev/null"), "x").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        assert_eq!(
            write(Path::new("/dev/full"), "x").unwrap_err().kind(),
            io::ErrorKind::StorageFull
        );
        assert!(check(folder.path()).is_err());
        assert!(check(&folder.path().join("no/report")).is_err());
        assert!(check(&folder.path().join("report")).is_ok());
        // An open file by the name of its stream: what others wrote stays.
        let open = File::options().append(true).open(&file).unwrap();
        let stream = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&open));
        write(Path::new(&stream), " and newer").unwrap();
        assert!(replace(Path::new(&stream), "x").is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), "new and newer");
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
