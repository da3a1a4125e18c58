//! Credentials that a request can carry. The SDK panics over a key or a token that cannot stand in a header, whoever gave
//! it: a variable with a line end, a program, a service.

use aws_credential_types::Credentials;

/// The reason for which a request cannot carry these credentials, without repeating them.
pub(super) fn unsendable(credentials: &Credentials) -> Option<&'static str> {
    if !is_header_value(credentials.access_key_id()) {
        return Some("its access key id is empty or has characters that no request can carry, such as a line end");
    }
    if credentials.secret_access_key().is_empty() {
        return Some("its secret access key is empty");
    }
    let is_token = credentials.session_token().is_none_or(is_header_value);
    (!is_token).then_some("its session token is empty or has characters that no request can carry, such as a line end")
}

fn is_header_value(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'!'..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_tokens_are_printable_and_there() {
        let check = |id: &str, secret: &str, token: Option<&str>, expected: Option<&str>| {
            let credentials = Credentials::new(id, secret, token.map(str::to_owned), None, "test");
            let reason = unsendable(&credentials);
            assert_eq!(
                reason.map(|reason| reason.split(' ').nth(1).unwrap_or_default()),
                expected,
                "{id:?} {token:?}"
            );
        };
        check("AKIA", "any thing\n", None, None);
        check("AKIA", "s", Some("FwoGZXIvYXdzE+/="), None);
        for id in ["", "AKIA\n", "AK IA", "AKIÄ", "\u{1b}"] {
            check(id, "s", None, Some("access"));
        }
        check("AKIA", "", None, Some("secret"));
        for token in ["", "abc\n", "\u{7}"] {
            check("AKIA", "s", Some(token), Some("session"));
        }
    }
}
