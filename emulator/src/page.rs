//! The page at `/`: a picture of the fleet for people, which lives on the control API.
//!
//! - `index.html`, `style.css`: the places of everything, in light and dark
//! - `main.js`: joins the parts; one region, cluster and daemon are chosen
//! - `api.js`: control calls, and what they refuse
//! - `live.js`: when the world is read again: after events, and not faster than it can be read and drawn
//! - `draw.js`: elements that are made once and changed where something changed
//! - `fleet.js`: instances as cells, by capacity provider, coloured by revision
//! - `daemons.js`: daemons and services with what rolls out
//! - `clock.js`: virtual time, and the buttons that move it
//! - `faults.js`: faults and alarms, which can be set
//! - `events.js`: what happened
//! - `record.js`: one thing as the API describes it
//!
//! The page asks nobody but the emulator, which its content security policy says, too.

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Method, Response, StatusCode};

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Names in markup that others chose stand in texts only; should one get further, nothing of it runs or loads.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The files by their paths, with their kinds. The binary holds them, so that it needs nothing beside it.
const FILES: [(&str, &str, &str); 12] = [
    ("/", HTML, include_str!("page/index.html")),
    ("/_emulator/page/api.js", SCRIPT, include_str!("page/api.js")),
    ("/_emulator/page/clock.js", SCRIPT, include_str!("page/clock.js")),
    ("/_emulator/page/daemons.js", SCRIPT, include_str!("page/daemons.js")),
    ("/_emulator/page/draw.js", SCRIPT, include_str!("page/draw.js")),
    ("/_emulator/page/events.js", SCRIPT, include_str!("page/events.js")),
    ("/_emulator/page/faults.js", SCRIPT, include_str!("page/faults.js")),
    ("/_emulator/page/fleet.js", SCRIPT, include_str!("page/fleet.js")),
    ("/_emulator/page/live.js", SCRIPT, include_str!("page/live.js")),
    ("/_emulator/page/main.js", SCRIPT, include_str!("page/main.js")),
    ("/_emulator/page/record.js", SCRIPT, include_str!("page/record.js")),
    ("/_emulator/page/style.css", CSS, include_str!("page/style.css")),
];

/// The answer for a path of the page. None: the path is another one, or a call of the API, which is a POST.
pub(crate) fn file(method: &Method, path: &str) -> Option<Response<Bytes>> {
    let (_, kind, text) = FILES.iter().find(|(name, ..)| *name == path)?;
    if path == "/" && method == Method::POST {
        return None;
    }
    let is_read = method == Method::GET || method == Method::HEAD;
    let mut response = Response::new(Bytes::from_static(if is_read { text.as_bytes() } else { b"" }));
    if !is_read {
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    let headers = [
        (CONTENT_TYPE, *kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        // Another version of the emulator may listen here tomorrow.
        (CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
        (HeaderName::from_static("referrer-policy"), "no-referrer"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_answered_for_a_path() {
        let check = |method: Method, path: &str, expected: Option<(u16, &str)>| {
            let response = file(&method, path);
            let seen = response.as_ref().map(|response| {
                let kind = response.headers()[CONTENT_TYPE].to_str().unwrap();
                (response.status().as_u16(), kind)
            });
            assert_eq!(seen, expected, "{method} {path}");
        };
        check(Method::GET, "/", Some((200, HTML)));
        check(Method::HEAD, "/_emulator/page/main.js", Some((200, SCRIPT)));
        check(Method::GET, "/_emulator/page/style.css", Some((200, CSS)));
        check(Method::DELETE, "/", Some((405, HTML)));
        check(Method::POST, "/", None);
        check(Method::GET, "/_emulator/page/other.js", None);
        check(Method::GET, "/_emulator/world", None);
    }

    /// All that the page loads is here, and nothing of it comes from elsewhere.
    #[test]
    fn the_page_names_files_that_there_are_and_no_other_host() {
        let all: Vec<&str> = FILES.iter().map(|(path, ..)| *path).collect();
        for (path, _, text) in &FILES {
            assert!(!text.contains("http://") && !text.contains("https://"), "{path}");
            for part in text
                .split('"')
                .filter(|part| part.starts_with("./") || part.starts_with("/_emulator/page/"))
            {
                let name = part.trim_start_matches("./").trim_start_matches("/_emulator/page/");
                let named = format!("/_emulator/page/{name}");
                assert!(all.contains(&named.as_str()), "{path} names {part}");
            }
        }
    }
}
