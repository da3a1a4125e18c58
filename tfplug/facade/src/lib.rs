//! Providers from models: the traits of a resource, a data source and a provider over those of `tfplug-core`.

#![doc = include_str!("../README.md")]

mod action;
mod computed;
mod context;
mod data_source;
mod ephemeral;
mod failure;
mod function;
mod kept;
mod list;
#[cfg(doctest)]
mod mistakes;
mod model;
mod partial;
mod plan;
mod provider;
mod resource;
mod shared;
mod validation;

pub use tfplug_core as core;
pub use tfplug_core::{
    Cancel, Number, Path, Value,
    function::FunctionError,
    typed::{Mismatch, Tf},
    validators,
};
pub use tfplug_derive::Model;

pub use self::{
    action::{Action, Progress},
    context::Context,
    data_source::DataSource,
    ephemeral::{EphemeralResource, Lease},
    failure::Failure,
    function::{Computes, Function, Unfinished},
    list::{Finds, ListResource},
    model::{Blocks, Computable, Field, IntoDefault, Limits, Model, Nullable, Rule, Typed},
    partial::Partial,
    plan::Plan,
    provider::{Builder, Provider, provider},
    resource::Resource,
};

/// What the derive needs of this crate. No part of it is meant to be used by hand.
#[doc(hidden)]
pub mod derive {
    pub use tfplug_core::{
        Attribute, Block, Mode, Step, Value,
        typed::{Fields, FromValue, Mismatch, Object, Tf, ToValue, single},
    };

    use crate::{Blocks, Computable, IntoDefault, Nullable, Rule, Typed};

    /// A default of a field's type.
    pub fn default<T: Typed>(value: impl IntoDefault<T::Known>) -> Value {
        value.into_default().to_value()
    }

    /// A rule for a field's type.
    pub fn rule<T, R: Rule<T>>(rule: R) -> R {
        rule
    }

    /// The field can be null.
    pub fn nullable<T: Nullable>() {}

    /// The field can be not known yet.
    pub fn computable<T: Computable>() {}

    /// What of a known value does not fit the field of an attribute.
    pub fn misfit<T: FromValue>(object: Object<'_>, name: &str, told: &mut Vec<Mismatch>) {
        told.extend(object.attribute::<Known<T>>(name).err());
    }

    /// What does not fit the fields of nested blocks.
    pub fn misfits<T: Blocks>(object: Object<'_>, name: &str, told: &mut Vec<Mismatch>) {
        let blocks = object.attribute::<Value>(name).unwrap_or_default();
        let inside = T::misfits(&blocks).into_iter();
        told.extend(inside.map(|mismatch| mismatch.within(Step::Attribute(name.to_owned()))));
    }

    /// A value that is read only if all of it is known and there.
    struct Known<T>(std::marker::PhantomData<T>);

    impl<T: FromValue> FromValue for Known<T> {
        fn from_value(value: &Value) -> Result<Self, Mismatch> {
            if value.is_present() && value.is_wholly_known() {
                T::from_value(value)?;
            }
            Ok(Self(std::marker::PhantomData))
        }
    }
}
