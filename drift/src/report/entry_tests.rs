//! Entries of estates in which one call or one reason hit a lot.

use super::*;

const PREFIX: &str = "arn:aws:ecs:eu-central-1:123456789012:";

/// The effects of a call on settings of a daemon: each finding with the same commands.
fn reset(name: &str, settings: &[&str]) -> Vec<Finding> {
    let arn = format!("{PREFIX}daemon/prod/{name}");
    let command = |text: String| Command {
        title: "Send all settings".to_owned(),
        language: "sh".to_owned(),
        text,
        role_arn: None,
    };
    let findings = settings.iter().map(|setting| {
        let mut finding = golden::finding(Cause::DefaultRevert);
        finding.fingerprint = fingerprint(&arn, Some(setting), Cause::DefaultRevert);
        finding.message = format!("A call left `{setting}` out.");
        finding.setting = Some((*setting).to_owned());
        finding.group = Some(format!("{PREFIX}daemon-deployment/prod/{name}/0123456789abcdef"));
        finding.next_step.commands = vec![
            command(format!("aws ecs update-daemon {name}")),
            command(format!("{ACCEPTS}'{arn}:{setting}'")),
            command(format!("other {name}")),
        ];
        finding.arn.clone_from(&arn);
        finding
    });
    findings.collect()
}

const ACCEPTS: &str = "ecs-drift baseline update -- 'baseline.toml' ";

fn group(name: &str, principal: &str) -> Group {
    let mut group = golden::estate().groups.remove(0);
    group.deployment_arn = format!("{PREFIX}daemon-deployment/prod/{name}/0123456789abcdef");
    group.daemon_arn = format!("{PREFIX}daemon/prod/{name}");
    if let Some(event) = &mut group.event {
        principal.clone_into(&mut event.principal);
    }
    group
}

fn sealed(findings: Vec<Finding>, groups: Vec<Group>) -> Report {
    let mut report = golden::empty();
    (report.findings, report.groups) = (findings, groups);
    report.seal();
    report
}

/// For each subject how many daemons it has, and for each of its entries how many findings.
fn shape(report: &Report) -> Vec<(usize, Vec<usize>)> {
    let subjects = subjects(report, Finding::is_open);
    let shape = subjects.iter().map(|subject| {
        let entries = subject.entries.iter().map(|entry| entry.findings().count());
        (subject.parts().len(), entries.collect())
    });
    shape.collect()
}

#[test]
fn what_one_deployment_did_to_a_daemon_is_one_entry_with_each_command_once() {
    let settings = ["critical", "deployment_configuration.drain_percent", "propagate_tags"];
    let mut findings = reset("agent", &settings);
    let mut condition = golden::finding(Cause::Coverage);
    condition.arn.clone_from(&findings[0].arn);
    findings.push(condition);
    let report = sealed(findings, vec![group("agent", "jo")]);
    assert_eq!(shape(&report), [(1, vec![3, 1])]);
    let subjects = subjects(&report, Finding::is_open);
    let entry = &subjects[0].entries[0];
    assert_eq!(entry.sentences(), ["A call left each out."]);
    assert_eq!(entry.steps().len(), 1);
    let texts = |all| {
        entry
            .commands(all)
            .into_iter()
            .map(|paste| paste.text)
            .collect::<Vec<_>>()
    };
    let accept = format!(
        "{ACCEPTS}'{PREFIX}daemon/prod/agent:critical' \
         '{PREFIX}daemon/prod/agent:deployment_configuration.drain_percent' '{PREFIX}daemon/prod/agent:propagate_tags'"
    );
    assert_eq!(texts(false), ["aws ecs update-daemon agent", &accept]);
    assert_eq!(texts(true), ["aws ecs update-daemon agent", &accept, "other agent"]);
}

#[test]
fn what_hits_many_daemons_alike_is_one_entry() {
    let names = ["a", "b", "c", "d"];
    let all = |count: usize| {
        names
            .iter()
            .take(count)
            .flat_map(|name| reset(name, &["critical", "propagate_tags"]))
    };
    let groups = |who: &dyn Fn(&str) -> String| names.iter().map(|name| group(name, &who(name))).collect::<Vec<_>>();
    let one = |_: &str| "jo".to_owned();
    assert_eq!(
        shape(&sealed(all(2).collect(), groups(&one))),
        [(1, vec![2]), (1, vec![2])]
    );
    let report = sealed(all(4).collect(), groups(&one));
    assert_eq!(shape(&report), [(4, vec![2])]);
    let subjects = subjects(&report, Finding::is_open);
    let entry = &subjects[0].entries[0];
    assert_eq!(
        entry.commands(false).len(),
        3,
        "of three daemons, and none that accepts what is live"
    );
    assert_eq!(entry.without_commands(), 1);
    assert_eq!(entry.costs(), [], "no input names them");
    let several = sealed(all(4).collect(), groups(&str::to_owned));
    assert_eq!(shape(&several).len(), 4, "other callers");
    let mut other: Vec<Finding> = all(4).collect();
    other[0].live = Some(Shown::recorded(7));
    assert_eq!(shape(&sealed(other, groups(&one))), [(1, vec![2]), (3, vec![2])]);
}

