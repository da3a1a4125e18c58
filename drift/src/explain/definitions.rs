//! Task definitions of an account and region, as two sweeps show them: the last of each family, and
//! those that are being deleted.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::{DaemonTaskDefinitionStatus as Status, DaemonTaskDefinitionSummary as Summary};
use daemons::arn::RevisionArn;

/// Task definitions that a scan knows of.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    by_arn: BTreeMap<String, Summary>,
    /// The last of each family, by family ARN, which is the ARN without the revision.
    last: BTreeMap<String, (i64, String)>,
}

impl Definitions {
    /// From the answers of the sweeps.
    pub fn new(summaries: impl IntoIterator<Item = Summary>) -> Self {
        let mut definitions = Self::default();
        for summary in summaries {
            let Some(arn) = summary.arn().map(str::to_owned) else {
                continue;
            };
            if let Ok(parsed) = RevisionArn::parse(&arn) {
                let last = definitions.last.entry(family(&arn)).or_insert((0, String::new()));
                if parsed.revision > last.0 {
                    *last = (parsed.revision, arn.clone());
                }
            }
            definitions.by_arn.insert(arn, summary);
        }
        definitions
    }

    /// True if a revision of the family of a definition is known.
    pub fn has_family(&self, arn: &str) -> bool {
        self.last.contains_key(&family(arn))
    }

    /// The summary of a definition, as far as it is known.
    pub(super) fn get(&self, arn: &str) -> Option<&Summary> {
        self.by_arn.get(arn)
    }

    /// The definition, if it is deleted or being deleted.
    pub(super) fn deleted(&self, arn: &str) -> Option<&Summary> {
        self.get(arn)
            .filter(|summary| matches!(summary.status(), Some(Status::DeleteInProgress | Status::Deleted)))
    }

    /// A later revision of the same family, if there is one that can be used.
    pub(super) fn later(&self, arn: &str) -> Option<&Summary> {
        let revision = RevisionArn::parse(arn).ok()?.revision;
        let (last, last_arn) = self.last.get(&family(arn))?;
        let summary = self.get(last_arn)?;
        (*last > revision && summary.status() == Some(&Status::Active)).then_some(summary)
    }
}

fn family(arn: &str) -> String {
    arn.rsplit_once(':').map_or(arn, |(family, _)| family).to_owned()
}
