//! `ecs-emulator health` as a process, and the commands of the image, which need no Docker to be run.

#![expect(clippy::expect_used, reason = "helpers of tests are no tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};

const BINARY: &str = env!("CARGO_BIN_EXE_ecs-emulator");

/// How the image is built.
const DOCKERFILE: &str = include_str!("../../kits/docker/Dockerfile");

/// A running emulator; killed at the end.
struct Running {
    child: Child,
    url: String,
}

impl Running {
    fn start(arguments: &[String]) -> Self {
        let mut child = Command::new(BINARY)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("a first line");
        let url = line
            .trim()
            .strip_prefix("listening on ")
            .expect("an address")
            .to_owned();
        Self { child, url }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn health(arguments: &[&str], endpoint: Option<&str>) -> Output {
    let mut command = Command::new(BINARY);
    command.arg("health").args(arguments).env_remove("AWS_ENDPOINT_URL");
    if let Some(endpoint) = endpoint {
        command.env("AWS_ENDPOINT_URL", endpoint);
    }
    command.output().expect("the binary starts")
}

/// Exit code and everything that was said.
fn whole(output: &Output) -> (Option<i32>, String) {
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn an_emulator_that_answers_is_healthy_until_it_has_ended() {
    let running = Running::start(&[]);
    let expected = format!(
        "{} is ecs-emulator {}, its time is 2026-01-01T00:00:00.000Z\n",
        running.url,
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(
        whole(&health(&["--url", &running.url], None)),
        (Some(0), expected.clone())
    );
    assert_eq!(whole(&health(&[], Some(&running.url))), (Some(0), expected));
    let url = running.url.clone();
    drop(running);
    let (code, said) = whole(&health(&["--url", &url], None));
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.starts_with(&format!("ecs-emulator: {url} does not answer: Connection refused")),
        "{said}"
    );
}

/// A server that gives one client these bytes.
fn stranger(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it listens"));
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut request = [0; 1024];
        let _ = stream.read(&mut request);
        let _ = stream.write_all(answer);
    });
    url
}

#[test]
fn what_is_no_emulator_is_told() {
    for (answer, expected) in [
        (
            &b"HTTP/1.0 200 OK\r\n\r\n<html>"[..],
            "status 200, but not as an emulator does",
        ),
        (
            b"HTTP/1.0 404 Not Found\r\n\r\n{}",
            "status 404, but not as an emulator does",
        ),
        (
            b"HTTP/1.1 421 Misdirected\r\n\r\n{\"error\": \"not \\u001b[31mhere\"}",
            "answers with status 421: not \\u{1b}[31mhere",
        ),
        (b"SSH-2.0-OpenSSH_9.9\r\n", "does not speak HTTP"),
        (b"", "does not speak HTTP"),
        (b"HTTP/1.1 200 OK\r\n\r\n\xff\xfe", "not as an emulator does"),
    ] {
        let (code, said) = whole(&health(&["--url", &stranger(answer)], None));
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(expected) && !said.contains('\x1b'), "{said}");
    }
}

#[test]
fn addresses_that_are_none_are_refused() {
    for (url, expected) in [
        ("", "no address like"),
        ("localhost", "no address like"),
        ("localhost:8080", "no address like"),
        ("ftp://localhost:8080", "no address like"),
        ("http://", "no address like"),
        ("http://name@localhost:8080", "no address like"),
        ("http://local host", "no address like"),
        ("https://localhost:8080", "http, not https"),
        ("http://localhost:8080/_emulator", "nothing may stand behind the port"),
        ("http://localhost:8080?a=b", "nothing may stand behind the port"),
        ("http://localhost:99999", "1 to 65535"),
        ("http://no-such-host.invalid:8080", "cannot be found"),
    ] {
        let (code, said) = whole(&health(&["--url", url], None));
        assert_eq!(code, Some(1), "{url}: {said}");
        assert!(said.contains(expected), "{url}: {said}");
    }
    let (code, said) = whole(&health(&[], None));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("--url is missing"), "{said}");
}

/// The words of an instruction in exec form.
fn instruction(name: &str) -> Vec<String> {
    let text = DOCKERFILE.replace("\\\n", " ");
    let line = text
        .lines()
        .find(|line| line.starts_with(name))
        .expect("the instruction");
    let words = &line[line.find('[').expect("the exec form")..];
    serde_json::from_str(words).expect("a list of words")
}

/// An image listens where others reach it, and on a port that may be in use here.
fn on_loopback(words: &[String], url: &str) -> Vec<String> {
    assert_eq!(words[0], "/ecs-emulator");
    let words = words[1..].iter();
    words
        .map(|word| {
            word.replace("0.0.0.0:8080", "127.0.0.1:0")
                .replace("http://127.0.0.1:8080", url)
        })
        .collect()
}

#[test]
fn the_image_starts_an_emulator_that_its_health_check_finds() {
    let running = Running::start(&on_loopback(&instruction("ENTRYPOINT"), ""));
    let check = on_loopback(&instruction("HEALTHCHECK"), &running.url);
    assert!(check.contains(&running.url), "{check:?}");
    let run = || Command::new(BINARY).args(&check).output().expect("the binary starts");
    assert_eq!(run().status.code(), Some(0), "{:?}", whole(&run()));
    drop(running);
    assert_eq!(run().status.code(), Some(1));
}
