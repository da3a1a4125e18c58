//! `--state` as a process: killed at any moment, on a full disk, twice at once, stopped and started again.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers stand outside of test functions"
)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::channel;

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};

/// A running binary; killed when a test fails before it ends by itself.
struct Process {
    child: Child,
    address: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn binary(file: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-emulator"));
    command.args(["--listen", "127.0.0.1:0", "--state"]).arg(file);
    command
}

fn start(command: &mut Command) -> Process {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("stdout is piped"))
        .read_line(&mut line)
        .expect("a first line");
    let address = line.trim().strip_prefix("listening on http://");
    let address = address.unwrap_or_else(|| panic!("no address in {line}")).to_owned();
    Process { child, address }
}

/// Sends a request on a connection of its own and reads until the server closes it. Nothing: nobody is there.
fn send(address: &str, head: &str, body: &str) -> String {
    let length = body.len();
    let request = format!("{head}\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    let mut reply = String::new();
    if let Ok(mut stream) = TcpStream::connect(address) {
        // The process may be killed at any moment; what came before counts.
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.read_to_string(&mut reply);
    }
    reply
}

fn call(address: &str, operation: &str, body: &str) -> String {
    let head = format!(
        "POST / HTTP/1.1\r\nx-amz-target: AmazonEC2ContainerServiceV20141113.{operation}\r\n\
         content-type: application/x-amz-json-1.1\r\n\
         authorization: AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/ecs/aws4_request, Signature=0"
    );
    send(address, &head, body)
}

/// Makes a cluster. True: that was answered, and wholly.
fn create(address: &str, name: &str) -> bool {
    let reply = call(address, "CreateCluster", &format!("{{\"clusterName\": \"{name}\"}}"));
    reply.starts_with("HTTP/1.1 200 ") && reply.ends_with("}}")
}

impl Process {
    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn stop(&mut self) -> Option<i32> {
        kill_process(self.pid(), Signal::TERM).expect("it runs");
        self.child.wait().expect("it ends").code()
    }

    fn pid(&self) -> Pid {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        Pid::from_raw(pid).expect("a process id")
    }

    fn control(&self, method: &str, path: &str, body: &str) -> String {
        let head = format!("{method} /_emulator/{path} HTTP/1.1\r\ncontent-type: application/json");
        send(&self.address, &head, body)
    }

    /// Names of all clusters.
    fn clusters(&self) -> BTreeSet<String> {
        let reply = self.control("GET", "world", "");
        let (_, body) = reply.split_once("\r\n\r\n").expect("a body");
        let world: serde_json::Value = serde_json::from_str(body).expect("JSON");
        let regions = world["regions"].as_array().into_iter().flatten();
        let clusters = regions.flat_map(|region| region["clusters"].as_array().into_iter().flatten());
        clusters
            .filter_map(|cluster| cluster["name"].as_str().map(str::to_owned))
            .collect()
    }
}

/// Clients that make clusters until the process is gone, which is killed after so many answers. Answers the names of
/// the clusters that were answered.
fn killed_after(mut process: Process, answers: usize, round: usize) -> BTreeSet<String> {
    let (told, hears) = channel();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (told, address) = (told.clone(), process.address.clone());
            scope.spawn(move || {
                for number in 0.. {
                    let name = format!("r{round}-c{client}-{number}");
                    if !create(&address, &name) || told.send(name).is_err() {
                        return;
                    }
                }
            });
        }
        drop(told);
        let mut answered: BTreeSet<String> = hears.iter().take(answers).collect();
        process.kill();
        answered.extend(hears.iter());
        answered
    })
}

const CLIENTS: usize = 3;

#[test]
fn nothing_that_was_answered_is_lost_when_the_process_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("world.state");
    let (mut answered, mut there) = (BTreeSet::new(), BTreeSet::new());
    for round in 0..24 {
        // Of some lengths a snapshot is written with every few inputs, so that it is met as well.
        let log = ["1", "2000", "1000000"][round % 3];
        let process = start(binary(&file).args(["--state-log", log]));
        let found = process.clusters();
        let lost: Vec<&String> = answered.difference(&found).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?} were answered and are lost");
        let gone: Vec<&String> = there.difference(&found).collect();
        assert!(gone.is_empty(), "round {round}: {gone:?} were seen and are gone");
        let unanswered = found
            .difference(&answered)
            .filter(|name| !there.contains(*name))
            .count();
        assert!(
            unanswered <= CLIENTS,
            "round {round}: each client has had one request under way"
        );
        there = found;
        answered.extend(killed_after(process, 1 + round, round));
    }
    assert!(answered.len() > 200, "{} answers", answered.len());
}

