//! `GetFunctions` and `CallFunction`. The provider has no functions.

use tfplug_core::Diagnostics;

use crate::{
    proto::tfplugin6::{self as proto, call_function, get_functions},
    rpc::{Answer, Rpc, Subject},
    service::{self, Service},
};

impl Rpc for get_functions::Request {
    const NAME: &'static str = "GetFunctions";
    type Response = get_functions::Response;

    async fn answer(self, _: &Service) -> Result<Self::Response, Diagnostics> {
        Ok(get_functions::Response::default())
    }
}

impl Rpc for call_function::Request {
    const NAME: &'static str = "CallFunction";
    type Response = call_function::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Function(&self.name)
    }

    async fn answer(self, _: &Service) -> Result<Self::Response, Diagnostics> {
        Err(service::unknown("function", &self.name, std::iter::empty()))
    }
}

/// A function has one error text instead of diagnostics.
impl Answer for call_function::Response {
    fn add(&mut self, diagnostics: &Diagnostics) {
        let texts: Vec<String> = diagnostics.iter().map(|diagnostic| diagnostic.detail.clone()).collect();
        self.error = Some(proto::FunctionError {
            text: texts.join("\n"),
            function_argument: None,
        });
    }

    fn diagnostics(&self) -> &[proto::Diagnostic] {
        &[]
    }
}
