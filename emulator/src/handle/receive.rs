//! One AWS request from arrival to reply: faults and rates at the door, checks, time, the world, the journal.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use super::Core;
use super::actions::{not_emulated, off_model, unknown_operation};
use super::keeper::Unkept;
use crate::api::{ApiError, Call, ErrorKind, Scope, View};
use crate::faults::{Decision, Effect};
use crate::journal::{Origin, Record, RequestRecord};
use crate::model::{check_input, check_output, parse_body, with_extra_members};
use crate::polling::Question;
use crate::seeded;
use crate::state::Input;
use crate::wire::{self, BODY_LIMIT, Failure, Incoming, Outcome, Principal, Protocol, Reply, Service, Stamp};
use crate::world::World;

/// A successful answer: its bytes, and what the journal shows, which is JSON always.
struct Answer {
    body: Bytes,
    shown: Bytes,
}

impl Answer {
    fn json(value: &Value) -> Self {
        let body = Bytes::from(value.to_string());
        Self {
            shown: body.clone(),
            body,
        }
    }
}

impl From<(Bytes, Value)> for Answer {
    fn from((body, shown): (Bytes, Value)) -> Self {
        let shown = Bytes::from(shown.to_string());
        Self { body, shown }
    }
}

/// Differences between the answer of an executed request and the plain one.
#[derive(Clone, Copy, Default)]
struct Manner {
    stale: bool,
    extra_members: bool,
    /// The client gets the whole answer.
    delivered: bool,
}

impl Core {
    /// Answers an AWS request.
    pub(crate) fn answer(&mut self, incoming: &Incoming) -> Reply {
        if let Err(unkept) = self.ready() {
            return self.refuse_unkept(incoming, &unkept);
        }
        self.sync();
        self.requests += 1;
        let request = &*self.as_assumed(incoming);
        let scope = request.scope();
        let rule = self.decide(&scope, request);
        let rate = match rule {
            Some(_) => None,
            None => self.limit_rate(&scope, request),
        };
        let by_rate = rate.is_some();
        let reply = self.answer_as_decided(request, rule.or(rate).as_ref());
        match self.keep_request(incoming, by_rate) {
            Ok(()) => reply,
            Err(unkept) => self.refuse_unkept(incoming, &unkept),
        }
    }

    /// Refuses a request of which the state file does not tell. Clients try again after such an error.
    fn refuse_unkept(&self, incoming: &Incoming, unkept: &Unkept) -> Reply {
        let error = ApiError::new(ErrorKind::ServerException, unkept.to_string());
        let stamp = self.stamp(incoming.protocol, u64::MAX);
        Outcome::Answer(wire::failure(&stamp, &error.into())).into()
    }

    /// Answers an AWS request as one that exceeds the published rates.
    pub(super) fn answer_refused_by_rate(&mut self, incoming: &Incoming) -> Reply {
        self.requests += 1;
        let incoming = &*self.as_assumed(incoming);
        // The rules are asked first here as well, since they count each request.
        let decision = self.decide(&incoming.scope(), incoming);
        self.answer_as_decided(incoming, decision.or_else(|| Some(Decision::rate())).as_ref())
    }

