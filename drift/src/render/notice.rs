//! Texts of notices: the body of an issue, which says which estate it is of, and a message of a chat, which has room for
//! the worst entries only.

use jiff::Timestamp;

use super::{Options, entries, length, markdown, wording};
use crate::{
    report::{Report, Subject, subjects},
    surface::{Chat, Finished, Link, Markdown, Sheet, Word, put, sheet},
};

/// Entries of a message.
const ENTRIES: usize = 5;
/// Longest message in characters. Chats take more, but fold it.
const LONGEST: usize = 3000;

/// The beginning of the first line of an issue that is ours.
const MARK: &str = "<!-- ecs-drift estate=";
const FINISHED: &str = " finished=";
const END: &str = " -->";

/// What the first line of an issue says, which no reader sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) estate: Word,
    /// When the report was finished that the issue tells of.
    pub(crate) finished: Timestamp,
}

impl Mark {
    /// The mark of an issue; none if it is not ours. Text of others never stands in the first line of ours.
    pub(crate) fn of(body: &str) -> Option<Self> {
        let line = body.lines().next()?.trim_end();
        let (estate, finished) = line.strip_prefix(MARK)?.strip_suffix(END)?.split_once(FINISHED)?;
        Some(Self {
            estate: Word::new(estate)?,
            finished: finished.parse().ok()?,
        })
    }

    fn sheet(&self) -> Sheet<Markdown> {
        sheet!(MARK, self.estate, FINISHED, self.finished, END, "\n")
    }
}

/// The body of an issue.
pub(crate) fn issue(report: &Report, mark: &Mark, link: Option<&Link>, options: &Options) -> Finished {
    let mut head = mark.sheet();
    let link: Option<Sheet<Markdown>> = link.map(|link| sheet!("The job: ", *link, "\n\n"));
    put!(head, link);
    let room = markdown::BODY.without(&head);
    let rest = markdown::document(report, options, room);
    sheet!(head, rest).finish()
}

/// A message of a chat.
pub(crate) fn message(report: &Report, link: Option<&Link>, options: &Options) -> Finished {
    let mut text: Sheet<Chat> = sheet!("*ECS daemons: ", wording::headline(report, options.policy), "*\n");
    let (verdicts, severities): (Sheet<Chat>, Sheet<Chat>) = (wording::verdicts(report), wording::severities(report));
    put!(text, verdicts, "\n", severities, "\n");
    if let Some(unread) = wording::unread::<Chat>(report) {
        put!(text, "incomplete: ", unread, " could not be read\n");
    }
    if !report.errors.is_empty() {
        put!(
            text,
            wording::count::<Chat>(length(&report.errors), "error"),
            " of the run, which the report has\n"
        );
    }
    let subjects = subjects(report, |finding| options.shows(finding));
    let mut told = 0;
    for subject in subjects.iter().take(ENTRIES) {
        let entry = line(report, subject);
        if text.characters() + entry.characters() > LONGEST {
            break;
        }
        put!(text, entry);
        told += 1;
    }
    if told < subjects.len() {
        put!(text, "and ", subjects.len() - told, " more\n");
    }
    let link: Option<Sheet<Chat>> = link.map(|link| sheet!(*link, "\n"));
    put!(text, link);
    text.finish()
}

fn line(report: &Report, subject: &Subject<'_>) -> Sheet<Chat> {
    let severity = wording::severity_name(subject.severity());
    let name: Sheet<Chat> = entries::subject(report, subject);
    let titles = Sheet::joined(subject.entries.iter().map(entries::title), "; ");
    sheet!("• ", severity, " ", name, ": ", titles, "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::golden;

    fn mark() -> Mark {
        Mark {
            estate: Word::new("prod").unwrap(),
            finished: "2026-03-01T02:00:07Z".parse().unwrap(),
        }
    }

    #[test]
    fn an_issue_says_of_which_estate_it_is() {
        let link = Link::new("https://ci.example.com/1");
        let body = issue(&golden::estate(), &mark(), link.as_ref(), &Options::default());
        assert_eq!(Mark::of(body.as_str()), Some(mark()));
        assert!(body.as_str().chars().count() <= 65_536);
        let head: Vec<&str> = body.as_str().lines().take(4).collect();
        insta::assert_snapshot!(head.join("\n"));
        for other in [
            "",
            "text\n<!-- ecs-drift estate=prod finished=2026-03-01T02:00:07Z -->",
            "<!-- ecs-drift estate=a b finished=x -->",
        ] {
            assert_eq!(Mark::of(other), None, "{other}");
        }
    }

    #[test]
    fn an_issue_fits_with_its_head() {
        let mut report = golden::estate();
        let detail = "word ".repeat(4000);
        for number in 0..9 {
            report.errors.push(crate::report::Problem {
                input: Some(format!("{number}.json")),
                summary: "Input failed".to_owned(),
                detail: detail.clone(),
            });
        }
        let body = issue(&report, &mark(), None, &Options::default());
        let size = body.as_str().chars().count();
        assert!(
            size <= 65_536 && body.as_str().contains("entries are not shown"),
            "{size}"
        );
    }

    #[test]
    fn a_message_has_the_worst_and_the_link() {
        let link = Link::new("https://ci.example.com/1?a=b&c=d");
        let text = message(&golden::estate(), link.as_ref(), &Options::default());
        insta::assert_snapshot!(text.as_str());
    }
}
