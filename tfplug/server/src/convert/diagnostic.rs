//! Messages to the user and the paths they point at.

use tfplug_core::{Diagnostic, Diagnostics, Path, Severity, Step};

use crate::proto::tfplugin6 as proto;

/// All messages, in order.
pub(crate) fn diagnostics(diagnostics: &Diagnostics) -> Vec<proto::Diagnostic> {
    diagnostics.iter().map(diagnostic).collect()
}

fn diagnostic(diagnostic: &Diagnostic) -> proto::Diagnostic {
    let severity = match diagnostic.severity {
        Severity::Warning => proto::diagnostic::Severity::Warning,
        Severity::Error => proto::diagnostic::Severity::Error,
    };
    // The client shows nothing useful for a message without a title.
    let summary = if diagnostic.summary.is_empty() {
        "Unnamed problem"
    } else {
        &diagnostic.summary
    };
    proto::Diagnostic {
        severity: severity.into(),
        summary: plain(summary),
        detail: plain(&diagnostic.detail),
        // An empty path is not a valid path; the root is said by leaving it out.
        attribute: diagnostic.path.as_ref().filter(|path| !path.is_root()).map(path),
    }
}

/// Text without characters that steer a terminal or change its direction, and without commands to the log of a job,
/// which a service or a configuration may have put there. Line breaks stay: they are the author's.
pub(crate) fn plain(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| uncommanded(&visible(line))).collect();
    lines.join("\n")
}

/// The same for a name on one line.
pub(crate) fn plain_line(text: &str) -> String {
    uncommanded(&visible(text))
}

fn visible(line: &str) -> String {
    let steers = |character: char| {
        let is_mark = matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        );
        is_mark || (character.is_control() && character != '\t')
    };
    let mut visible = String::with_capacity(line.len());
    for character in line.chars() {
        if steers(character) {
            visible.extend(character.escape_unicode());
        } else {
            visible.push(character);
        }
    }
    visible
}

/// A line that hosts of jobs take for text: their commands begin with `::` at the beginning of a line, or with `##`
/// anywhere in it. The client may print a detail without anything before it.
fn uncommanded(line: &str) -> String {
    let line = line.replace("##", "#\\u{23}");
    match line.trim_start().strip_prefix("::") {
        Some(rest) => format!("\\u{{3a}}:{rest}"),
        None => line,
    }
}

/// One path.
pub(crate) fn path(path: &Path) -> proto::AttributePath {
    proto::AttributePath {
        steps: path.steps().iter().map(step).collect(),
    }
}

fn step(step: &Step) -> proto::attribute_path::Step {
    use proto::attribute_path::step::Selector;
    let selector = match step {
        Step::Attribute(name) => Selector::AttributeName(name.clone()),
        Step::Key(key) => Selector::ElementKeyString(key.clone()),
        Step::Index(index) => Selector::ElementKeyInt(*index),
    };
    proto::attribute_path::Step {
        selector: Some(selector),
    }
}

/// A path of the protocol as users write it, for the log.
pub(crate) fn path_text(path: &proto::AttributePath) -> String {
    use proto::attribute_path::step::Selector;
    let steps = path.steps.iter().filter_map(|step| step.selector.as_ref());
    let path: Path = steps
        .map(|selector| match selector {
            Selector::AttributeName(name) => Step::Attribute(name.clone()),
            Selector::ElementKeyString(key) => Step::Key(key.clone()),
            Selector::ElementKeyInt(index) => Step::Index(*index),
        })
        .collect();
    path.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_steer_no_terminal() {
        let hostile = Diagnostic::error("a\u{1b}[31m", "b\u{202e}c\rd\n\te\u{9b}f\u{7}");
        let sent = diagnostic(&hostile);
        assert_eq!(sent.summary, r"a\u{1b}[31m");
        assert_eq!(sent.detail, "b\\u{202e}c\\u{d}d\n\te\\u{9b}f\\u{7}");
    }

    #[test]
    fn messages_command_no_log_of_a_job() {
        let hostile = Diagnostic::error("::error::a", "b::c\n  ::debug::d\n##[group]e ##vso[f]");
        let sent = diagnostic(&hostile);
        assert_eq!(sent.summary, r"\u{3a}:error::a");
        assert_eq!(sent.detail, "b::c\n\\u{3a}:debug::d\n#\\u{23}[group]e #\\u{23}vso[f]");
    }
}
