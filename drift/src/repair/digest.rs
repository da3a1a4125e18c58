//! The digest of a plan's document: that of its text with the keys of objects sorted and without white space. One daemon at a
//! time is a tree, since the tree of ten thousand takes several times the memory of the plan.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Error, Value as Json, value::RawValue};
use sha2::{Digest as _, Sha256};

/// The member that has the digest.
const NAME: &str = "digest";

/// A digest in the making, which takes the members of the document in their order.
#[derive(Default)]
struct Digest {
    hash: Sha256,
    members: usize,
}

impl Digest {
    fn name(&mut self, name: &str) {
        self.hash.update(if self.members == 0 { "{" } else { "," });
        self.hash.update(Json::from(name).to_string());
        self.hash.update(":");
        self.members += 1;
    }

    /// Keys of objects are sorted by the type of the tree.
    fn value(&mut self, value: &Json) {
        self.hash.update(value.to_string());
    }

    fn list(&mut self, elements: impl Iterator<Item = Result<Json, Error>>) -> Result<(), Error> {
        self.hash.update("[");
        for (place, element) in elements.enumerate() {
            if place > 0 {
                self.hash.update(",");
            }
            self.value(&element?);
        }
        self.hash.update("]");
        Ok(())
    }

    fn end(mut self) -> String {
        self.hash.update(if self.members == 0 { "{}" } else { "}" });
        format!("sha256:{:x}", self.hash.finalize())
    }
}

/// The digest of a plan by what it has beside its daemons, and these, whatever its own member says.
pub(super) fn of(
    head: &impl Serialize,
    repairs: &[impl Serialize],
    refused: &[impl Serialize],
) -> Result<String, Error> {
    let head: BTreeMap<String, Json> = serde_json::from_value(serde_json::to_value(head)?)?;
    let mut digest = Digest::default();
    for (name, value) in head.iter().filter(|(name, _)| *name != NAME) {
        digest.name(name);
        match name.as_str() {
            "repairs" => digest.list(repairs.iter().map(serde_json::to_value))?,
            "refused" => digest.list(refused.iter().map(serde_json::to_value))?,
            _ => digest.value(value),
        }
    }
    Ok(digest.end())
}

/// The digest of a document by its members, whatever its own member says, and whatever else it has.
pub(super) fn of_members(members: &BTreeMap<String, &RawValue>) -> Result<String, Error> {
    let mut digest = Digest::default();
    for (name, value) in members.iter().filter(|(name, _)| *name != NAME) {
        digest.name(name);
        if value.get().starts_with('[') {
            let elements: Vec<&RawValue> = serde_json::from_str(value.get())?;
            digest.list(elements.into_iter().map(|element| serde_json::from_str(element.get())))?;
        } else {
            digest.value(&serde_json::from_str(value.get())?);
        }
    }
    Ok(digest.end())
}
