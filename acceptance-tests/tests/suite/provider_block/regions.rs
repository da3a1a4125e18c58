//! Regions of resources, and the partitions that follow from them.

use acceptance_tests::{After, Outcome, fail};

use super::{case, with};
use crate::fixture::{IMAGE_1, definition};

/// Fails unless the task definition is in this partition and region.
fn expect_place(case: &acceptance_tests::Case, place: &str) -> Outcome {
    let values = case.state_of("ecs_daemon_task_definition.agent")?;
    let arn = values["arn"].as_str().unwrap_or_default().to_owned();
    let region = place.rsplit(':').next().unwrap_or_default();
    if arn.starts_with(&format!("arn:{place}:")) && values["region"] == region {
        return Ok(());
    }
    fail(format!("{arn} in {} is not in {place}", values["region"]))
}

#[test]
fn a_resource_has_its_own_region_and_moves_by_replacement() -> Outcome {
    case("regions-own", |case| {
        case.apply(&definition("agent", IMAGE_1, ""))?;
        expect_place(case, "aws:ecs:us-east-1")?;
        // Another region of the provider does not move what is there.
        let elsewhere = with("region = \"eu-west-1\"", &definition("agent", IMAGE_1, ""));
        case.apply(&elsewhere)?.expect_changes(&[])?;
        expect_place(case, "aws:ecs:us-east-1")?;
        let own = definition("agent", IMAGE_1, "region = \"cn-north-1\"");
        case.plans(&own, &["ecs_daemon_task_definition.agent (delete, create)"])?;
        case.apply(&own)?;
        expect_place(case, "aws-cn:ecs:cn-north-1")?;
        case.apply_then(&own, &[], After::PlanEmpty)?;
        Ok(())
    })
}

#[test]
fn the_partition_follows_the_region() -> Outcome {
    case("regions-gov", |case| {
        let roles = "execution_role_arn = \"arn:aws-us-gov:iam::123456789012:role/agent\"";
        case.apply(&with(
            "region = \"us-gov-west-1\"",
            &definition("agent", IMAGE_1, roles),
        ))?;
        expect_place(case, "aws-us-gov:ecs:us-gov-west-1")
    })
}
