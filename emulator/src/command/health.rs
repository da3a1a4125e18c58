//! `ecs-emulator health`: whether an emulator answers, for images without a shell and scripts without curl.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use http::Uri;
use serde_json::Value;

use super::Failure;
use super::printable::printable;

/// The time that connecting may take, and that the answer may.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of an answer after which it is none of ours.
const LONGEST: usize = 64 * 1024;
/// Characters of a text of others that are shown.
const SHOWN: usize = 200;

/// What is said of a text that is no address.
const NO_ADDRESS: &str = "this is no address like http://127.0.0.1:8080";

/// The variable that names an emulator to clients.
const ENDPOINT: &str = "AWS_ENDPOINT_URL";

const HELP: &str = "\
Examples:
  ecs-emulator health --url http://127.0.0.1:8080
  AWS_ENDPOINT_URL=http://127.0.0.1:8080 ecs-emulator health

Exit code:
  0  an emulator answers
  1  none answers within 5 seconds; standard error has the reason";

/// Tell whether an emulator answers
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Where the emulator is; else the environment says it.
    #[arg(
        long,
        value_name = "URL",
        help = "Address of the emulator [default: that of AWS_ENDPOINT_URL]"
    )]
    url: Option<String>,
}

/// Asks, and says what was answered.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let named = arguments.url.clone().or_else(|| std::env::var(ENDPOINT).ok());
    let url = named.ok_or_else(|| format!("--url is missing, and {ENDPOINT} names no emulator either"))?;
    let place = Place::parse(&url).map_err(|problem| format!("{}: {problem}", shown(&url)))?;
    let health = ask(&place).map_err(|problem| format!("{} {problem}", place.url()))?;
    let version = shown(health["version"].as_str().unwrap_or_default());
    let now = shown(health["now"].as_str().unwrap_or_default());
    let line = format!("{} is ecs-emulator {version}, its time is {now}\n", place.url());
    io::stdout().lock().write_all(line.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Where an emulator listens.
struct Place {
    /// As it stands in a URL, an IPv6 address in brackets.
    host: String,
    port: u16,
}

impl Place {
    fn parse(url: &str) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|_| NO_ADDRESS.to_owned())?;
        match (uri.scheme_str(), uri.authority()) {
            (Some("http"), Some(authority)) if !authority.as_str().contains('@') => {
                if uri.path() != "/" || uri.query().is_some() {
                    return Err("nothing may stand behind the port".to_owned());
                }
                let (host, port) = (authority.host().to_owned(), authority.port_u16());
                if authority.as_str().len() != host.len() && port.is_none() {
                    return Err("the port is not a number of 1 to 65535".to_owned());
                }
                Ok(Self {
                    host,
                    port: port.unwrap_or(80),
                })
            }
            (Some("https"), _) => Err("an emulator speaks http, not https".to_owned()),
            _ => Err(NO_ADDRESS.to_owned()),
        }
    }

    fn url(&self) -> String {
        format!("http://{}:{}", self.host, self.port)
    }

    fn connect(&self) -> Result<TcpStream, String> {
        let name = self.host.trim_start_matches('[').trim_end_matches(']');
        let addresses = (name, self.port).to_socket_addrs();
        let addresses = addresses.map_err(|error| format!("cannot be found: {error}"))?;
        let mut failure = "has no address".to_owned();
        for address in addresses {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => return Ok(stream),
                Err(error) => {
                    failure = format!("does not answer: {error}; --url names another address");
                }
            }
        }
        Err(failure)
    }
}

/// The health that an emulator tells. An error goes on after the address.
fn ask(place: &Place) -> Result<Value, String> {
    let unread = |error: io::Error| match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "does not answer within 5 seconds".to_owned(),
        _ => format!("breaks the connection off: {error}"),
    };
    let mut stream = place.connect()?;
    // HTTP/1.0, so that the answer is neither in chunks nor followed by another one.
    let request = format!(
        "GET /_emulator/health HTTP/1.0\r\nhost: {}:{}\r\n\r\n",
        place.host, place.port
    );
    stream.set_write_timeout(Some(PATIENCE)).map_err(unread)?;
    stream.write_all(request.as_bytes()).map_err(unread)?;
    let answer = read(&mut stream).map_err(unread)?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let mut words = head.split_ascii_whitespace();
    let status = words
        .next()
        .filter(|protocol| protocol.starts_with("HTTP/"))
        .and_then(|_| words.next());
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    match (status, &body["version"], &body["error"]) {
        (Some("200"), Value::String(_), _) if body["clock"].is_string() => Ok(body),
        (Some(status), _, Value::String(error)) if status != "200" => {
            Err(format!("answers with status {}: {}", shown(status), shown(error)))
        }
        (Some(status), _, _) => Err(format!(
            "answers with status {}, but not as an emulator does; --url names another address",
            shown(status)
        )),
        (None, _, _) => Err("does not speak HTTP; --url names another address".to_owned()),
    }
}

/// The whole answer. A server that sends a byte now and then is given up, too.
fn read(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let end = Instant::now() + PATIENCE;
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        let read = match stream.read(&mut part) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        answer.extend_from_slice(&part[..read]);
        if read == 0 || answer.len() > LONGEST {
            return Ok(answer);
        }
    }
}

fn shown(text: &str) -> String {
    printable(text, SHOWN)
}
