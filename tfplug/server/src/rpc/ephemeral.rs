//! `ValidateEphemeralResourceConfig`, `OpenEphemeralResource`, `RenewEphemeralResource` and `CloseEphemeralResource`.

use tfplug_core::{Diagnostic, Diagnostics, pipeline};

use crate::{
    convert,
    proto::tfplugin6::{
        close_ephemeral_resource, open_ephemeral_resource, renew_ephemeral_resource, validate_ephemeral_resource_config,
    },
    rpc::{Rpc, Subject, inner_config::InnerConfig},
    service::Service,
};

impl Rpc for validate_ephemeral_resource_config::Request {
    const NAME: &'static str = "ValidateEphemeralResourceConfig";
    type Response = validate_ephemeral_resource_config::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Ephemeral(&self.type_name)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let ephemeral = service.ephemeral(&self.type_name)?;
        let what = format!("configuration of the ephemeral resource `{}`", self.type_name);
        let config = convert::decode_config(self.config.as_ref(), &ephemeral.value, &what)?;
        let mut diagnostics = pipeline::validate(ephemeral.resource.schema(), &config);
        if !diagnostics.has_error() {
            diagnostics.extend(ephemeral.resource.validate(&config));
        }
        Ok(validate_ephemeral_resource_config::Response {
            diagnostics: convert::diagnostics(&diagnostics),
        })
    }
}

impl Rpc for open_ephemeral_resource::Request {
    const NAME: &'static str = "OpenEphemeralResource";
    type Response = open_ephemeral_resource::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Ephemeral(&self.type_name)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let ephemeral = service.ephemeral(&self.type_name)?;
        let what = format!("ephemeral resource `{}`", self.type_name);
        let sent = InnerConfig {
            schema: ephemeral.resource.schema(),
            ty: &ephemeral.value,
            what: format!("configuration of the {what}"),
        };
        let config = sent.read_known(self.config.as_ref())?;
        let opened = ephemeral.resource.open(config, &service.cancel()).await;
        if opened.diagnostics.has_error() {
            return Err(opened.diagnostics);
        }
        if !opened.result.is_present() || !opened.result.is_wholly_known() {
            return Err(Diagnostic::error(
                "Incomplete ephemeral resource",
                format!("The {what} gave no complete value. This is a bug in the provider; please report it."),
            )
            .into());
        }
        let what = format!("value of the {what}");
        Ok(open_ephemeral_resource::Response {
            result: Some(convert::encode(&opened.result, &ephemeral.value, &what)?),
            private: Some(opened.private),
            renew_at: opened.renew_at.map(Into::into),
            diagnostics: convert::diagnostics(&opened.diagnostics),
            deferred: None,
        })
    }
}

impl Rpc for renew_ephemeral_resource::Request {
    const NAME: &'static str = "RenewEphemeralResource";
    type Response = renew_ephemeral_resource::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Ephemeral(&self.type_name)
    }

    /// The client closes it with the bytes of the latest answer, be it a failure.
    fn fallback(&self) -> Self::Response {
        Self::Response {
            private: self.private.clone(),
            ..Self::Response::default()
        }
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let ephemeral = service.ephemeral(&self.type_name)?;
        let private = self.private.unwrap_or_default();
        let renewed = ephemeral.resource.renew(private, &service.cancel()).await;
        Ok(renew_ephemeral_resource::Response {
            private: Some(renewed.private),
            renew_at: renewed.renew_at.map(Into::into),
            diagnostics: convert::diagnostics(&renewed.diagnostics),
        })
    }
}

impl Rpc for close_ephemeral_resource::Request {
    const NAME: &'static str = "CloseEphemeralResource";
    type Response = close_ephemeral_resource::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::Ephemeral(&self.type_name)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let ephemeral = service.ephemeral(&self.type_name)?;
        let private = self.private.unwrap_or_default();
        let diagnostics = ephemeral.resource.close(private, &service.cancel()).await;
        Ok(close_ephemeral_resource::Response {
            diagnostics: convert::diagnostics(&diagnostics),
        })
    }
}
