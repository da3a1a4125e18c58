//! Ends of the binary: by signals, by its timeout, and when an input is never written.

use std::{
    fs, io,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Output, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::{ACCOUNT, Served, drift, told};

fn begin(folder: &Path, arguments: &[&str]) -> Child {
    let mut command = drift(folder, Some(ACCOUNT), arguments);
    command
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, name: &str) {
    let sent = std::process::Command::new("kill")
        .args([name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// An estate of 31 daemons of which the last one is not answered for a minute, and a folder with its state.
fn estate() -> (Served, TempDir) {
    let served = Served::new(&[("one", 30), ("slow", 1)]);
    served.fault(
        &json!({"operation": "DescribeDaemon", "resource": "*:daemon/slow/*", "count": null,
        "effect": {"slow": {"seconds": 60}}}),
    );
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("state.json"), served.state().to_string()).unwrap();
    (served, folder)
}

fn scan(served: &Served, folder: &TempDir, more: &[&str]) -> Child {
    let endpoint = served.endpoint();
    let mut arguments = vec![
        "scan",
        "--endpoint-url",
        &endpoint,
        "-o",
        "json=report.json",
        "-o",
        "text",
    ];
    arguments.extend(more);
    arguments.push("state.json");
    begin(folder.path(), &arguments)
}

/// Expects a report on the whole estate but the daemon that was not answered.
fn expect_all_but_one(folder: &TempDir, output: &Output, warning: &str) {
    let report: Json = serde_json::from_slice(&fs::read(folder.path().join("report.json")).unwrap()).unwrap();
    assert_eq!(
        report["summary"]["verdicts"],
        json!({"in-sync": 30, "unread": 1}),
        "{}",
        told(output)
    );
    assert_eq!(report["warnings"][0]["summary"], warning);
    assert!(report["unread"][0].as_str().unwrap().contains("daemon/slow/"));
}

#[test]
fn a_signal_leaves_what_is_finished_and_has_its_own_code() {
    for (name, code) in [("-TERM", 143), ("-INT", 130)] {
        let (served, folder) = estate();
        let child = scan(&served, &folder, &[]);
        served.wait_for("DescribeDaemon", 31);
        signal(&child, name);
        let began = Instant::now();
        let output = child.wait_with_output().unwrap();
        assert!(began.elapsed() < Duration::from_secs(10), "it waited for the answer");
        assert_eq!(output.status.code(), Some(code), "{}", told(&output));
        expect_all_but_one(&folder, &output, "Scan interrupted");
        let merged = begin(folder.path(), &["merge", "report.json"])
            .wait_with_output()
            .unwrap();
        assert_eq!(merged.status.code(), Some(code), "{}", told(&merged));
    }
}

#[test]
fn the_timeout_leaves_what_is_finished_and_is_a_gap() {
    let (served, folder) = estate();
    let began = Instant::now();
    let output = scan(&served, &folder, &["--timeout", "3s"]).wait_with_output().unwrap();
    let took = began.elapsed();
    assert!((3..10).contains(&took.as_secs()), "{took:?}");
    assert_eq!(output.status.code(), Some(4), "{}", told(&output));
    expect_all_but_one(&folder, &output, "Scan ended by its timeout");
}

#[test]
fn a_timeout_of_nothing_is_refused() {
    let folder = TempDir::new().unwrap();
    for wrong in ["0s", "-5m", "soon"] {
        let timeout = format!("--timeout={wrong}");
        let output = begin(folder.path(), &["scan", &timeout, "state.json"])
            .wait_with_output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{wrong}");
        assert!(told(&output).contains("--timeout"), "{}", told(&output));
    }
}

/// A folder with rules whose input is a command that never writes anything.
fn endless() -> TempDir {
    let folder = TempDir::new().unwrap();
    let rules = "[[input]]\ncommand = ['sleep', '20']\n";
    fs::write(folder.path().join(".ecs-drift.toml"), rules).unwrap();
    folder
}

#[test]
fn an_input_that_is_never_written_does_not_keep_the_end_waiting() {
    let folder = endless();
    let began = Instant::now();
    let output = begin(folder.path(), &["scan", "--timeout", "1s"])
        .wait_with_output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(
        told(&output).contains("`--timeout` was over before all inputs were read"),
        "{}",
        told(&output)
    );
    let folder = endless();
    let child = begin(folder.path(), &["scan"]);
    std::thread::sleep(Duration::from_secs(1));
    signal(&child, "-TERM");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143), "{}", told(&output));
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

#[test]
fn a_second_signal_ends_at_once() {
    let folder = TempDir::new().unwrap();
    let state = Served::new(&[("one", 1)]);
    state.fault(&json!({"operation": "DescribeDaemonRevisions", "count": null, "effect": {"slow": {"seconds": 60}}}));
    fs::write(folder.path().join("state.json"), state.state().to_string()).unwrap();
    let child = scan(&state, &folder, &[]);
    state.wait_for("DescribeDaemonRevisions", 1);
    signal(&child, "-INT");
    // The first one leaves calls for many daemons a moment.
    std::thread::sleep(Duration::from_millis(300));
    let began = Instant::now();
    signal(&child, "-TERM");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143));
    assert!(began.elapsed() < Duration::from_millis(1200), "{:?}", began.elapsed());
    assert!(output.stdout.is_empty() && !folder.path().join("report.json").exists());
}

