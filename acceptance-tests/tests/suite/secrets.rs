//! Secrets of a run, through the binary: the harness looks for its planted secret key in all output and in the journal;
//! here each kind of secret has a canary, and is looked for in the most talkative log as well, whichever way a run fails.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use acceptance_tests::{Case, Outcome, Setup, Targets, fail};

use crate::fixture::{IMAGE_1, stack};

const PLANTED: Targets = Targets::EmulatorOnly("secrets are planted");
const SESSION: &str = "canary-session-1f3870be274f6c49";
const TOKEN: &str = "canary-token-b3e31a10fbbfdf7a";
const EXTERNAL_ID: &str = "canary-external-3e31a10fbbfdf7";
const PASSWORD: &str = "canary-password-8d777f385d3dfe";
const PROCESS: &str = "canary-process-0cc175b9c0f1b6a8";
const VALUE: &str = "canary-value-92eb5ffee6ae2fec3a";
/// The beginning of every canary, plain and in a form.
const CANARY: &str = "canary-";
const ROLE: &str = "arn:aws:iam::111122223333:role/ci";

fn with(block: &str, rest: &str) -> String {
    format!("provider \"ecs\" {{\n  max_retries = 0\n  {block}\n}}\n{rest}")
}

/// A stack whose container has a value that nobody is to see.
fn stack_with_value() -> String {
    let variable = format!(
        "memory_reservation = 256\n\n    environment {{\n      name  = \"PASSWORD\"\n      value = sensitive(\"{VALUE}\")\n    }}"
    );
    stack(IMAGE_1, "").replace("memory_reservation = 256", &variable)
}

/// Sends the log of the provider to a file from now on, and answers its path.
fn log_everything(case: &mut Case) -> PathBuf {
    let log = case.folder().path().join("trace.log");
    case.set("TF_LOG_PROVIDER", "TRACE");
    case.set("TF_LOG_PATH", &log.display().to_string());
    log
}

/// Fails if a canary is in this text.
fn expect_none(what: &str, text: &str) -> Outcome {
    match text.lines().find(|line| line.contains(CANARY)) {
        Some(line) => fail(format!("a secret is in the {what}: {line}")),
        None => Ok(()),
    }
}

/// Applies in vain: the error is this one, and no canary is told anywhere.
fn fails_silently(case: &mut Case, log: &Path, configuration: &str, error: &str) -> Outcome {
    // The log of this run alone.
    fs::write(log, "")?;
    case.configure_only(configuration)?;
    let failed = case.run(&["apply", "-auto-approve", "-input=false", "-parallelism=1"], 1)?;
    expect_none("output", &failed.output)?;
    expect_none("errors", &failed.errors)?;
    failed.expect_text(error)?;
    let log = fs::read_to_string(log)?;
    if !log.contains("provider.terraform-provider-ecs") {
        return fail("the provider logs nothing");
    }
    expect_none("log", &log)
}

#[test]
fn the_log_holds_no_secret() -> Outcome {
    Case::new("secrets", PLANTED, Setup::instances(1)).run(|case| {
        let log = case.folder().path().join("trace.log");
        case.set("TF_LOG", "TRACE");
        case.set("TF_LOG_PATH", &log.display().to_string());
        case.apply(&stack(IMAGE_1, ""))?;
        let text = fs::read_to_string(&log)?;
        assert!(
            text.contains("provider.terraform-provider-ecs"),
            "the provider logs nothing"
        );
        assert!(!text.contains(case.secret()), "the secret key is in the log");
        Ok(())
    })
}

/// A run in which all goes well, with a session token and a sensitive value.
#[test]
fn a_run_without_a_failure_tells_no_secret() -> Outcome {
    Case::new("secrets-success", PLANTED, Setup::instances(1)).run(|case| {
        let log = log_everything(case);
        case.set("AWS_SESSION_TOKEN", SESSION);
        let applied = case.apply(&stack_with_value())?;
        expect_none("output", &applied.output)?;
        expect_none("log", &fs::read_to_string(&log)?)?;
        case.apply(&stack(IMAGE_1, ""))?;
        Ok(())
    })
}

