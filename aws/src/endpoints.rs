//! Addresses of the services: partitions, FIPS and dual-stack endpoints, URLs of one's own.

use std::net::{IpAddr, Ipv6Addr};

use aws_types::{SdkConfig, service_config::ServiceConfigKey};
use http::Uri;

use super::{
    environment::Environment,
    problem::{Argument, Problem},
    settings::Settings,
};

/// True to call variants of the regional endpoints. `None` leaves it to the profile.
pub(super) struct Variants {
    pub(super) fips: Option<bool>,
    pub(super) dualstack: Option<bool>,
}

/// The variants that the settings and the environment ask for.
pub(super) fn variants(settings: &Settings, environment: &Environment) -> Result<Variants, Problem> {
    let flag = |argument: Option<bool>, variable| match argument {
        Some(flag) => Ok(Some(flag)),
        None => environment.flag(variable),
    };
    Ok(Variants {
        fips: flag(settings.use_fips_endpoint, "AWS_USE_FIPS_ENDPOINT")?,
        dualstack: flag(settings.use_dualstack_endpoint, "AWS_USE_DUALSTACK_ENDPOINT")?,
    })
}

/// The partition that a region belongs to, by its prefix, as in the SDKs' table of endpoints.
pub(super) fn partition(region: &str) -> &'static str {
    const PREFIXES: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isoe-", "aws-iso-e"),
        ("eusc-", "aws-eusc"),
    ];
    PREFIXES
        .iter()
        .find(|(prefix, _)| region.starts_with(prefix))
        .map_or("aws", |(_, partition)| partition)
}

/// True if a region has the form that those of a partition have, as in the SDKs' table of endpoints:
/// `eu-west-1`, `us-gov-east-1`, `eusc-de-east-1`.
pub(super) fn is_in_a_partition(region: &str) -> bool {
    const AREAS: [&str; 16] = [
        "af", "ap", "ca", "cn", "eu", "eu-isoe", "eusc-de", "il", "me", "mx", "sa", "us", "us-gov", "us-iso",
        "us-isob", "us-isof",
    ];
    let mut parts = region.rsplitn(3, '-');
    let (number, place, area) = (parts.next(), parts.next(), parts.next());
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_place = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    number.is_some_and(is_number) && place.is_some_and(is_place) && area.is_some_and(|area| AREAS.contains(&area))
}

/// The URL at which a service is called, unless it is that of the region: the argument, else that of
/// the environment or the profile, else the one for all services. The SDK finds the same one, but
/// takes any text for a URL and fails with each call.
pub(super) fn url_of(
    service: &str,
    argument: Option<&str>,
    config: &SdkConfig,
    environment: &Environment,
) -> Result<Option<String>, Problem> {
    let name = service.to_ascii_lowercase();
    if let Some(url) = argument {
        let problem = || {
            let text = format!("The endpoint of {service} is `{}`, but must be {EXPECTED}.", shown(url));
            Problem::new("Invalid endpoint", text).at(Argument::named("endpoints").index(0).child(&name))
        };
        return if is_url(url) {
            Ok(Some(url.to_owned()))
        } else {
            Err(problem())
        };
    }
    let own = ServiceConfigKey::builder()
        .service_id(service)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let own = own.ok().and_then(|key| config.service_config()?.load_config(key));
    // A variable that is set to nothing is not set, which the SDK does not see.
    let own = own.filter(|url| !url.is_empty());
    let Some(url) = own.or_else(|| url_of_all(config)) else {
        return Ok(None);
    };
    if is_url(&url) {
        return Ok(Some(url));
    }
    let variables = [
        format!("AWS_ENDPOINT_URL_{}", service.replace(' ', "_")),
        "AWS_ENDPOINT_URL".to_owned(),
    ];
    let source = variables
        .iter()
        .find(|variable| environment.text(variable).as_deref() == Some(&url))
        .map_or_else(
            || "`endpoint_url` of the AWS profile".to_owned(),
            |variable| format!("the environment variable {variable}"),
        );
    let text = format!(
        "The endpoint of {service}, from {source}, is `{}`, but must be {EXPECTED}.",
        shown(&url)
    );
    Err(Problem::new("Invalid endpoint", text))
}

/// The URL at which all services are called, if there is one.
pub(super) fn url_of_all(config: &SdkConfig) -> Option<String> {
    config.endpoint_url().filter(|url| !url.is_empty()).map(str::to_owned)
}

