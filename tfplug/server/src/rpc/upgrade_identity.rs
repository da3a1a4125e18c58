//! `UpgradeResourceIdentity`: clients call it when the stored version differs from the schema's.

use tfplug_core::{Diagnostic, Diagnostics, pipeline};

use crate::{
    convert,
    proto::tfplugin6::upgrade_resource_identity,
    rpc::{Rpc, Subject},
    service::Service,
};

impl Rpc for upgrade_resource_identity::Request {
    const NAME: &'static str = "UpgradeResourceIdentity";
    type Response = upgrade_resource_identity::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Resource(&self.type_name)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let managed = service.managed(&self.type_name)?;
        let (Some(schema), Some(ty)) = (managed.resource.identity_schema(), &managed.identity) else {
            let detail = format!("The resource type `{}` has no identity.", self.type_name);
            return Err(Diagnostic::error("Unable to upgrade resource identity", detail).into());
        };
        let raw = convert::raw_state(
            self.raw_identity.as_ref(),
            &format!("stored identity of `{}`", self.type_name),
        )?;
        let identity = pipeline::upgrade_identity(&self.type_name, schema, self.version, &raw)?;
        Ok(upgrade_resource_identity::Response {
            upgraded_identity: convert::encode_identity(&identity, Some(ty), &self.type_name)?,
            diagnostics: Vec::new(),
        })
    }
}
