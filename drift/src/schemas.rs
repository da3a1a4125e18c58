//! The JSON Schemas of what this program reads and writes, as they are published in `schemas/`. `cargo xtask
//! generate` writes them, `ecs-drift schema` prints them.

use schemars::Schema;

use crate::{
    doctor::Told,
    execute::AuditLine,
    render::Record,
    repair::{Plan, Results},
    report::Report,
    rules::Rules,
    source::baseline::Baseline,
    watch::WatchLine,
};

/// A published schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// The report.
    Report,
    /// A line of the report's NDJSON form.
    Record,
    /// A recorded baseline.
    Baseline,
    /// The file of rules, `.ecs-drift.toml`.
    Rules,
    /// The output of `doctor --output json`.
    Doctor,
    /// A repair plan, as `reconcile --plan-out` writes it.
    Plan,
    /// What became of it, as `reconcile --apply -o json` writes it.
    Result,
    /// A line of `reconcile --audit`.
    Audit,
    /// A line of `watch --json`.
    Watch,
}

impl Published {
    /// All.
    pub const ALL: [Self; 9] = [
        Self::Report,
        Self::Record,
        Self::Baseline,
        Self::Rules,
        Self::Doctor,
        Self::Plan,
        Self::Result,
        Self::Audit,
        Self::Watch,
    ];

    /// Name on the command line; the file is `ecs-drift-NAME.schema.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Record => "record",
            Self::Baseline => "baseline",
            Self::Rules => "rules",
            Self::Doctor => "doctor",
            Self::Plan => "plan",
            Self::Result => "result",
            Self::Audit => "audit",
            Self::Watch => "watch",
        }
    }

    /// The schema as its file holds it.
    pub fn text(self) -> String {
        let schema: Schema = match self {
            Self::Report => schemars::schema_for!(Report),
            Self::Record => schemars::schema_for!(Record<'static>),
            Self::Baseline => schemars::schema_for!(Baseline),
            Self::Rules => schemars::schema_for!(Rules),
            Self::Doctor => schemars::schema_for!(Told),
            Self::Plan => schemars::schema_for!(Plan),
            Self::Result => schemars::schema_for!(Results),
            Self::Audit => schemars::schema_for!(AuditLine),
            Self::Watch => schemars::schema_for!(WatchLine),
        };
        format!("{:#}\n", schema.as_value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_schemas_are_current() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
        for published in Published::ALL {
            let file = format!("ecs-drift-{}.schema.json", published.name());
            let committed = std::fs::read_to_string(folder.join(&file)).unwrap_or_default();
            assert!(
                committed == published.text(),
                "{file} is stale; run `cargo xtask generate`"
            );
        }
    }
}
