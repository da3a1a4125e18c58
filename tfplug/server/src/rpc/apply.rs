//! `ApplyResourceChange`: create, update or delete, told apart by what is null.
//!
//! The answer is what the client stores, beside an error too. So a failed call answers the state as
//! fully as it is known, and a call that could not even start answers what the client had.

use tfplug_core::{
    Cancel, Diagnostics, Resource, pipeline,
    resource::{ApplyRequest, ApplyResponse},
};

use crate::{
    convert,
    proto::tfplugin6::{self as proto, apply_resource_change},
    rpc::{Rpc, Subject},
    service::{Managed, Service},
};

/// Null in msgpack.
const NIL: [u8; 1] = [0xc0];

impl Rpc for apply_resource_change::Request {
    const NAME: &'static str = "ApplyResourceChange";
    type Response = apply_resource_change::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Resource(&self.type_name)
    }

    fn fallback(&self) -> Self::Response {
        if is_null(self.prior_state.as_ref()) {
            // Nothing was there, and a planned identity may not be known yet.
            return apply_resource_change::Response::default();
        }
        apply_resource_change::Response {
            new_state: self.prior_state.clone(),
            private: self.planned_private.clone(),
            new_identity: self.planned_identity.clone(),
            ..apply_resource_change::Response::default()
        }
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let managed = service.managed(&self.type_name)?;
        let request = decode(&self, managed)?;
        let response = apply(&*managed.resource, request.clone(), &service.cancel()).await;
        let response = pipeline::settle_apply(&*managed.resource, &request, response);
        let mut diagnostics = response.diagnostics;
        let mut answer = self.fallback();
        match convert::encode(
            &response.state,
            &managed.state,
            &format!("new state of `{}`", self.type_name),
        ) {
            Ok(state) => answer.new_state = Some(state),
            Err(error) => diagnostics.extend(error),
        }
        match convert::encode_identity(&response.identity, managed.identity.as_ref(), &self.type_name) {
            Ok(identity) => answer.new_identity = identity,
            Err(error) => diagnostics.extend(error),
        }
        answer.private = response.private;
        answer.diagnostics = convert::diagnostics(&diagnostics);
        Ok(answer)
    }
}

/// True if a value is null, seen without its type.
fn is_null(value: Option<&proto::DynamicValue>) -> bool {
    let Some(value) = value else { return true };
    match (value.msgpack.as_slice(), value.json.as_slice()) {
        ([], json) => matches!(json.trim_ascii(), b"" | b"null"),
        (msgpack, _) => msgpack == NIL,
    }
}

fn decode(request: &apply_resource_change::Request, managed: &Managed) -> Result<ApplyRequest, Diagnostics> {
    let name = &request.type_name;
    let (state, identity) = (&managed.state, managed.identity.as_ref());
    Ok(ApplyRequest {
        prior: convert::decode(request.prior_state.as_ref(), state, &format!("prior state of `{name}`"))?,
        planned: convert::decode(
            request.planned_state.as_ref(),
            state,
            &format!("planned state of `{name}`"),
        )?,
        config: convert::decode_config(request.config.as_ref(), state, &format!("configuration of `{name}`"))?,
        private: request.planned_private.clone(),
        identity: convert::decode_identity(request.planned_identity.as_ref(), identity, name)?,
    })
}

async fn apply(resource: &dyn Resource, request: ApplyRequest, cancel: &Cancel) -> ApplyResponse {
    match (request.prior.is_null(), request.planned.is_null()) {
        (true, true) => ApplyResponse::default(),
        (true, false) => resource.create(request, cancel).await,
        (false, false) => resource.update(request, cancel).await,
        (false, true) => resource.delete(request, cancel).await,
    }
}
