//! Webhooks: a report for programs, or a message of a chat. They are told at least once: a request that was perhaps taken
//! is made again.

use aws::web::Request;

use super::{
    Courier,
    host::agent,
    refusal::{Secret, of_hook, problem},
};
use crate::report::Problem;

/// Shortest part of an address that is taken for a secret.
const SHORTEST: usize = 8;

/// The place to which a webhook belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Slack, or a chat that reads the same. Its URL is its secret.
    Slack,
    /// Any other.
    Plain,
}

/// A webhook. It has no `Debug`: its URL is a secret, and so is its token.
pub(crate) struct Hook {
    pub(crate) kind: Kind,
    pub(crate) url: String,
    pub(crate) token: Option<String>,
}

impl Hook {
    /// Name and place, which is all that may be shown.
    pub(crate) fn name(&self) -> String {
        let kind = match self.kind {
            Kind::Slack => "Slack webhook",
            Kind::Plain => "Webhook",
        };
        format!("{kind} {}", self.place())
    }

    fn secret(&self) -> Secret {
        match (self.kind, &self.token) {
            (Kind::Slack, _) => Secret::Url,
            (Kind::Plain, Some(_)) => Secret::Token,
            (Kind::Plain, None) => Secret::Nothing,
        }
    }

    /// Scheme and host, which is all that may be shown.
    fn place(&self) -> &str {
        let start = self.url.find("://").map_or(0, |at| at + 3);
        let rest = self.url.get(start..).unwrap_or_default();
        let end = rest.find(['/', '?']).map_or(self.url.len(), |at| start + at);
        self.url.get(..end).unwrap_or_default()
    }

    /// Sends a JSON document.
    pub(crate) async fn send(&self, courier: &Courier, document: &str) -> Result<(), Problem> {
        let mut headers = vec![("user-agent", agent()), ("content-type", "application/json".to_owned())];
        headers.extend(
            self.token
                .iter()
                .map(|token| ("authorization", format!("Bearer {token}"))),
        );
        let path = self.url.strip_prefix(self.place()).unwrap_or_default();
        // A host may repeat a part of the address; a short one stands in every text.
        let parts = path.split(['/', '?', '&', '=']).filter(|part| part.len() >= SHORTEST);
        let mut secrets: Vec<String> = parts.map(str::to_owned).collect();
        secrets.extend(self.token.clone());
        let request = Request {
            method: "POST",
            url: self.url.clone(),
            headers,
            body: document.to_owned(),
            secrets,
        };
        let what = self.name();
        let answer = courier.ask(&request, true).await;
        let answer = answer.map_err(|lost| problem(&what, format!("{}.", lost.reason())))?;
        if answer.is_success() {
            Ok(())
        } else {
            Err(problem(&what, of_hook(self.secret(), &answer)))
        }
    }
}
