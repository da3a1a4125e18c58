//! The environment of a command that is to meet the emulator and nothing else: where the emulator is, made-up
//! credentials, and nothing of the user's own that leads to real AWS.
//!
//! A variable of one service comes before the one of all services in every SDK, and a profile may name endpoints,
//! roles and programs that print keys. Whatever is not passed on is told, so that nobody looks for it in vain.

use std::collections::BTreeMap;
use std::ffi::OsString;

/// Begin of variables that lead a single service elsewhere.
const OF_ONE_SERVICE: &str = "AWS_ENDPOINT_URL_";
/// Key id and secret key of nobody.
const NOBODY: &str = "emulator";
/// A file of settings without any.
const EMPTY_FILE: &str = "/dev/null";
/// How often the provider looks how a rollout is going: nothing takes time here.
const POLL_INTERVAL: (&str, &str) = ("TF_ECS_POLL_INTERVAL", "100ms");
const PROXIES: [&str; 6] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
];
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];
const LOOPBACK: &str = "127.0.0.1,localhost";

/// Variables by which an SDK finds credentials or endpoints of real AWS.
const SET_ASIDE: [&str; 17] = [
    "AWS_ACCOUNT_ID",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_DEFAULT_PROFILE",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
];

/// Variables by name. The order makes what is told the same in every run.
pub(super) type Variables = BTreeMap<OsString, OsString>;

/// What a command gets instead of the user's environment.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    pub(super) set: Variables,
    pub(super) removed: Vec<OsString>,
    /// Names of variables whose values the user will miss.
    pub(super) told: Vec<String>,
}

