//! Rules beyond the schema, for resources, data sources and the provider block.

use tfplug_core::{Diagnostics, Value, pipeline, typed::Object};

use crate::{Failure, Partial, failure::misfit, model::Model};

/// The messages about a configuration: of fields that it does not fit, then of the model's own rule, which sees what is left
/// out with its default, as everything else does.
pub(crate) fn of<M: Model>(config: &Value, rule: impl FnOnce(Partial<'_, M>) -> Result<(), Failure>) -> Diagnostics {
    let mut told = Diagnostics::new();
    let Ok(object) = Object::of(config) else { return told };
    for mismatch in M::misfits(object) {
        told.extend(misfit(&mismatch).into_diagnostics());
    }
    if told.is_empty()
        && let Err(failure) = rule(Partial::new(&pipeline::with_defaults(&M::block(), config.clone())))
        && !failure.waits()
    {
        told.extend(failure.into_diagnostics());
    }
    told
}
