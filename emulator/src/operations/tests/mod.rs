//! Refusals and answers of operations, seen from the API.

use std::collections::BTreeSet;

use crate::model::Model;

mod deleted_definitions;
mod refusals;
mod running_effects;
mod running_refusals;
mod setting_refusals;
mod sizes;
mod workload_refusals;

#[test]
fn every_operation_of_the_extract_is_in_the_registry() {
    let model = Model::embedded().unwrap();
    let left: Vec<_> = model
        .operation_names()
        .filter(|name| super::find(name).is_none())
        .collect();
    assert!(left.is_empty(), "give each a line in `find`: {left:?}");
}

/// The snapshots of these files have a line for each refused call: `CreateDaemon, bad name: …`.
#[test]
fn every_operation_has_a_refusal() {
    let files = [
        include_str!("deleted_definitions.rs"),
        include_str!("refusals.rs"),
        include_str!("running_refusals.rs"),
        include_str!("setting_refusals.rs"),
        include_str!("workload_refusals.rs"),
    ];
    let lines = files.iter().flat_map(|file| file.lines());
    let refused: BTreeSet<&str> = lines
        .filter(|line| line.contains("Exception: "))
        .filter_map(|line| Some(line.trim_start().split_once(", ")?.0))
        .collect();
    let model = Model::embedded().unwrap();
    let left: Vec<_> = model.operation_names().filter(|name| !refused.contains(name)).collect();
    assert!(left.is_empty(), "let each refuse a call in `refusals.rs`: {left:?}");
}
