//! A stand-in of hashicorp/aws and hashicorp/awscc, as far as a state of theirs can be moved from: the types of the daemon
//! and its task definition, whose objects exist in the state only. A state that names a provider wants its schema, so that a
//! move can be tried on real clients only where something is installed under that name.
//!
//! It is the one or the other by the name of its file.

mod aws;
mod awscc;

use std::{env, path::Path, process::ExitCode};

use tfplug::{
    Failure, Value,
    core::typed::{FromValue, ToValue},
};

fn main() -> ExitCode {
    let program = env::args_os().next().unwrap_or_default();
    let name = Path::new(&program).file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with("terraform-provider-awscc") {
        awscc::provider().serve("hashicorp/awscc")
    } else {
        aws::provider().serve("hashicorp/aws")
    }
}

/// Settles what the configuration leaves open: an object of a stand-in has no more than it was given.
fn settle<M: FromValue + ToValue>(model: &mut M) -> Result<(), Failure> {
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
                crate::settle(self)
            }

            async fn update(&mut self, _: &Self, _: &tfplug::Context<()>) -> Result<(), tfplug::Failure> {
                crate::settle(self)
            }

            async fn delete(self, _: &tfplug::Context<()>) -> Result<(), tfplug::Failure> {
                Ok(())
            }
        }
    };
}

use kept_in_state;
