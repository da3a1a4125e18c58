//! Upkeep of the issue of an estate: found by its mark, opened, edited, closed. An issue that may have been opened
//! although no answer came is looked for before another one is opened.

use jiff::Timestamp;

use super::{
    Courier, Place, Standing,
    courier::Lost,
    decision::{Decision, choose, decide},
    host::{LABEL, next_page},
    issue::Issue,
    refusal::{label_is_missing, of_issues, problem},
};
use crate::report::Problem;

/// Pages that are looked through. Issues with our label are ours.
const PAGES: usize = 50;
/// Attempts to open an issue.
const OPENINGS: u32 = 3;

/// What is to be told.
pub(crate) struct Notice<'a> {
    pub(crate) estate: &'a str,
    pub(crate) title: &'a str,
    pub(crate) body: &'a str,
    /// Labels of a new issue beside our own.
    pub(crate) labels: &'a [String],
    pub(crate) standing: Standing,
    pub(crate) finished: Timestamp,
}

/// What became of the issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Upkept {
    /// In a word or two.
    pub(crate) done: &'static str,
    /// Why nothing was done.
    pub(crate) reason: Option<&'static str>,
    /// Number and address.
    pub(crate) issue: Option<(u64, String)>,
    /// Issues of the same estate that are open as well.
    pub(crate) others: Vec<u64>,
}

/// Brings the issue up to date.
pub(crate) async fn upkeep(courier: &Courier, place: &Place, notice: &Notice<'_>) -> Result<Upkept, Problem> {
    let what = format!("{} {}", place.host.name(), place.project);
    run(courier, place, notice)
        .await
        .map_err(|detail| problem(&what, detail))
}

async fn run(courier: &Courier, place: &Place, notice: &Notice<'_>) -> Result<Upkept, String> {
    let mut opened = 0;
    loop {
        let issues = list(courier, place).await?;
        let (issue, others) = choose(&issues, notice.estate);
        let upkept = |done, issue: &Issue| Upkept {
            done,
            reason: None,
            issue: Some((issue.number, issue.url.clone())),
            others: others.clone(),
        };
        // What is ours after a lost answer is what was to be opened.
        if let Some(issue) = issue.filter(|_| opened > 0) {
            return Ok(upkept("opened", issue));
        }
        let decision = decide(notice.standing, issue, notice.finished);
        let done = match (decision, issue) {
            (Decision::Leave(reason), issue) => {
                return Ok(Upkept {
                    done: "left as it is",
                    reason: Some(reason),
                    issue: issue.map(|issue| (issue.number, issue.url.clone())),
                    others,
                });
            }
            (Decision::Open, _) | (_, None) => {
                opened += 1;
                match open(courier, place, notice).await? {
                    Ok(issue) => return Ok(upkept("opened", &issue)),
                    Err(lost) if opened >= OPENINGS => return Err(format!("{}.", lost.reason())),
                    Err(_) => {
                        courier.rest(opened).await;
                        continue;
                    }
                }
            }
            (Decision::Edit, Some(_)) => "edited",
            (Decision::Reopen, Some(_)) => "reopened",
            (Decision::Close, Some(_)) => "closed",
        };
        let Some(issue) = issue else { continue };
        edit(courier, place, issue.number, notice.body, decision).await?;
        return Ok(upkept(done, issue));
    }
}

/// All issues with our label.
async fn list(courier: &Courier, place: &Place) -> Result<Vec<Issue>, String> {
    let mut issues = Vec::new();
    let mut query = None;
    for _ in 0..PAGES {
        let request = place.list(query.as_deref());
        let answer = courier
            .ask(&request, true)
            .await
            .map_err(|lost| format!("{}.", lost.reason()))?;
        if !answer.is_success() {
            return Err(of_issues(place, &answer));
        }
        let page = place.issues(&answer);
        issues.extend(page.ok_or_else(|| foreign_answer(place, "a list of issues"))?);
        query = next_page(&answer);
        if query.is_none() {
            return Ok(issues);
        }
    }
    Err(format!(
        "More than {PAGES} pages of issues have the label `{LABEL}`. Take it from those that are not of ecs-drift."
    ))
}

/// Opens an issue; the inner error is an answer that was lost.
async fn open(courier: &Courier, place: &Place, notice: &Notice<'_>) -> Result<Result<Issue, Lost>, String> {
    let labels: Vec<String> = std::iter::once(LABEL.to_owned())
        .chain(notice.labels.iter().cloned())
        .collect();
    let request = place.open(notice.title, notice.body, &labels);
    let answer = match courier.ask(&request, false).await {
        Ok(answer) => answer,
        Err(lost @ Lost::Doubtful(_)) => return Ok(Err(lost)),
        Err(lost) => return Err(format!("{}.", lost.reason())),
    };
    if !answer.is_success() {
        return Err(of_issues(place, &answer));
    }
    let issue = place.issue(&answer).ok_or_else(|| foreign_answer(place, "an issue"))?;
    // GitHub opens the issue of somebody who may not set labels without any.
    if issue.labels.iter().any(|label| label == LABEL) {
        Ok(Ok(issue))
    } else {
        Err(label_is_missing(issue.number))
    }
}

async fn edit(courier: &Courier, place: &Place, number: u64, body: &str, decision: Decision) -> Result<(), String> {
    let request = place.edit(number, body, decision);
    let answer = courier
        .ask(&request, true)
        .await
        .map_err(|lost| format!("{}.", lost.reason()))?;
    if answer.is_success() {
        Ok(())
    } else {
        Err(of_issues(place, &answer))
    }
}

fn foreign_answer(place: &Place, expected: &str) -> String {
    format!(
        "The answer is not {expected}, so this may not be the API of {}. Check its URL, and what is between.",
        place.host.name()
    )
}
