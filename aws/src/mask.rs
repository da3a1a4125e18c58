//! Secrets taken out of a text, in every form in which an answer may repeat them.

use std::{cmp::Reverse, fmt::Write};

use serde_json::Value as Json;

/// The text that stands for a secret.
pub(super) const MASK: &str = "(sensitive value)";

/// A text without the secrets.
pub(super) fn mask(text: &str, secrets: &[String]) -> String {
    let mut forms: Vec<String> = secrets
        .iter()
        .filter(|secret| !secret.is_empty())
        .flat_map(|secret| forms(secret))
        .collect();
    // A secret that is part of another one must not break it up.
    forms.sort_by_key(|form| Reverse(form.len()));
    forms.dedup();
    forms
        .iter()
        .fold(text.to_owned(), |text, form| text.replace(form, MASK))
}

/// A secret as it is, as a string of JSON with and without escaped slashes, and as a value of a form or a URL.
fn forms(secret: &str) -> [String; 4] {
    let quoted = Json::from(secret).to_string();
    let escaped = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let escaped = escaped.unwrap_or(secret).to_owned();
    [
        secret.to_owned(),
        escaped.replace('/', "\\/"),
        escaped,
        percent_encoded(secret),
    ]
}

fn percent_encoded(text: &str) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if is_plain(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _infallible = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_in_every_form() {
        let secrets = ["to/ken+=", "51gn", "say \"hi\"", "51gn more", ""].map(str::to_owned);
        let check = |text: &str, expected: &str| assert_eq!(mask(text, &secrets), expected);
        check("a to/ken+= b", "a (sensitive value) b");
        check(r#"{"x":"to\/ken+="}"#, r#"{"x":"(sensitive value)"}"#);
        check("T=to%2Fken%2B%3D&S=51gn", "T=(sensitive value)&S=(sensitive value)");
        check(r#"{"x":"say \"hi\""}"#, r#"{"x":"(sensitive value)"}"#);
        check("51gn more", "(sensitive value)");
        check("token", "token");
    }
}
