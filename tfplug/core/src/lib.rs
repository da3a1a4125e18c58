//! The language of Terraform providers, without a runtime: values, types, paths, schema,
//! diagnostics, the plan pipeline and the traits that resources implement.
//!
//! Deliberately absent: this crate knows neither tokio nor tonic nor AWS, does no I/O,
//! reads no clock and no environment. Everything in it is a function of its arguments.
//!
//! A schema declares what a block may hold, and with it how configurations are checked:
//!
//! ```
//! use tfplug_core::{Attribute, Block, Mode, Schema, Type, Value, pipeline, validators::Length};
//!
//! let name = Attribute::new("name", Type::String, Mode::Required, "Name of the note.")
//!     .validate(Length { min: 1, max: 9 })
//!     .requires_replace();
//! let size = Attribute::new("size", Type::Number, Mode::Optional, "Size.").default_value(1);
//! let block = Block { attributes: vec![name, size], ..Block::default() };
//! let schema = Schema { version: 0, block };
//!
//! let config = |name: Value| schema.block.complete(Value::object([("name", name)]));
//! assert!(!pipeline::validate(&schema, &config("todo".into())).has_error());
//! // An unknown value may still turn out valid.
//! assert!(!pipeline::validate(&schema, &config(Value::Unknown)).has_error());
//!
//! let told = pipeline::validate(&schema, &config("".into()));
//! let told: Vec<String> = told.iter().map(ToString::to_string).collect();
//! assert_eq!(
//!     told,
//!     ["error: Invalid attribute value (at name): The value `` has 0 characters; it must have between 1 and 9 characters."]
//! );
//! ```

// The derives name this crate from outside, also in its own tests.
#[cfg(test)]
extern crate self as tfplug_core;

pub mod action;
pub mod cancel;
pub mod codec;
pub mod data_source;
pub mod diagnostic;
pub mod ephemeral;
pub mod function;
mod future;
pub mod json;
pub mod list;
pub mod msgpack;
pub mod number;
pub mod path;
pub mod pipeline;
pub mod provider;
pub mod resource;
pub mod schema;
mod set;
pub mod sink;
#[cfg(feature = "test-support")]
pub mod test_support;
pub mod typed;
pub mod types;
pub mod validators;
pub mod value;

pub use action::Action;
pub use cancel::Cancel;
pub use codec::{DecodeError, EncodeError};
pub use data_source::DataSource;
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use ephemeral::EphemeralResource;
pub use function::Function;
pub use future::BoxFuture;
pub use list::ListResource;
pub use number::Number;
pub use path::{Path, Step};
pub use provider::Provider;
pub use resource::Resource;
pub use schema::{Attribute, AttributeType, Block, IdentitySchema, Mode, NestedBlock, Nesting, Schema};
pub use sink::Sink;
pub use types::{Type, TypeError};
pub use value::{Value, ValueSet};
