//! The language of Terraform providers, without a runtime: values, types, paths, schema,
//! diagnostics, the plan pipeline and the traits that resources implement.
//!
//! What is deliberately absent: this crate knows neither tokio nor tonic nor AWS, does no I/O,
//! reads no clock and no environment. Everything in it is a function of its arguments.

pub mod cancel;
pub mod codec;
pub mod diagnostic;
pub mod json;
pub mod msgpack;
pub mod number;
pub mod path;
pub mod pipeline;
pub mod resource;
pub mod schema;
pub mod set;
#[cfg(feature = "test-support")]
pub mod test_support;
pub mod types;
pub mod validators;
pub mod value;

pub use cancel::Cancel;
pub use codec::{DecodeError, EncodeError};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use number::Number;
pub use path::{Path, Step};
pub use resource::{BoxFuture, DataSource, Provider, Resource};
pub use schema::{Attribute, AttributeType, Block, IdentitySchema, Mode, NestedBlock, Nesting, Schema};
pub use set::ValueSet;
pub use types::{Type, TypeError};
pub use value::Value;
