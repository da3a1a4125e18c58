//! A provider registry of the suite's own, over TLS with an authority of its own: it serves the files that `cargo xtask
//! package` has made by the protocol that Terraform and `OpenTofu` install from.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;

use serde_json::{Value, json};

use crate::cli::packages;
use crate::failure::{Failure, Outcome};
use crate::folder::platform;
use crate::foreign::TlsFront;

/// Namespace and type of the provider.
const PROVIDER: &str = "managed-daemons/ecs";

/// Place of the protocol's documents.
const DOCUMENTS: &str = "v1/providers";

/// The version that a build of this checkout has.
const VERSION: &str = "0.1.0";

/// Longest request that is read.
const LONGEST: u64 = 16 * 1024;

/// A running registry; its threads end with the process.
#[derive(Debug)]
pub struct Registry {
    front: TlsFront,
    files: PathBuf,
}

impl Registry {
    /// Serves a copy of the packages, below `folder`.
    pub fn start(folder: &Path) -> Outcome<Self> {
        let root = folder.join("registry");
        let files = root.join("files");
        fs::create_dir_all(&files)?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let front = TlsFront::start(&format!("http://{}", listener.local_addr()?), folder)?;
        let registry = Self { front, files };
        for name in [archive(), sums(), format!("{}.sig", sums()), manifest()] {
            fs::write(registry.file(&name), package(&name)?)?;
        }
        write(
            &root,
            ".well-known/terraform.json",
            &json!({"providers.v1": format!("/{DOCUMENTS}/")}),
        )?;
        write(&root, &format!("{DOCUMENTS}/{PROVIDER}/versions"), &versions()?)?;
        let (system, machine) = platform_parts()?;
        let download = format!("{DOCUMENTS}/{PROVIDER}/{VERSION}/download/{system}/{machine}");
        write(&root, &download, &registry.download()?)?;
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let root = root.clone();
                thread::spawn(move || answer(client, &root));
            }
        });
        Ok(registry)
    }

    /// Source of the provider in a configuration.
    pub fn source(&self) -> String {
        format!("{}/{PROVIDER}", self.front.url().trim_start_matches("https://"))
    }

    /// The file of the authority's certificate.
    pub fn authority(&self) -> &Path {
        self.front.authority()
    }

    /// Path of a file that it serves, to change it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.files.join(name)
    }

    /// Forgets the platform of this machine, as a release does that was not built for it.
    pub fn lose_platform(&self) -> Outcome {
        let (system, machine) = platform_parts()?;
        let root = self.files.with_file_name("");
        let download = root.join(format!("{DOCUMENTS}/{PROVIDER}/{VERSION}/download/{system}/{machine}"));
        fs::remove_file(download)?;
        let mut versions = versions()?;
        versions["versions"][0]["platforms"] = json!([{"os": "plan9", "arch": machine}]);
        write(&root, &format!("{DOCUMENTS}/{PROVIDER}/versions"), &versions)
    }

    fn download(&self) -> Outcome<Value> {
        let (os, arch) = platform_parts()?;
        let url = |name: &str| format!("{}/files/{name}", self.front.url());
        let listed = String::from_utf8_lossy(&package(&sums())?).into_owned();
        let sum = listed
            .lines()
            .find_map(|line| line.strip_suffix(&format!("  {}", archive())));
        Ok(json!({
            "protocols": ["6.0"],
            "os": os,
            "arch": arch,
            "filename": archive(),
            "download_url": url(&archive()),
            "shasums_url": url(&sums()),
            "shasums_signature_url": url(&format!("{}.sig", sums())),
            "shasum": sum.ok_or_else(|| Failure::new(format!("{} is not in {}", archive(), sums())))?,
            "signing_keys": {"gpg_public_keys": [{
                "ascii_armor": String::from_utf8_lossy(&package("signing-key.asc")?),
            }]},
        }))
    }
}

/// Writes a document of the protocol.
fn write(root: &Path, path: &str, document: &Value) -> Outcome {
    let file = root.join(path);
    fs::create_dir_all(file.parent().unwrap_or(root))?;
    Ok(fs::write(file, document.to_string())?)
}

/// The versions that there are.
fn versions() -> Outcome<Value> {
    let manifest: Value = serde_json::from_slice(&package(&manifest())?)?;
    let (os, arch) = platform_parts()?;
    Ok(json!({"versions": [{
        "version": VERSION,
        "protocols": manifest["metadata"]["protocol_versions"],
        "platforms": [{"os": os, "arch": arch}],
    }]}))
}

/// Name of the archive for this machine.
pub fn archive() -> String {
    format!("terraform-provider-ecs_{VERSION}_{}.zip", platform())
}

/// Name of the list of checksums.
pub fn sums() -> String {
    format!("terraform-provider-ecs_{VERSION}_SHA256SUMS")
}

/// Name of the manifest.
pub fn manifest() -> String {
    format!("terraform-provider-ecs_{VERSION}_manifest.json")
}

/// A file of the packages.
pub fn package(name: &str) -> Outcome<Vec<u8>> {
    let path = packages().join(name);
    let read = fs::read(&path);
    read.map_err(|error| Failure::new(format!("{}: {error}; `cargo xtask package` makes it", path.display())))
}

fn platform_parts() -> Outcome<(String, String)> {
    let platform = platform();
    let parts = platform.split_once('_');
    let (os, arch) = parts.ok_or_else(|| Failure::new(format!("{platform} is no platform")))?;
    Ok((os.to_owned(), arch.to_owned()))
}

/// Answers one request with a file, and closes. A client that is gone needs no answer.
fn answer(client: TcpStream, root: &Path) {
    let mut reader = BufReader::new(client.take(LONGEST));
    let mut lines = reader.by_ref().lines().map_while(Result::ok);
    let request = lines.next().unwrap_or_default();
    let _ = lines.find(String::is_empty);
    let path = request.split_whitespace().nth(1).unwrap_or("/").trim_start_matches('/');
    let found = if path.split('/').any(|part| part == "..") {
        None
    } else {
        fs::read(root.join(path)).ok()
    };
    let (status, body) = match found {
        Some(body) => ("200 OK", body),
        None => ("404 Not Found", br#"{"errors":["Not Found"]}"#.to_vec()),
    };
    let kind = if path.starts_with("files/") {
        "application/octet-stream"
    } else {
        "application/json"
    };
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    let mut client = reader.into_inner().into_inner();
    let _ = client.write_all(head.as_bytes()).and_then(|()| client.write_all(&body));
}
