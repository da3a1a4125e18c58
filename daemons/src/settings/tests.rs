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

/// The sample that tests of all crates share: a state in which every setting that may be left out is away from its default.
fn sample(setting: Setting) -> Json {
    let sample: Json = serde_json::from_str(include_str!("sample.json")).unwrap();
    let value = setting.path().iter().fold(&sample, |here, name| match here {
        Json::Array(blocks) => &blocks[0][*name],
        block => &block[*name],
    });
    value.clone()
}

#[test]
fn the_sample_has_every_setting_away_from_its_default() {
    for setting in Setting::ALL.into_iter().filter(|setting| !setting.is_required()) {
        let name = setting.name();
        let datum = setting
            .parse(&sample(setting))
            .unwrap_or_else(|error| panic!("sample.json: {error}"));
        assert_ne!(
            Some(datum),
            setting.default(),
            "sample.json: `{name}` is at its default"
        );
    }
}

#[test]
fn each_setting_is_read_where_it_was_written() {
    for setting in Setting::ALL {
        check(
            setting,
            &match setting {
                Setting::TaskDefinition => json!("arn"),
                Setting::CapacityProviders => json!(["a", "b"]),
                _ => sample(setting),
            },
        );
    }
    check(Setting::DrainPercent, &json!(12.5));
}

#[test]
fn all_members_make_the_settings_again() {
    let mut settings = Settings::unknown();
    for setting in Setting::ALL.into_iter().filter(|setting| !setting.is_required()) {
        setting.write(&setting.parse(&sample(setting)).unwrap(), &mut settings);
    }
    assert_eq!(Settings::from_members(&settings.members()), Ok(settings.clone()));
    // The records of ECS hold what the requests send.
    let deployment = settings
        .clone()
        .update_request("")
        .get_deployment_configuration()
        .clone();
    let configuration = Deployment::of_record(&deployment.unwrap());
    assert_eq!(configuration, settings.deployment_configuration);
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
