//! Refusals and answers of operations, seen from the API.

mod refusals;
mod sizes;
mod workload_refusals;