#[test]
fn a_stop_leaves_one_snapshot_and_a_second_process_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("world.state");
    let mut process = start(binary(&file).args(["--seed", "3", "--clock", "manual"]));
    assert!(create(&process.address, "prod"));
    let health = process.control("GET", "health", "");
    assert!(health.contains("world.state\",\"written\":true}"), "{health}");
    let second = binary(&file).output().expect("the binary starts");
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1), "{said}");
    assert!(said.contains("is in use by another process: stop that one"), "{said}");
    assert_eq!(process.stop(), Some(0));
    let log = std::fs::read_to_string(folder.path().join("world.state.log")).expect("a log");
    assert_eq!((log.lines().count(), log.ends_with('\n')), (1, true), "{log}");
    let mut names: Vec<String> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["world.state", "world.state.log"]);
    let process = start(&mut binary(&file));
    let health = process.control("GET", "health", "");
    assert!(
        health.contains("\"clock\":\"manual\"") && health.contains("\"seed\":3"),
        "{health}"
    );
    assert!(process.clusters().contains("prod"));
}

#[test]
fn commands_one_after_the_other_share_a_world() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("world.state");
    let exec = |body: &str, operation: &str| -> Output {
        let script = format!(
            "import os, urllib.request\n\
             head = {{'x-amz-target': 'AmazonEC2ContainerServiceV20141113.{operation}', 'authorization': \
             'AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/ecs/aws4_request, Signature=0'}}\n\
             request = urllib.request.Request(os.environ['AWS_ENDPOINT_URL'], b'{body}', head)\n\
             print(urllib.request.urlopen(request).read().decode())\n"
        );
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-emulator"));
        command.args(["exec", "--state"]).arg(&file);
        let output = command.args(["--", "python3", "-c", &script]).output();
        output.expect("the binary starts")
    };
    let first = exec("{\"clusterName\": \"prod\"}", "CreateCluster");
    assert!(first.status.success(), "{first:?}");
    let second = exec("{}", "ListClusters");
    let said = String::from_utf8_lossy(&second.stdout).into_owned();
    assert!(said.contains("cluster/prod"), "{second:?}");
}

/// The same binary with no more room than this for a file, in blocks of 512 bytes.
fn cramped(file: &Path, blocks: usize) -> Process {
    let mut command = Command::new("sh");
    // The signal of a file that grows too large is ignored, so that writing fails as on a full disk.
    let script = format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" \"$@\"");
    command.args(["-c", &script]);
    command.arg(env!("CARGO_BIN_EXE_ecs-emulator"));
    command.args(["--listen", "127.0.0.1:0", "--state"]).arg(file);
    // What it says goes to the same disk, and finds no room there either.
    let log = file.with_extension("stderr");
    std::fs::write(&log, vec![b'.'; blocks * 512]).expect("a log");
    let log = std::fs::File::options().append(true).open(log).expect("a log");
    start(command.stderr(log))
}

#[test]
fn on_a_full_disk_requests_are_refused_and_nothing_answered_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("world.state");
    let mut process = cramped(&file, 40);
    let (mut answered, mut last) = (BTreeSet::new(), None);
    for number in 0..1000 {
        let name = format!("c{number}");
        let reply = call(
            &process.address,
            "CreateCluster",
            &format!("{{\"clusterName\": \"{name}\"}}"),
        );
        if reply.starts_with("HTTP/1.1 500 ") {
            last = Some(name);
            break;
        }
        assert!(
            reply.starts_with("HTTP/1.1 200 ") && reply.ends_with("}}"),
            "{name}: {reply}"
        );
        answered.insert(name);
    }
    let last = last.expect("the disk is full at last");
    assert!((20..900).contains(&answered.len()), "{} answers", answered.len());
    let refused = call(&process.address, "CreateCluster", "{\"clusterName\": \"late\"}");
    assert!(refused.starts_with("HTTP/1.1 500 "), "{refused}");
    assert!(refused.contains("\"__type\":\"ServerException\""), "{refused}");
    assert!(
        refused.contains("cannot write its state file") && refused.contains("Nothing was done; make room"),
        "{refused}"
    );
    let refused = process.control("POST", "clock", "{\"advance_seconds\": 5}");
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    let health = process.control("GET", "health", "");
    assert!(health.contains("\"written\":false"), "{health}");

    let unlimited = Rlimit {
        current: None,
        maximum: None,
    };
    prlimit(Some(process.pid()), Resource::Fsize, unlimited).expect("the limit can be lifted");
    assert!(create(&process.address, "then"), "there is room again");
    process.kill();
    let found = start(&mut binary(&file)).clusters();
    assert!(answered.is_subset(&found) && found.contains("then"), "{found:?}");
    assert!(!found.contains("late"), "what was refused at once was not done");
    assert!(
        found.contains(&last),
        "what could not be answered was kept when there was room"
    );
}

#[test]
fn a_disk_without_room_for_a_first_snapshot_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_ecs-emulator"), "--state"]);
    let output = command
        .arg(folder.path().join("world.state"))
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("world.state cannot be written: File too large"), "{said}");
}
