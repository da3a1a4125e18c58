//! What the actions install: a release that is verified, or the source of the action.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use tempfile::TempDir;

use crate::{
    actions::{check, host},
    nightly::Host,
    runner::Runner,
};

/// A folder over HTTP, as long as the test process lives.
fn files(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let mut reader = BufReader::new(connection.try_clone().unwrap());
            let mut lines = Vec::new();
            while !lines.last().is_some_and(|line: &String| line.trim().is_empty()) {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                lines.push(line);
            }
            let path = lines[0].split(' ').nth(1).unwrap().trim_start_matches('/').to_owned();
            let (status, body) = match fs::read(folder.join(path)) {
                Ok(body) => (200, body),
                Err(_) => (404, Vec::new()),
            };
            let head = format!(
                "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            let _gone = connection.write_all(&[head.as_bytes(), &body].concat());
        }
    });
    format!("http://{address}")
}

/// A release with an archive that holds a program which says where it comes from.
fn release(folder: &Path, program: &str) -> String {
    let of_tag = folder.join("v9.9.9");
    fs::create_dir_all(&of_tag).unwrap();
    fs::write(
        of_tag.join(program),
        format!("#!/bin/sh\necho '{program} 9.9.9 of a release'\n"),
    )
    .unwrap();
    fs::set_permissions(of_tag.join(program), fs::Permissions::from_mode(0o755)).unwrap();
    let script = "tar -czf $0_9.9.9_linux_amd64.tar.gz $0; rm $0; sha256sum $0_*.tar.gz > $0_9.9.9_SHA256SUMS";
    let made = Command::new("bash")
        .args(["-ec", script, program])
        .current_dir(&of_tag)
        .status()
        .unwrap();
    assert!(made.success());
    let sums = fs::read_to_string(of_tag.join(format!("{program}_9.9.9_SHA256SUMS"))).unwrap();
    sums.split(' ').next().unwrap().to_owned()
}

#[test]
fn a_release_is_verified() {
    let (host, folder) = (host(), TempDir::new().unwrap());
    let checksum = release(folder.path(), "ecs-drift");
    let downloads = files(folder.path().to_path_buf());
    let check = |more: &[(&str, &str)], is_installed: bool, expected: &str| {
        let runner = Runner::of(&host);
        let with = [
            &[
                ("version", "9.9.9"),
                ("downloads", downloads.as_str()),
                ("mode", "plan"),
            ],
            more,
        ]
        .concat();
        let done = runner.run("reconcile", &with);
        let _none = fs::remove_dir_all(host.folder.path().join("temp"));
        assert_eq!(done.steps.contains(&"Plan".to_owned()), is_installed, "{}", done.log);
        assert!(done.log.contains(expected), "{expected}: {}", done.log);
    };
    check(&[], true, "9.9.9 of a release");
    check(&[("checksum", &checksum)], true, "9.9.9 of a release");
    check(
        &[("checksum", &checksum.replace(|digit: char| digit.is_ascii_digit(), "0"))],
        false,
        "is not what the release says",
    );
    check(
        &[("checksum", "abc")],
        false,
        "There is no SHA-256 of ecs-drift_9.9.9_linux_amd64.tar.gz",
    );
    check(&[("version", "9.9.8")], false, "cannot be fetched");
    check(&[("version", "../x")], false, "The version must be");
    check(
        &[("downloads", "http://releases.example.com")],
        false,
        "must begin with https://",
    );
    let of_tag = folder.path().join("v9.9.9");
    let mut archive = fs::read(of_tag.join("ecs-drift_9.9.9_linux_amd64.tar.gz")).unwrap();
    archive.push(0);
    fs::write(of_tag.join("ecs-drift_9.9.9_linux_amd64.tar.gz"), archive).unwrap();
    check(&[], false, "is not what the release says");
    fs::write(of_tag.join("ecs-drift_9.9.9_SHA256SUMS"), "").unwrap();
    check(&[], false, "There is no SHA-256");
}

