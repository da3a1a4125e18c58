//! A client for the emulator's control API: one request per connection, HTTP/1.1 over a socket of
//! the standard library, so that the harness shares no code with the server it drives.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::failure::{Outcome, fail};

/// The time that an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The control API of one emulator.
#[derive(Clone, Debug)]
pub struct Control {
    address: SocketAddr,
}

impl Control {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address }
    }

    /// `GET /_emulator/PATH`.
    pub fn get(&self, path: &str) -> Outcome<Value> {
        self.call("GET", path, None)
    }

    /// `POST /_emulator/PATH` with a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        self.call("POST", path, Some(body))
    }

    /// `DELETE /_emulator/PATH`.
    pub fn delete(&self, path: &str) -> Outcome<Value> {
        self.call("DELETE", path, None)
    }

    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Outcome<Value> {
        let what = format!("{method} /_emulator/{path}");
        let answer = self
            .exchange(method, path, body)
            .map_err(|failure| failure.during(&what))?;
        if !(200..300).contains(&answer.status) {
            return fail(format!("{what} was answered with {}: {}", answer.status, answer.body));
        }
        if answer.body.trim().is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_str(&answer.body)?)
    }

    fn exchange(&self, method: &str, path: &str, body: Option<&Value>) -> Outcome<Answer> {
        let body = body.map(Value::to_string).unwrap_or_default();
        exchange(self.address, method, &format!("/_emulator/{path}"), &body)
    }
}

/// One request to any server, without a body; the body of its answer.
pub(crate) fn plain(address: SocketAddr, method: &str, path: &str) -> Outcome<String> {
    let answer = exchange(address, method, path, "")?;
    if (200..300).contains(&answer.status) {
        return Ok(answer.body);
    }
    fail(format!(
        "{method} {path} was answered with {}: {}",
        answer.status, answer.body
    ))
}

fn exchange(address: SocketAddr, method: &str, path: &str, body: &str) -> Outcome<Answer> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())?;
    Answer::read(BufReader::new(stream))
}

#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    body: String,
}

impl Answer {
    fn read(mut stream: impl BufRead) -> Outcome<Self> {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let Some(status) = line.split(' ').nth(1).and_then(|code| code.parse().ok()) else {
            return fail(format!("no HTTP status in {line:?}"));
        };
        let mut chunked = false;
        let mut length = None;
        loop {
            line.clear();
            stream.read_line(&mut line)?;
            let header = line.trim().to_ascii_lowercase();
            match header.split_once(':').map(|(name, value)| (name, value.trim())) {
                Some(("transfer-encoding", "chunked")) => chunked = true,
                Some(("content-length", value)) => length = value.parse().ok(),
                Some(_) => {}
                None => break,
            }
        }
        let bytes = if chunked {
            chunks(stream)?
        } else {
            limited(stream, length)?
        };
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Self { status, body })
    }
}

fn limited(stream: impl Read, length: Option<u64>) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(length.unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
    if length.is_some_and(|length| length != bytes.len() as u64) {
        return fail("the answer ended early");
    }
    Ok(bytes)
}

fn chunks(mut stream: impl BufRead) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let size = u64::from_str_radix(line.trim(), 16)?;
        if size == 0 {
            return Ok(bytes);
        }
        (&mut stream).take(size).read_to_end(&mut bytes)?;
        // The line end after the chunk.
        stream.read_line(&mut String::new())?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wire: &str, expected: Option<(u16, &str)>) {
        let answer = Answer::read(wire.as_bytes()).ok();
        let expected = expected.map(|(status, body)| Answer {
            status,
            body: body.to_owned(),
        });
        assert_eq!(answer, expected, "{wire:?}");
    }

    #[test]
    fn answers_are_read() {
        check("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", Some((200, "{}")));
        check("HTTP/1.1 404 Not Found\r\n\r\nno", Some((404, "no")));
        check(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            Some((200, "abcde")),
        );
        check("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{}", None);
        check("garbage", None);
    }
}