    /// The request of a caller who acts as a role, in the account of that role.
    fn as_assumed<'i>(&self, incoming: &'i Incoming) -> Cow<'i, Incoming> {
        let signed = incoming.principal.as_ref().ok();
        match signed.and_then(|signed| self.sessions.principal(signed)) {
            None => Cow::Borrowed(incoming),
            Some(principal) => Cow::Owned(Incoming {
                principal: Ok(principal),
                ..incoming.clone()
            }),
        }
    }

    /// Answers an AWS request about which the faults and rates have already been asked.
    fn answer_as_decided(&mut self, incoming: &Incoming, decision: Option<&Decision>) -> Reply {
        let scope = incoming.scope();
        let effect = decision.map(|decision| &decision.effect);
        let stamp = self.stamp(incoming.protocol, self.requests);
        let result = self.run(incoming, effect, &stamp.request_id);
        self.record(incoming, scope, decision, result.as_ref());
        let response = result.map(|result| match result {
            Ok(answer) => wire::answer(&stamp, answer.body),
            Err(failure) => wire::failure(&stamp, &failure),
        });
        let outcome = match (response, effect) {
            (None, Some(Effect::Timeout)) => Outcome::Never,
            (None, _) | (_, Some(Effect::LostReply)) => Outcome::Close,
            (Some(response), Some(Effect::Truncated)) => {
                let half = response.body().len() / 2;
                Outcome::Truncated(response, half)
            }
            (Some(response), _) => Outcome::Answer(response),
        };
        Reply {
            delay: self.setup.latency + slowness(effect),
            outcome,
        }
    }

    /// Answers a request that no AWS client sends: the whole API is `POST /`.
    pub(super) fn not_found(&mut self, method: &http::Method, path: &str) -> Reply {
        let message =
            format!("{method} {path} is no operation: the API is POST /, control calls are under /_emulator/.");
        let kind = ErrorKind::UnknownOperationException.name();
        Outcome::Answer(self.refuse(Protocol::Json, &kind, 404, &message)).into()
    }

    /// Refuses what does not get as far as the API.
    pub(super) fn refuse(&mut self, protocol: Protocol, kind: &str, status: u16, message: &str) -> Response<Bytes> {
        self.strays += 1;
        // It changes nothing but the ids of its like. The next request is refused if this cannot be written.
        let _ = self.keep(|_| Input::Stray);
        // The ids of real requests do not depend on how often somebody lost their way.
        let stamp = self.stamp(protocol, u64::MAX - self.strays);
        let failure = Failure {
            kind: kind.to_owned(),
            message: message.to_owned(),
            status,
        };
        wire::failure(&stamp, &failure)
    }

    fn stamp(&self, protocol: Protocol, number: u64) -> Stamp {
        let request_id = seeded::uuid(self.setup.seed, "request", number);
        Stamp {
            protocol,
            request_id,
            date: self.date(),
        }
    }

    /// Asks the fault rules. An unsigned request is refused before it can meet one.
    fn decide(&mut self, scope: &Scope, incoming: &Incoming) -> Option<Decision> {
        incoming.principal.as_ref().ok()?;
        self.faults
            .decide(self.setup.seed, scope, &incoming.operation, &names_in(&incoming.body))
    }

    /// Refuses a request that exceeds the published rates. In the journal it stands like a fault, because how fast the
    /// buckets fill is a matter of host time and no function of the other inputs.
    fn limit_rate(&mut self, scope: &Scope, incoming: &Incoming) -> Option<Decision> {
        incoming.principal.as_ref().ok()?;
        let throttle = self.throttle.as_mut()?;
        (!throttle.admit(scope, &incoming.operation)).then(Decision::rate)
    }

    /// Runs a request as far as its fault lets it get; `None` when it is neither executed nor answered.
    fn run(
        &mut self,
        incoming: &Incoming,
        effect: Option<&Effect>,
        request_id: &str,
    ) -> Option<Result<Answer, Failure>> {
        match effect {
            Some(Effect::Timeout | Effect::Reset) => return None,
            Some(Effect::Throttle) => return Some(Err(throttled().into())),
            Some(Effect::ServerError) => {
                let error = ApiError::new(
                    ErrorKind::ServerException,
                    "Service Unavailable. Please try again later.",
                );
                return Some(Err(error.into()));
            }
            Some(Effect::Error { kind, message, status }) => {
                return Some(Err(Failure {
                    kind: kind.clone(),
                    message: message.clone(),
                    status: *status,
                }));
            }
            _ => {}
        }
        let principal = match &incoming.principal {
            Ok(principal) => principal,
            Err(error) => return Some(Err(error.clone().into())),
        };
        let manner = Manner {
            stale: effect == Some(&Effect::Stale),
            extra_members: effect == Some(&Effect::ExtraMembers),
            delivered: !matches!(effect, Some(Effect::LostReply | Effect::Truncated)),
        };
        Some(
            self.execute(incoming, principal, manner, request_id)
                .map_err(Failure::from),
        )
    }

    fn execute(
        &mut self,
        incoming: &Incoming,
        principal: &Principal,
        manner: Manner,
        request_id: &str,
    ) -> Result<Answer, ApiError> {
        if incoming.body.len() > BODY_LIMIT {
            let text = format!("The body has more than {BODY_LIMIT} bytes, which is the limit.");
            return Err(ApiError::new(ErrorKind::RequestEntityTooLargeException, text));
        }
        match (incoming.service, incoming.operation.as_str()) {
            (Service::Sts, "GetCallerIdentity") => {
                Ok(wire::caller_identity(principal, &self.sessions, request_id).into())
            }
            (Service::Sts, operation @ ("AssumeRole" | "AssumeRoleWithWebIdentity")) => {
                let asked = (principal, &*incoming.body);
                let stamp = (self.setup.seed, request_id, self.date());
                wire::assume_role(operation, asked, &mut self.sessions, stamp).map(Answer::from)
            }
            (Service::CloudTrail, "LookupEvents") => self
                .lookup_events(principal, &incoming.body)
                .map(|found| Answer::json(&found)),
            (Service::CloudWatch, _) => {
                let manner = (manner.extra_members, manner.delivered);
                self.execute_cloudwatch(incoming, principal, manner, request_id)
                    .map(Answer::from)
            }
            (Service::Ecs, _) => self.execute_ecs(incoming, principal, manner),
            (Service::Sts | Service::CloudTrail | Service::Unknown, _) => Err(unknown_operation(&incoming.operation)),
        }
    }

    fn execute_ecs(&mut self, incoming: &Incoming, principal: &Principal, manner: Manner) -> Result<Answer, ApiError> {
        let operation = &incoming.operation;
        let model = self.model;
        if model.is_outside(operation) {
            return Err(not_emulated(operation));
        }
        let shapes = model.operation(operation).ok_or_else(|| unknown_operation(operation))?;
        let body = check_input(model, &shapes.input, parse_body(&incoming.body)?)?;
        let question = Question::new(&principal.scope, operation, &body);
        if self.polls.is_poll(question) {
            self.poll();
        }
        let call = Call {
            operation: operation.clone(),
            scope: principal.scope.clone(),
            caller: principal.access_key.clone(),
            body,
            view: self.view(&principal.scope, operation, manner),
        };
        let result = self.world.call(&call).unwrap_or_else(|| Err(not_emulated(operation)));
        self.after_call(&call, question, &result, manner);
        let mut shown = result?;
        check_output(model, &shapes.output, &mut shown).map_err(|problem| off_model(&problem))?;
        if manner.extra_members {
            with_extra_members(model, &shapes.output, &mut shown);
        }
        Ok(Answer::json(&shown))
    }

    fn lookup_events(&self, principal: &Principal, body: &[u8]) -> Result<Value, ApiError> {
        wire::lookup_events(
            (&self.journal, &self.sessions),
            principal,
            self.setup.seed,
            self.world.now_ms(),
            body,
        )
    }

    /// The version of the records that a call sees.
    fn view(&mut self, scope: &Scope, operation: &str, manner: Manner) -> View {
        if !World::is_read(operation) {
            return View::Fresh;
        }
        let knobs = self.world.knobs();
        let (limit, monotonic) = (knobs.stale_reads, knobs.monotonic_reads);
        // Counted even when a fault already decided, so that the knob's window does not grow.
        let by_knob = self.consistency.is_stale(scope, operation, limit, monotonic);
        if by_knob || manner.stale {
            View::Stale
        } else {
            View::Fresh
        }
    }

    /// Notes what has to be known about a call afterwards.
    fn after_call(&mut self, call: &Call, question: Question, result: &Result<Value, ApiError>, manner: Manner) {
        let read = World::is_read(&call.operation);
        if !read && result.is_ok() {
            self.consistency.wrote(&call.scope);
        }
        // A client that did not get the answer asks again without having waited.
        if manner.delivered {
            let refused_for_now = result.as_ref().err().is_some_and(World::is_transition_refusal);
            self.polls.answered(question, read || refused_for_now);
        }
        self.finish_instant();
    }

    fn record(
        &mut self,
        incoming: &Incoming,
        scope: Scope,
        decision: Option<&Decision>,
        result: Option<&Result<Answer, Failure>>,
    ) {
        let answer = result.map(|result| match result {
            Ok(answer) => (answer.shown.clone(), 200),
            Err(failure) => (Bytes::from(failure.body().to_string()), failure.status),
        });
        let lost = decision.is_some_and(|decision| matches!(decision.effect, Effect::LostReply | Effect::Truncated));
        let record = RequestRecord {
            operation: incoming.operation.clone(),
            caller: incoming.caller().to_owned(),
            user_agent: incoming.user_agent.clone(),
            scope,
            request: incoming.journaled_body(),
            delivered: answer.is_some() && !lost,
            answer,
            fault: decision.map(|decision| decision.id.clone()),
            origin: Origin::Client(incoming.service),
            number: self.requests,
        };
        self.journal
            .push(self.world.now_ms(), Record::Request(Box::new(record)));
    }
}

