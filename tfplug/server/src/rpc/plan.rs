//! `PlanResourceChange`, for creates, updates and destroys alike. Planning is pure: the same request
//! gets the same answer, which the client relies on when it plans again while applying.

use tfplug_core::{Diagnostics, pipeline, resource::PlanRequest};

use crate::{
    convert,
    proto::tfplugin6::plan_resource_change,
    rpc::{Rpc, Subject},
    service::Service,
};

impl Rpc for plan_resource_change::Request {
    const NAME: &'static str = "PlanResourceChange";
    type Response = plan_resource_change::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Resource(&self.type_name)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let name = &self.type_name;
        let managed = service.managed(name)?;
        let (state, identity) = (&managed.state, managed.identity.as_ref());
        let request = PlanRequest {
            prior: convert::decode(self.prior_state.as_ref(), state, &format!("prior state of `{name}`"))?,
            proposed: convert::decode(
                self.proposed_new_state.as_ref(),
                state,
                &format!("proposed state of `{name}`"),
            )?,
            config: convert::decode_config(self.config.as_ref(), state, &format!("configuration of `{name}`"))?,
            private: self.prior_private,
            identity: convert::decode_identity(self.prior_identity.as_ref(), identity, name)?,
        };
        let plan = pipeline::plan(&*managed.resource, request);
        Ok(plan_resource_change::Response {
            planned_state: Some(convert::encode(
                &plan.planned,
                state,
                &format!("planned state of `{name}`"),
            )?),
            requires_replace: plan.requires_replace.iter().map(convert::path).collect(),
            planned_private: plan.private,
            planned_identity: convert::encode_identity(&plan.identity, identity, name)?,
            diagnostics: convert::diagnostics(&plan.diagnostics),
            ..plan_resource_change::Response::default()
        })
    }
}
