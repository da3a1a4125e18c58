//! Calls of earlier runs, as their audit has them. A run that was killed between a call and its answer leaves a line
//! without a result, and a reading just after it may be older than the call: without the audit it would be made twice.

use std::{
    collections::BTreeMap,
    io::{self, BufRead},
};

use daemons::settings::Settings;
use serde_json::Value as Json;

/// The operation that brings settings, as it is called in the audit.
pub(super) const UPDATE: &str = "UpdateDaemon";

/// What an earlier run knew of the end of its call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// Nothing: no answer came, or the run ended before it.
    Unknown,
    /// The call made this deployment.
    Deployment(String),
}

/// The latest `UpdateDaemon` of earlier runs, by the ARN of the daemon.
#[derive(Debug, Default)]
pub(super) struct Earlier(BTreeMap<String, (Json, Made)>);

impl Earlier {
    /// Reads the lines of an audit. The error says what is wrong with it, in sentences.
    pub(super) fn read(file: impl BufRead) -> Result<Self, String> {
        let mut earlier = Self::default();
        for (number, line) in (1..).zip(file.lines()) {
            let wrong =
                || format!("Line {number} is no line of an audit of ecs-drift. Give the audit a file of its own.");
            let line = match line {
                Ok(line) => line,
                Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(wrong()),
                Err(error) => return Err(format!("{error}. Check that it can be read.")),
            };
            match serde_json::from_str::<Json>(&line) {
                Ok(line) => earlier.note(&line).ok_or_else(wrong)?,
                // It was cut when a disk was full or the machine went down, before the call that it is about.
                Err(error) if error.is_eof() && (line.is_empty() || line.starts_with('{')) => {}
                Err(_) => return Err(wrong()),
            }
        }
        Ok(earlier)
    }

    /// What became of the latest call for a daemon, if it sent these settings.
    pub(super) fn sent(&self, daemon: &str, settings: &Settings) -> Option<Made> {
        let (request, made) = self.0.get(daemon)?;
        let is_same = Settings::from_members(request).is_ok_and(|sent| sent == *settings);
        is_same.then(|| made.clone())
    }

    /// None: the line is of something else than an audit.
    fn note(&mut self, line: &Json) -> Option<()> {
        let daemon = line["daemon"].as_str()?.to_owned();
        let event = line["event"].as_str()?;
        if line["operation"] != UPDATE {
            return Some(());
        }
        match event {
            "sending" => {
                self.0.insert(daemon, (line["request"].clone(), Made::Unknown));
            }
            "sent" => {
                let deployment = line["deployment_arn"].as_str()?.to_owned();
                if let Some((_, made)) = self.0.get_mut(&daemon) {
                    *made = Made::Deployment(deployment);
                }
            }
            "failed" if line["unanswered"] != true => {
                self.0.remove(&daemon);
            }
            _ => {}
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DAEMON: &str = "arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent";

    fn settings() -> Settings {
        let mut settings = Settings::unknown();
        settings.daemon_task_definition_arn =
            "arn:aws:ecs:eu-central-1:123456789012:daemon-task-definition/agent:1".to_owned();
        settings.capacity_provider_arns =
            ["arn:aws:ecs:eu-central-1:123456789012:capacity-provider/fleet".to_owned()].into();
        settings
    }

    fn line(event: &str, more: &Json) -> String {
        let mut line = json!({"at": "2026-03-01T02:00:00Z", "plan": "sha256:1", "daemon": DAEMON, "event": event,
            "operation": "UpdateDaemon"});
        for (key, value) in more.as_object().unwrap() {
            line[key] = value.clone();
        }
        format!("{line}\n")
    }

    fn sending() -> String {
        line("sending", &json!({"request": settings().members()}))
    }

    #[test]
    fn the_latest_call_of_a_daemon_counts_as_far_as_its_end_is_known() {
        let check = |lines: &[String], expected: Option<Made>| {
            let earlier = Earlier::read(lines.concat().as_bytes()).unwrap();
            assert_eq!(earlier.sent(DAEMON, &settings()), expected, "{lines:?}");
            let mut other = settings();
            other.enable_execute_command = !other.enable_execute_command;
            assert_eq!(earlier.sent(DAEMON, &other), None);
            assert_eq!(earlier.sent("arn:other", &settings()), None);
        };
        let sent = line("sent", &json!({"deployment_arn": "arn:made"}));
        let made = || Some(Made::Deployment("arn:made".to_owned()));
        let refused = line("failed", &json!({"error": "no", "unanswered": false}));
        let lost = line("failed", &json!({"error": "no", "unanswered": true}));
        let decided = line("decided", &json!({"operation": null, "decision": "send"}));
        check(&[], None);
        check(std::slice::from_ref(&decided), None);
        check(&[sending()], Some(Made::Unknown));
        check(&[sending(), sent.clone()], made());
        check(&[sending(), refused.clone()], None);
        check(&[sending(), lost.clone()], Some(Made::Unknown));
        check(&[sending(), sent.clone(), decided], made());
        check(&[sending(), sent, sending()], Some(Made::Unknown));
        check(
            &[sending(), line("failed", &json!({"operation": "DescribeDaemon"}))],
            Some(Made::Unknown),
        );
        let cut = sending();
        check(&[sending(), cut[..cut.len() / 2].to_owned()], Some(Made::Unknown));
        check(
            &[cut[..cut.len() / 2].to_owned(), "\n".to_owned(), sending()],
            Some(Made::Unknown),
        );
    }

    #[test]
    fn what_is_no_audit_is_said_with_its_line() {
        let check = |text: &[u8], number: u32| {
            let error = Earlier::read(text).unwrap_err();
            assert!(
                error.contains(&format!("Line {number} is no line of an audit")),
                "{error}"
            );
        };
        check(b"a log\n", 1);
        check(b"{}\n", 1);
        check(&[sending().as_bytes(), b"[1]\n"].concat(), 2);
        check(&[sending().as_bytes(), &[0xff, 0xfe, b'\n']].concat(), 2);
    }
}
