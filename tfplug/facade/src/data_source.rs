//! Data sources.

use std::{future::Future, marker::PhantomData};

use tfplug_core::{BoxFuture, Cancel, Diagnostics, Schema, Value, data_source as core};

use crate::{Context, Failure, Partial, computed, kept::unchanged, model::Model, partial::whole, shared::Shared};

/// A data source: its model, and how it is read.
pub trait DataSource: Model {
    /// The name in configurations, beginning with the provider's: `note_folder`.
    const TYPE_NAME: &'static str;

    /// What the provider hands to its data sources.
    type Client: Send + Sync + 'static;

    /// Rules between attributes. A rule that needs a value which is not known yet ([`Partial::require`], [`Partial::whole`]) ends
    /// without an error and is asked again when it is known.
    fn validate(config: Partial<'_, Self>) -> Result<(), Failure> {
        let _ = config;
        Ok(())
    }

    /// Reads it: the arguments are there, and the computed attributes are to be set. What is not there is a failure that
    /// says what was looked for.
    fn read(&mut self, context: &Context<Self::Client>) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// A data source as the server has it.
pub(crate) struct Served<D: DataSource> {
    schema: Schema,
    shared: Shared<D::Client>,
    model: PhantomData<fn() -> D>,
}

impl<D: DataSource> Served<D> {
    pub(crate) fn new(shared: Shared<D::Client>) -> Self {
        Self {
            schema: Schema {
                version: 0,
                block: D::block(),
            },
            shared,
            model: PhantomData,
        }
    }

    async fn read_object(&self, config: &Value, cancel: &Cancel) -> (Value, Diagnostics) {
        let block = &self.schema.block;
        let config = &computed::begun(block, config.clone());
        let begun = self
            .shared
            .client()
            .and_then(|client| Ok((client, whole::<D>(config)?)));
        let (client, mut model) = match begun {
            Ok(begun) => begun,
            Err(failure) => return (Value::Null, failure.into_diagnostics()),
        };
        let context = Context::new(client, cancel.clone());
        let configured = model.to_value();
        let read = model.read(&context).await;
        let mut diagnostics = context.take_told();
        let read = read.and_then(|()| {
            let value = unchanged(config, &configured, model.to_value());
            computed::ended(block, value, &format!("data source `{}`", D::TYPE_NAME))
        });
        match read {
            Ok(value) => (value, diagnostics),
            Err(failure) => {
                diagnostics.extend(failure.into_diagnostics());
                (Value::Null, diagnostics)
            }
        }
    }
}

impl<D: DataSource> core::DataSource for Served<D> {
    fn type_name(&self) -> &'static str {
        D::TYPE_NAME
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        crate::validation::of::<D>(config, D::validate)
    }

    fn read<'a>(&'a self, config: Value, cancel: &'a Cancel) -> BoxFuture<'a, (Value, Diagnostics)> {
        Box::pin(async move { self.read_object(&config, cancel).await })
    }
}
