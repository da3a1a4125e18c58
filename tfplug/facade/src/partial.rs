//! Objects of which not everything is there or known.

use std::{fmt, marker::PhantomData};

use tfplug_core::{
    Value,
    typed::{FromValue, Mismatch, Object, Tf},
};

use crate::{
    Failure,
    failure::misfit,
    model::{Field, Model, Typed},
};

/// An object of a model of which some attributes may be null or not known yet: a configuration, a plan, or a state after
/// an import. Attributes are read by their fields.
pub struct Partial<'a, M> {
    value: &'a Value,
    model: PhantomData<fn() -> M>,
}

impl<'a, M: Model> Partial<'a, M> {
    pub(crate) fn new(value: &'a Value) -> Self {
        Self {
            value,
            model: PhantomData,
        }
    }

    /// An attribute: null, not known yet, or its value. One of which a part is not known yet is a failure, with which a rule
    /// ends without an error.
    pub fn get<T: Typed>(&self, field: Field<M, T>) -> Result<Tf<T::Known>, Failure> {
        let object = Object::of(self.value).map_err(|mismatch| misfit(&mismatch))?;
        object.attribute(field.name()).map_err(|mismatch| self.unfit(&mismatch))
    }

    /// An attribute that has to be there and known: one of the identity, for example, in a read. A rule of `validate` or
    /// `plan` that lacks it because it is not known yet ends without an error.
    pub fn require<T: Typed>(&self, field: Field<M, T>) -> Result<T::Known, Failure> {
        let lacking = |reason: &str| {
            let text = format!("`{}` {reason}.", field.name());
            Failure::new("Value needed", text).at(field)
        };
        match self.get(field)? {
            Tf::Known(value) => Ok(value),
            Tf::Null => Err(lacking("has no value")),
            Tf::Unknown => Err(lacking("is not known yet").waiting()),
        }
    }

    /// The whole model, if everything is there and known that its fields have no room to lack. In `validate` and `plan`
    /// some values are not known yet: a rule that asks for the whole model then ends without an error, and the client asks
    /// again when they are known. [`Partial::get`] lets a rule judge what is known.
    pub fn whole(&self) -> Result<M, Failure> {
        M::from_value(self.value).map_err(|mismatch| self.unfit(&mismatch))
    }

    /// What does not fit; where a value is not known yet, that it has to be waited for.
    fn unfit(self, mismatch: &Mismatch) -> Failure {
        let failure = misfit(mismatch);
        match self.value.at(mismatch.path()) {
            Some(value) if !value.is_wholly_known() => failure.waiting(),
            _ => failure,
        }
    }

    /// The object without types.
    pub fn as_value(&self) -> &'a Value {
        self.value
    }
}

impl<M> Clone for Partial<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Partial<'_, M> {}

/// Without values, which may be sensitive.
impl<M> fmt::Debug for Partial<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Partial")
    }
}

/// Reads a whole model from a value.
pub(crate) fn whole<T: FromValue>(value: &Value) -> Result<T, Failure> {
    T::from_value(value).map_err(|mismatch| misfit(&mismatch))
}
