//! Canaries: every secret that a run of the binary can hold, every way in which its calls fail, every command and output.
//! Nothing of a secret is said, whatever fails and whatever is asked.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::Command,
    thread,
};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::{ACCOUNT, FORMATS, drift, served::state};

/// In every secret. The slash and the plus are written otherwise in forms and URLs.
const CANARY: &str = "canary/7f3a+";
const ROLE: &str = "arn:aws:iam::123456789012:role/drift";

/// The answer of a server to a request: status and body.
type Answer = fn(request: &str) -> (u16, String);

/// A server that answers with what it was sent, for as long as the test process lives.
fn answering(answer: Answer) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            thread::spawn(move || serve(connection, answer));
        }
    });
    format!("http://{address}")
}

/// One request and its answer; a client that goes away is none of the server's business.
fn serve(mut connection: TcpStream, answer: Answer) -> Option<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte).ok()?;
        request.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&request).into_owned();
    let length = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, length)| length.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    connection.read_exact(&mut body).ok()?;
    let (status, body) = answer(&format!("{head}{}", String::from_utf8_lossy(&body)));
    let head = format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    connection.write_all(format!("{head}{body}").as_bytes()).ok()
}

/// An error in the protocol of the service whose message is the request.
fn echo(request: &str) -> (u16, String) {
    if request.to_lowercase().contains("x-amz-target") {
        let body = json!({"__type": "InvalidParameterException", "message": request});
        return (400, body.to_string());
    }
    let text = request.replace('&', "&amp;").replace('<', "&lt;");
    let body =
        format!("<ErrorResponse><Error><Code>ValidationError</Code><Message>{text}</Message></Error></ErrorResponse>");
    (400, body)
}

fn garbage(request: &str) -> (u16, String) {
    (200, request.to_owned())
}

fn page(request: &str) -> (u16, String) {
    (403, format!("<html><body>{request}</body></html>"))
}

/// Endpoints: texts that are no URL, URLs with a secret in them, one without a server, and servers that repeat the request.
fn endpoints() -> Vec<String> {
    vec![
        "https://sts.${AWS_REGION}.amazonaws.com".to_owned(),
        "http://localhost:{port}".to_owned(),
        format!("http://ann:{CANARY}@127.0.0.1:1"),
        format!("http://127.0.0.1:1/?token={CANARY}"),
        "http://127.0.0.1:1".to_owned(),
        answering(echo),
        answering(garbage),
        answering(page),
    ]
}

/// A folder with inputs and files that hold secrets.
fn folder(rules: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let mut state: Json = state(&[("prod", "agent", None)]);
    let resource = &mut state["values"]["root_module"]["resources"][0];
    resource["values"]["propagate_tags"] = CANARY.into();
    resource["sensitive_values"] = json!({"propagate_tags": true});
    write("state.json", &state.to_string());
    write("rules.toml", rules);
    write("token", CANARY);
    write("said", &format!("{CANARY}\n"));
    write(
        "baseline.toml",
        "schema_version = \"1.0\"\nrecorded_at = \"2026-03-01T00:00:00Z\"\ntool_version = \"0.1.0\"\n[[daemon]]\n\
         arn = \"arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent\"\naccount = \"123456789012\"\n\
         region = \"eu-central-1\"\n[daemon.settings]\ncritical = true\n",
    );
    folder
}

/// The commands that call AWS, a scan with every output.
fn commands() -> Vec<Vec<String>> {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let mut scan = words("scan -v --tags --who --unmanaged --rules rules.toml state.json");
    scan.extend(FORMATS.map(|format| format!("--output={format}=out-{format}")));
    vec![
        scan,
        words("scan --rules rules.toml state.json"),
        words("scan --quiet --rules rules.toml state.json"),
        words("doctor --tags --who --rules rules.toml state.json"),
        words("doctor --output json"),
        words("baseline record --cluster prod"),
        words("baseline update baseline.toml prod/agent:critical"),
    ]
}

/// The caller, by variables of the environment.
type Identity<'a> = &'a [(&'a str, &'a str)];

/// Runs every command against endpoints, and looks for the secret in all that comes out.
fn check(rules: &str, identity: Identity<'_>, files: &[(&str, String)], urls: &[String]) {
    let commands = commands();
    // Most of a run is waiting.
    thread::scope(|scope| {
        for (url, arguments) in urls
            .iter()
            .flat_map(|url| commands.iter().map(move |command| (url, command)))
        {
            scope.spawn(move || {
                let folder = folder(rules);
                for (name, text) in files {
                    fs::write(folder.path().join(name), text).unwrap();
                }
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                let mut command = drift(folder.path(), None, &arguments);
                command.envs([("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL", url.as_str())]);
                command.envs(identity.iter().copied());
                look(&format!("{url} {arguments:?}"), &folder, &mut command);
            });
        }
    });
}

