//! `UpgradeResourceState`: every stored object passes through here, whatever its version.

use tfplug_core::{Diagnostics, pipeline};

use crate::{
    convert,
    proto::tfplugin6::upgrade_resource_state,
    rpc::{Rpc, Subject},
    service::Service,
};

impl Rpc for upgrade_resource_state::Request {
    const NAME: &'static str = "UpgradeResourceState";
    type Response = upgrade_resource_state::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Resource(&self.type_name)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let managed = service.managed(&self.type_name)?;
        let what = format!("stored state of `{}`", self.type_name);
        let raw = convert::raw_state(self.raw_state.as_ref(), &what)?;
        let state = pipeline::upgrade(&*managed.resource, self.version, &raw)?;
        Ok(upgrade_resource_state::Response {
            // Never absent: the client would silently forget the object.
            upgraded_state: Some(convert::encode(&state, &managed.state, &what)?),
            diagnostics: Vec::new(),
        })
    }
}