/// Texts of ECS name the daemon, its deployment and the request, which do not make another reason.
#[test]
fn the_same_failure_is_the_same_whatever_ids_are_in_it() {
    let failed = |cause, text: &dyn Fn(&str) -> String| {
        let findings = ["a", "b", "c"].map(|name| {
            let mut finding = golden::finding(cause);
            finding.arn = format!("{PREFIX}daemon/prod/{name}");
            finding.evidence[0].text = text(name);
            finding
        });
        shape(&sealed(findings.into(), Vec::new())).len()
    };
    let same =
        |name: &str| format!("ECS says: {name} ({PREFIX}daemon/prod/{name}) did not start: CannotPullContainer.");
    assert_eq!(failed(Cause::RolledBack, &same), 1);
    assert_eq!(
        failed(Cause::RolledBack, &|name| format!("ECS says: image {name}x is gone.")),
        3
    );
    let pulled = |name: &str| {
        format!(
            "ECS says: cannot pull example.com/agent:1.0.{}.",
            name.len() + usize::from(name == "b")
        )
    };
    assert_eq!(failed(Cause::RolledBack, &pulled), 2, "another image");
    let denied = |name: &str| format!("not authorized to DescribeDaemon on {name}, request 0b5c1d{name}0-1234");
    assert_eq!(failed(Cause::Unreadable, &denied), 1);
}

#[test]
fn what_is_gone_or_failed_comes_first_unless_it_does_not_count() {
    let report = golden::estate();
    let order = |report: &Report| -> Vec<&'static str> {
        let subjects = subjects(report, Finding::is_open);
        subjects
            .iter()
            .filter_map(|subject| Some(subject.first()?.cause.id()))
            .collect()
    };
    let causes = order(&report);
    assert_eq!(
        causes[..5],
        [
            "cluster-missing",
            "missing",
            "being-deleted",
            "rollout-failed",
            "rolled-back"
        ]
    );
    let severities: Vec<Severity> = causes[5..]
        .iter()
        .map(|id| Cause::from_id(id).unwrap().severity())
        .collect();
    assert!(severities.is_sorted_by(|one, other| one >= other), "{causes:?}");
    let mut milder = report;
    for finding in milder
        .findings
        .iter_mut()
        .filter(|finding| finding.cause == Cause::Missing)
    {
        finding.severity = Severity::Note;
    }
    milder.seal();
    assert_eq!(order(&milder)[1], "being-deleted");
}

#[test]
fn a_rollout_costs_instances() {
    let cost = |cause, instances: Option<u64>, percent: serde_json::Value| {
        let mut report = golden::estate();
        for daemon in &mut report.daemons {
            daemon.instances = instances;
        }
        for finding in report
            .findings
            .iter_mut()
            .filter(|finding| finding.cause == Cause::DefaultRevert)
        {
            finding.wanted = Some(Shown::recorded(percent.clone()));
        }
        let subjects = subjects(&report, |finding| finding.is_open() && finding.cause == cause);
        let costs = subjects[0].entries[0].costs();
        costs.first().map(|cost| (cost.instances, cost.at_a_time))
    };
    let revert = |instances, percent: serde_json::Value| cost(Cause::DefaultRevert, Some(instances), percent);
    assert_eq!(revert(12, 25.into()), Some((12, Some(3))));
    assert_eq!(revert(12, 10.into()), Some((12, Some(2))));
    assert_eq!(revert(1000, 0.1.into()), Some((1000, Some(1))));
    assert_eq!(revert(3, 100.0.into()), Some((3, Some(3))));
    assert_eq!(revert(3, 0.into()), Some((3, None)));
    assert_eq!(revert(3, "many".into()), Some((3, None)));
    assert_eq!(revert(u64::MAX, 25.into()), Some((u64::MAX, None)));
    assert_eq!(cost(Cause::ChangedOutside, Some(12), 10.into()), Some((12, None)));
    assert_eq!(cost(Cause::ChangedOutside, None, 10.into()), None);
    assert_eq!(cost(Cause::Tags, Some(12), 10.into()), None, "no task is replaced");
    assert_eq!(cost(Cause::Coverage, Some(12), 10.into()), None);
}

/// A finding that does not count stands by itself, after those that do.
#[test]
fn what_does_not_count_is_an_entry_of_its_own() {
    let mut findings = reset("agent", &["critical", "propagate_tags", "tags_all"]);
    findings[0].suppress(SuppressionKind::Known, None);
    findings[1].suppress(SuppressionKind::Known, None);
    let report = sealed(findings, vec![group("agent", "jo")]);
    let subjects = subjects(&report, |_| true);
    let entries = &subjects[0].entries;
    let counts: Vec<(usize, bool)> = entries
        .iter()
        .map(|entry| (entry.findings().count(), entry.suppression().is_some()))
        .collect();
    assert_eq!(counts, [(1, false), (2, true)]);
}

/// Botocore writes its flags in another order for each process; nobody sees them.
#[test]
fn callers_are_the_same_if_their_programs_are() {
    let of = |flags: &[&str]| {
        let names: Vec<String> = (0..flags.len()).map(|number| format!("agent-{number}")).collect();
        let groups = names.iter().zip(flags).map(|(name, flags)| {
            let mut group = group(name, "jo");
            if let Some(event) = &mut group.event {
                event.user_agent = Some(format!("aws-cli/2.34.22 md/installer#exe m/{flags}"));
            }
            group
        });
        let findings = names.iter().flat_map(|name| reset(name, &["critical"]));
        shape(&sealed(findings.collect(), groups.collect()))
    };
    assert_eq!(of(&["g,Z,b", "g,b,Z", "Z,g,b"]), [(3, vec![1])]);
}
