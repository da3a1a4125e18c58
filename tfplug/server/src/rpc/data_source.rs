//! `ValidateDataResourceConfig` and `ReadDataSource`.

use tfplug_core::{Diagnostic, Diagnostics, pipeline};

use crate::{
    convert,
    proto::tfplugin6::{read_data_source, validate_data_resource_config},
    rpc::{Rpc, Subject},
    service::Service,
};

impl Rpc for validate_data_resource_config::Request {
    const NAME: &'static str = "ValidateDataResourceConfig";
    type Response = validate_data_resource_config::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::DataSource(&self.type_name)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let data = service.data(&self.type_name)?;
        let what = format!("configuration of the data source `{}`", self.type_name);
        let config = convert::decode_config(self.config.as_ref(), &data.value, &what)?;
        let mut diagnostics = pipeline::validate(data.source.schema(), &config);
        if !diagnostics.has_error() {
            diagnostics.extend(data.source.validate(&config));
        }
        Ok(validate_data_resource_config::Response {
            diagnostics: convert::diagnostics(&diagnostics),
        })
    }
}

impl Rpc for read_data_source::Request {
    const NAME: &'static str = "ReadDataSource";
    type Response = read_data_source::Response;

    fn subject(&self) -> Subject<'_> {
        Subject::DataSource(&self.type_name)
    }

    async fn answer(self, service: &Service) -> Result<Self::Response, Diagnostics> {
        let data = service.data(&self.type_name)?;
        let what = format!("data source `{}`", self.type_name);
        let config = convert::decode_config(
            self.config.as_ref(),
            &data.value,
            &format!("configuration of the {what}"),
        )?;
        let config = pipeline::with_defaults(&data.source.schema().block, config);
        let (value, diagnostics) = data.source.read(config, &service.cancel()).await;
        if diagnostics.has_error() {
            return Err(diagnostics);
        }
        if !value.is_present() || !value.is_wholly_known() {
            return Err(Diagnostic::error(
                "Incomplete data source",
                format!("The {what} gave no complete value. This is a bug in the provider; please report it."),
            )
            .into());
        }
        Ok(read_data_source::Response {
            state: Some(convert::encode(&value, &data.value, &format!("value of the {what}"))?),
            diagnostics: convert::diagnostics(&diagnostics),
            deferred: None,
        })
    }
}
