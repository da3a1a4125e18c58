//! One estate with at least one finding of every cause, from which every renderer takes its snapshot.
//!
//! It also holds what renderers get wrong: text that looks like markup, a redacted value, a finding
//! without a place, suppressed findings, a daemon whose name is in two clusters, a call with a principal.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Cause, Command, Confidence, Daemon, Evidence, Finding, Group, Input, InputKind, Kind, Location, NextStep, Origin,
    Problem, Repair, Report, Shown, SourceRef, Statistics, Suppression, SuppressionKind, TrailEvent, Verdict,
    fingerprint,
};

/// The state that wants most daemons of the estate.
const STATE: &str = "prod/terraform.tfstate";

/// A report of no daemons, at a fixed time.
pub(crate) fn empty() -> Report {
    let mut report = Report::new(time("2026-03-01T02:00:00Z"));
    report.finished_at = time("2026-03-01T02:00:07Z");
    report.tool.version = "0.0.0".to_owned();
    report
}

/// The estate, sealed.
pub(crate) fn estate() -> Report {
    let mut report = empty();
    report.inputs = vec![
        input(STATE, InputKind::StateJson, 20, Some("platform")),
        input("baseline.toml", InputKind::Baseline, 1, None),
    ];
    for cause in Cause::ALL {
        report.findings.push(finding(cause));
        if let Some(daemon) = daemon(cause) {
            report.daemons.push(daemon);
        }
    }
    report.findings.extend(more_findings());
    report.daemons.push(quiet_daemon());
    report.groups = vec![group()];
    report.warnings = vec![Problem {
        input: None,
        summary: "Rule matches nothing".to_owned(),
        detail: "The `[[ignore]]` rule of line 7 in `.ecs-drift.toml` matches no finding. Delete it.".to_owned(),
    }];
    report.statistics = Statistics {
        seconds: 7.250_417,
        daemons_scanned: 22,
        api_calls: [
            ("DescribeDaemon", 24),
            ("DescribeDaemonDeployments", 3),
            ("ListTagsForResource", 21),
        ]
        .map(|(operation, calls)| (operation.to_owned(), calls))
        .into(),
        throttled: 2,
        read_again: 3,
    };
    report.seal();
    report
}

/// The finding of a cause on a daemon named after it.
pub(crate) fn finding(cause: Cause) -> Finding {
    let arn = match cause {
        Cause::ClusterMissing => "arn:aws:ecs:eu-central-1:123456789012:cluster/old".to_owned(),
        _ => daemon_arn(cause),
    };
    let (setting, wanted, live) = values(cause);
    let is_unmanaged = cause == Cause::Unmanaged;
    Finding {
        fingerprint: fingerprint(&arn, setting, cause),
        kind: cause.kind(),
        cause,
        severity: cause.severity(),
        confidence: confidence(cause),
        daemons: if cause == Cause::ClusterMissing {
            vec![daemon_arn(cause)]
        } else {
            Vec::new()
        },
        source: (!is_unmanaged).then(|| source(cause)),
        setting: setting.map(str::to_owned),
        wanted,
        live,
        message: message(cause).to_owned(),
        evidence: vec![Evidence {
            from: "DescribeDaemonDeployments".to_owned(),
            about: deployment_arn(cause),
            text: "The deployment began after the one in the source.".to_owned(),
            at: Some(time("2026-02-27T14:03:11Z")),
        }],
        since: (cause.kind() != Kind::Unread).then(|| time("2026-02-27T14:03:11Z")),
        group: (cause == Cause::DefaultRevert).then(|| deployment_arn(cause)),
        next_step: next_step(cause),
        suppression: None,
        location: (!is_unmanaged).then(|| Location {
            file: "prod/main.tf".to_owned(),
            line: 10 * u32::from(cause.row()),
            column: Some(3),
        }),
        arn,
    }
}

