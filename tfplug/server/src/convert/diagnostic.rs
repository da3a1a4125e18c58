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
        summary: summary.to_owned(),
        detail: diagnostic.detail.clone(),
        // An empty path is not a valid path; the root is said by leaving it out.
        attribute: diagnostic.path.as_ref().filter(|path| !path.is_root()).map(path),
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
