//! Roles of inputs: each is assumed with its own external id, and its daemons are asked for with its credentials.
//!
//! For what is sent to STS a small one stands beside the emulator, which gives every role keys that tell its account; the
//! emulator sees by them who calls. For whole estates of several accounts the emulator's own STS serves.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use tempfile::TempDir;

use crate::{
    drift,
    served::{Served, state},
    told,
};

/// Account of the credentials that the program begins with.
const BEGINNING: &str = "111122223333";

/// An STS that answers for as long as the test process lives.
struct Sts {
    address: SocketAddr,
    /// Of each request: account of the keys, region, and the form.
    seen: Arc<Mutex<Vec<(String, String, String)>>>,
}

impl Sts {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, seen) = (listener.local_addr().unwrap(), Arc::default());
        let noted = Arc::clone(&seen);
        thread::spawn(move || {
            for connection in listener.incoming() {
                serve(&connection.unwrap(), &noted);
            }
        });
        Self { address, seen }
    }

    /// The requests of an action: account of the caller, region, and two members of the form.
    fn requests(&self, action: &str) -> BTreeSet<[String; 4]> {
        let seen = self.seen.lock().unwrap();
        let of_action = seen.iter().filter(|(_, _, form)| member(form, "Action") == action);
        of_action
            .map(|(account, region, form)| {
                let [role, word] = ["RoleArn", "ExternalId"].map(|name| member(form, name));
                [account.clone(), region.clone(), role, word]
            })
            .collect()
    }
}

fn serve(mut connection: &TcpStream, seen: &Mutex<Vec<(String, String, String)>>) {
    let mut reader = BufReader::new(connection);
    let (mut length, mut credential) = (0, String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim().split_once(": ") else {
            if line.trim().is_empty() {
                break;
            }
            continue;
        };
        match name.to_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => value.split_once("Credential=").unwrap().1.clone_into(&mut credential),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let form = String::from_utf8(body).unwrap();
    let mut parts = credential.split('/');
    let (account, region) = (parts.next().unwrap().to_owned(), parts.nth(1).unwrap().to_owned());
    let result = match member(&form, "Action").as_str() {
        "AssumeRole" => {
            let role = member(&form, "RoleArn");
            let account = role.split(':').nth(4).unwrap();
            format!(
                "<Credentials><AccessKeyId>{account}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
                 <SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
            )
        }
        _ => format!("<Account>{account}</Account>"),
    };
    let action = member(&form, "Action");
    seen.lock().unwrap().push((account, region, form));
    let xml = format!("<{action}Response><{action}Result>{result}</{action}Result></{action}Response>");
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\nconnection: close\r\ncontent-length: {}",
        xml.len()
    );
    connection.write_all(format!("{head}\r\n\r\n{xml}").as_bytes()).unwrap();
}

/// A member of a form; empty if it is missing.
fn member(form: &str, name: &str) -> String {
    let pair = form.split('&').filter_map(|pair| pair.split_once('='));
    let value = pair.filter(|(key, _)| *key == name).map(|(_, value)| value).next();
    value.unwrap_or_default().replace("%3A", ":").replace("%2F", "/")
}