/// The changes to a user's environment, except to the variables that are to be kept.
pub(super) fn changes(endpoint: &str, region: &str, users: &Variables, kept: &[String]) -> Changes {
    let mut changes = Changes::default();
    let values = [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", NOBODY),
        ("AWS_SECRET_ACCESS_KEY", NOBODY),
        ("AWS_REGION", region),
        ("AWS_DEFAULT_REGION", region),
        ("AWS_CONFIG_FILE", EMPTY_FILE),
        ("AWS_SHARED_CREDENTIALS_FILE", EMPTY_FILE),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    for (name, value) in values {
        changes.set.insert(name.into(), value.into());
    }
    if !users.contains_key(&OsString::from(POLL_INTERVAL.0)) {
        changes.set.insert(POLL_INTERVAL.0.into(), POLL_INTERVAL.1.into());
    }
    let leads_away = |name: &OsString| {
        let name = name.to_string_lossy();
        SET_ASIDE.contains(&&*name) || name.starts_with(OF_ONE_SERVICE)
    };
    changes.removed = users.keys().filter(|name| leads_away(name)).cloned().collect();
    let is_kept = |name: &OsString| users.contains_key(name) && kept.iter().any(|other| **name == **other);
    changes.set.retain(|name, _| !is_kept(name));
    changes.removed.retain(|name| !is_kept(name));
    changes.told = told(users, &changes);
    pass_by_proxies(users, &mut changes);
    changes
}

fn told(users: &Variables, changes: &Changes) -> Vec<String> {
    let replaced = |name: &OsString| {
        changes
            .set
            .get(name)
            .is_some_and(|value| users.get(name) != Some(value))
    };
    let lost = |name: &&OsString| replaced(name) || changes.removed.contains(name);
    let names = users.keys().filter(lost);
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

/// The emulator is on this machine, and no proxy is; not every SDK knows that without being told.
fn pass_by_proxies(users: &Variables, changes: &mut Changes) {
    if !PROXIES.iter().any(|name| users.contains_key(&OsString::from(name))) {
        return;
    }
    for name in EXCEPTIONS.map(OsString::from) {
        let mut hosts = users.get(&name).cloned().unwrap_or_default();
        if !hosts.is_empty() {
            hosts.push(",");
        }
        hosts.push(LOOPBACK);
        changes.set.insert(name, hosts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(users: &[(&str, &str)], kept: &[&str]) -> Changes {
        let users = users.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let kept: Vec<String> = kept.iter().map(ToString::to_string).collect();
        changes("http://127.0.0.1:1", "us-east-1", &users, &kept)
    }

    fn set(changes: &Changes, name: &str) -> Option<String> {
        let value = changes.set.get(&OsString::from(name));
        value.map(|value| value.to_string_lossy().into_owned())
    }

    #[test]
    fn whatever_leads_to_real_aws_is_set_aside_and_told() {
        for name in SET_ASIDE
            .into_iter()
            .chain(["AWS_ENDPOINT_URL_ECS", "AWS_ENDPOINT_URL_S3"])
        {
            let found = changed(&[(name, "real"), ("HOME", "/users/ann")], &[]);
            assert_eq!(found.removed, [OsString::from(name)], "{name}");
            assert_eq!(found.told, [name]);
            assert_eq!(set(&found, name), None);
            let found = changed(&[(name, "real")], &[name]);
            assert!(found.removed.is_empty() && found.told.is_empty(), "{name} is kept");
        }
        let names = [
            "AWS_ENDPOINT_URL",
            "AWS_ACCESS_KEY_ID",
            "AWS_CONFIG_FILE",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
        ];
        for name in names {
            let found = changed(&[(name, "real")], &[]);
            assert!(found.removed.is_empty(), "{name}");
            assert_eq!(found.told, [name]);
            assert!(set(&found, name).is_some_and(|value| value != "real"), "{name}");
            let found = changed(&[(name, "real")], &[name]);
            assert_eq!((set(&found, name), found.told.len()), (None, 0), "{name} is kept");
        }
    }

    /// The texts in quotes that stand at the beginnings of lines between two marks of the kit for Python.
    fn listed(from: &str, to: &str) -> Vec<String> {
        let kit = include_str!("../../../../kits/python/src/ecs_emulator/emulator.py");
        let (_, list) = kit.split_once(from).expect("the list begins");
        let (list, _) = list.split_once(to).expect("the list ends");
        let quoted = list
            .lines()
            .filter_map(|line| line.trim().strip_prefix('"')?.split('"').next());
        quoted.map(str::to_owned).collect()
    }

    #[test]
    fn the_kit_for_python_has_the_same_lists() {
        assert_eq!(listed("\nELSEWHERE = (", "\n)"), SET_ASIDE);
        let mut set: Vec<String> = listed("variables = {", "\n        }");
        set.push(POLL_INTERVAL.0.to_owned());
        let ours = changed(&[], &[]).set;
        let ours: Vec<_> = ours.keys().map(|name| name.to_string_lossy()).collect();
        assert_eq!(set, ours);
        let kit = include_str!("../../../../kits/python/src/ecs_emulator/emulator.py");
        for line in [
            format!("OF_ONE_SERVICE = {OF_ONE_SERVICE:?}"),
            format!("POLL_INTERVAL = {POLL_INTERVAL:?}"),
            format!("PROXIES = ({})", PROXIES.map(|name| format!("{name:?}")).join(", ")),
            format!("LOOPBACK = {LOOPBACK:?}"),
        ] {
            assert!(kit.lines().any(|each| each == line), "the kit has no line {line}");
        }
    }

    #[test]
    fn what_is_there_already_is_not_told() {
        let found = changed(
            &[
                ("AWS_REGION", "us-east-1"),
                ("TF_ECS_POLL_INTERVAL", "3s"),
                ("PATH", "/bin"),
            ],
            &[],
        );
        assert!(found.told.is_empty(), "{:?}", found.told);
        assert_eq!(set(&found, "TF_ECS_POLL_INTERVAL"), None);
        assert_eq!(
            set(&changed(&[], &[]), "TF_ECS_POLL_INTERVAL").as_deref(),
            Some("100ms")
        );
    }

    #[test]
    fn a_variable_that_is_kept_and_not_set_is_made_up() {
        assert!(set(&changed(&[], &["AWS_ACCESS_KEY_ID"]), "AWS_ACCESS_KEY_ID").is_some());
    }

    #[test]
    fn proxies_are_passed_by() {
        assert_eq!(set(&changed(&[], &[]), "NO_PROXY"), None);
        let found = changed(&[("https_proxy", "http://proxy"), ("no_proxy", "corp.example")], &[]);
        assert_eq!(
            set(&found, "no_proxy").as_deref(),
            Some("corp.example,127.0.0.1,localhost")
        );
        assert_eq!(set(&found, "NO_PROXY").as_deref(), Some("127.0.0.1,localhost"));
        assert!(found.told.is_empty());
    }
}
