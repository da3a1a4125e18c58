//! `PutMetricAlarm`: a new alarm begins without data; one that is there keeps its state and its tags.

use serde_json::json;

use super::alarm_tags;
use super::refusal::{combination, value};
use crate::api::{ApiError, Call};
use crate::operations::shared::operation::Answer;
use crate::operations::shared::request::Request;
use crate::records::alarm::{AlarmDefinition, AlarmState};
use crate::records::arn;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    check(request)?;
    let tags = alarm_tags::given(request)?;
    let name = request.required("AlarmName");
    if !region.records.alarms.contains_key(name) {
        let reason = "Unchecked: Initial alarm creation";
        region.change_alarm(name, AlarmState::InsufficientData, reason, None);
    }
    let mut content = call.body.clone();
    content.remove("Tags");
    let (arn, now) = (arn::alarm(&region.scope, name), region.now());
    if let Some(alarm) = region.records.alarms.get_mut(name) {
        let before = alarm.definition.take();
        alarm.definition = Some(AlarmDefinition {
            arn,
            content,
            configured_at: now,
            // Documented: an update ignores tags.
            tags: before.map_or(tags, |before| before.tags),
        });
    }
    Ok(json!({}))
}

/// What an alarm is about: a metric, an expression of several, or a query.
fn check(request: Request<'_>) -> Result<(), ApiError> {
    let sources = ["MetricName", "Metrics", "EvaluationCriteria"];
    let given = sources.into_iter().filter(|member| request.0.contains_key(*member));
    match given.collect::<Vec<_>>().as_slice() {
        [] => return Err(combination("Specify MetricName, Metrics or EvaluationCriteria.")),
        ["EvaluationCriteria"] => return Ok(()),
        ["MetricName"] => {
            let needed = ["Namespace", "Period"];
            if let Some(missing) = needed.into_iter().find(|member| !request.0.contains_key(*member)) {
                return Err(combination(format!("An alarm on a metric needs a {missing}.")));
            }
            let statistics = ["Statistic", "ExtendedStatistic"];
            if statistics
                .into_iter()
                .filter(|member| request.0.contains_key(*member))
                .count()
                != 1
            {
                return Err(combination("Specify either Statistic or ExtendedStatistic."));
            }
        }
        [_] => {}
        several => return Err(combination(format!("Specify only one of {}.", several.join(" and ")))),
    }
    let needed = ["ComparisonOperator", "EvaluationPeriods"];
    if let Some(missing) = needed.into_iter().find(|member| !request.0.contains_key(*member)) {
        return Err(combination(format!("An alarm on metrics needs {missing}.")));
    }
    let thresholds = ["Threshold", "ThresholdMetricId"];
    if thresholds
        .into_iter()
        .filter(|member| request.0.contains_key(*member))
        .count()
        != 1
    {
        return Err(combination("Specify either Threshold or ThresholdMetricId."));
    }
    let (periods, points) = (
        request.integer("EvaluationPeriods"),
        request.integer("DatapointsToAlarm"),
    );
    if points > periods {
        return Err(value("DatapointsToAlarm must not be greater than EvaluationPeriods."));
    }
    Ok(())
}
