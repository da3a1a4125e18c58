//! Facts about the shapes of the ECS API, so that bodies are judged by the service's own model and not by what a
//! client library makes of them.

mod input;
mod output;
mod shapes;

pub use input::{check_input, parse_body};
pub(crate) use output::drop_empty;
pub use output::{check_output, with_extra_members};
pub(crate) use shapes::{Kind, Shape};
pub use shapes::{Model, Operation};
