//! The acceptance suite: one program, so that it is linked once. The cases in `core` run on every
//! CLI, the others on the version that snapshots are taken with.

macro_rules! snapshot {
    ($case:expr, $name:literal, $text:expr) => {
        if $case.takes_snapshots() {
            insta::with_settings!({omit_expression => true}, {
                insta::assert_snapshot!(format!("{}-{}", $case.name(), $name), $text);
            });
        }
    };
}

mod actions;
mod agents;
mod archives;
mod cli;
mod core;
mod crashes;
mod deletion;
mod differences;
mod drift;
mod drift_guide;
mod drift_scan;
mod examples;
mod faults;
mod first_configuration;
mod fixture;
mod harness;
mod imports;
mod install;
mod interrupts;
mod knobs;
mod module_guide;
mod moves;
mod names;
mod package;
mod permissions;
mod places;
mod platform;
mod provider_block;
mod query;
mod registry;
mod revisions;
mod rollouts;
mod secrets;
mod settings;
mod stale_plans;
mod states;
mod sweeping;
mod switching_guides;
mod tfplug;
mod upstream;
mod vendor_module;
mod wording;
