//! `StopProvider`: the user pressed Ctrl-C. Running calls are cut short and still answer; the process
//! lives on, and later calls run as if nothing had happened.

use tfplug_core::Diagnostics;

use crate::{
    proto::tfplugin6::{self as proto, stop_provider},
    rpc::{Answer, Rpc},
    service::Service,
};

impl Rpc for stop_provider::Request {
    const NAME: &'static str = "StopProvider";
    type Response = stop_provider::Response;

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        service.stop();
        Ok(stop_provider::Response::default())
    }
}

impl Answer for stop_provider::Response {
    fn add(&mut self, diagnostics: &Diagnostics) {
        let texts: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        self.error = texts.join("\n");
    }

    fn diagnostics(&self) -> &[proto::Diagnostic] {
        &[]
    }
}