fn values(cause: Cause) -> (Option<&'static str>, Option<Shown>, Option<Shown>) {
    let pair = |setting, wanted: Value, live: Value| {
        (
            Some(setting),
            Some(Shown::recorded(wanted)),
            Some(Shown::recorded(live)),
        )
    };
    let definition = |revision| {
        json!(format!(
            "arn:aws:ecs:eu-central-1:123456789012:daemon-task-definition/agent:{revision}"
        ))
    };
    match cause {
        Cause::PendingChange => pair("enable_ecs_managed_tags", json!(true), json!(false)),
        Cause::AtRisk => (
            Some("critical"),
            Some(Shown::new(Origin::NotRecorded, None)),
            Some(Shown::recorded(false)),
        ),
        Cause::Rollback => pair("daemon_task_definition_arn", definition(4), definition(3)),
        Cause::NeverApplied => pair("propagate_tags", json!("DAEMON"), json!("NONE")),
        Cause::DefaultRevert => pair("deployment_configuration.drain_percent", json!(10), json!(25)),
        Cause::ChangedOutside => (
            Some("enable_execute_command"),
            Some(Shown::new(Origin::ImplicitDefault, Some(json!(false)))),
            Some(Shown::recorded(true)),
        ),
        Cause::TaskDefinition => pair("daemon_task_definition_arn", definition(4), definition(5)),
        Cause::Tags => (
            Some("tags_all"),
            Some(Shown::recorded(json!({"team": "platform", "token": "hunter2"})).redacted()),
            Some(Shown::recorded(json!({"team": "<b>search</b> | `rm -rf`"}))),
        ),
        _ => (None, None, None),
    }
}

fn confidence(cause: Cause) -> Confidence {
    match cause {
        Cause::DefaultRevert => Confidence::Recorded,
        Cause::ChangedOutside => Confidence::Likely,
        Cause::NeverApplied => Confidence::Possible,
        _ => Confidence::Certain,
    }
}

fn message(cause: Cause) -> &'static str {
    match cause {
        Cause::DefaultRevert => "An update left the setting out, so that it went back to its default.",
        Cause::Unreadable => {
            "ECS denied DescribeDaemon: 100 % of <calls> | \"none\" answered.\nAllow `ecs:DescribeDaemon`."
        }
        _ => cause.title(),
    }
}

fn next_step(cause: Cause) -> NextStep {
    let command = |title: &str, language: &str, text: &str| Command {
        title: title.to_owned(),
        language: language.to_owned(),
        text: text.to_owned(),
        role_arn: None,
    };
    let commands = match cause {
        Cause::Unmanaged => vec![command(
            "Import it",
            "hcl",
            "import {\n  to = ecs_daemon.unmanaged\n  id = \"arn:aws:ecs:eu-central-1:123456789012:daemon/prod/unmanaged\"\n}\n",
        )],
        Cause::Missing => vec![command(
            "Create it again",
            "sh",
            "terraform apply -target='ecs_daemon.missing[\"a\"]'",
        )],
        _ => Vec::new(),
    };
    let repair = match cause {
        Cause::RolledBack | Cause::Rollback | Cause::RolloutFailed => Repair::Unless {
            flag: "--after-rollback".to_owned(),
        },
        Cause::NeverApplied | Cause::DefaultRevert | Cause::ChangedOutside | Cause::TaskDefinition | Cause::Tags => {
            Repair::Yes
        }
        Cause::NewerRevision | Cause::Superseded | Cause::PendingChange => Repair::NotNeeded,
        _ => Repair::No,
    };
    NextStep {
        text: "Apply the configuration.".to_owned(),
        commands,
        repair,
    }
}

