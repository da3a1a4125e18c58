//! Issues as GitHub and GitLab have them: what is asked, and how an answer is read.

use aws::web::{Answer, Request};
use serde_json::{Value as Json, json};

use super::{decision::Decision, issue::Issue};
use crate::report::Tool;

/// The label by which an issue of ours is looked for. People without a role in the project cannot set it, so that
/// nobody else can pass an issue off as ours.
pub(crate) const LABEL: &str = "ecs-drift";
/// Issues of a page; no host gives more.
const PAGE: usize = 100;

/// A host of issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    GitHub,
    GitLab,
}

/// A project at a host, and the token for it. It has no `Debug`, because of the token.
pub(crate) struct Place {
    pub(crate) host: Host,
    /// URL of the API, without a slash at the end.
    pub(crate) api: String,
    /// `OWNER/REPO`, or the path or number of a project.
    pub(crate) project: String,
    pub(crate) token: String,
}

impl Host {
    /// Name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
        }
    }

    /// Variables of the environment in which the token is looked for.
    pub(crate) fn variables(self) -> &'static [&'static str] {
        match self {
            Self::GitHub => &["GITHUB_TOKEN", "GH_TOKEN"],
            Self::GitLab => &["GITLAB_TOKEN"],
        }
    }
}

impl Place {
    /// Asks for the issues with our label, the first page or the one of a query.
    pub(super) fn list(&self, query: Option<&str>) -> Request {
        let first = format!("labels={LABEL}&state=all&per_page={PAGE}");
        let query = query.unwrap_or(&first);
        self.request("GET", &format!("?{query}"), None)
    }

    /// Opens an issue.
    pub(super) fn open(&self, title: &str, body: &str, labels: &[String]) -> Request {
        let request = match self.host {
            Host::GitHub => json!({"title": title, "body": body, "labels": labels}),
            Host::GitLab => json!({"title": title, "description": body, "labels": labels.join(",")}),
        };
        self.request("POST", "", Some(&request))
    }

    /// Edits an issue in place: its text, and whether it is open. Title and labels are people's once it is there.
    pub(super) fn edit(&self, number: u64, body: &str, decision: Decision) -> Request {
        let (method, mut request) = match self.host {
            Host::GitHub => ("PATCH", json!({"body": body})),
            Host::GitLab => ("PUT", json!({"description": body})),
        };
        let members: &[(&str, &str)] = match (self.host, decision) {
            (Host::GitHub, Decision::Reopen) => &[("state", "open"), ("state_reason", "reopened")],
            (Host::GitHub, Decision::Close) => &[("state", "closed"), ("state_reason", "completed")],
            (Host::GitLab, Decision::Reopen) => &[("state_event", "reopen")],
            (Host::GitLab, Decision::Close) => &[("state_event", "close")],
            _ => &[],
        };
        for (name, value) in members {
            request[*name] = Json::from(*value);
        }
        self.request(method, &format!("/{number}"), Some(&request))
    }

    fn request(&self, method: &'static str, rest: &str, body: Option<&Json>) -> Request {
        let project = match self.host {
            Host::GitHub => format!("/repos/{}", self.project),
            Host::GitLab => format!("/projects/{}", self.project.replace('/', "%2F")),
        };
        let mut headers = vec![("user-agent", agent())];
        match self.host {
            Host::GitHub => headers.extend([
                ("authorization", format!("Bearer {}", self.token)),
                ("accept", "application/vnd.github+json".to_owned()),
                ("x-github-api-version", "2022-11-28".to_owned()),
            ]),
            Host::GitLab => headers.push(("private-token", self.token.clone())),
        }
        if body.is_some() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        Request {
            method,
            url: format!("{}{project}/issues{rest}", self.api),
            headers,
            body: body.map(Json::to_string).unwrap_or_default(),
            secrets: vec![self.token.clone()],
        }
    }

    /// The issues of a page; none if it is no such page.
    pub(super) fn issues(&self, answer: &Answer) -> Option<Vec<Issue>> {
        let page: Vec<Json> = serde_json::from_str(&answer.body).ok()?;
        // GitHub lists pull requests as issues.
        let issues = page.iter().filter(|issue| issue.get("pull_request").is_none());
        issues.map(|issue| self.issue_of(issue)).collect()
    }

    /// The issue of an answer.
    pub(super) fn issue(&self, answer: &Answer) -> Option<Issue> {
        self.issue_of(&serde_json::from_str(&answer.body).ok()?)
    }

    fn issue_of(&self, issue: &Json) -> Option<Issue> {
        let [number, body, url] = match self.host {
            Host::GitHub => ["number", "body", "html_url"],
            Host::GitLab => ["iid", "description", "web_url"],
        };
        let text = |name: &str| issue[name].as_str().unwrap_or_default().to_owned();
        let labels = issue["labels"].as_array().into_iter().flatten();
        let labels = labels.filter_map(|label| label.as_str().or_else(|| label["name"].as_str()));
        Some(Issue {
            number: issue[number].as_u64()?,
            is_open: issue["state"].as_str()? != "closed",
            body: text(body),
            url: text(url),
            labels: labels.map(str::to_owned).collect(),
        })
    }
}

/// The query of the next page. Only the query of the link is taken: the token goes to no other address.
pub(super) fn next_page(answer: &Answer) -> Option<String> {
    let links = answer.header("link")?.split(',');
    let mut next = links.filter(|link| link.contains("rel=\"next\""));
    let url = next.next()?.trim_start().strip_prefix('<')?.split_once('>')?.0;
    let query = url.split_once('?')?.1;
    query
        .bytes()
        .all(|byte| byte.is_ascii_graphic())
        .then(|| query.to_owned())
}

/// The name of this program at a host, which GitHub demands.
pub(super) fn agent() -> String {
    let tool = Tool::this();
    format!("{}/{}", tool.name, tool.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_next_page_is_one_of_the_same_list() {
        let check = |link: &str, expected: Option<&str>| {
            let answer = Answer::new(200, &[("link", link)], "[]");
            assert_eq!(next_page(&answer).as_deref(), expected, "{link}");
        };
        check("", None);
        check("<https://h/a?page=1>; rel=\"prev\"", None);
        check(
            "<https://h/a?page=1>; rel=\"prev\", <https://evil/b?page=3>; rel=\"next\"",
            Some("page=3"),
        );
        check("<https://h/a>; rel=\"next\"", None);
        assert_eq!(next_page(&Answer::new(200, &[], "[]")), None);
    }
}
