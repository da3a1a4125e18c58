//! The ECS of one account and region, as far as a repair needs it.

use std::{collections::BTreeMap, sync::Arc};

use aws::Aws;
use aws_sdk_ecs::Client;
use daemons::{arn::DaemonArn, batching};

use super::sharing::Sharing;
use crate::{
    observe::{EcsReader, Slots, ecs, ecs::Counters},
    repair::{Plan, Planned},
    report::Problem,
    scan::{ADVICE, Access, Connect},
};

/// Readers and clients of a region, by the credentials for it.
pub(super) struct Place {
    /// Reads daemons in the manner of a scan.
    pub(super) reader: EcsReader,
    /// Reads while a call is made.
    pub(super) batches: batching::Reader,
    /// Client of calls that may be repeated on throttling only.
    pub(super) once: Client,
    /// Client of calls that may be repeated.
    pub(super) client: Client,
}

impl Place {
    /// Begins a read of one daemon, which shares calls with those of others at the same time.
    pub(super) fn reading(&self) -> Sharing<'_> {
        Sharing {
            alone: &self.reader,
            shared: self.batches.enter(),
        }
    }
}

/// All places of a plan.
pub(super) struct Places(BTreeMap<(Access, String), Place>);

impl Places {
    /// Connects, and makes sure that every daemon of the plan is of the account of its credentials: nothing is sent otherwise.
    pub(super) async fn connect<C: Connect>(connector: &C, plan: &Plan, calls: usize) -> Result<Self, Problem> {
        let slots = Slots::new(calls);
        let counters = Arc::new(Counters::default());
        let mut connected: BTreeMap<&Access, (Aws, String)> = BTreeMap::new();
        let mut places = BTreeMap::new();
        for planned in &plan.repairs {
            let arn = arn(planned)?;
            if !connected.contains_key(&planned.access) {
                let aws = connector.connect(&planned.access).await?;
                let account = ecs::account(&aws, &counters).await.map_err(|failure| {
                    let told = failure.problem(&ADVICE, "find out the account of the credentials", "");
                    problem(&told.summary, told.detail)
                })?;
                connected.insert(&planned.access, (aws, account));
            }
            let Some((aws, account)) = connected.get(&planned.access) else {
                continue;
            };
            if arn.arn.account != *account {
                return Err(problem(
                    "Plan of another account",
                    format!(
                        "The plan repairs {arn}, but the credentials for it are of account {account}. Nothing was sent. Execute it \
                         with the credentials with which it was made."
                    ),
                ));
            }
            let region = &arn.arn.region;
            let place = || Place {
                reader: EcsReader::new(aws, region, slots.clone(), counters.clone()),
                batches: batching::Reader::new(aws.ecs(region)),
                once: aws.ecs_unrepeatable(region),
                client: aws.ecs(region),
            };
            places
                .entry((planned.access.clone(), region.clone()))
                .or_insert_with(place);
        }
        Ok(Self(places))
    }

    /// The place of a repair.
    pub(super) fn of(&self, planned: &Planned) -> Result<(&Place, DaemonArn), Problem> {
        let arn = arn(planned)?;
        let place = self.0.get(&(planned.access.clone(), arn.arn.region.clone()));
        let place = place.ok_or_else(|| problem("Plan without a connection", arn.to_string()))?;
        Ok((place, arn))
    }
}

fn arn(planned: &Planned) -> Result<DaemonArn, Problem> {
    DaemonArn::parse(&planned.subject.arn).map_err(|error| {
        problem(
            "Invalid repair plan",
            format!("{error}. Make the plan again with `ecs-drift reconcile --plan-out`."),
        )
    })
}

fn problem(summary: &str, detail: String) -> Problem {
    Problem {
        input: None,
        summary: summary.to_owned(),
        detail,
    }
}
