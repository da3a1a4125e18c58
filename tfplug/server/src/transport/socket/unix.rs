//! Unix sockets.
//!
//! The path must fit into the kernel's address (104 bytes on macOS), also where the temporary folder
//! has a long name. The client does not remove the file, so a [`SocketFile`] does; whoever sees to the
//! end of the process holds it, because a task may never be polled again.

use std::{
    fs, io,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
};

use tokio::net::{UnixListener, UnixStream};

use crate::transport::Environment;

/// A connection.
pub(crate) type Stream = UnixStream;

/// Longest path used. The kernel's limit is 104 bytes or more, a final zero included.
const LONGEST_PATH: usize = 99;
/// The number of names that are tried before giving up.
const ATTEMPTS: usize = 20;
/// The user database for groups.
const GROUPS: &str = "/etc/group";

/// A socket that accepts connections.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: UnixListener,
    path: PathBuf,
}

impl Listener {
    /// Makes a socket. Only the own user may connect, or the group that the client names.
    pub(crate) fn bind(environment: &Environment) -> io::Result<(Self, SocketFile)> {
        let (socket, file) = bind_new(&folder(environment))?;
        match &environment.socket_group {
            None => fs::set_permissions(&file.0, fs::Permissions::from_mode(0o600))?,
            Some(group) => {
                chown(&file.0, None, Some(group_id(group)?))?;
                fs::set_permissions(&file.0, fs::Permissions::from_mode(0o660))?;
            }
        }
        let path = std::path::absolute(&file.0)?;
        Ok((Self { socket, path }, file))
    }

    /// Kind of address, as the handshake names it.
    pub(crate) const NETWORK: &str = "unix";

    /// Address, as the handshake names it.
    pub(crate) fn address(&self) -> io::Result<String> {
        let path = self.path.clone().into_os_string();
        path.into_string()
            .map_err(|_| io::Error::other("the socket folder's name is not UTF-8"))
    }

    /// Waits for a connection.
    pub(crate) async fn accept(&self) -> io::Result<Stream> {
        self.socket.accept().await.map(|(stream, _)| stream)
    }
}

/// The file of a socket, removed at the end.
#[derive(Debug)]
pub(crate) struct SocketFile(PathBuf);

impl SocketFile {
    /// A second remover, for a way out of the process that runs no destructors.
    pub(crate) fn share(&self) -> Self {
        Self(self.0.clone())
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Whoever comes second finds nothing, which is what it wants.
        let _ = fs::remove_file(&self.0);
    }
}

fn folder(environment: &Environment) -> PathBuf {
    if let Some(folder) = &environment.socket_folder {
        return folder.clone();
    }
    let folder = std::env::temp_dir();
    if fits(&path_in(&folder, u64::MAX)) {
        folder
    } else {
        PathBuf::from("/tmp")
    }
}

fn bind_new(folder: &Path) -> io::Result<(UnixListener, SocketFile)> {
    let mut last = io::Error::other("no name was tried");
    for _ in 0..ATTEMPTS {
        let path = path_in(folder, fastrand::u64(..));
        if !fits(&path) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!(
                    "the path `{}` is too long for a socket; use a folder with a shorter name",
                    path.display()
                ),
            ));
        }
        match UnixListener::bind(&path) {
            Ok(socket) => return Ok((socket, SocketFile(path))),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = error,
            Err(error) => {
                let message = format!("the socket `{}` cannot be made: {error}", path.display());
                return Err(io::Error::new(error.kind(), message));
            }
        }
    }
    Err(last)
}

fn path_in(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("plugin{number}"))
}

fn fits(path: &Path) -> bool {
    path.as_os_str().len() <= LONGEST_PATH
}

/// The number of a group. Names are looked up in the local file only: other sources of groups need
/// the C library's interface.
fn group_id(group: &str) -> io::Result<u32> {
    if let Ok(number) = group.parse() {
        return Ok(number);
    }
    let groups = fs::read_to_string(GROUPS)?;
    find_group(&groups, group).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            format!("the group `{group}` of PLUGIN_UNIX_SOCKET_GROUP is not in {GROUPS}; give its number instead"),
        )
    })
}

fn find_group(groups: &str, group: &str) -> Option<u32> {
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(group))
            .then(|| fields.nth(1)?.parse().ok())
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_folder(folder: &Path, group: Option<&str>) -> Environment {
        Environment {
            socket_folder: Some(folder.to_owned()),
            socket_group: group.map(str::to_owned),
            ..Environment::default()
        }
    }

    #[tokio::test]
    async fn the_socket_is_private_and_goes_away() {
        let folder = tempfile::tempdir().unwrap();
        let (listener, file) = Listener::bind(&in_folder(folder.path(), None)).unwrap();
        let path = PathBuf::from(listener.address().unwrap());
        assert!(path.is_absolute());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        drop(file);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_group_may_be_let_in() {
        use std::os::unix::fs::MetadataExt;
        let folder = tempfile::tempdir().unwrap();
        let own = fs::metadata(folder.path()).unwrap().gid();
        let (listener, _file) = Listener::bind(&in_folder(folder.path(), Some(&own.to_string()))).unwrap();
        let metadata = fs::metadata(listener.address().unwrap()).unwrap();
        assert_eq!((metadata.permissions().mode() & 0o777, metadata.gid()), (0o660, own));
    }

    #[tokio::test]
    async fn long_folders_are_refused_with_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        let long = folder.path().join("x".repeat(120));
        fs::create_dir(&long).unwrap();
        let error = Listener::bind(&in_folder(&long, None)).unwrap_err().to_string();
        assert!(error.contains("too long for a socket"), "{error}");
    }

    #[test]
    fn groups_are_found_by_name() {
        let groups = "root:x:0:\nstaff:x:50:ann,bob\nstaffers:x:51:\nbroken\n";
        assert_eq!(find_group(groups, "staff"), Some(50));
        assert_eq!(find_group(groups, "broken"), None);
        assert_eq!(find_group(groups, "nobody"), None);
    }
}
