//! A real proxy: tinyproxy, which notes where it is asked to go.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::program::{found_in, program};
use crate::failure::Outcome;

/// A running proxy.
#[derive(Debug)]
pub struct Tinyproxy {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Tinyproxy {
    /// Starts it on a free port, which it cannot choose itself.
    pub fn start(folder: &Path) -> Outcome<Self> {
        let folder = folder.join("tinyproxy");
        fs::create_dir_all(&folder)?;
        let (settings, log) = (folder.join("tinyproxy.conf"), folder.join("log.txt"));
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let text = format!(
            "Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\nMaxClients 50\nLogLevel Connect\nLogFile \
             \"{}\"\nBasicAuth ann canary-proxy\n",
            log.display()
        );
        fs::write(&settings, text)?;
        let child = Command::new(program("ECS_ACC_TINYPROXY", "tinyproxy/usr/bin/tinyproxy")?)
            .arg("-d")
            .arg("-c")
            .arg(&settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let proxy = Self { child, port, log };
        found_in(&proxy.log, |_| TcpStream::connect(("127.0.0.1", port)).ok())?;
        Ok(proxy)
    }

    /// Its URL, with the password that it wants.
    pub fn url(&self) -> String {
        format!("http://ann:canary-proxy@127.0.0.1:{}", self.port)
    }

    /// The targets that it was asked for so far: first lines of requests.
    pub fn asked(&self) -> Outcome<Vec<String>> {
        let text = fs::read_to_string(&self.log)?;
        let requests = text.lines().filter_map(|line| {
            let (_, request) = line.split_once("Request (file descriptor ")?;
            let (_, request) = request.split_once("): ")?;
            Some(request.trim_end_matches(" HTTP/1.1").to_owned())
        });
        Ok(requests.collect())
    }
}

impl Drop for Tinyproxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
