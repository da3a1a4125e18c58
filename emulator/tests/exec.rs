//! `ecs-emulator exec` as a process: environment, streams, exit codes and signals of the command, and the account of a
//! run that failed.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests are no tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

const FLEET: &str =
    "[[cluster]]\nname = 'prod'\n[[capacity_provider]]\nname = 'fleet'\ncluster = 'prod'\ninstances = 2\n";

/// Sends the words after the first one as an AWS call, without a client.
const CALL: &str = r#"
import os, sys, urllib.error, urllib.request
def call(operation, body):
    head = {
        "x-amz-target": "AmazonEC2ContainerServiceV20141113." + operation,
        "content-type": "application/x-amz-json-1.1",
        "authorization": "AWS4-HMAC-SHA256 Credential=%s/20260101/%s/ecs/aws4_request, SignedHeaders=host, Signature=0"
            % (os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_REGION"]),
    }
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], body.encode(), head)
    try:
        return urllib.request.urlopen(request).read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()
"#;

/// The binary with nothing of the environment of the tests but what finds programs.
fn exec(options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-emulator"));
    let path = std::env::var_os("PATH").expect("there are programs");
    command
        .arg("exec")
        .args(options)
        .arg("--")
        .env_clear()
        .env("PATH", path);
    command
}

fn shell(options: &[&str], script: &str) -> Output {
    exec(options)
        .args(["sh", "-c", script])
        .output()
        .expect("the binary starts")
}

fn python(options: &[&str], script: &str) -> Output {
    let script = format!("{CALL}{script}");
    exec(options)
        .args(["python3", "-c", &script])
        .output()
        .expect("the binary starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Text with the port replaced, the only thing that differs between two runs.
fn without_port(text: &str) -> String {
    let mut parts = text.split("http://127.0.0.1:");
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        result.push_str("http://127.0.0.1:PORT");
        result.push_str(part.trim_start_matches(|each: char| each.is_ascii_digit()));
    }
    result
}

/// Everything that a run has said and how it ended.
fn whole(output: &Output) -> String {
    let (code, said, told) = (output.status.code(), text(&output.stdout), text(&output.stderr));
    without_port(&format!("exit code {code:?}\n--- stdout\n{said}--- stderr\n{told}"))
}

fn file(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).expect("the folder can be written");
    path
}

#[test]
fn the_command_gets_the_emulator_and_nothing_that_leads_to_aws() {
    let mut command = exec(&[]);
    command.args(["env"]).envs([
        ("AWS_PROFILE", "production"),
        ("AWS_SESSION_TOKEN", "real-token"),
        ("AWS_ACCESS_KEY_ID", "real-id"),
        ("AWS_ENDPOINT_URL_ECS", "https://ecs.us-east-1.amazonaws.com"),
        ("AWS_CA_BUNDLE", "/etc/ssl/own.pem"),
        ("https_proxy", "http://proxy.example.com:3128"),
        ("HOME", "/users/ann"),
    ]);
    let output = command.output().expect("the binary starts");
    let mut lines: Vec<String> = text(&output.stdout).lines().map(str::to_owned).collect();
    lines.retain(|line| !line.starts_with("PATH="));
    lines.sort();
    let shown = without_port(&format!("{}\n--- stderr\n{}", lines.join("\n"), text(&output.stderr)));
    insta::assert_snapshot!(shown);
    assert!(output.status.success());
}

#[test]
fn an_option_keeps_a_variable() {
    let mut command = exec(&["--keep-env", "AWS_PROFILE", "--region", "eu-central-1"]);
    command
        .args(["sh", "-c", "echo $AWS_PROFILE $AWS_REGION"])
        .env("AWS_PROFILE", "own");
    let output = command.output().expect("the binary starts");
    assert_eq!(
        whole(&output),
        "exit code Some(0)\n--- stdout\nown eu-central-1\n--- stderr\n"
    );
}

