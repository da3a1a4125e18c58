//! Places of settings.

use super::*;

#[test]
fn a_setting_has_its_line_and_a_missing_one_that_of_what_is_around_it() {
    let folder = folder();
    let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
    let check = |address: &str, setting: Option<&str>, file: &str, line: u32, column: u32| {
        let expected = Some((file.to_owned(), line, column));
        assert_eq!(
            place(&configuration, address, setting),
            expected,
            "{address} {setting:?}"
        );
    };
    let solo = "ecs_daemon.solo";
    check(solo, None, "main.tf", 9, 1);
    check(solo, Some("critical"), "main.tf", 11, 11);
    check(solo, Some("propagate_tags"), "main.tf", 9, 1);
    check(solo, Some("deployment_configuration.drain_percent"), "main.tf", 14, 5);
    check(
        solo,
        Some("deployment_configuration.bake_time_in_minutes"),
        "main.tf",
        13,
        3,
    );
    check(solo, Some("deployment_configuration.alarms.enable"), "main.tf", 18, 9);
    check(
        solo,
        Some("deployment_configuration.alarms.alarm_names"),
        "main.tf",
        15,
        5,
    );
    let inner = "module.a[\"x.y\"].ecs_daemon.agent[1]";
    check(inner, Some("propagate_tags"), "daemon.tf", 3, 3);
    check(inner, Some("critical"), "daemon.tf", 1, 1);
    assert_eq!(place(&configuration, "ecs_daemon.other", None), None);
    assert_eq!(configuration.warnings, []);
}

#[test]
fn files_are_named_as_seen_from_where_the_program_runs() {
    let check = |path: &str, expected: &str| assert_eq!(File::new(Path::new(path), "").name, expected);
    check("./infra/main.tf", "infra/main.tf");
    check("infra/../modules/./a/main.tf", "modules/a/main.tf");
    check("../modules/main.tf", "../modules/main.tf");
    check("../../main.tf", "../../main.tf");
    check("/srv/main.tf", "/srv/main.tf");
    let check = |folder: &str, path: &str, expected: &str| {
        let file = File::new(Path::new(path), "").seen_from(Path::new(folder));
        assert_eq!(file.name, expected);
    };
    check("", "main.tf", "main.tf");
    check("infra/prod", "main.tf", "infra/prod/main.tf");
    check("infra/prod", "../modules/a/main.tf", "infra/modules/a/main.tf");
    check("infra", "/srv/main.tf", "/srv/main.tf");
}
