//! Between the messages of the protocol and the vocabulary of `tfplug-core`. Nothing decides here.

mod diagnostic;
mod function;
mod schema;
mod value;

pub(crate) use diagnostic::{diagnostics, path, path_text, plain, plain_line};
pub(crate) use function::{function, function_error};
pub(crate) use schema::{action_schema, identity_schema, schema, unanswered_schema};
pub(crate) use value::{
    decode, decode_as, decode_config, decode_identity, encode, encode_as, encode_identity, raw_state,
};