#[test]
fn streams_and_exit_codes_are_those_of_the_command() {
    for (script, expected) in [
        (
            "echo out; echo err >&2",
            "exit code Some(0)\n--- stdout\nout\n--- stderr\nerr\n",
        ),
        ("exit 3", "exit code Some(3)\n"),
        ("exit 255", "exit code Some(255)\n"),
        ("kill -KILL $$", "exit code Some(137)\n"),
        ("kill -TERM $$", "exit code Some(143)\n"),
    ] {
        let said = whole(&shell(&[], script));
        assert!(said.starts_with(expected), "{script}: {said}");
    }
    let mut child = exec(&[])
        .arg("cat")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(b"through").expect("the command reads");
    drop(stdin);
    assert_eq!(text(&child.wait_with_output().expect("it ends").stdout), "through");
}

#[test]
fn what_cannot_be_started_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let plain = file(folder.path(), "plain.txt", "no program");
    let broken = file(folder.path(), "broken.toml", "[[cluster]]\nnam = 'prod'\n");
    let (plain, broken) = (
        plain.to_string_lossy().into_owned(),
        broken.to_string_lossy().into_owned(),
    );
    for (options, program, code, expected) in [
        (
            vec![],
            "no-such-command",
            127,
            "`no-such-command` cannot be started: there is no such command in the folders of PATH",
        ),
        (vec![], "/no/such/command", 127, "there is no such command at that path"),
        (vec![], plain.as_str(), 126, "cannot be started: Permission denied"),
        (vec!["--scenario", &broken], "true", 125, "unknown field"),
        (vec!["--scenario", "/no/such.toml"], "true", 125, "/no/such.toml"),
        (
            vec!["--journal", "/no/such/folder/journal"],
            "true",
            125,
            "/no/such/folder/journal",
        ),
        (vec!["--journal", "/dev/full"], "true", 125, "the journal file lacks"),
    ] {
        let output = exec(&options).arg(program).output().expect("the binary starts");
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{program}: {told}");
        assert!(
            told.contains(expected) && told.contains("ecs-emulator: "),
            "{program}: {told}"
        );
        assert!(!told.contains("the world at"), "nothing ran: {told}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_ecs-emulator"))
        .args(["exec", "true"])
        .output();
    assert_eq!(
        output.expect("the binary starts").status.code(),
        Some(2),
        "the command stands after --"
    );
}

#[test]
fn a_run_that_failed_is_accounted_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let fault = "[[fault]]\nid = 'slow-down'\noperation = 'ListDaemons'\neffect = 'throttle'\ncount = 3\n\
                 [[fault]]\nid = 'broken'\nimage = '*:broken'\neffect = 'fails_to_start'\ncount = 'for_ever'\n\
                 [[fault]]\nid = 'outside'\nmust_fire = true\nalarm = 'errors'\nstate = 'ALARM'\n\
                 when = { daemon = 'other', deployment = 'SUCCESSFUL' }\n";
    let scenario = file(folder.path(), "fleet.toml", &format!("{FLEET}{fault}"));
    let journal = folder.path().join("run.ndjson");
    let script = r#"
import json
arn = "arn:aws:ecs:us-east-1:123456789012:"
provider = arn + "capacity-provider/fleet"
for image in ["agent:1", "agent:broken"]:
    call("RegisterDaemonTaskDefinition", json.dumps({"family": "agent", "containerDefinitions": [{"name": "main", "image": image}]}))
call("CreateDaemon", json.dumps({"daemonName": "agent", "clusterArn": arn + "cluster/prod",
    "daemonTaskDefinitionArn": arn + "daemon-task-definition/agent:1", "capacityProviderArns": [provider]}))
control = lambda path, body: urllib.request.urlopen(urllib.request.Request(
    os.environ["AWS_ENDPOINT_URL"] + "/_emulator/" + path, body.encode(), {"content-type": "application/json"})).read()
control("clock", '{"settle": true}')
call("UpdateDaemon", json.dumps({"daemonArn": arn + "daemon/prod/agent",
    "daemonTaskDefinitionArn": arn + "daemon-task-definition/agent:2", "capacityProviderArns": [provider]}))
