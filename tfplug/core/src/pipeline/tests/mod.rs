//! The pipeline over one resource that has something of everything.

mod listed;
mod plan_cases;
mod plan_rules;
mod random;
mod settle;
mod upgrade;
mod validate;
