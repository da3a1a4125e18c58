//! The effects that the table states are those that an update has.

use super::{Registers, registers};
use crate::{
    attributes::{
        Effect,
        variations::{value_of, variations},
    },
    task_definition::table::TABLE,
};

#[test]
fn stated_effects_are_those_of_an_update() {
    let mut written: serde_json::Value =
        serde_json::from_str(include_str!("../../attributes/full_definition.json")).unwrap();
    written["region"] = "us-east-1".into();
    written["skip_destroy"] = false.into();
    written["tags"] = serde_json::json!({ "team": "a" });
    let prior = value_of(&TABLE, written);
    for variation in variations(&TABLE, &prior) {
        let path = &variation.path;
        let effect = variation.effect.unwrap_or_else(|| panic!("{path} states no effect"));
        if effect != Effect::Replacement {
            let registered = registers(&prior, &variation.value) == Registers::Yes;
            assert_eq!(registered, effect == Effect::Revision, "{path} states {effect:?}");
        }
    }
}
