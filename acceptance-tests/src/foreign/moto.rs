//! An STS that nobody here wrote: moto's server, which also notes what it is asked.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::program::{found_in, program};
use crate::control;
use crate::failure::Outcome;

/// A running server.
#[derive(Debug)]
pub struct Moto {
    child: Child,
    address: SocketAddr,
}

impl Moto {
    /// Starts it on a free port; what it logs stays in the folder.
    pub fn start(folder: &Path) -> Outcome<Self> {
        let folder = folder.join("moto");
        fs::create_dir_all(&folder)?;
        let log = folder.join("log.txt");
        let child = Command::new(program("ECS_ACC_MOTO", "moto/bin/moto_server")?)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .current_dir(&folder)
            .env("PYTHONUNBUFFERED", "1")
            // Roles of users have policies that AWS manages.
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log)?)
            .spawn()?;
        // Owned at once, so that the process ends whatever happens next.
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut moto = Self {
            child,
            address: nowhere,
        };
        moto.address = found_in(&log, |text| {
            let (_, rest) = text.split_once("Running on http://")?;
            let (address, _) = rest.split_once('\n')?;
            address.trim().parse().ok()
        })?;
        moto.request("POST", "/moto-api/recorder/start-recording")?;
        Ok(moto)
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that it got so far: the key of the caller, and the members of the form, sorted.
    pub fn asked(&self) -> Outcome<Vec<(String, Vec<String>)>> {
        let recorded = self.request("GET", "/moto-api/recorder/download-recording")?;
        let lines = recorded.lines().filter(|line| line.starts_with('{'));
        lines.map(|line| Ok(asked(&serde_json::from_str(line)?))).collect()
    }

    fn request(&self, method: &str, path: &str) -> Outcome<String> {
        control::plain(self.address, method, path)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn asked(recorded: &Value) -> (String, Vec<String>) {
    let signature = recorded["headers"]["Authorization"].as_str().unwrap_or_default();
    let rest = signature.split_once("Credential=").map_or("", |(_, rest)| rest);
    let caller = rest.split('/').next().unwrap_or_default().to_owned();
    let body = recorded["body"].as_str().unwrap_or_default();
    let body = if recorded["body_encoded"] == true {
        String::from_utf8_lossy(&STANDARD.decode(body).unwrap_or_default()).into_owned()
    } else {
        body.to_owned()
    };
    let mut members: Vec<String> = body.split('&').map(decoded).collect();
    members.sort();
    (caller, members)
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digits: Option<u8> = (byte == b'%').then(|| [rest.next(), rest.next()]).and_then(|digits| {
            let digits = [digits[0]?, digits[1]?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()
        });
        bytes.push(digits.unwrap_or(if byte == b'+' { b' ' } else { byte }));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read() {
        let recorded = serde_json::json!({
            "headers": {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIA/2026/us-east-1/sts/aws4_request, x"},
            "body": "QWN0aW9uPUFzc3VtZVJvbGUmQT1hJTJGYitj",
            "body_encoded": true,
        });
        let (caller, members) = asked(&recorded);
        assert_eq!(caller, "AKIA");
        assert_eq!(members, ["A=a/b c", "Action=AssumeRole"]);
    }
}
