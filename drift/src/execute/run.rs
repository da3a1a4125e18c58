//! The execution of a plan as a whole.

use std::collections::{BTreeMap, VecDeque};

use daemons::wait::Interrupt;
use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use jiff::Timestamp;

use super::{execution::Execution, job::Job, place::Places};
use crate::{
    repair::{Planned, Repaired, Results, Schedule, Turn, Verdict},
    report::Problem,
    scan::Connect,
};

/// Executes a plan. The error is one of the plan as a whole: nothing was sent then.
pub async fn execute<C: Connect>(connector: &C, execution: &Execution<'_>) -> Result<Results, Problem> {
    let plan = execution.plan;
    let mut results = Results::of(plan, Timestamp::now());
    let places = Places::connect(connector, plan, execution.limits.at_a_time).await?;
    let mut schedule = Schedule::new(execution.limits);
    let mut queue: VecDeque<(usize, &Planned)> = plan.repairs.iter().enumerate().collect();
    let mut running = FuturesUnordered::new();
    let mut ended: BTreeMap<usize, Repaired> = BTreeMap::new();
    loop {
        while let Some((index, planned)) = queue.front().copied() {
            let turn = schedule.turn(planned);
            let refusal = match turn {
                Turn::Stop(why) => Some(why.to_owned()),
                Turn::Wait | Turn::Begin => execution.refusal(),
            };
            if let Some(why) = refusal {
                let left = queue.drain(..);
                ended.extend(left.map(|(index, planned)| (index, not_begun(planned, &why))));
                break;
            }
            match turn {
                Turn::Wait | Turn::Stop(_) => break,
                Turn::Begin => {
                    queue.pop_front();
                    schedule.begin(planned);
                    let (place, arn) = places.of(planned)?;
                    let job = Job {
                        planned,
                        arn,
                        place,
                        execution,
                    };
                    running.push(async move { (index, planned, job.run().await) }.boxed_local());
                }
            }
        }
        let Some((index, planned, repaired)) = running.next().await else {
            break;
        };
        schedule.end(planned, repaired.verdict);
        ended.insert(index, repaired);
    }
    results.interrupted = execution.interrupt.is_interrupted();
    results.results = ended.into_values().collect();
    results.finished_at = Timestamp::now();
    Ok(results)
}

fn not_begun(planned: &Planned, why: &str) -> Repaired {
    Repaired::new(planned, Verdict::NotBegun, vec![why.to_owned()])
}