#[test]
fn every_input_is_looked_at_with_its_own_role() {
    let (served, sts) = (Served::new(&[("prod", 2)]), Sts::new());
    let folder = TempDir::new().unwrap();
    let other = state(&[("prod", "agent", None)])
        .to_string()
        .replace("123456789012", "210987654321");
    fs::write(folder.path().join("one.json"), served.state().to_string()).unwrap();
    fs::write(folder.path().join("other.json"), other).unwrap();
    let rules = r#"
[[input]]
path = "one.json"
role_arn = "arn:aws:iam::123456789012:role/drift"
external_id = "one"

[[input]]
path = "other.json"
role_arn = "arn:aws:iam::210987654321:role/drift"
external_id = "other"
region = "eu-west-1"
"#;
    fs::write(folder.path().join(".ecs-drift.toml"), rules).unwrap();
    let output = drift(folder.path(), Some(BEGINNING), &["scan"])
        .env("AWS_ENDPOINT_URL_ECS", served.endpoint())
        .env("AWS_ENDPOINT_URL_STS", format!("http://{}", sts.address))
        .output()
        .unwrap();
    let told = told(&output);
    // There is no cluster in the other account, which only the other role's credentials can see.
    assert_eq!(output.status.code(), Some(2), "{told}");
    let role = |account: &str| format!("arn:aws:iam::{account}:role/drift");
    let assumed = [
        [BEGINNING, "eu-central-1", &role("123456789012"), "one"],
        [BEGINNING, "eu-west-1", &role("210987654321"), "other"],
    ];
    assert_eq!(
        sts.requests("AssumeRole"),
        assumed.map(|request| request.map(str::to_owned)).into()
    );
    let asked = [
        ["123456789012", "eu-central-1", "", ""],
        ["210987654321", "eu-west-1", "", ""],
    ];
    assert_eq!(
        sts.requests("GetCallerIdentity"),
        asked.map(|request| request.map(str::to_owned)).into()
    );
    for (account, calls) in [("123456789012", 2), ("210987654321", 1)] {
        let daemons = served.asked_by(account);
        assert_eq!(daemons.len(), calls, "{told}");
        assert!(daemons.iter().all(|arn| arn.contains(account)), "{daemons:?}");
    }
    assert_eq!(
        served.asked_by(BEGINNING),
        BTreeSet::new(),
        "nothing goes out without a role"
    );
}

/// Keys that were made up for an emulator mean nothing to the STS of AWS, and an error of STS alone would not tell why.
#[test]
fn an_sts_elsewhere_than_an_ecs_on_this_machine_is_named() {
    let served = Served::new(&[("prod", 1)]);
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("state.json"), served.state().to_string()).unwrap();
    let remark = "on this machine, but STS elsewhere. If it is an emulator, set AWS_ENDPOINT_URL, or AWS_ENDPOINT_URL_STS, \
                  to its URL, too.";
    let run = |arguments: &[&str], sts: &str| {
        let mut command = drift(folder.path(), Some("123456789012"), arguments);
        let command = command.env("AWS_ENDPOINT_URL_ECS", served.endpoint());
        let output = command.env("AWS_ENDPOINT_URL_STS", sts).output().unwrap();
        (output.status.code(), told(&output))
    };
    let scan = ["scan", "state.json"];
    for arguments in [&scan[..], &["baseline", "record", "--cluster", "prod"]] {
        let (code, text) = run(arguments, "http://sts.invalid");
        assert_eq!((code, text.contains(remark)), (Some(1), true), "{text}");
    }
    let (code, text) = run(&["doctor"], "http://sts.invalid");
    assert!(code != Some(0) && text.contains(remark), "{text}");
    let (code, text) = run(&scan, "http://127.0.0.1:1");
    assert_eq!((code, text.contains("STS elsewhere")), (Some(1), false), "{text}");
}

