//! Cases that run on every CLI: what a user of any version relies on.

mod basic;
mod corners;
mod drift;
mod functions;
mod rollback;
mod told;
