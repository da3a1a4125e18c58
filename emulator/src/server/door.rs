//! The door: a page of another site must not reach the emulator through its visitor's browser.
//!
//! The emulator listens on loopback and asks nobody for a password. A page can let its own name point to 127.0.0.1 (DNS
//! rebinding) and is then of the same origin for the browser; but the browser still sends that name as `Host`. So only
//! names are answered that cannot be somebody else's. An address cannot be rebound.

use std::net::IpAddr;

use http::HeaderMap;
use http::header::{HOST, ORIGIN};
use http::request::Parts;

/// Characters of a header that a refusal shows.
const SHOWN: usize = 80;

/// The hosts that requests may be addressed to.
#[derive(Clone, Debug, Default)]
pub(super) struct Door {
    /// Names beside those of loopback, in lower case.
    pub(super) names: Vec<String>,
    /// True if addresses of other machines are answered, too.
    pub(super) any_address: bool,
}

impl Door {
    /// The reason for which a request is refused. None: it is let in.
    pub(super) fn refusal(&self, head: &Parts) -> Option<String> {
        let host = match host(&head.headers) {
            Ok(host) => host,
            Err(problem) => return Some(problem),
        };
        let addressed = head.uri.authority().map(http::uri::Authority::as_str);
        let foreign = [addressed, host].into_iter().flatten().find(|host| !self.knows(host));
        if let Some(foreign) = foreign {
            let name = shown(foreign);
            return Some(format!(
                "the request is addressed to '{name}': only loopback names and addresses are answered, and names that \
                 --allow-host gives to the emulator"
            ));
        }
        // Every one of them: a second header must not stand behind a first one that is ours.
        let foreign = head.headers.get_all(ORIGIN).iter().find(|origin| {
            let own = host.zip(origin.to_str().ok()).is_some_and(|(host, origin)| {
                let place = origin
                    .strip_prefix("http://")
                    .or_else(|| origin.strip_prefix("https://"));
                place.is_some_and(|place| place.eq_ignore_ascii_case(host))
            });
            !own
        })?;
        let origin = shown(&String::from_utf8_lossy(foreign.as_bytes()));
        Some(format!(
            "the request comes from a page of '{origin}', which is another origin than the emulator's"
        ))
    }

    /// True if a host, with or without port, is one of ours.
    fn knows(&self, host: &str) -> bool {
        let name = without_port(host).to_ascii_lowercase();
        let address = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        if let Ok(address) = address.unwrap_or(&name).parse::<IpAddr>() {
            return self.any_address || address.is_loopback();
        }
        let name = name.strip_suffix('.').unwrap_or(&name);
        name == "localhost" || name.ends_with(".localhost") || self.names.iter().any(|known| known == name)
    }
}

/// The one Host of a request; none for clients that send none, which are no browsers.
fn host(headers: &HeaderMap) -> Result<Option<&str>, String> {
    let mut hosts = headers.get_all(HOST).into_iter();
    let (first, second) = (hosts.next(), hosts.next());
    match (first, second) {
        (None, _) => Ok(None),
        (Some(host), None) => host
            .to_str()
            .map(Some)
            .map_err(|_| "the Host header is no text".to_owned()),
        (Some(_), Some(_)) => Err("the request has more than one Host header".to_owned()),
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::Door;

    fn check(door: &Door, uri: &str, headers: &[(&str, &str)]) -> String {
        let mut request = Request::post(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        door.refusal(&head).unwrap_or_else(|| "let in".to_owned())
    }

    #[test]
    fn loopback_is_let_in_and_nobody_else() {
        let door = Door::default();
        for host in [
            "localhost",
            "LOCALHOST:4566",
            "ecs.localhost:1",
            "localhost.",
            "127.0.0.1:80",
            "127.9.9.9",
            "[::1]:80",
            "[::1]",
        ] {
            assert_eq!(check(&door, "/", &[("host", host)]), "let in", "{host}");
        }
        for host in [
            "evil.example.com",
            "evil.example.com:4566",
            "localhost.evil.example.com",
            "127.0.0.1.nip.io",
            "192.168.0.1:80",
            "notlocalhost",
            "",
        ] {
            assert!(
                check(&door, "/", &[("host", host)]).contains("is addressed to"),
                "{host}"
            );
        }
        assert_eq!(check(&door, "/", &[]), "let in", "no browser sends no host");
        assert!(check(&door, "/", &[("host", "localhost"), ("host", "evil")]).contains("more than one"));
        assert!(check(&door, "http://evil.example.com/", &[("host", "localhost")]).contains("evil"));
    }

    #[test]
    fn names_that_are_allowed_and_addresses_of_a_machine_that_others_reach() {
        let door = Door {
            names: vec!["ecs-emulator".to_owned()],
            any_address: true,
        };
        assert_eq!(check(&door, "/", &[("host", "ecs-emulator:4566")]), "let in");
        assert_eq!(check(&door, "/", &[("host", "192.168.0.1:80")]), "let in");
        assert!(check(&door, "/", &[("host", "evil.example.com")]).contains("evil"));
    }

    #[test]
    fn only_pages_of_the_emulator_itself_may_ask() {
        let from = |origin: &str| check(&Door::default(), "/", &[("host", "localhost:80"), ("origin", origin)]);
        assert_eq!(from("http://localhost:80"), "let in");
        for origin in [
            "null",
            "http://evil.example.com",
            "http://localhost:81",
            "http://localhost",
        ] {
            assert!(from(origin).contains("another origin"), "{origin}");
        }
        let both = [
            ("host", "localhost:80"),
            ("origin", "http://localhost:80"),
            ("origin", "http://evil.example.com"),
        ];
        assert!(check(&Door::default(), "/", &both).contains("another origin"));
    }
}