/// A way to a server that can be closed for a while: connections are cut, and new ones refused.
struct Way {
    address: SocketAddr,
    is_open: Arc<AtomicBool>,
    streams: Arc<Mutex<Vec<TcpStream>>>,
    listening: thread::JoinHandle<()>,
}

impl Way {
    fn open(address: SocketAddr, to: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        let is_open = Arc::new(AtomicBool::new(true));
        let streams: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
        let (open, all) = (is_open.clone(), streams.clone());
        let listening = thread::spawn(move || {
            while open.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((inside, _)) => connect(inside, to, &all),
                    Err(_) => thread::sleep(Duration::from_millis(1)),
                }
            }
        });
        Self {
            address,
            is_open,
            streams,
            listening,
        }
    }

    fn close(self) {
        self.is_open.store(false, Ordering::Relaxed);
        self.listening.join().unwrap();
        for stream in self.streams.lock().unwrap().drain(..) {
            let _closed = stream.shutdown(Shutdown::Both);
        }
    }
}

fn connect(inside: TcpStream, to: SocketAddr, all: &Mutex<Vec<TcpStream>>) {
    inside.set_nonblocking(false).unwrap();
    let outside = TcpStream::connect(to).unwrap();
    for (from, into) in [(&inside, &outside), (&outside, &inside)] {
        let (mut from, mut into) = (from.try_clone().unwrap(), into.try_clone().unwrap());
        thread::spawn(move || {
            let _cut = io::copy(&mut from, &mut into);
            let _closed = into.shutdown(Shutdown::Write);
        });
    }
    all.lock().unwrap().extend([inside, outside]);
}

#[test]
fn connections_that_are_refused_for_three_seconds_cost_seconds() {
    let served = Served::new(&[("one", 160)]);
    served.fault(&json!({"operation": "DescribeDaemon", "count": null, "effect": {"slow": {"seconds": 0.2}}}));
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("state.json"), served.state().to_string()).unwrap();
    let way = Way::open(([127, 0, 0, 1], 0).into(), served.address());
    let address = way.address;
    let endpoint = format!("http://{address}");
    let began = Instant::now();
    let child = begin(folder.path(), &["scan", "--endpoint-url", &endpoint, "state.json"]);
    served.wait_for("DescribeDaemon", 40);
    way.close();
    thread::sleep(Duration::from_secs(3));
    let way = Way::open(address, served.address());
    let output = child.wait_with_output().unwrap();
    way.close();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
