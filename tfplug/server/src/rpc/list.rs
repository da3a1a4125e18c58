//! `ValidateListResourceConfig` and `ListResource`. The provider has no list resources.

use std::iter::empty;

use tfplug_core::Diagnostics;

use crate::{
    convert,
    proto::tfplugin6::{self as proto, list_resource, validate_list_resource_config},
    rpc::{Answer, Rpc, Subject},
    service::{Service, unknown},
};

const KIND: &str = "list resource type";

impl Rpc for validate_list_resource_config::Request {
    const NAME: &'static str = "ValidateListResourceConfig";
    type Response = validate_list_resource_config::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::List(&self.type_name)
    }

    async fn answer(self, _: &Service) -> Result<Self::Response, Diagnostics> {
        Err(unknown(KIND, &self.type_name, empty()))
    }
}

impl Rpc for list_resource::Request {
    const NAME: &'static str = "ListResource";
    type Response = list_resource::Event;

    fn subject(&self) -> Subject<'_> {
        Subject::List(&self.type_name)
    }

    async fn answer(self, _: &Service) -> Result<Self::Response, Diagnostics> {
        Err(unknown(KIND, &self.type_name, empty()))
    }
}

impl Answer for list_resource::Event {
    fn add(&mut self, diagnostics: &Diagnostics) {
        self.diagnostic.extend(convert::diagnostics(diagnostics));
    }

    fn diagnostics(&self) -> &[proto::Diagnostic] {
        &self.diagnostic
    }
}
