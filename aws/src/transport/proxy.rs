//! The proxy that a request goes through.
//!
//! Arguments come before the environment, each on its own, as in hashicorp/aws. A proxy for `http`
//! serves `https` too if that has none; an empty `https_proxy` means "none". A proxy of the environment
//! is not asked for what runs on this machine, such as an emulator; one of the settings is,
//! because it is written there to see the traffic.

use aws_smithy_http_client::proxy::ProxyConfig;

use crate::{
    advice::Advice,
    endpoints,
    environment::Environment,
    problem::{Argument, Problem, Problems},
    settings::Settings,
};

const HTTP: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const HTTPS: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const NONE: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// Hosts of this machine.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// Proxies by the scheme of what is called. They have no `Debug`, because of their passwords.
pub(super) struct Routes {
    pub(super) http: ProxyConfig,
    pub(super) https: ProxyConfig,
}

/// A proxy and where it is configured.
#[derive(Clone)]
struct Proxy {
    url: String,
    source: Source,
}

#[derive(Clone, Copy)]
enum Source {
    Argument(&'static str),
    Variable(&'static str),
}

impl Source {
    fn describe(self, advice: &Advice) -> String {
        match self {
            Self::Argument(name) => format!("`{name}` {}", advice.arguments),
            Self::Variable(name) => format!("The environment variable {name}"),
        }
    }
}

/// The proxies for both schemes.
pub(super) fn routes(settings: &Settings, environment: &Environment) -> Result<Routes, Problems> {
    let http = choose("http_proxy", settings.http_proxy.as_deref(), &HTTP, environment);
    let https = match settings.https_proxy.as_deref() {
        Some("") => None,
        argument => choose("https_proxy", argument, &HTTPS, environment).or_else(|| inherited(settings)),
    };
    let variable = environment.first(&NONE).map(|(_, hosts)| hosts);
    let excluded = settings.no_proxy.clone().or(variable).unwrap_or_default();
    let http = config(http, &excluded, ProxyConfig::http, &settings.advice);
    let https = config(https, &excluded, ProxyConfig::https, &settings.advice);
    match (http, https) {
        (Ok(http), Ok(https)) => Ok(Routes { http, https }),
        (http, https) => {
            let mut problems = Problems::default();
            problems.extend(http.err());
            problems.extend(https.err());
            Err(problems)
        }
    }
}

fn choose(
    name: &'static str,
    argument: Option<&str>,
    variables: &[&'static str],
    environment: &Environment,
) -> Option<Proxy> {
    if let Some(url) = argument.filter(|url| !url.is_empty()) {
        return Some(Proxy {
            url: url.to_owned(),
            source: Source::Argument(name),
        });
    }
    let (name, url) = environment.first(variables)?;
    let source = Source::Variable(name);
    Some(Proxy { url, source })
}

/// The argument for `http` also serves `https`; the variable for `http` does not.
fn inherited(settings: &Settings) -> Option<Proxy> {
    let url = settings.http_proxy.clone().filter(|url| !url.is_empty())?;
    let source = Source::Argument("http_proxy");
    Some(Proxy { url, source })
}

fn config(
    proxy: Option<Proxy>,
    excluded: &str,
    make: fn(String) -> Result<ProxyConfig, aws_smithy_http_client::proxy::ProxyError>,
    advice: &Advice,
) -> Result<ProxyConfig, Problem> {
    let Some(Proxy { url, source }) = proxy else {
        return Ok(ProxyConfig::disabled());
    };
    let invalid = |reason: String| {
        let problem = Problem::new("Invalid proxy", format!("{}: {reason}", source.describe(advice)));
        match source {
            Source::Argument(name) => problem.at(Argument::named(name)),
            Source::Variable(_) => problem,
        }
    };
    check_url(&url).map_err(invalid)?;
    let config = make(with_scheme(&url)).map_err(|_| invalid(wrong(&url)))?;
    // An asterisk means every host, which the rules of the SDK have no word for.
    let hosts: Vec<&str> = excluded.split(',').map(str::trim).collect();
    if hosts.contains(&"*") {
        return Ok(ProxyConfig::disabled());
    }
    Ok(config.no_proxy(match source {
        Source::Variable(_) if excluded.is_empty() => LOOPBACK.to_owned(),
        Source::Variable(_) => format!("{excluded},{LOOPBACK}"),
        Source::Argument(_) => excluded.to_owned(),
    }))
}

/// True if a text is the URL of a proxy. The error never repeats a user name or a password.
pub fn check_url(text: &str) -> Result<(), String> {
    let is_plain = |character: char| character.is_ascii() && !character.is_whitespace() && !character.is_control();
    let proxy = ProxyConfig::all(with_scheme(text));
    if text.chars().all(is_plain) && proxy.is_ok() {
        Ok(())
    } else {
        Err(wrong(text))
    }
}

fn wrong(text: &str) -> String {
    let shown = endpoints::shown(text);
    format!("`{shown}` is not the URL of a proxy: expected `http://HOST:PORT` or `https://HOST:PORT`.")
}

/// Tools accept `proxy.example.com:8080` in variables.
fn with_scheme(url: &str) -> String {
    if url.contains("://") {
        url.to_owned()
    } else {
        format!("http://{url}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VARIABLES: [(&str, &str); 3] = [
        ("HTTP_PROXY", "http://env-http:1"),
        ("https_proxy", "env-https:2"),
        ("NO_PROXY", "a.test"),
    ];

    fn of(http: &str, https: Option<&str>, none: &str) -> Settings {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Settings {
            http_proxy: given(http),
            https_proxy: https.map(str::to_owned),
            no_proxy: given(none),
            ..Settings::default()
        }
    }

    /// The proxies that requests to `http` and to `https` go through, as the SDK shows its rules.
    fn routes_of(settings: &Settings, variables: &[(&str, &str)]) -> String {
        match routes(settings, &Environment::of(variables)) {
            Ok(routes) => format!("{}\n{}", shown(&routes.http), shown(&routes.https)),
            Err(problems) => problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        }
    }

    fn shown(config: &ProxyConfig) -> String {
        if config.is_disabled() {
            return "none".to_owned();
        }
        let text = format!("{config:?}");
        let part = |key: &str, end: char| {
            let rest = text.split_once(key).map_or("", |(_, rest)| rest);
            rest.split(end).next().unwrap_or_default().to_owned()
        };
        format!("{} except {}", part("uri: ", ' '), part("no_proxy: Some(\"", '"'))
    }

    #[test]
    fn arguments_come_before_the_environment_each_on_its_own() {
        insta::assert_snapshot!(routes_of(&of("", None, ""), &[]), @"
        none
        none
        ");
        insta::assert_snapshot!(routes_of(&of("", None, ""), &VARIABLES), @"
        http://env-http:1/, except a.test,localhost,127.0.0.0/8,::1
        http://env-https:2/, except a.test,localhost,127.0.0.0/8,::1
        ");
        insta::assert_snapshot!(routes_of(&of("http://arg:3", None, ""), &VARIABLES), @"
        http://arg:3/, except a.test
        http://env-https:2/, except a.test,localhost,127.0.0.0/8,::1
        ");
        insta::assert_snapshot!(routes_of(&of("http://arg:3", None, "b.test,10.0.0.0/8"), &[]), @"
        http://arg:3/, except b.test,10.0.0.0/8
        http://arg:3/, except b.test,10.0.0.0/8
        ");
        insta::assert_snapshot!(routes_of(&of("http://arg:3", Some(""), ""), &VARIABLES), @"
        http://arg:3/, except a.test
        none
        ");
        insta::assert_snapshot!(routes_of(&of("", Some("http://arg:4"), "*"), &VARIABLES), @"
        none
        none
        ");
        insta::assert_snapshot!(routes_of(&of("", None, ""), &VARIABLES[..1]), @"
        http://env-http:1/, except localhost,127.0.0.0/8,::1
        none
        ");
    }

    #[test]
    fn what_is_not_a_proxy_is_told_without_its_password() {
        let variables = [("HTTPS_PROXY", "socks5://ann:canary@host:1")];
        let told = routes_of(&of("http://ann:canary@", None, ""), &variables);
        assert!(!told.contains("canary"), "{told}");
        insta::assert_snapshot!(told, @"
        Invalid proxy (at http_proxy): `http_proxy` of the settings: `http://***@` is not the URL of a proxy: expected `http://HOST:PORT` or `https://HOST:PORT`.
        Invalid proxy: The environment variable HTTPS_PROXY: `socks5://***@host:1` is not the URL of a proxy: expected `http://HOST:PORT` or `https://HOST:PORT`.
        ");
        for invalid in ["http://", "http://a b", "ftp://x", "http://h\u{e9}", "a:b:c@d:e:f"] {
            assert!(check_url(invalid).is_err(), "{invalid}");
        }
        for valid in ["proxy:8080", "http://proxy", "https://ann:pw@proxy:1", "http://[::1]:3"] {
            assert_eq!(check_url(valid), Ok(()), "{valid}");
        }
    }
}
