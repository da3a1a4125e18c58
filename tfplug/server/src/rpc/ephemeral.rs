//! The RPCs of ephemeral resources. The provider has none.

use std::iter::empty;

use tfplug_core::Diagnostics;

use crate::{
    proto::tfplugin6::{
        close_ephemeral_resource, open_ephemeral_resource, renew_ephemeral_resource, validate_ephemeral_resource_config,
    },
    rpc::{Rpc, Subject},
    service::{Service, unknown},
};

macro_rules! refused {
    ($($module:ident $name:literal)*) => {
        $(impl Rpc for $module::Request {
            const NAME: &'static str = $name;
            type Response = $module::Response;

            fn subject(&self) -> Subject<'_> {
                Subject::Ephemeral(&self.type_name)
            }

            async fn answer(self, _: &Service) -> Result<Self::Response, Diagnostics> {
                Err(unknown("ephemeral resource type", &self.type_name, empty()))
            }
        })*
    };
}

refused! {
    validate_ephemeral_resource_config "ValidateEphemeralResourceConfig"
    open_ephemeral_resource "OpenEphemeralResource"
    renew_ephemeral_resource "RenewEphemeralResource"
    close_ephemeral_resource "CloseEphemeralResource"
}
