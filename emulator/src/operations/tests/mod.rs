//! What operations refuse and answer, seen from the API.

mod refusals;
mod sizes;
mod workload_refusals;
