//! The table against the extract of the service model, and against itself.

use super::*;
use crate::journal::settings_of_update;

/// Settings that every daemon has to name, which are changed by cases of their own.
const REQUIRED: [&str; 2] = ["capacityProviderArns", "daemonTaskDefinitionArn"];

#[test]
fn every_setting_of_the_service_has_a_row() {
    let mut rows: Vec<&str> = SETTINGS.iter().map(|setting| setting.member).chain(REQUIRED).collect();
    rows.sort_unstable();
    assert_eq!(
        rows,
        settings_of_update(),
        "acceptance-tests/src/settings.rs: a setting has no row, or a row no setting"
    );
}

#[test]
fn the_written_value_is_neither_the_default_nor_the_changed_one() {
    let revision = DaemonRevision::builder().build();
    let deployment = DaemonDeploymentConfiguration::builder().build();
    let defaults = DaemonSettings::of_records(String::new(), Vec::new(), revision, deployment);
    for setting in SETTINGS {
        let (name, written) = (setting.name(), setting.written());
        assert!(same(&setting.live(&defaults), &setting.default()), "{name}");
        assert!(!same(&written, &setting.default()), "{name} is written at its default");
        let mut changed = defaults.clone();
        (setting.change)(&mut changed);
        assert!(
            !same(&setting.live(&changed), &written),
            "{name} is changed to what it is"
        );
        for other in SETTINGS.iter().filter(|other| other.member != setting.member) {
            assert_eq!(
                other.live(&changed),
                other.live(&defaults),
                "{name} changes {}",
                other.name()
            );
        }
    }
}

#[test]
fn arguments_are_written_with_their_blocks() {
    let some = SETTINGS.iter().filter(|setting| {
        ["critical", "propagate_tags", "drain_percent", "alarm_names"].contains(&setting.path[setting.path.len() - 1])
    });
    let expected = r#"
  critical       = false
  propagate_tags = "DAEMON"

  deployment_configuration {
    drain_percent = 50

    alarms {
      alarm_names = ["latency", "errors"]
    }
  }
"#;
    assert_eq!(arguments(some, Setting::written), expected);
}