control("clock", '{"settle": true}')
for _ in range(3):
    call("ListDaemons", "{}")
call("DescribeDaemon", json.dumps({"daemonArn": arn + "daemon/prod/\u001b[31mred"}))
sys.exit(9)
"#;
    let options = [
        "--scenario",
        &scenario.to_string_lossy(),
        "--journal",
        &journal.to_string_lossy(),
        "--seed",
        "1",
    ];
    let output = python(&options, script);
    let said = whole(&output);
    // The command line stands in the first line and is long here.
    let (head, account) = said.split_once("the world at").expect("an account");
    assert!(
        head.contains("`python3 -c") && head.ends_with("ended with exit code 9\n"),
        "{head}"
    );
    assert!(
        head.starts_with("exit code Some(9)\n--- stdout\n--- stderr\n"),
        "{head}"
    );
    insta::assert_snapshot!(format!("the world at{account}"));
    let replayed = Command::new(env!("CARGO_BIN_EXE_ecs-emulator"))
        .arg("replay")
        .arg(&journal)
        .output();
    assert!(
        replayed.expect("the binary starts").status.success(),
        "the journal can be replayed"
    );
}

#[test]
fn a_fault_that_had_to_fire_fails_a_run_that_succeeded() {
    let folder = tempfile::tempdir().expect("a folder");
    let fault = "[[fault]]\nid = 'lost'\noperation = 'ListClusters'\neffect = 'server_error'\nmust_fire = true\n";
    let scenario = file(folder.path(), "fleet.toml", &format!("{FLEET}{fault}"));
    let options = ["--scenario", &*scenario.to_string_lossy()];
    let idle = shell(&options, "true");
    assert_eq!(idle.status.code(), Some(1));
    assert!(
        text(&idle.stderr).contains("fault lost has must_fire and did not fire"),
        "{}",
        text(&idle.stderr)
    );
    let fired = python(&options, "print(call('ListClusters', '{}'))");
    assert_eq!((fired.status.code(), text(&fired.stderr).as_str()), (Some(0), ""));
    // Files of a suite begin with a reset: it neither hides what did not fire nor forgets what did.
    let reset = "control('reset', '{}')\n";
    let fired = python(&options, &format!("{CONTROL}call('ListClusters', '{{}}')\n{reset}"));
    assert_eq!((fired.status.code(), text(&fired.stderr).as_str()), (Some(0), ""));
    let added =
        r#"control('faults', '{"id": "added", "effect": "throttle", "operation": "ListDaemons", "must_fire": true}')"#;
    let idle = python(&[], &format!("{CONTROL}{added}\n{reset}"));
    assert_eq!(idle.status.code(), Some(1));
    let told = "fault added has must_fire and did not fire";
    assert!(text(&idle.stderr).contains(told), "{}", text(&idle.stderr));
}

/// Control calls of a script.
const CONTROL: &str = r#"
def control(path, body):
    url = os.environ["AWS_ENDPOINT_URL"] + "/_emulator/" + path
    head = {"content-type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(url, body.encode(), head))
"#;

/// A command that is told of signals: it says when it is ready, and which signals came until its input ends. It writes
/// without a buffer, since a signal may come while a buffer is being written.
const LISTENS: &str = r"
import os, signal, sys
say = lambda text: os.write(1, (text + '\n').encode())
for each in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1]:
    signal.signal(each, lambda number, _: say(signal.Signals(number).name))
say('ready')
for line in sys.stdin: say(line.strip())
sys.exit(5)
";

struct Listener {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Listener {
    fn start(options: &[&str]) -> Self {
        Self::of(options, &["python3", "-c", LISTENS])
    }

    fn of(options: &[&str], command: &[&str]) -> Self {
        let mut child = exec(options)
            .args(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let lines = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut listener = Self { child, lines };
        assert_eq!(listener.line(), "ready");
        listener
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("it is text");
        line.trim_end().to_owned()
    }

    /// Sends a signal to us alone.
    fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -s {name} {}", self.child.id())])
            .status();
        assert!(sent.expect("there is a shell").success());
    }