/// Services that are called only for credentials, by the SDK itself.
pub(super) const OF_CREDENTIALS: [&str; 2] = ["SSO", "SSO OIDC"];

const EXPECTED: &str = "`http://HOST` or `https://HOST`, with a port and a path at most";

/// True if a text is the URL of a service: a scheme, a host, perhaps a port and a path, and nothing else. Whatever the
/// SDK cannot turn into a URI must not reach it, because its error shows the whole request.
pub fn is_url(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else { return false };
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-._~:/[]%+,=!".contains(character);
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    let is_there = uri.authority().is_some_and(|authority| {
        let (host, port) = (authority.host(), authority.as_str().strip_prefix(authority.host()));
        let port = port.map(|port| port.strip_prefix(':').map(str::parse::<u16>));
        is_host(host) && matches!(port, Some(None | Some(Ok(1..)))) && authority.as_str().len() < MOST_AUTHORITY
    });
    is_http && is_there && text.chars().all(is_plain)
}

/// Longest host with its port, in bytes.
const MOST_AUTHORITY: usize = 300;

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        !label.is_empty() && label.len() <= 63 && label.bytes().all(is_plain)
    };
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    match address {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => host.strip_suffix('.').unwrap_or(host).split('.').all(is_label),
    }
}

/// True if a URL is called without TLS on another machine.
pub(super) fn is_plain_and_remote(url: &str) -> bool {
    url.parse::<Uri>().is_ok_and(|uri| uri.scheme_str() == Some("http")) && !is_loopback(url)
}

/// True if a URL is that of a service on this machine.
pub(super) fn is_loopback(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let host = uri
        .host()
        .unwrap_or_default()
        .trim_start_matches('[')
        .trim_end_matches(']');
    host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        || host.eq_ignore_ascii_case("localhost")
        || host.to_ascii_lowercase().ends_with(".localhost")
}

/// A URL as a message may quote it: without user and password, without a query, on one line.
pub(super) fn shown(url: &str) -> String {
    let shown: String = url.chars().flat_map(char::escape_debug).collect();
    let (scheme, rest) = shown.split_once("://").unwrap_or(("", &shown));
    let (rest, query) = rest.find(['?', '#']).map_or((rest, ""), |at| (&rest[..at], "?***"));
    let separator = if scheme.is_empty() { "" } else { "://" };
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}{separator}***@{host}{query}"),
        None => format!("{scheme}{separator}{rest}{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_what_can_be_called_and_nothing_else() {
        for valid in [
            "http://localhost:4566",
            "https://ecs.eu-west-1.amazonaws.com",
            "https://vpce-0a1b-xyz.ecs.eu-west-1.vpce.amazonaws.com/base/path",
            "http://[::1]:8080/",
            "http://127.0.0.1",
        ] {
            assert!(is_url(valid), "{valid}");
        }
        for invalid in [
            "",
            "ecs.test",
            "ftp://h",
            "http://",
            "http:///x",
            "http://h:port",
            "http://h:0",
            "http://h:99999",
            "http://localhost:{port}",
            "http://h/{port}",
            "https://sts.${AWS_REGION}.amazonaws.com",
            "https://sts.$AWS_REGION.amazonaws.com",
            "https://<host>",
            "http://user:password@h",
            "http://h?x=1",
            "http://h#x",
            "http://h ost",
            "http://h\u{e9}",
            "http://a..b",
            "http://[::z]",
        ] {
            assert!(!is_url(invalid), "{invalid}");
        }
    }

    #[test]
    fn plain_http_is_noted_unless_it_stays_on_this_machine() {
        for remote in ["http://ecs.test", "http://10.0.0.1:80", "http://[fe80::1]"] {
            assert!(is_plain_and_remote(remote), "{remote}");
        }
        for harmless in [
            "https://ecs.test",
            "http://localhost:1",
            "http://127.0.0.2",
            "http://[::1]:1",
            "http://a.localhost",
        ] {
            assert!(!is_plain_and_remote(harmless), "{harmless}");
        }
    }

    #[test]
    fn a_url_is_shown_without_its_secrets() {
        let check = |url: &str, expected: &str| assert_eq!(shown(url), expected);
        check("http://h:1/p", "http://h:1/p");
        check("http://ann:canary@h", "http://***@h");
        check("http://ann:can@ary@h/x?token=canary#canary", "http://***@h/x?***");
        check("ann:canary@h", "***@h");
        check("http://h?x=ann:canary@h", "http://h?***");
        check("a\nb", "a\\nb");
    }
}
