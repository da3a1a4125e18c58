//! Typed values: Rust's types for what a provider knows of an object, instead of members by name.
//!
//! ```
//! use tfplug_core::{
//!     Value,
//!     typed::{FromValue, Tf, ToValue},
//! };
//!
//! #[derive(FromValue, ToValue)]
//! struct Server {
//!     name: String,
//!     port: Option<u16>,
//!     address: Tf<String>,
//! }
//!
//! let value = Value::object([("name", "web".into()), ("port", Value::Null), ("address", Value::Unknown)]);
//! let server = Server::from_value(&value).unwrap();
//! assert_eq!((server.name.as_str(), server.port, server.address.is_unknown()), ("web", None, true));
//! assert_eq!(server.to_value(), value);
//!
//! let wrong = Value::object([("name", "web".into()), ("port", 70_000.into())]);
//! let told = Server::from_value(&wrong).map(|_| ()).unwrap_err().to_string();
//! assert_eq!(told, "`port` is a number that does not fit; it must be a whole number from 0 to 65535");
//! ```

mod mismatch;
mod object;
mod read;
#[cfg(test)]
mod tests;
mod tf;
mod write;

pub use tfplug_derive::{FromValue, ToValue};

pub use self::{
    mismatch::Mismatch,
    object::{Fields, Object, single},
    read::FromValue,
    tf::Tf,
    write::ToValue,
};
