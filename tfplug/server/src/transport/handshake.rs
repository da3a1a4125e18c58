//! The environment variables by which the client speaks, and the one line that answers on stdout.
//!
//! Both are plain data, so that the rules can be tried without starting a process.

use std::{
    fmt,
    io::{self, Write},
    path::PathBuf,
};

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use rustls_pki_types::CertificateDer;

/// Version of go-plugin's own protocol.
const CORE_VERSION: u32 = 1;
/// Versions of the Terraform plugin protocol that are served.
const SERVED: [u32; 1] = [6];
/// The value that a client sets to show that it means a provider, and a user who runs the file does not.
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// The part of the environment that a client sets for a plugin.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    /// Proof that a client is calling.
    pub(crate) cookie: Option<String>,
    /// Protocol versions that the client knows, separated by commas and in no order.
    pub(crate) versions: Option<String>,
    /// The client's certificate in PEM. Absent: the client speaks plaintext.
    pub(crate) client_certificate: Option<String>,
    /// True if the client asks about multiplexing, and so expects a seventh field.
    pub(crate) multiplex: bool,
    /// Folder for the socket.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only Unix sockets have a place"))]
    pub(crate) socket_folder: Option<PathBuf>,
    /// Group that may use the socket, by name or number.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only Unix sockets have a group"))]
    pub(crate) socket_group: Option<String>,
    /// First and last TCP port to try, where sockets have no files.
    #[cfg_attr(unix, expect(dead_code, reason = "only systems without Unix sockets choose a port"))]
    pub(crate) ports: (u16, u16),
}

impl Environment {
    /// Reads the variables of this process.
    pub(crate) fn of_process() -> Self {
        Self::read(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// Reads the variables through `variable`, which answers `None` for those unset or empty.
    fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let port = |name| variable(name).and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        Self {
            cookie: variable("TF_PLUGIN_MAGIC_COOKIE"),
            versions: variable("PLUGIN_PROTOCOL_VERSIONS"),
            client_certificate: variable("PLUGIN_CLIENT_CERT"),
            multiplex: variable("PLUGIN_MULTIPLEX_GRPC").is_some(),
            socket_folder: variable("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from),
            socket_group: variable("PLUGIN_UNIX_SOCKET_GROUP"),
            ports: (port("PLUGIN_MIN_PORT"), port("PLUGIN_MAX_PORT")),
        }
    }

    /// True if a Terraform or `OpenTofu` client started this process.
    pub(crate) fn cookie_matches(&self) -> bool {
        self.cookie.as_deref() == Some(COOKIE)
    }

    /// The highest version that both sides know. Without one it is the lowest served, and the client
    /// reports the mismatch in its own words.
    pub(crate) fn protocol_version(&self) -> u32 {
        let Some(versions) = &self.versions else {
            return highest(SERVED);
        };
        let known: Vec<u32> = versions
            .split(',')
            .filter_map(|version| version.trim().parse().ok())
            .collect();
        let common = SERVED.into_iter().filter(|version| known.contains(version)).max();
        common.unwrap_or_else(|| SERVED.into_iter().min().unwrap_or_default())
    }
}

fn highest(versions: impl IntoIterator<Item = u32>) -> u32 {
    versions.into_iter().max().unwrap_or_default()
}

/// The line that tells a client where and how to connect.
#[derive(Clone, Debug)]
pub(crate) struct Handshake {
    /// Protocol version.
    pub(crate) version: u32,
    /// `unix` or `tcp`.
    pub(crate) network: &'static str,
    /// Socket path, or host and port.
    pub(crate) address: String,
    /// Certificate of this process; absent for plaintext.
    pub(crate) certificate: Option<CertificateDer<'static>>,
    /// True if the client waits to hear about multiplexing.
    pub(crate) multiplex: bool,
}

impl fmt::Display for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let certificate = self
            .certificate
            .as_ref()
            .map(|der| BASE64_STANDARD_NO_PAD.encode(der))
            .unwrap_or_default();
        write!(
            f,
            "{CORE_VERSION}|{}|{}|{}|grpc|{certificate}",
            self.version, self.network, self.address
        )?;
        // Multiplexing is another framing below TLS, which no Terraform client uses.
        f.write_str(if self.multiplex { "|false" } else { "" })
    }
}

impl Handshake {
    /// Writes the line in one piece. It is the first and the last thing on stdout.
    pub(crate) fn announce(&self) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(format!("{self}\n").as_bytes())?;
        stdout.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(versions: Option<&str>) -> u32 {
        Environment {
            versions: versions.map(str::to_owned),
            ..Environment::default()
        }
        .protocol_version()
    }

    #[test]
    fn the_highest_common_version_is_chosen() {
        assert_eq!(version(None), 6);
        assert_eq!(version(Some("5,6")), 6);
        assert_eq!(version(Some("6,5")), 6);
        assert_eq!(version(Some(" 6 ,x,")), 6);
        assert_eq!(version(Some("5")), 6, "the client reports the mismatch");
        assert_eq!(version(Some("7,5")), 6);
    }

    #[test]
    fn only_the_right_cookie_counts() {
        let check = |cookie: Option<&str>| {
            Environment {
                cookie: cookie.map(str::to_owned),
                ..Environment::default()
            }
            .cookie_matches()
        };
        assert!(!check(None));
        assert!(!check(Some("")));
        assert!(!check(Some(&COOKIE[1..])));
        assert!(check(Some(COOKIE)));
    }

    #[test]
    fn variables_are_read() {
        let environment = Environment::read(|name| match name {
            "PLUGIN_MIN_PORT" => Some("10000".to_owned()),
            "PLUGIN_MAX_PORT" => Some("70000".to_owned()),
            "PLUGIN_MULTIPLEX_GRPC" => Some("true".to_owned()),
            "PLUGIN_UNIX_SOCKET_GROUP" => Some("staff".to_owned()),
            _ => None,
        });
        insta::assert_debug_snapshot!(environment, @r#"
        Environment {
            cookie: None,
            versions: None,
            client_certificate: None,
            multiplex: true,
            socket_folder: None,
            socket_group: Some(
                "staff",
            ),
            ports: (
                10000,
                0,
            ),
        }
        "#);
    }

    #[test]
    fn lines() {
        let plain = Handshake {
            version: 6,
            network: "unix",
            address: "/run/plugin1".to_owned(),
            certificate: None,
            multiplex: false,
        };
        let tls = Handshake {
            certificate: Some(CertificateDer::from(vec![0xfb, 0xff, 0xfe, 1])),
            ..plain.clone()
        };
        let multiplex = Handshake {
            multiplex: true,
            network: "tcp",
            address: "127.0.0.1:10000".to_owned(),
            ..plain.clone()
        };
        insta::assert_snapshot!(format!("{plain}\n{tls}\n{multiplex}"), @r"
        1|6|unix|/run/plugin1|grpc|
        1|6|unix|/run/plugin1|grpc|+//+AQ
        1|6|tcp|127.0.0.1:10000|grpc||false
        ");
    }
}
