//! The declaration against itself.

use serde_json::json;

use super::*;

fn check(setting: Setting, value: &Json) {
    let datum = setting.parse(value).unwrap();
    let mut settings = Settings::unknown();
    setting.write(&datum, &mut settings);
    assert_eq!(setting.read(&settings), datum, "{setting:?}");
    assert_eq!(datum.to_json(), *value, "{setting:?}");
    for other in Setting::ALL.into_iter().filter(|other| *other != setting) {
        assert_eq!(
            other.read(&settings),
            other.read(&Settings::unknown()),
            "{setting:?} wrote {other:?}"
        );
    }
}

#[test]
fn each_setting_is_read_where_it_was_written() {
    check(Setting::TaskDefinition, &json!("arn"));
    check(Setting::CapacityProviders, &json!(["a", "b"]));
    check(Setting::Critical, &json!(false));
    check(Setting::ManagedTags, &json!(true));
    check(Setting::ExecuteCommand, &json!(true));
    check(Setting::PropagateTags, &json!("DAEMON"));
    check(Setting::DrainPercent, &json!(12.5));
    check(Setting::BakeTime, &json!(5));
    check(Setting::AlarmNames, &json!(["high", "low"]));
    check(Setting::AlarmsEnabled, &json!(true));
}

#[test]
fn a_value_of_the_wrong_kind_says_what_is_expected() {
    insta::assert_snapshot!(
        Setting::CapacityProviders.parse(&json!(["a", 1])).unwrap_err(),
        @"`capacity_provider_arns` must be a list of strings, but is a list"
    );
    insta::assert_snapshot!(
        Setting::Critical.parse(&json!("yes")).unwrap_err(),
        @"`critical` must be true or false, but is a string"
    );
    insta::assert_snapshot!(
        Setting::BakeTime.parse(&json!(1.5)).unwrap_err(),
        @"`deployment_configuration.bake_time_in_minutes` must be a whole number, but is a number"
    );
}

#[test]
fn spelling_means_nothing() {
    let same = |setting: Setting, one: Json, other: Json| {
        assert_eq!(setting.parse(&one).unwrap(), setting.parse(&other).unwrap());
    };
    same(Setting::DrainPercent, json!(25), json!(25.0));
    same(Setting::AlarmNames, json!(["b", "a"]), json!(["a", "b", "a"]));
}

#[test]
fn names_and_members_are_told_from_each_other() {
    assert_eq!(Setting::AlarmsEnabled.name(), "deployment_configuration.alarms.enable");
    assert_eq!(Setting::ManagedTags.member(), "enableECSManagedTags");
    for (one, name) in Setting::ALL.into_iter().zip(Setting::ALL.map(Setting::name)) {
        let same = Setting::ALL.into_iter().filter(|other| other.name() == name);
        assert_eq!(same.collect::<Vec<_>>(), [one]);
    }
}

#[test]
fn members_that_are_left_out_are_at_their_defaults() {
    assert_eq!(Settings::from_members(&json!({})), Ok(Settings::unknown()));
    assert_eq!(
        Settings::from_members(&json!({ "deploymentConfiguration": { "alarms": { "enable": 1 } } })),
        Err("`deployment_configuration.alarms.enable` must be true or false, but is a number".to_owned())
    );
}
