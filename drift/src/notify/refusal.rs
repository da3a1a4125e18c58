//! Refusals of hosts in our words, with what the host says.

use aws::web::Answer;
use serde_json::Value as Json;

use super::host::{Host, LABEL, Place};
use crate::report::Problem;

/// Characters of a host's own words that are repeated.
const WORDS: usize = 200;

/// A failure of a notice.
pub(super) fn problem(what: &str, detail: String) -> Problem {
    Problem {
        input: None,
        summary: format!("{what} was not told"),
        detail,
    }
}

/// What an answer means that is no success.
pub(super) fn of_issues(place: &Place, answer: &Answer) -> String {
    let variable = place.host.variables().join(" or ");
    let advice = match answer.status {
        300..=399 => "The project has moved: give its new name, or the URL of the API as it is now.".to_owned(),
        401 => format!("The token of {variable} is not accepted. Give one that is valid."),
        403 => match place.host {
            Host::GitHub => {
                format!(
                    "The token of {variable} may not do this. It needs to read and write issues: `issues: write` in a job."
                )
            }
            Host::GitLab => format!(
                "The token of {variable} may not do this. It needs the scope `api` and a role that may edit issues; a job token has neither."
            ),
        },
        404 => format!(
            "There is no such project at this API, its issues are off, or the token of {variable} may not see them. Check name, URL and token."
        ),
        410 => "Issues are off in this project. Turn them on, or name another project.".to_owned(),
        _ => format!("{} refused the request.", place.host.name()),
    };
    format!("{}. {advice}", told(answer))
}

/// What a webhook lets in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Secret {
    /// Whoever knows its URL, as Slack's do.
    Url,
    /// A token that it was sent.
    Token,
    /// It was sent none.
    Nothing,
}

/// The refusal of a webhook.
pub(super) fn of_hook(secret: Secret, answer: &Answer) -> String {
    let advice = match answer.status {
        401 | 403 | 404 | 410 if secret == Secret::Url => {
            "The URL in SLACK_WEBHOOK_URL is not valid any more. Make a new webhook, and give its URL."
        }
        300..=399 => "It has moved, and a report follows no redirect: give the new URL.",
        401 | 403 if secret == Secret::Token => {
            "It does not accept the token in ECS_DRIFT_WEBHOOK_TOKEN. Give one that is valid."
        }
        401 | 403 => "It wants a token, or a URL that is valid. Give the token in ECS_DRIFT_WEBHOOK_TOKEN.",
        404 | 410 => "It is no longer there. Make a new one.",
        413 => "The report is too long for it.",
        _ => "It refused the request.",
    };
    format!("{}. {advice}", told(answer))
}

/// The label of an issue that a host has left out.
pub(super) fn label_is_missing(number: u64) -> String {
    format!(
        "Issue {number} was opened, but without the label `{LABEL}`, so that the next run would open another one. Give a \
         token that may set labels, and set this one by hand."
    )
}

/// Status and the host's words, on one line. What is no JSON is a page of something between, or one word.
fn told(answer: &Answer) -> String {
    let json: Json = serde_json::from_str(&answer.body).unwrap_or_default();
    let words = ["message", "error_description", "error"]
        .iter()
        .map(|name| &json[*name]);
    let words = words.filter(|words| !words.is_null()).map(|words| match words {
        Json::String(words) => words.clone(),
        other => other.to_string(),
    });
    let is_word = answer.body.len() < 64
        && answer
            .body
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let plain = (is_word && !answer.body.is_empty()).then(|| answer.body.clone());
    let words: Option<String> = words.into_iter().next().or(plain);
    let words = words.map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "));
    match words {
        Some(words) if !words.is_empty() => {
            let words: String = words.chars().take(WORDS).collect();
            format!("HTTP status {}: {}", answer.status, words.trim_end_matches('.'))
        }
        _ => format!("HTTP status {}", answer.status),
    }
}