#[test]
fn the_source_is_that_of_the_action() {
    let host = host();
    let cargo = host.folder.path().join("cargo");
    let script = "#!/bin/sh\n[ \"$1 $2 $3 $5\" = 'install --locked --root --path' ] && [ -f \"$6/Cargo.toml\" ] || exit 9\n\
                  mkdir -p \"$4/bin\"\ncp -L \"$HOME/ecs-drift\" \"$4/bin/ecs-drift\"\necho built\n";
    fs::write(&cargo, script).unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    let done = Runner::of(&host).run("drift", &[("artifact", "")]);
    check(&done, false, &[("drift", "true")], "Install, Scan, Result");
    assert!(done.log.starts_with("built\necs-drift "), "{}", done.log);
    fs::remove_file(cargo).unwrap();
    let done = Runner::of(&host).run("drift", &[]);
    check(&done, false, &[], "Install");
    assert!(done.log.contains("needs cargo"), "{}", done.log);
}

/// What `setup-emulator` leaves: success, its outputs, and the folder that later steps have on their path.
fn set_up(host: &Host, with: &[(&str, &str)]) -> (bool, [String; 2], String) {
    let mut done = Runner::of(host).run("setup-emulator", with);
    let outputs = ["path", "version"].map(|name| done.outputs.remove(name).unwrap());
    let temp = host.folder.path().join("temp");
    let path = fs::read_to_string(temp.join("path")).unwrap_or_default();
    let _none = fs::remove_dir_all(temp);
    (done.is_success, outputs, format!("{path}{}", done.log))
}

#[test]
fn the_emulator_is_there_for_later_steps() {
    let (host, folder) = (host(), TempDir::new().unwrap());
    release(folder.path(), "ecs-emulator");
    let downloads = files(folder.path().to_path_buf());
    let temp = host.folder.path().join("temp").display().to_string();
    let check = |with: &[(&str, &str)], path: &str, version: &str, log: &str| {
        let with = [&[("downloads", downloads.as_str())], with].concat();
        let (is_success, outputs, said) = set_up(&host, &with);
        assert_eq!(is_success, !path.is_empty(), "{said}");
        assert_eq!(outputs, [path.to_owned(), version.to_owned()], "{said}");
        assert!(said.starts_with(log), "{said}");
    };
    let at = format!("{temp}/ecs-emulator-9.9.9");
    let program = format!("{at}/ecs-emulator");
    let says = "ecs-emulator 9.9.9 of a release\n";
    check(&[("version", "9.9.9")], &program, "9.9.9", &format!("{at}\n{says}"));
    let refusal = |text: &str| format!("::error title=ecs-emulator cannot be installed::{text}");
    check(
        &[("version", "9.9.8")],
        "",
        "",
        &refusal("ecs-emulator_9.9.8_linux_amd64.tar.gz cannot be fetched."),
    );
    check(
        &[("version", "9.9.9"), ("checksum", &"0".repeat(64))],
        "",
        "",
        &refusal("ecs-emulator_9.9.9_linux_amd64.tar.gz is not what the release says"),
    );
    check(
        &[("version", "installed")],
        "",
        "",
        &refusal("No ecs-emulator is on the PATH."),
    );
    check(&[], "", "", &refusal("A build of the source needs cargo."));
    let own = host.folder.path().join("ecs-emulator");
    for (script, path, version, log) in [
        (
            "echo 'ecs-emulator 1.2.3'",
            own.to_str().unwrap(),
            "1.2.3",
            "ecs-emulator 1.2.3\n".to_owned(),
        ),
        (
            "exit 3",
            "",
            "",
            refusal(&format!("{} does not run on this machine.", own.display())),
        ),
    ] {
        fs::write(&own, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&own, fs::Permissions::from_mode(0o755)).unwrap();
        check(&[("version", "installed")], path, version, &log);
    }
}
