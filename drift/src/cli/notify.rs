//! Notices: what is wrong with arguments and environment is said before anything is sent; then every place is told, also
//! if another one fails.

use std::env;

use aws::{
    is_header_text, is_url,
    web::{self, Web},
};
use serde_json::json;

use super::{
    Failure,
    connect::runtime,
    failure::{ERROR, told},
    finish::Finish,
    notify_arguments::NotifyArguments,
    shared::{FinishArguments, JudgingArguments},
    stored, streams,
};
use crate::{
    notify::{Courier, Hook, HookKind, Host, Notice, Place, Standing, Upkept, upkeep, with_known},
    render::{
        Options,
        notice::{self, Mark},
    },
    report::{Problem, Report},
    surface::{self, Foreign, Link, Sheet, Terminal, Word, put, sheet},
};

/// Name of the estate that needs no title of its own.
const DEFAULT: &str = "default";
/// Title of an issue.
const TITLE: &str = "Drift of ECS daemons";

/// Everything to be told, and where.
struct Task {
    report: Report,
    options: Options,
    estate: Word,
    link: Option<Link>,
    labels: Vec<String>,
    places: Vec<Place>,
    slack: Option<Hook>,
    hook: Option<Hook>,
}

/// Tells reports; the exit code is that of an error if somebody was not told.
pub(super) fn run(arguments: &NotifyArguments) -> Result<u8, Failure> {
    let task = Task::new(arguments)?;
    let web = Web::from_environment().map_err(|problem| Failure::new(&problem.summary, problem.detail))?;
    let time = arguments.timeout;
    runtime()?.block_on(async {
        // A courier counts its time from a runtime's clock.
        task.tell(&Courier::new(web, time)).await
    })
}

impl Task {
    fn new(arguments: &NotifyArguments) -> Result<Self, Failure> {
        let judging = JudgingArguments {
            rules: arguments.rules.clone(),
            fail_on: arguments.fail_on,
            ..JudgingArguments::default()
        };
        let finish = Finish::new(&FinishArguments {
            judging,
            ..FinishArguments::default()
        })?;
        let options = Options {
            policy: finish.policy(),
            ..Options::default()
        };
        let task = Self {
            options,
            estate: Word::new(&arguments.estate).ok_or_else(|| wrong_name(&arguments.estate))?,
            link: arguments.link.as_deref().map(link).transpose()?,
            labels: arguments
                .label
                .iter()
                .map(|text| label(text))
                .collect::<Result<_, _>>()?,
            places: places(arguments)?,
            slack: slack(arguments)?,
            hook: hook(arguments)?,
            report: stored::merge(stored::read_all(&arguments.reports)?),
        };
        if task.places.is_empty() && task.slack.is_none() && task.hook.is_none() {
            return Err(Failure::new(
                "Nobody to tell",
                "Give at least one of `--github-issue`, `--gitlab-issue`, `--slack-webhook` and `--webhook`.",
            ));
        }
        Ok(task)
    }

    async fn tell(&self, courier: &Courier) -> Result<u8, Failure> {
        let mut code = 0;
        let known = with_known(&self.report);
        for place in &self.places {
            self.result(&mut code, self.keep(courier, place, &known).await)?;
        }
        if let Some(slack) = &self.slack {
            self.result(&mut code, self.post(courier, slack).await)?;
        }
        if let Some(hook) = &self.hook {
            let sent = hook.send(courier, surface::json(&self.report).as_str()).await;
            self.result(&mut code, sent.map(|()| sheet!(Foreign(&hook.name()), ": told")))?;
        }
        Ok(code)
    }

    /// Says what became of a notice.
    #[expect(clippy::unused_self, reason = "it is a step of telling")]
    fn result(&self, code: &mut u8, result: Result<Sheet<Terminal>, Problem>) -> Result<(), Failure> {
        match result {
            Ok(mut line) => {
                put!(line, "\n");
                streams::print(line)
            }
            Err(problem) => {
                *code = ERROR;
                streams::say(sheet!("error: ", told(&problem.summary, &problem.detail)));
                Ok(())
            }
        }
    }

