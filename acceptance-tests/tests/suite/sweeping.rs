//! The sweeper for real accounts, tried on the emulator: it removes what the suite has made there,
//! and nothing of anybody else's.

use std::time::Duration;

use acceptance_tests::sweep::{NAME_PREFIX, Swept, sweep};
use acceptance_tests::{Case, Outcome, Setup, Targets};

use crate::fixture::IMAGE_1;

#[test]
fn only_what_the_suite_has_made_is_swept() -> Outcome {
    let targets = Targets::EmulatorOnly("it would remove what other cases are using");
    Case::new("sweep", targets, Setup::instances(2)).run(|case| {
        let (testbed, other_caller) = (case.testbed(), case.testbed().other_caller());
        let (cluster, providers) = (testbed.cluster_arn(), &testbed.capacity_provider_arns()[..1]);
        let left = format!("{NAME_PREFIX}left-1234");
        let definition = other_caller.register(&left, IMAGE_1)?;
        let daemon = other_caller.create(cluster, &left, &definition, providers)?;
        let other_definition = other_caller.register("somebody-elses", IMAGE_1)?;
        let other = other_caller.create(cluster, "somebody-elses", &other_definition, providers)?;
        testbed.settle()?;

        let swept = sweep(other_caller, cluster, Duration::from_millis(20))?;
        assert_eq!(swept.daemons, [daemon]);
        assert_eq!(swept.definitions, [definition]);
        assert_eq!(other_caller.daemons(cluster)?, [other]);
        assert_eq!(
            other_caller.definition_status(&other_definition)?.as_deref(),
            Some("ACTIVE")
        );
        assert_eq!(sweep(other_caller, cluster, Duration::ZERO)?, Swept::default());
        Ok(())
    })
}
