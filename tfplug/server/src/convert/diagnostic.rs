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

/// Text without characters that steer a terminal or change its direction, which a service or a configuration may have
/// put there. Line breaks stay: they are the author's.
fn plain(text: &str) -> String {
    let steers = |character: char| {
        let is_bidi = matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        is_bidi || (character.is_control() && character != '\n' && character != '\t')
    };
    if !text.contains(steers) {
        return text.to_owned();
    }
    text.chars().fold(String::new(), |mut shown, character| {
        if steers(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
        shown
    })
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
}
