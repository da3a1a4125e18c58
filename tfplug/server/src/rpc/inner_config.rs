//! Configurations of which the client waits until they are known: ephemeral resources, and the block `config` inside of
//! `list` and `action` blocks, which is sent alone, and as null where there is none.

use tfplug_core::{Diagnostic, Diagnostics, Schema, Type, Value, pipeline};

use crate::{convert, proto::tfplugin6 as proto};

/// The schema of such a configuration with its type.
pub(crate) struct InnerConfig<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) ty: &'a Type,
    /// The name of the configuration in messages: "configuration of the action `toy_jump`".
    pub(crate) what: String,
}

impl InnerConfig<'_> {
    /// The configuration; without a block `config` an empty one.
    fn read(&self, sent: Option<&proto::DynamicValue>) -> Result<Value, Diagnostics> {
        let config = convert::decode_config(sent, self.ty, &self.what)?;
        Ok(if config.is_null() {
            self.schema.block.empty_config()
        } else {
            config
        })
    }

    /// The same with what it leaves out at its default.
    pub(crate) fn read_whole(&self, sent: Option<&proto::DynamicValue>) -> Result<Value, Diagnostics> {
        Ok(pipeline::with_defaults(&self.schema.block, self.read(sent)?))
    }

    /// The same where the client has waited until everything is known.
    pub(crate) fn read_known(&self, sent: Option<&proto::DynamicValue>) -> Result<Value, Diagnostics> {
        let config = self.read_whole(sent)?;
        if config.is_wholly_known() {
            return Ok(config);
        }
        let detail = format!(
            "The {} has values that are not known yet. The client should have waited until they are; this is a bug in the \
             client.",
            self.what
        );
        Err(Diagnostic::error("Unknown values in the configuration", detail).into())
    }

    /// Checks the configuration against the schema and, if that found no error, by `rules`.
    pub(crate) fn validate(
        &self,
        sent: Option<&proto::DynamicValue>,
        rules: impl FnOnce(&Value) -> Diagnostics,
    ) -> Result<Vec<proto::Diagnostic>, Diagnostics> {
        let config = self.read(sent)?;
        let mut diagnostics = pipeline::validate(self.schema, &config);
        if config.is_present() && !diagnostics.has_error() {
            diagnostics.extend(rules(&config));
        }
        Ok(convert::diagnostics(&diagnostics))
    }
}
