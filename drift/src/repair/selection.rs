//! The choice of a run: which daemons and settings are to be repaired, and what is allowed.

use daemons::glob::covers;

use crate::{
    explain::flag,
    report::{Cause, Daemon, Finding},
};

/// The choice of a run. What is not given chooses all.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Patterns of names, of `CLUSTER/NAME`, or of ARNs.
    pub daemons: Vec<String>,
    /// Patterns of names of clusters.
    pub clusters: Vec<String>,
    /// Causes.
    pub causes: Vec<Cause>,
    /// Patterns of settings.
    pub settings: Vec<String>,
    /// What is allowed.
    pub allowed: Allowed,
    /// Daemons that may be repaired at most.
    pub max_daemons: Option<u64>,
    /// Instances that may be drained at a time, over all repairs.
    pub max_instances: Option<u64>,
}

/// Flags that allow what is refused without them.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Allowed {
    /// A rollout that goes on may be taken over.
    pub supersede: bool,
    /// What failed may be sent again.
    pub after_rollback: bool,
    /// A daemon that was created again may be repaired.
    pub recreated: bool,
    /// Settings that this version does not know may be reset.
    pub reset_unknown: bool,
    /// Tags are repaired.
    pub tags: bool,
    /// A setting that a source leaves out is meant to be at its default.
    pub assume_defaults: bool,
}

impl Allowed {
    /// True if a flag is given.
    pub(super) fn has(self, name: &str) -> bool {
        match name {
            flag::SUPERSEDE => self.supersede,
            flag::AFTER_ROLLBACK => self.after_rollback,
            flag::RECREATED => self.recreated,
            flag::RESET_UNKNOWN => self.reset_unknown,
            flag::TAGS => self.tags,
            flag::ASSUME_DEFAULTS => self.assume_defaults,
            _ => false,
        }
    }
}

impl Selection {
    /// True if a daemon is chosen by its name and cluster.
    pub(super) fn names(&self, daemon: &Daemon) -> bool {
        let is_of = |pattern: &String| covers(pattern, &daemon.cluster);
        (self.daemons.is_empty() || self.daemons.iter().any(|pattern| is_named(pattern, daemon)))
            && (self.clusters.is_empty() || self.clusters.iter().any(is_of))
    }

    /// Patterns of daemons and of clusters that none of the daemons has, each with its argument.
    pub fn unmatched(&self, daemons: &[Daemon]) -> Vec<(&'static str, &str)> {
        let of_daemons = self.daemons.iter();
        let of_daemons = of_daemons.filter(|pattern| !daemons.iter().any(|daemon| is_named(pattern, daemon)));
        let of_clusters = self.clusters.iter();
        let of_clusters = of_clusters.filter(|pattern| !daemons.iter().any(|daemon| covers(pattern, &daemon.cluster)));
        let of_daemons = of_daemons.map(|pattern| ("--daemon", pattern.as_str()));
        of_daemons
            .chain(of_clusters.map(|pattern| ("--cluster", pattern.as_str())))
            .collect()
    }

    /// True if a finding is chosen by its cause and setting.
    pub(super) fn chooses(&self, finding: &Finding) -> bool {
        let is_set = |pattern: &String| {
            let setting = finding.setting.as_deref();
            setting.is_some_and(|setting| covers(pattern, setting))
        };
        (self.causes.is_empty() || self.causes.contains(&finding.cause))
            && (self.settings.is_empty() || self.settings.iter().any(is_set))
    }

    /// True if every finding of a daemon is chosen.
    pub(super) fn is_of_daemons(&self) -> bool {
        self.causes.is_empty() && self.settings.is_empty()
    }
}

/// True if a pattern of names, of `CLUSTER/NAME` or of ARNs covers a daemon.
fn is_named(pattern: &str, daemon: &Daemon) -> bool {
    if pattern.starts_with("arn:") {
        covers(pattern, &daemon.arn)
    } else if pattern.contains('/') {
        covers(pattern, &format!("{}/{}", daemon.cluster, daemon.name))
    } else {
        covers(pattern, &daemon.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::golden;

    #[test]
    fn patterns_are_of_names_of_paths_and_of_arns() {
        let report = golden::estate();
        let daemon = &report.daemons[0];
        let check = |daemons: &[&str], clusters: &[&str], expected| {
            let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            let selection = Selection {
                daemons: texts(daemons),
                clusters: texts(clusters),
                ..Selection::default()
            };
            assert_eq!(selection.names(daemon), expected, "{daemons:?} {clusters:?} {daemon:?}");
            let unmatched: Vec<&str> = selection
                .unmatched(&report.daemons[..1])
                .iter()
                .map(|(_, pattern)| *pattern)
                .collect();
            let given = [daemons, clusters].concat();
            assert!(unmatched.iter().all(|pattern| given.contains(pattern)));
            assert_eq!(unmatched.contains(&"nothing"), given.contains(&"nothing"));
        };
        let (name, path) = (daemon.name.as_str(), format!("{}/*", daemon.cluster));
        check(&[], &[], true);
        check(&[name], &[], true);
        check(&["nothing", name], &[&daemon.cluster], true);
        check(&[&path], &[], true);
        check(&[&daemon.arn], &["*"], true);
        check(&["arn:*"], &[], true);
        check(&["nothing"], &[], false);
        check(&[name], &["nothing"], false);
        check(&[&format!("other/{name}")], &[], false);
    }
}
