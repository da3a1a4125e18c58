//! The key that signs: that of the environment, or one that lives for one run and must sign nothing that is published.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Outcome, capture, say};

/// The variable that `.goreleaser.yml` reads.
const FINGERPRINT: &str = "GPG_FINGERPRINT";

/// The kind that the registries take.
const ALGORITHM: &str = "rsa3072";

/// A key.
pub(super) enum Key {
    /// The user's own.
    Own,
    /// In a keyring of its own.
    Throwaway { home: PathBuf, fingerprint: String },
}

impl Key {
    /// The key that the environment names, or a new one.
    pub(super) fn obtain() -> Outcome<Self> {
        if std::env::var_os(FINGERPRINT).is_some() {
            return Ok(Self::Own);
        }
        // Not below the target folder: the path of the agent's socket may have about a hundred bytes.
        let home = std::env::temp_dir().join(format!("xtask-key-{}", std::process::id()));
        fs::create_dir_all(&home)?;
        only_for_me(&home)?;
        let mut key = Self::Throwaway {
            home,
            fingerprint: String::new(),
        };
        key.generate()?;
        Ok(key)
    }

    fn generate(&mut self) -> Outcome {
        let Self::Throwaway { home, fingerprint } = self else {
            return Ok(());
        };
        let name = "Throw-away key of cargo xtask package";
        capture(gpg(home).args([
            "--passphrase",
            "",
            "--quick-generate-key",
            name,
            ALGORITHM,
            "sign",
            "1d",
        ]))?;
        let keys = capture(gpg(home).args(["--with-colons", "--list-keys"]))?;
        let found = keys.lines().find_map(|line| line.strip_prefix("fpr:"));
        let found = found.map(|rest| rest.trim_matches(':').to_owned());
        *fingerprint = found.ok_or("gpg lists no fingerprint of the key that it has made")?;
        Ok(())
    }

    /// Names the key to a command.
    pub(super) fn name_to(&self, command: &mut Command) {
        if let Self::Throwaway { home, fingerprint } = self {
            command.env("GNUPGHOME", home).env(FINGERPRINT, fingerprint);
        }
    }

    /// Writes the public half of a throw-away key.
    pub(super) fn publish(&self, file: &Path) -> Outcome {
        if let Self::Throwaway { home, fingerprint } = self {
            let public = capture(gpg(home).args(["--armor", "--export", fingerprint]))?;
            fs::write(file, public)?;
            say("signed by a throw-away key, for tests only: GPG_FINGERPRINT names one of your own");
        }
        Ok(())
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        if let Self::Throwaway { home, .. } = self {
            let _ = Command::new("gpgconf")
                .env("GNUPGHOME", &*home)
                .args(["--kill", "all"])
                .status();
            let _ = fs::remove_dir_all(home);
        }
    }
}

fn gpg(home: &Path) -> Command {
    let mut gpg = Command::new("gpg");
    gpg.env("GNUPGHOME", home)
        .args(["--batch", "--yes", "--pinentry-mode", "loopback"]);
    gpg
}

#[cfg(unix)]
fn only_for_me(folder: &Path) -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?)
}

#[cfg(not(unix))]
fn only_for_me(_folder: &Path) -> Outcome {
    Ok(())
}
