//! Objects that exist in the state only.

use tfplug::{
    Failure, Value,
    core::typed::{FromValue, ToValue},
};

/// Settles what the configuration leaves open: an object of a stand-in has no more than it was given.
pub(crate) fn settle<M: FromValue + ToValue>(model: &mut M) -> Result<(), Failure> {
    let value: Value = model.to_value().unknown_as_null();
    *model = M::from_value(&value)?;
    Ok(())
}

/// The life of an object that exists in the state only.
macro_rules! kept_in_state {
    ($model:ty, $type_name:literal) => {
        impl tfplug::Resource for $model {
            const TYPE_NAME: &'static str = $type_name;
            type Client = ();

            async fn read(
                state: tfplug::Partial<'_, Self>,
                _: &tfplug::Context<()>,
            ) -> Result<Option<Self>, tfplug::Failure> {
                state.whole().map(Some)
            }

            async fn create(&mut self, _: &tfplug::Context<()>) -> Result<(), tfplug::Failure> {
                crate::kept::settle(self)
            }

            async fn update(&mut self, _: &Self, _: &tfplug::Context<()>) -> Result<(), tfplug::Failure> {
                crate::kept::settle(self)
            }

            async fn delete(self, _: &tfplug::Context<()>) -> Result<(), tfplug::Failure> {
                Ok(())
            }
        }
    };
}

pub(crate) use kept_in_state;