fn look(name: &str, folder: &TempDir, command: &mut Command) {
    let output = command.output().unwrap();
    let mut seen = String::from_utf8(output.stdout).unwrap();
    // What an input's command says itself, to the standard error that it has in common with the scan.
    let errors = String::from_utf8(output.stderr).unwrap();
    seen.push_str(&errors.replace(&format!("{CANARY}\n"), ""));
    for format in FORMATS {
        let path = folder.path().join(format!("out-{format}"));
        seen.push_str(&fs::read_to_string(&path).unwrap_or_default());
        let _may_be_missing = fs::remove_file(path);
    }
    assert!(matches!(output.status.code(), Some(1 | 4)), "{name}: {seen}");
    assert!(!seen.is_empty(), "{name} says nothing");
    for form in ["canary", "7f3a"] {
        assert!(!seen.contains(form), "{name}: {seen}");
    }
}

const KEYS: Identity<'_> = &[
    ("AWS_ACCESS_KEY_ID", ACCOUNT),
    ("AWS_SECRET_ACCESS_KEY", CANARY),
    ("AWS_SESSION_TOKEN", CANARY),
];

#[test]
fn keys_session_tokens_and_sensitive_values_are_in_no_output() {
    check("", KEYS, &[], &endpoints());
}

#[test]
fn an_external_id_is_in_no_output() {
    let rules = format!("[[input]]\npath = 'state.json'\nrole_arn = '{ROLE}'\nexternal_id = '{CANARY}'\n");
    check(&rules, KEYS, &[], &endpoints());
}

#[test]
fn a_web_identity_token_is_in_no_output() {
    check(
        "",
        &[("AWS_WEB_IDENTITY_TOKEN_FILE", "token"), ("AWS_ROLE_ARN", ROLE)],
        &[],
        &endpoints(),
    );
}

/// Arguments, standard error and standard output of a `credential_process`, and a line of the file that names it.
#[test]
fn a_credential_process_is_quoted_in_no_output() {
    let keys = format!(
        "{{\"Version\": 1, \"AccessKeyId\": \"{ACCOUNT}\", \"SecretAccessKey\": \"{CANARY}\", \"SessionToken\": \"{CANARY}\"}}"
    );
    let scripts = [
        "#!/bin/sh\ncat \"$HOME/keys\"\n".to_owned(),
        "#!/bin/sh\ncat \"$HOME/keys\"; cat \"$HOME/keys\" >&2; exit 1\n".to_owned(),
        "#!/bin/sh\necho \"$1\"; echo \"$1\" >&2\n".to_owned(),
    ];
    // Where it fails, nothing is called.
    let echo = [answering(echo)];
    for script in scripts {
        let config = format!("[default]\ncredential_process = sh process {CANARY}\n");
        let files = [("process", script), ("keys", keys.clone()), ("config", config)];
        check("", &[("AWS_CONFIG_FILE", "config")], &files, &echo);
    }
    let broken = [(
        "config",
        format!("[default\ncredential_process = sh process {CANARY}\n"),
    )];
    check("", &[("AWS_CONFIG_FILE", "config")], &broken, &echo);
}

/// Arguments, standard error and standard output of an input by `command`. Its standard error is that of the scan, where it
/// speaks for itself.
#[test]
fn a_command_of_an_input_is_quoted_in_no_output() {
    let folder = folder("");
    for script in [
        "exit 3",
        "cat said >&2; exit 3",
        "cat token",
        "cat token; cat said >&2; cat state.json",
        "printf '{\\\"token\\\": \\\"'; cat token",
        "kill -9 $$",
    ] {
        let rules = format!("[[input]]\ncommand = [\"sh\", \"-c\", \"{script} # {CANARY}\"]\n");
        fs::write(folder.path().join("rules.toml"), rules).unwrap();
        for arguments in commands() {
            if !arguments.iter().any(|argument| argument == "rules.toml") {
                continue;
            }
            let arguments: Vec<&str> = arguments
                .iter()
                .map(String::as_str)
                .filter(|word| *word != "state.json")
                .collect();
            let mut command = drift(folder.path(), Some(ACCOUNT), &arguments);
            command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
            look(&format!("{script} {arguments:?}"), &folder, &mut command);
        }
    }
}

/// A URL on the command line, which the parser repeats where it is wrong.
#[test]
fn a_url_of_an_argument_is_shown_without_its_secrets() {
    let folder = folder("");
    for url in endpoints().iter().filter(|url| url.contains(CANARY)) {
        for mut arguments in commands() {
            arguments.extend(["--endpoint-url".to_owned(), url.clone()]);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            look(url, &folder, &mut drift(folder.path(), Some(ACCOUNT), &arguments));
        }
    }
}