#[test]
fn a_command_names_the_role_of_its_account() {
    const OTHER: &str = "210987654321";
    let served = Served::across(&[("123456789012", "prod", 1), (OTHER, "prod", 1)]);
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let mut state = served.state();
    for resource in state["values"]["root_module"]["resources"].as_array_mut().unwrap() {
        resource["values"]["enable_execute_command"] = true.into();
        resource["values"]["tags_all"] = serde_json::json!({"team": "platform"});
    }
    write("state.json", &state.to_string());
    let role = |id: &str| format!("arn:aws:iam::{id}:role/drift");
    let account = format!("[[account]]\nid = \"{OTHER}\"\nrole_arn = \"{}\"\n", role(OTHER));
    write(".ecs-drift.toml", &account);
    let arguments = [
        "scan",
        "state.json",
        "--tags",
        "-v",
        "-o",
        "text",
        "-o",
        "markdown=report.md",
        "-o",
        "json=report.json",
    ];
    let output = drift(folder.path(), Some("123456789012"), &arguments)
        .env("AWS_ENDPOINT_URL", served.endpoint())
        .output()
        .unwrap();
    let text = told(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    // Which role each command to AWS is to be run with, where one is named.
    let named = |text: &str| {
        let lines: Vec<&str> = text.lines().collect();
        let calls = lines.iter().enumerate().filter(|(_, line)| line.contains("aws ecs "));
        let calls = calls.map(|(place, call)| {
            let before = lines[place.saturating_sub(4)..place].join(" ");
            (
                call.contains(OTHER),
                before.contains("Assume the role ") && before.contains(&role(OTHER)),
            )
        });
        calls.collect::<Vec<_>>()
    };
    let calls = named(&text);
    assert!(
        calls.len() == 4 && calls.iter().all(|(is_other, is_named)| is_other == is_named),
        "{calls:?} {text}"
    );
    let markdown = fs::read_to_string(folder.path().join("report.md")).unwrap();
    assert!(
        !markdown.contains("Assume the role"),
        "its commands are of Terraform: {markdown}"
    );
    let report = fs::read_to_string(folder.path().join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    for finding in report["findings"].as_array().unwrap() {
        let is_other = finding["arn"].as_str().unwrap().contains(OTHER);
        for command in finding["next_step"]["commands"].as_array().unwrap() {
            let is_call = command["text"].as_str().unwrap().starts_with("aws ");
            let expected = (is_call && is_other).then(|| role(OTHER));
            assert_eq!(command["role_arn"].as_str(), expected.as_deref(), "{command}");
        }
    }
}

#[test]
fn every_account_of_one_state_is_looked_at_with_its_own_role() {
    const OTHER: &str = "210987654321";
    const UNKNOWN: &str = "333344445555";
    let served = Served::across(&[("123456789012", "prod", 2), (OTHER, "prod", 1), (UNKNOWN, "prod", 1)]);
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("state.json", &served.state().to_string());
    let scan = || {
        drift(folder.path(), Some(BEGINNING), &["scan", "state.json"])
            .env("AWS_ENDPOINT_URL", served.endpoint())
            .output()
            .unwrap()
    };
    let account = |id: &str, role_of: &str| {
        format!(
            "[[account]]\nid = \"{id}\"\nrole_arn = \"arn:aws:iam::{role_of}:role/drift\"\nexternal_id = \"word\"\n\n"
        )
    };
    let two = account("123456789012", "123456789012") + &account(OTHER, OTHER);
    write(".ecs-drift.toml", &two);
    let output = scan();
    let text = told(&output);
    assert_eq!(output.status.code(), Some(4), "{text}");
    assert!(text.contains("4 daemons: 1 unread, 3 in sync"), "{text}");
    let step =
        format!("Add `[[account]]` with `id = \"{UNKNOWN}\"` and the `role_arn` of a role there to `.ecs-drift.toml`");
    assert!(text.contains(&step), "{text}");
    write(".ecs-drift.toml", &(two.clone() + &account(UNKNOWN, UNKNOWN)));
    let output = scan();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let doctor = drift(folder.path(), Some(BEGINNING), &["doctor", "state.json"])
        .env("AWS_ENDPOINT_URL", served.endpoint())
        .output()
        .unwrap();
    let text = told(&doctor);
    for id in ["123456789012", OTHER, UNKNOWN] {
        assert!(text.contains(&format!("arn:aws:iam::{id}:role/drift")), "{text}");
    }
    for wrong in [account("1234", "1234"), account(OTHER, UNKNOWN), two.clone() + &two] {
        write(".ecs-drift.toml", &wrong);
        let output = scan();
        let text = told(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains("Invalid rules") && text.contains("ccount"), "{text}");
    }
}
