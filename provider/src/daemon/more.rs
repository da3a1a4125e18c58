//! Links from messages to a guide. Only messages about rollouts that did not end well have one: the guide tells what to do
//! about fleet and state, at more length than a message can. Other messages say all that their entry in the guide says, so
//! that a link would only make them longer.

/// The guide, below the repository.
const GUIDE: &str = "docs/guides/rollouts-and-rollbacks.md";

/// Sections of the guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Rollback,
    FirstRollout,
    Timeout,
}

impl Section {
    /// The anchor that hosts make of the heading.
    const fn anchor(self) -> &'static str {
        match self {
            Self::Rollback => "after-a-rollback-of-an-update",
            Self::FirstRollout => "after-a-failed-first-rollout",
            Self::Timeout => "after-a-timeout",
        }
    }
}

/// The last line of a message.
pub(super) fn more(section: Section) -> String {
    let repository = env!("CARGO_PKG_REPOSITORY");
    format!("\nMore: {repository}/blob/main/{GUIDE}#{}", section.anchor())
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn links_lead_to_sections_of_the_guide() {
        let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(GUIDE);
        let guide = fs::read_to_string(guide).unwrap();
        let headings = guide.lines().filter_map(|line| line.strip_prefix("## "));
        let anchors: Vec<String> = headings
            .map(|heading| heading.to_lowercase().replace(' ', "-"))
            .collect();
        for section in [Section::Rollback, Section::FirstRollout, Section::Timeout] {
            assert!(
                anchors.iter().any(|anchor| anchor == section.anchor()),
                "{section:?}: {anchors:?}"
            );
        }
    }
}
