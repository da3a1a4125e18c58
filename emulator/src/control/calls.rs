//! All control calls in one table: what is answered, what mistakes are told, and the reference of the API come from it.

use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use super::command::Command;
use super::outcome::{ControlError, Routed};
use super::{clock, faults, record, schema, state, world};
use crate::handle::Core;

/// Fields of a query that choose account and region.
const SCOPE: &[&str] = &["account", "region"];
const JOURNAL: &[&str] = &["operation", "since", "limit", "include", "account", "region"];

/// Carries a call out. The text is what the path names, empty where it names nothing.
type Perform = fn(&mut Core, &Command<'_>, &str) -> Result<Routed, ControlError>;
type Described = fn(&mut SchemaGenerator) -> Schema;

/// A control call.
pub(super) struct Call {
    pub(super) method: &'static str,
    /// The path after `/_emulator/`; a segment in capitals stands for any.
    pub(super) path: &'static str,
    /// The effect, as the user's page has it.
    pub(super) summary: &'static str,
    /// Fields of the query.
    pub(super) query: &'static [&'static str],
    pub(super) body: Option<Described>,
    pub(super) answer: Described,
    perform: Perform,
}

impl Call {
    const fn new(method: &'static str, path: &'static str, perform: Perform, answer: Described) -> Self {
        Self {
            method,
            path,
            summary: "",
            query: &[],
            body: None,
            answer,
            perform,
        }
    }

    const fn takes(mut self, body: Described) -> Self {
        self.body = Some(body);
        self
    }

    const fn asks(mut self, query: &'static [&'static str]) -> Self {
        self.query = query;
        self
    }

    const fn does(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// What a path names, if it is this one.
    fn named<'p>(&self, path: &'p [String]) -> Option<&'p str> {
        let pattern: Vec<&str> = self.path.split('/').collect();
        let mut named = "";
        if pattern.len() != path.len() {
            return None;
        }
        for (expected, segment) in pattern.iter().zip(path) {
            if is_parameter(expected) {
                named = segment;
            } else if expected != segment {
                return None;
            }
        }
        Some(named)
    }
}