/// An STS that cannot be called, refuses connections, or answers with what it was sent.
#[test]
fn credentials_are_told_by_no_failure_of_sts() -> Outcome {
    Case::new("secrets-sts", PLANTED, Setup::instances(1)).run(|case| {
        let log = log_everything(case);
        let token = case.folder().path().join("token");
        fs::write(&token, TOKEN)?;
        let web = format!(
            "assume_role_with_web_identity {{\n    role_arn = \"{ROLE}\"\n    web_identity_token_file = \"{}\"\n  }}",
            token.display()
        );
        let role = format!("assume_role {{\n    role_arn = \"{ROLE}\"\n    external_id = \"{EXTERNAL_ID}\"\n  }}");
        case.set("AWS_SESSION_TOKEN", SESSION);
        let sts = case.testbed().emulator()?.endpoint();
        let echo = Echo::start("text/xml")?;
        let refused = format!("http://ann:{PASSWORD}@127.0.0.1:1");
        for (url, error) in [
            ("https://sts.${AWS_REGION}.amazonaws.com", "AWS_ENDPOINT_URL_STS"),
            (refused.as_str(), "AWS_ENDPOINT_URL_STS"),
            ("http://127.0.0.1:1", "Unable to assume IAM role"),
            (echo.url.as_str(), "Unable to assume IAM role"),
        ] {
            case.set("AWS_ENDPOINT_URL_STS", url);
            for block in [&web, &role] {
                fails_silently(case, &log, &with(block, &stack(IMAGE_1, "")), error)?;
            }
        }
        case.set("AWS_ENDPOINT_URL_STS", &sts);
        case.configure_only("")
    })
}

/// A program that gives no credentials, whatever it writes.
#[test]
fn a_program_that_gives_no_credentials_is_not_quoted() -> Outcome {
    Case::new("secrets-process", PLANTED, Setup::instances(1)).run(|case| {
        let log = log_everything(case);
        let file = case.folder().path().join("config");
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            case.set(name, "");
        }
        case.set("AWS_CONFIG_FILE", &file.display().to_string());
        for program in [
            format!("sh -c 'echo {PROCESS}; echo {PROCESS} >&2; exit 3' {PROCESS}"),
            format!(
                "sh -c 'echo {{\\\"Version\\\": 1, \\\"SecretAccessKey\\\": \\\"{PROCESS}\\\"}}; echo {PROCESS} >&2'"
            ),
        ] {
            fs::write(&file, format!("[default]\ncredential_process = {program}\n"))?;
            fails_silently(case, &log, &with("", &stack(IMAGE_1, "")), "credential_process")?;
        }
        case.set("AWS_CONFIG_FILE", "/dev/null");
        let secret = case.secret();
        case.set("AWS_SECRET_ACCESS_KEY", secret);
        case.set("AWS_ACCESS_KEY_ID", "AKIAPROVIDERUNDERTST");
        case.configure_only("")
    })
}

/// An ECS that cannot be called, or that answers with what it was sent: value, token and signature.
#[test]
fn values_are_told_by_no_failure_of_ecs() -> Outcome {
    Case::new("secrets-ecs", PLANTED, Setup::instances(1)).run(|case| {
        let log = log_everything(case);
        case.set("AWS_SESSION_TOKEN", SESSION);
        let ecs = case.testbed().emulator()?.endpoint();
        let echo = Echo::start("application/x-amz-json-1.1")?;
        let refused = format!("http://ann:{PASSWORD}@127.0.0.1:1");
        for (url, error) in [
            (refused.as_str(), "AWS_ENDPOINT_URL_ECS"),
            ("http://127.0.0.1:1", "could not be sent"),
            (echo.url.as_str(), "ClientException"),
        ] {
            case.set("AWS_ENDPOINT_URL_ECS", url);
            fails_silently(case, &log, &with("", &stack_with_value()), error)?;
        }
        case.set("AWS_ENDPOINT_URL_ECS", &ecs);
        case.configure_only("")
    })
}

/// A service that refuses every call with what it was sent, head and body. It ends with the test.
struct Echo {
    url: String,
}

impl Echo {
    fn start(content_type: &'static str) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A connection that breaks is the client's failure, which the case sees.
                let _ = answer(stream, content_type);
            }
        });
        Ok(Self { url })
    }
}

fn answer(mut stream: TcpStream, content_type: &str) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_millis(300)))?;
    let mut asked = Vec::new();
    let mut part = [0; 4096];
    // What comes within the time is enough.
    while let Ok(length @ 1..) = stream.read(&mut part) {
        asked.extend_from_slice(&part[..length]);
    }
    let asked = String::from_utf8_lossy(&asked).into_owned();
    let body = if content_type.contains("json") {
        serde_json::json!({"__type": "ClientException", "message": asked}).to_string()
    } else {
        let text = asked.replace('&', "&amp;").replace('<', "&lt;");
        format!("<ErrorResponse><Error><Code>ValidationError</Code><Message>{text}</Message></Error></ErrorResponse>")
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 400 Bad Request\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}