    async fn keep(&self, courier: &Courier, place: &Place, known: &Report) -> Result<Sheet<Terminal>, Problem> {
        let mark = Mark {
            estate: self.estate.clone(),
            finished: known.finished_at,
        };
        let body = notice::issue(known, &mark, self.link.as_ref(), &self.options);
        let title = match self.estate.as_str() {
            DEFAULT => TITLE.to_owned(),
            estate => format!("{TITLE}: {estate}"),
        };
        let notice = Notice {
            estate: self.estate.as_str(),
            title: &title,
            body: body.as_str(),
            labels: &self.labels,
            standing: Standing::of(known, self.options.policy.fail_on),
            finished: known.finished_at,
        };
        let upkept = upkeep(courier, place, &notice).await?;
        if !upkept.others.is_empty() {
            let others: Vec<String> = upkept.others.iter().map(u64::to_string).collect();
            streams::say(sheet!(
                "warning: other open issues of the same estate: ",
                Foreign(&others.join(", ")),
                ". Close them."
            ));
        }
        Ok(line(place, &upkept))
    }

    /// Posts a message if there is something to say: the night after it is known, and an issue is for that.
    async fn post(&self, courier: &Courier, slack: &Hook) -> Result<Sheet<Terminal>, Problem> {
        let name = slack.name();
        let place = || sheet!(Foreign(&name));
        if self.report.complete && Standing::of(&self.report, self.options.policy.fail_on) != Standing::Drift {
            return Ok(sheet!(place(), ": nothing to tell"));
        }
        let text = notice::message(&self.report, self.link.as_ref(), &self.options);
        let document = json!({ "text": text.as_str() });
        slack.send(courier, &document.to_string()).await?;
        Ok(sheet!(place(), ": told"))
    }
}

fn line(place: &Place, upkept: &Upkept) -> Sheet<Terminal> {
    let mut line = sheet!(place.host.name(), " ", Foreign(&place.project), ": ");
    if let Some((number, url)) = &upkept.issue {
        put!(line, "issue ", *number, " ", upkept.done, ", ", Foreign(url));
    } else {
        put!(line, "no issue");
    }
    let reason: Option<Sheet<Terminal>> = upkept.reason.map(|reason| sheet!(": ", reason));
    put!(line, reason);
    line
}

fn places(arguments: &NotifyArguments) -> Result<Vec<Place>, Failure> {
    let NotifyArguments {
        github_issue,
        gitlab_issue,
        github_url,
        gitlab_url,
        ..
    } = arguments;
    let mut places = Vec::new();
    if let Some(project) = github_issue {
        let is_name = |part: &str| is_plain(part) && !part.is_empty() && part != "." && part != "..";
        let is_project = project
            .split_once('/')
            .is_some_and(|(owner, name)| is_name(owner) && is_name(name));
        if !is_project {
            let detail = "`--github-issue` must be OWNER/REPO, for example octo/infra, and nothing else.";
            return Err(Failure::new("Invalid repository", detail));
        }
        places.push(place(Host::GitHub, "--github-url", github_url, project)?);
    }
    if let Some(project) = gitlab_issue {
        let is_part = |part: &str| is_plain(part) && !part.is_empty() && part != "." && part != "..";
        if !project.split('/').all(is_part) {
            let detail = "`--gitlab-issue` must be the path of a project, for example platform/infra, or its number.";
            return Err(Failure::new("Invalid project", detail));
        }
        places.push(place(Host::GitLab, "--gitlab-url", gitlab_url, project)?);
    }
    Ok(places)
}

fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn place(host: Host, flag: &str, api: &str, project: &str) -> Result<Place, Failure> {
    if !is_url(api) {
        let detail = format!(
            "`{flag}`, or its variable in the environment, must be `https://HOST`, with a port and a path at most."
        );
        return Err(Failure::new("Invalid URL", detail));
    }
    if web::is_readable_on_the_way(api) {
        return Err(unencrypted(&format!("`{flag}`"), "token"));
    }
    let variables = host.variables();
    let found = variables.iter().find_map(|name| Some((*name, variable(name)?)));
    let Some((name, token)) = found else {
        let detail = format!("{} is not set. Give the job a token in it.", variables.join(" or "));
        return Err(Failure::new(&format!("No token for {}", host.name()), detail));
    };
    Ok(Place {
        host,
        api: api.trim_end_matches('/').to_owned(),
        project: project.to_owned(),
        token: checked(name, token)?,
    })
}

/// A variable of the environment; one that is set to nothing is not set.
fn variable(name: &str) -> Option<String> {
    let value = env::var_os(name)?.to_string_lossy().trim().to_owned();
    (!value.is_empty()).then_some(value)
}

/// A token that a header can hold.
fn checked(name: &str, token: String) -> Result<String, Failure> {
    if is_header_text(&token) {
        return Ok(token);
    }
    let detail = format!("{name} has characters that no token has. Check how the job sets it.");
    Err(Failure::new("Invalid token", detail))
}

fn slack(arguments: &NotifyArguments) -> Result<Option<Hook>, Failure> {
    const NAME: &str = "SLACK_WEBHOOK_URL";
    if !arguments.slack_webhook {
        return Ok(None);
    }
    let Some(url) = variable(NAME) else {
        let detail = format!("{NAME} is not set. Give the job the URL of the webhook in it.");
        return Err(Failure::new("No webhook of Slack", detail));
    };
    if !web::is_url_with_query(&url) {
        return Err(Failure::new("Invalid URL", format!("{NAME} is no `https://` URL.")));
    }
    if web::is_readable_on_the_way(&url) {
        return Err(unencrypted(NAME, "URL"));
    }
    Ok(Some(Hook {
        kind: HookKind::Slack,
        url,
        token: None,
    }))
}

fn hook(arguments: &NotifyArguments) -> Result<Option<Hook>, Failure> {
    const NAME: &str = "ECS_DRIFT_WEBHOOK_TOKEN";
    let Some(url) = &arguments.webhook else {
        return Ok(None);
    };
    if !web::is_url_with_query(url) {
        let detail = "`--webhook` must be `https://HOST`, with a port, a path and a query at most.";
        return Err(Failure::new("Invalid URL", detail));
    }
    let token = variable(NAME).map(|token| checked(NAME, token)).transpose()?;
    if web::is_readable_on_the_way(url) {
        return Err(unencrypted("`--webhook`", "report"));
    }
    let url = url.clone();
    Ok(Some(Hook {
        kind: HookKind::Plain,
        url,
        token,
    }))
}

fn unencrypted(what: &str, secret: &str) -> Failure {
    let detail = format!(
        "{what} begins with `http://` and is on another machine, so that the {secret} could be read on the way. Use `https://`."
    );
    Failure::new("Not encrypted", detail)
}

fn link(text: &str) -> Result<Link, Failure> {
    let detail = "`--link` must be the `https://` address of a page, in characters of a URL.";
    Link::new(text).ok_or_else(|| Failure::new("Invalid link", detail))
}

fn label(text: &str) -> Result<String, Failure> {
    let is_label = !text.trim().is_empty() && !text.contains(',') && !text.chars().any(char::is_control);
    let detail = "A `--label` must be one label, without a comma.";
    is_label
        .then(|| text.to_owned())
        .ok_or_else(|| Failure::new("Invalid label", detail))
}

fn wrong_name(text: &str) -> Failure {
    let detail = format!(
        "`--estate` is `{}`, but must be at most {} letters, digits and `.`, `_`, `/`, `-`, without two `-` in a row.",
        surface::visible(text),
        Word::LONGEST
    );
    Failure::new("Invalid name", detail)
}