/// True if a segment of a pattern stands for any.
pub(super) fn is_parameter(segment: &str) -> bool {
    segment.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn answer(result: Result<Value, ControlError>) -> Result<Routed, ControlError> {
    result.map(Routed::Answer)
}

/// The calls, by path.
pub(super) const CALLS: &[Call] = &[
    Call::new("POST", "alarms/NAME", |core, call, name| {
        answer(world::set_alarm(core, &call.query.scope(), name, call.form()?))
    }, schema::alarm_answer)
    .does("`{\"state\": \"ALARM\"}` sets an alarm; with `when` later")
    .asks(SCOPE)
    .takes(schema::alarm),
    Call::new("POST", "clock", |core, call, _| clock::post(core, call.form()?), schema::clock_answer)
    .does("one of `{\"advance_seconds\": 60}`, `{\"until\": TIME}`, `{\"next\": \"event\"}`, `{\"next\": \"milestone\"}`, \
           `{\"settle\": true}`, `{\"mode\": \"manual\"}`")
    .takes(schema::clock),
    Call::new("POST", "consistency", |core, call, _| answer(world::consistency(core, call.form()?)), schema::consistency_answer)
    .does("`{\"reads\": 2}` makes reads after a write stale, `{\"monotonic\": false}` lets stale and fresh answers take turns, \
           `{\"heal\": true}` ends it")
    .takes(schema::consistency),
    Call::new("GET", "events", |core, _, _| answer(Ok(Value::Array(core.observers.render()))), schema::events)
    .does("what happened; with `accept: text/event-stream` a stream that `Last-Event-ID` resumes"),
    Call::new("GET", "faults", |core, _, _| answer(Ok(faults::list(core))), schema::fault_list)
    .does("shows faults, with how often each was reached and fired"),
    Call::new("POST", "faults", |core, call, _| {
        answer(faults::add(core, &call.query.scope(), call.body.clone()))
    }, schema::fault_ids)
    .does("adds a fault, or a list of them")
    .asks(SCOPE)
    .takes(schema::faults),
    Call::new("DELETE", "faults", |core, _, _| answer(Ok(faults::clear(core))), schema::removed)
    .does("removes all faults"),
    Call::new("DELETE", "faults/ID", |core, _, id| answer(faults::remove(core, id)), schema::removed)
    .does("removes one"),
    Call::new("GET", "health", |core, _, _| answer(Ok(state::health(core))), schema::health)
    .does("version, clock, seed, virtual time, how many entries the journal has and has lost, the state file and whether it can be written"),
    Call::new("POST", "instances", |core, call, _| {
        answer(world::add_instances(core, &call.query.scope(), call.form()?))
    }, schema::instances_answer)
    .does("`{\"capacity_provider\": \"fleet\", \"count\": 3}` adds instances that are ACTIVE; with `\"launch\": true` they boot first")
    .asks(SCOPE)
    .takes(schema::instances),
    Call::new("GET", "journal", |core, call, _| answer(state::journal(core, &call.query)), schema::journal)
    .does("requests and answers; `operation`, `since`, `limit`, `include=control,clock,events,start` choose")
    .asks(JOURNAL),
    Call::new("GET", "knobs", |core, _, _| answer(world::knobs(core)), schema::knobs)
    .does("shows settings of the world"),
    Call::new("POST", "knobs", |core, call, _| answer(world::set_knobs(core, call.form()?)), schema::knobs)
    .does("changes the settings that the body names")
    .takes(schema::knobs),
    Call::new("GET", "record", |core, call, _| answer(record::show(core, &call.query)), schema::record)
    .does("what an ARN names, as the API describes it, with the operation that does; no request, so that no fault and no journal sees it")
    .asks(&["arn"]),
    Call::new("POST", "reset", |core, call, _| answer(state::reset(core, call.form()?)), schema::health)
    .does("begins again with the scenario; faults with `must_fire` that have not fired are remembered")
    .takes(schema::nothing),
    Call::new("POST", "tasks/ID/stop", |core, call, id| {
        answer(world::stop_task(core, &call.query.scope(), id, call.form()?))
    }, schema::stopped)
    .does("the task stops, as if its process had ended")
    .asks(SCOPE)
    .takes(schema::nothing),
    Call::new("POST", "tasks/ID/unhealthy", |core, call, id| {
        answer(world::turn_unhealthy(core, &call.query.scope(), id, call.form()?))
    }, schema::unhealthy)
    .does("the health check of the task fails from then on")
    .asks(SCOPE)
    .takes(schema::nothing),
    Call::new("GET", "world", |core, call, _| {
        answer(Ok(core.world.view(call.query.scope_if_given().as_ref())))
    }, schema::world)
    .does("everything there is")
    .asks(SCOPE),
];

/// Carries a control call out.
pub(super) fn route(core: &mut Core, command: &Command<'_>) -> Result<Routed, ControlError> {
    let here: Vec<(&Call, &str)> = CALLS
        .iter()
        .filter_map(|call| Some((call, call.named(&command.path)?)))
        .collect();
    match here.iter().find(|(call, _)| call.method == command.method) {
        Some((call, named)) => (call.perform)(core, command, named),
        None => Err(unknown(command.method, &here)),
    }
}

/// The answer to a call without a meaning.
fn unknown(method: &str, here: &[(&Call, &str)]) -> ControlError {
    if here.is_empty() {
        let mut paths: Vec<&str> = CALLS.iter().map(|call| call.path).collect();
        paths.dedup();
        return ControlError::new(404, format!("there is no such path; there are {}", paths.join(", ")));
    }
    let methods: Vec<&str> = here.iter().map(|(call, _)| call.method).collect();
    let allowed = match methods.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => methods.concat(),
    };
    ControlError::new(405, format!("{method} is not possible here, only {allowed}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_in_order_and_each_call_says_what_it_does() {
        assert!(
            CALLS.is_sorted_by_key(|call| call.path),
            "the message about unknown paths lists them"
        );
        for call in CALLS {
            assert!(!call.summary.is_empty(), "{} {}", call.method, call.path);
            assert_eq!(
                call.body.is_some(),
                call.method == "POST",
                "{} {}",
                call.method,
                call.path
            );
        }
    }

    #[test]
    fn what_a_path_names() {
        let path = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        let find = |text: &str| {
            let path = path(text);
            let call = CALLS
                .iter()
                .find_map(|call| Some((call.path, call.named(&path)?.to_owned())));
            call.unwrap_or_default()
        };
        assert_eq!(find("tasks/a1/stop"), ("tasks/ID/stop", "a1".to_owned()));
        assert_eq!(find("faults"), ("faults", String::new()));
        assert_eq!(find("faults/x"), ("faults/ID", "x".to_owned()));
        assert_eq!(find("tasks/a1/start"), ("", String::new()));
    }
}
