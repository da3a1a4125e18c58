//! The binary over a real socket: first line, requests, closed connections, a clean end.

#![expect(clippy::expect_used, reason = "test helpers stand outside of test functions")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, Command, Stdio};

/// A running binary; killed when a test fails before it ends by itself.
struct Process {
    child: Child,
    address: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(arguments: &[&str]) -> Process {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ecs-emulator"))
        .args(["--listen", "127.0.0.1:0"])
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("stdout is piped"))
        .read_line(&mut line)
        .expect("a first line");
    let address = line
        .trim()
        .strip_prefix("listening on http://")
        .expect("the line names the address")
        .to_owned();
    Process { child, address }
}

impl Process {
    /// Sends a request on a connection of its own and reads until the server closes it.
    fn send(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("the port is open");
        let length = body.len();
        let request =
            format!("{head}\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).expect("the request can be sent");
        let mut reply = String::new();
        // A fault may reset the connection in the middle; what came before counts.
        let _ = stream.read_to_string(&mut reply);
        reply
    }

    fn call(&self, operation: &str, body: &str) -> String {
        let head = format!(
            "POST / HTTP/1.1\r\nx-amz-target: AmazonEC2ContainerServiceV20141113.{operation}\r\n\
             content-type: application/x-amz-json-1.1\r\n\
             authorization: AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/ecs/aws4_request, Signature=0"
        );
        self.send(&head, body)
    }

    fn control(&self, method: &str, path: &str, body: &str) -> String {
        self.send(
            &format!("{method} /_emulator/{path} HTTP/1.1\r\ncontent-type: application/json"),
            body,
        )
    }
}

#[test]
fn requests_faults_and_a_clean_end() {
    let mut process = start(&["--seed", "3"]);
    let reply = process.call("CreateCluster", r#"{"clusterName": "prod"}"#);
    assert!(reply.starts_with("HTTP/1.1 200 OK\r\n"), "{reply}");
    assert!(
        reply.contains("x-amzn-requestid: ") && reply.contains(r#""clusterName":"prod""#),
        "{reply}"
    );
    let reply = process.call("DescribeDaemon", r#"{"daemonArn": 5}"#);
    assert!(reply.contains("x-amzn-errortype: SerializationException"), "{reply}");

    process.control(
        "POST",
        "faults",
        r#"[{"operation": "ListClusters", "effect": "reset"}, {"effect": "truncated"}]"#,
    );
    assert_eq!(process.call("ListClusters", "{}"), "", "closed before an answer");
    let broken = process.call("ListClusters", "{}");
    assert!(
        broken.contains("200 OK") && !broken.ends_with('}'),
        "cut in the middle: {broken}"
    );
    assert!(
        process.call("ListClusters", "{}").ends_with("cluster/prod\"]}"),
        "both faults are used up"
    );

    let journal = process.control("GET", "journal?operation=ListClusters", "");
    assert_eq!(journal.matches("\"seq\"").count(), 3, "{journal}");
    assert!(
        process.send("GET /other HTTP/1.1", "").starts_with("HTTP/1.1 404"),
        "the API is POST /"
    );
    let page = process.send("GET / HTTP/1.1", "");
    assert!(
        page.starts_with("HTTP/1.1 200") && page.contains("<title>ECS emulator</title>"),
        "{page}"
    );

    let pid = process.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .expect("kill exists")
            .success()
    );
    assert_eq!(process.child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn other_machines_are_kept_out_by_default() {
    let output = Command::new(env!("CARGO_BIN_EXE_ecs-emulator"))
        .args(["--listen", "0.0.0.0:0"])
        .output()
        .expect("the binary starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--allow-remote"));
}

#[test]
fn the_journal_file_has_a_line_for_each_entry() {
    let directory = std::env::temp_dir().join(format!("ecs-emulator-journal-{}", std::process::id()));
    let _ = std::fs::remove_file(&directory);
    let process = start(&["--journal", directory.to_str().expect("a path in UTF-8")]);
    process.call("ListClusters", "{}");
    process.call("ListDaemons", "{}");
    let text = std::fs::read_to_string(&directory).expect("the file is there");
    let _ = std::fs::remove_file(&directory);
    let operations: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a JSON object")["operation"].to_string())
        .filter(|operation| operation != "null")
        .collect();
    assert_eq!(operations, ["\"ListClusters\"", "\"ListDaemons\""]);
}

#[test]
fn events_are_streamed_and_resumed() {
    let process = start(&["--clock", "manual"]);
    process.control("POST", "alarms/a", r#"{"state": "ALARM"}"#);
    let mut stream = TcpStream::connect(&process.address).expect("the port is open");
    let request =
        "GET /_emulator/events HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\nlast-event-id: 0\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("the request can be sent");
    let mut lines = BufReader::new(stream)
        .lines()
        .map(|line| line.expect("the stream stays open"));
    let mut next = |prefix: &str| lines.by_ref().find(|line| line.starts_with(prefix)).unwrap_or_default();
    assert_eq!(next("content-type"), "content-type: text/event-stream");
    assert_eq!(next("event"), "event: clock");
    assert_eq!(
        (next("id"), next("event")),
        ("id: 1".to_owned(), "event: alarm".to_owned())
    );
    process.control("POST", "alarms/a", r#"{"state": "OK"}"#);
    assert_eq!(next("id"), "id: 2");
    assert!(next("data").contains(r#""state":"OK""#));
}

#[test]
fn connections_that_end_early_and_bodies_that_are_too_large() {
    let process = start(&[]);
    let exchange = |request: &[u8]| {
        let mut stream = TcpStream::connect(&process.address).expect("the port is open");
        // The server may close in the middle of a body that it does not want.
        let _ = stream.write_all(request);
        let _ = stream.shutdown(Shutdown::Write);
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply);
        String::from_utf8_lossy(&reply)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let head =
        "POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: AmazonEC2ContainerServiceV20141113.ListClusters\r\n";
    let whole = format!("{head}content-length: 2\r\n\r\n{{}}");
    assert_eq!(
        exchange(whole.as_bytes()),
        "HTTP/1.1 400 Bad Request",
        "unsigned, but answered"
    );
    let half = format!("{head}content-length: 200\r\n\r\n{{");
    assert_eq!(exchange(half.as_bytes()), "", "half a request is none");
    assert_eq!(exchange(b"POST"), "");
    assert_eq!(
        exchange(b"\x16\x03\x01\x02\x00 not HTTP\r\n\r\n"),
        "HTTP/1.1 400 Bad Request"
    );
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n");
    assert_ne!(exchange(chunked.as_bytes()), "HTTP/1.1 200 OK");
    let huge = process.call("ListClusters", &" ".repeat(3 * 1024 * 1024));
    assert!(
        huge.starts_with("HTTP/1.1 413") && huge.contains("RequestEntityTooLargeException"),
        "{huge}"
    );
    let huge = process.control("POST", "faults", &" ".repeat(3 * 1024 * 1024));
    assert!(huge.starts_with("HTTP/1.1 413") && huge.contains("\"error\""), "{huge}");
    assert!(
        process.call("ListClusters", "{}").starts_with("HTTP/1.1 200"),
        "it lives on"
    );
}

#[test]
fn a_page_whose_name_points_here_gets_nothing() {
    let process = start(&["--allow-host", "ecs-emulator"]);
    let exchange = |head: &str, host: &str| {
        let mut stream = TcpStream::connect(&process.address).expect("the port is open");
        let request = format!(
            "{head}\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}"
        );
        stream.write_all(request.as_bytes()).expect("the request can be sent");
        let mut reply = String::new();
        let _ = stream.read_to_string(&mut reply);
        reply
    };
    let heads = [
        "POST /_emulator/clock HTTP/1.1",
        "GET /_emulator/world HTTP/1.1",
        "GET /_emulator/events HTTP/1.1",
        "POST / HTTP/1.1\r\nx-amz-target: AmazonEC2ContainerServiceV20141113.ListClusters",
    ];
    for head in heads {
        let reply = exchange(head, "evil.example.com");
        assert!(
            reply.starts_with("HTTP/1.1 403") && reply.contains("--allow-host"),
            "{head}: {reply}"
        );
        let foreign = format!("{head}\r\norigin: http://evil.example.com");
        assert!(exchange(&foreign, "localhost").starts_with("HTTP/1.1 403"), "{head}");
    }
    for host in ["ecs-emulator:80", process.address.as_str()] {
        assert!(
            exchange("GET /_emulator/health HTTP/1.1", host).starts_with("HTTP/1.1 200"),
            "{host}"
        );
    }
    let reply = exchange(heads[3], "evil.example.com");
    assert!(reply.contains("\"__type\":\"AccessDeniedException\""), "{reply}");
}

#[test]
fn a_full_disk_under_the_journal_is_told() {
    let mut process = start(&["--journal", "/dev/full"]);
    process.call("ListClusters", "{}");
    let health = process.control("GET", "health", "");
    assert!(
        health.contains("No space left on device") && health.contains("\"lost\":2"),
        "{health}"
    );
    let pid = process.child.id().to_string();
    let killed = Command::new("kill")
        .args(["-TERM", &pid])
        .status()
        .expect("kill exists");
    assert!(killed.success());
    assert_eq!(process.child.wait().expect("it ends").code(), Some(1));
    let strict = Command::new(env!("CARGO_BIN_EXE_ecs-emulator"))
        .args(["--listen", "127.0.0.1:0", "--journal", "/dev/full", "--journal-strict"])
        .output()
        .expect("the binary starts");
    let said = String::from_utf8_lossy(&strict.stderr).into_owned();
    assert_eq!(strict.status.code(), Some(1), "{said}");
    assert!(said.contains("the journal file lacks"), "{said}");
}

#[test]
fn an_address_in_use_is_named() {
    let process = start(&[]);
    let second = Command::new(env!("CARGO_BIN_EXE_ecs-emulator"))
        .args(["--listen", &process.address])
        .output()
        .expect("the binary starts");
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains(&process.address) && said.contains("in use"), "{said}");
}