    /// Says something to the command, which answers after all signals that it has got before.
    fn say(&mut self, text: &str) {
        let stdin = self.child.stdin.as_mut().expect("it is open");
        writeln!(stdin, "{text}").expect("the command reads");
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn signals_for_us_alone_reach_the_command_once() {
    let mut listener = Listener::start(&[]);
    for name in ["TERM", "HUP", "INT", "USR1"] {
        listener.signal(name);
        assert_eq!(listener.line(), format!("SIG{name}"));
    }
    // A second one would stand before the word.
    listener.say("word");
    assert_eq!(listener.line(), "word");
    listener.child.stdin.take();
    assert_eq!(listener.child.wait().expect("it ends").code(), Some(5));
}

#[test]
fn a_command_that_a_signal_ends_has_its_code() {
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let mut listener = Listener::of(&[], &["sh", "-c", "echo ready; exec sleep 600"]);
        listener.signal(name);
        assert_eq!(listener.child.wait().expect("it ends").code(), Some(code), "{name}");
    }
}

/// Runs a command in a terminal of its own and presses Ctrl-C in it. What the terminal showed goes to standard output.
const TERMINAL: &str = r"
import os, pty, signal, sys, termios
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
attributes = termios.tcgetattr(terminal)
attributes[3] &= ~termios.ECHO
termios.tcsetattr(terminal, termios.TCSANOW, attributes)
shown = b''
def wait_for(text):
    global shown
    while text not in shown:
        shown += os.read(terminal, 1024)
wait_for(b'ready')
os.write(terminal, b'\x03')
wait_for(b'SIGINT')
os.kill(child, signal.SIGUSR1)
wait_for(b'SIGUSR1')
os.write(terminal, b'word\n')
wait_for(b'word')
os.write(terminal, b'\x04')
_, status = os.waitpid(child, 0)
print(*shown.decode().split(), os.waitstatus_to_exitcode(status))
";

#[test]
fn a_key_of_the_terminal_reaches_the_command_once() {
    let output = Command::new("python3")
        .args(["-c", TERMINAL, env!("CARGO_BIN_EXE_ecs-emulator")])
        .args(["exec", "--", "python3", "-c", LISTENS])
        .output()
        .expect("there is a Python");
    assert_eq!(
        (text(&output.stdout).trim(), text(&output.stderr).as_str()),
        ("ready SIGINT SIGUSR1 word 5", "")
    );
}

#[test]
fn the_emulator_is_kept_after_a_failure_until_it_is_ended() {
    let mut listener = Listener::start(&["--keep-on-failure"]);
    listener.child.stdin.take();
    let mut told = BufReader::new(listener.child.stderr.take().expect("it is piped"));
    let mut line = String::new();
    while !line.contains("the emulator goes on at") {
        line.clear();
        assert_ne!(told.read_line(&mut line).expect("it is text"), 0, "it has ended");
    }
    let address = line
        .split("http://")
        .nth(1)
        .and_then(|rest| rest.split(' ').next())
        .expect("an address");
    let mut stream = std::net::TcpStream::connect(address).expect("it listens");
    let request = "GET /_emulator/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("it listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    listener.signal("INT");
    assert_eq!(listener.child.wait().expect("it ends").code(), Some(5));
}

#[test]
fn nothing_is_kept_after_a_success_or_when_somebody_ends_all() {
    let kept = shell(&["--keep-on-failure"], "true");
    assert_eq!(whole(&kept), "exit code Some(0)\n--- stdout\n--- stderr\n");
    let mut listener = Listener::start(&["--keep-on-failure"]);
    listener.signal("TERM");
    assert_eq!(listener.line(), "SIGTERM");
    listener.child.stdin.take();
    assert_eq!(listener.child.wait().expect("it ends").code(), Some(5));
}