/// Findings that do not count, and a second one of a deployment.
fn more_findings() -> Vec<Finding> {
    let suppressed = |setting: &str, kind, reason: Option<&str>| Finding {
        fingerprint: fingerprint(&daemon_arn(Cause::DefaultRevert), Some(setting), Cause::DefaultRevert),
        setting: Some(setting.to_owned()),
        suppression: Some(Suppression {
            kind,
            reason: reason.map(str::to_owned),
        }),
        ..finding(Cause::DefaultRevert)
    };
    vec![
        suppressed(
            "critical",
            SuppressionKind::Ignored,
            Some("accepted until the migration ends"),
        ),
        suppressed(
            "deployment_configuration.bake_time_in_minutes",
            SuppressionKind::Settling,
            None,
        ),
        suppressed("enable_execute_command", SuppressionKind::Known, None),
        suppressed("propagate_tags", SuppressionKind::Repaired, None),
    ]
}

fn daemon(cause: Cause) -> Option<Daemon> {
    if cause == Cause::Unmanaged {
        return None;
    }
    Some(Daemon {
        deployment_arn: Some(deployment_arn(cause)),
        deployment_status: Some("SUCCESSFUL".to_owned()),
        ..blank(&daemon_arn(cause), cause.id(), source(cause))
    })
}

/// In sync, of the same name as another daemon, in another cluster and without an owner.
fn quiet_daemon() -> Daemon {
    let arn = "arn:aws:ecs:eu-central-1:123456789012:daemon/edge/missing";
    let source = SourceRef {
        input: "baseline.toml".to_owned(),
        address: arn.to_owned(),
        resource_type: "baseline".to_owned(),
    };
    Daemon {
        cluster: "edge".to_owned(),
        owner: None,
        ..blank(arn, "missing", source)
    }
}

fn blank(arn: &str, name: &str, source: SourceRef) -> Daemon {
    Daemon {
        arn: arn.to_owned(),
        name: name.to_owned(),
        cluster: "prod".to_owned(),
        region: "eu-central-1".to_owned(),
        account: "123456789012".to_owned(),
        owner: Some("platform".to_owned()),
        source,
        verdict: Verdict::InSync,
        headline: None,
        deployment_arn: None,
        deployment_status: None,
        instances: Some(3),
    }
}

fn group() -> Group {
    Group {
        deployment_arn: deployment_arn(Cause::DefaultRevert),
        daemon_arn: daemon_arn(Cause::DefaultRevert),
        revision_arn: Some("arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/default-revert/7".to_owned()),
        created_at: Some(time("2026-02-27T14:03:11Z")),
        status: Some("SUCCESSFUL".to_owned()),
        event: Some(TrailEvent {
            event_id: "5e0c1d5c-0000-4000-8000-000000000001".to_owned(),
            event_name: "UpdateDaemon".to_owned(),
            event_time: time("2026-02-27T14:03:10Z"),
            principal: "arn:aws:sts::123456789012:assumed-role/operator/jo".to_owned(),
            user_agent: Some("aws-cli/2.34.22".to_owned()),
            members: ["capacityProviderArns", "daemonArn", "daemonTaskDefinitionArn"]
                .map(str::to_owned)
                .into(),
        }),
        findings: Vec::new(),
    }
}

fn input(name: &str, kind: InputKind, daemons: u64, owner: Option<&str>) -> Input {
    Input {
        name: name.to_owned(),
        kind,
        daemons,
        serial: (kind != InputKind::Baseline).then_some(42),
        terraform_version: (kind != InputKind::Baseline).then(|| "1.15.5".to_owned()),
        owner: owner.map(str::to_owned),
    }
}

fn source(cause: Cause) -> SourceRef {
    SourceRef {
        input: STATE.to_owned(),
        address: format!("ecs_daemon.{}[\"a\"]", cause.id().replace('-', "_")),
        resource_type: "ecs_daemon".to_owned(),
    }
}

fn daemon_arn(cause: Cause) -> String {
    format!("arn:aws:ecs:eu-central-1:123456789012:daemon/prod/{}", cause.id())
}

fn deployment_arn(cause: Cause) -> String {
    format!(
        "arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/{}/0123456789abcdef",
        cause.id()
    )
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}
