//! Providers that are written with the derive, driven by the client's rules.

mod ephemeral;
mod fields;
mod notes;
mod other;
mod readme;
mod rules;
mod shelf;
mod trial;