fn slowness(effect: Option<&Effect>) -> Duration {
    match effect {
        Some(Effect::Slow(delay)) => *delay,
        _ => Duration::ZERO,
    }
}

fn throttled() -> ApiError {
    ApiError::new(ErrorKind::ThrottlingException, "Rate exceeded")
}

/// ARNs and names in a request: the strings that stand at its top level, alone or in a list, and for an ARN also its
/// resource part and each name in it.
fn names_in(body: &[u8]) -> Vec<String> {
    let Ok(Value::Object(members)) = serde_json::from_slice::<Value>(body) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for value in members.values() {
        match value {
            Value::String(text) => add_name(text, &mut names),
            Value::Array(elements) => elements
                .iter()
                .filter_map(Value::as_str)
                .for_each(|text| add_name(text, &mut names)),
            _ => {}
        }
    }
    names
}

fn add_name(text: &str, names: &mut Vec<String>) {
    names.push(text.to_owned());
    if let Some(resource) = text.strip_prefix("arn:").and_then(|rest| rest.splitn(5, ':').nth(4)) {
        names.push(resource.to_owned());
        names.extend(resource.split('/').skip(1).map(str::to_owned));
    }
}

#[cfg(test)]
mod tests {
    use super::names_in;

    #[test]
    fn names_of_a_request() {
        let body = br#"{"daemonArn": "arn:aws:ecs:r:1:daemon/prod/agent", "capacityProviderArns": ["p"], "tags": [{"key": "k"}], "critical": true}"#;
        assert_eq!(
            names_in(body),
            [
                "p",
                "arn:aws:ecs:r:1:daemon/prod/agent",
                "daemon/prod/agent",
                "prod",
                "agent"
            ]
        );
        assert!(names_in(b"garbage").is_empty());
    }
}
