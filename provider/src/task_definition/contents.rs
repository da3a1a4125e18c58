//! The contents of retained revisions, so that a configuration that is put back takes its revision
//! again instead of registering another one and replacing the whole fleet for it.
//!
//! A plan asks nobody, and the state holds the content of the current revision only. So the content of
//! each revision is noted when it is superseded, as a fingerprint in private state. Private state is lost
//! when the resource is tainted, replaced or imported; then a revision is registered, which is never wrong.
//! An apply compares the content itself before it takes a revision.

use std::collections::BTreeMap;

use tfplug_core::Value;

use super::table::{TABLE, name};

const KEY: &str = "retained_contents";

/// Fingerprints of retained revisions, by ARN.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Contents(BTreeMap<String, String>);

impl Contents {
    /// The fingerprints in private state. What cannot be read counts as none.
    pub(super) fn from_private(private: &[u8]) -> Self {
        let parsed: serde_json::Value = serde_json::from_slice(private).unwrap_or_default();
        let members = parsed.get(KEY).and_then(serde_json::Value::as_object);
        let members = members.into_iter().flatten();
        Self(
            members
                .filter_map(|(arn, print)| Some((arn.clone(), print.as_str()?.to_owned())))
                .collect(),
        )
    }

    /// Private state, byte for byte the same for the same fingerprints; empty without any.
    pub(super) fn to_private(&self) -> Vec<u8> {
        if self.0.is_empty() {
            return Vec::new();
        }
        serde_json::json!({ KEY: self.0 }).to_string().into_bytes()
    }

    /// The fingerprints of the revisions that a state retains.
    #[must_use]
    pub(super) fn of(mut self, retained: &Value) -> Self {
        let retained: Vec<&str> = retained.elements().filter_map(Value::as_str).collect();
        self.0.retain(|arn, _| retained.contains(&arn.as_str()));
        self
    }

    /// The same after the revision in `prior` was superseded and these are retained.
    pub(super) fn after(mut self, prior: &Value, retained: &Value) -> Self {
        if let Some(arn) = prior.get(name::ARN).as_str() {
            self.0.insert(arn.to_owned(), fingerprint(prior));
        }
        self.of(retained)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The newest of these revisions that has the planned content.
    pub(super) fn holder(&self, planned: &Value, retained: &Value) -> Option<String> {
        let wanted = fingerprint(planned);
        let retained: Vec<&str> = retained.elements().filter_map(Value::as_str).collect();
        let newest_first = retained.into_iter().rev();
        newest_first
            .filter(|arn| self.0.get(*arn) == Some(&wanted))
            .map(str::to_owned)
            .next()
    }
}

/// Fingerprint of what the service understands of a revision. Stable across versions of the provider: a
/// leaf that is added later says nothing at its default.
fn fingerprint(value: &Value) -> String {
    let mut hash = Fnv::new();
    hash.value(&TABLE.meaning(value));
    format!("{:032x}", hash.0)
}

/// FNV-1a with 128 bits. It has no enemy: whoever could make two contents collide writes the configuration.
struct Fnv(u128);

impl Fnv {
    fn new() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    fn bytes(&mut self, kind: u8, bytes: &[u8]) {
        // Kind and length keep neighbours apart.
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes();
        for byte in [kind].iter().chain(&length).chain(bytes) {
            self.0 ^= u128::from(*byte);
            self.0 = self.0.wrapping_mul(0x0100_0000_0000_0000_0000_013b);
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.bytes(0, &[]),
            Value::Unknown => self.bytes(1, &[]),
            Value::Bool(flag) => self.bytes(2, &[u8::from(*flag)]),
            Value::Number(number) => self.bytes(3, number.to_string().as_bytes()),
            Value::String(text) => self.bytes(4, text.as_bytes()),
            Value::List(_) | Value::Set(_) => {
                let elements: Vec<&Value> = value.elements().collect();
                self.bytes(5, &u64::try_from(elements.len()).unwrap_or(u64::MAX).to_be_bytes());
                for element in elements {
                    self.value(element);
                }
            }
            Value::Map(members) => {
                self.bytes(6, &u64::try_from(members.len()).unwrap_or(u64::MAX).to_be_bytes());
                for (name, member) in members {
                    self.bytes(4, name.as_bytes());
                    self.value(member);
                }
            }
            Value::Dynamic(typed) => self.value(&typed.1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(arn: &str, image: &str) -> Value {
        let container = Value::object([("name", Value::from("agent")), ("image", image.into())]);
        Value::object([
            ("arn", Value::from(arn)),
            ("family", "agent".into()),
            ("container_definition", Value::list([container])),
        ])
    }

    fn arns(arns: &[&str]) -> Value {
        Value::list(arns.iter().map(|arn| Value::from(*arn)))
    }

    #[test]
    fn a_superseded_revision_is_found_by_its_content_as_long_as_it_is_retained() {
        let first = definition("a:1", "agent:1");
        let contents = Contents::default().after(&first, &arns(&["a:1"]));
        let contents = contents.after(&definition("a:2", "agent:2"), &arns(&["a:1", "a:2"]));
        let retained = arns(&["a:1", "a:2"]);
        let mut wanted = definition("?", "agent:1");
        wanted.insert("pid_mode", "none".into());
        wanted.insert("tags", Value::object([("team", Value::from("x"))]));
        assert_eq!(contents.holder(&wanted, &retained).as_deref(), Some("a:1"));
        assert_eq!(contents.holder(&wanted, &arns(&["a:2"])), None);
        assert_eq!(contents.holder(&definition("?", "agent:3"), &retained), None);
        let again = Contents::from_private(&contents.to_private());
        assert_eq!(again, contents);
        assert!(again.of(&arns(&[])).is_empty());
        assert_eq!(Contents::from_private(b"{\"drift_blocks\":[]}").to_private(), b"");
    }

    #[test]
    fn fingerprints_do_not_change_with_the_version() {
        assert_eq!(
            fingerprint(&definition("a:1", "agent:1")),
            "41d764c12d08044af738524ed583556c"
        );
    }

    #[test]
    fn neighbours_are_kept_apart() {
        let of = |command: &[&str]| {
            let mut value = definition("a:1", "agent:1");
            let mut container = value
                .get("container_definition")
                .elements()
                .next()
                .cloned()
                .unwrap_or_default();
            container.insert("command", arns(command));
            value.insert("container_definition", Value::list([container]));
            fingerprint(&value)
        };
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a", "b"]), of(&["b", "a"]));
        assert_ne!(of(&["a"]), of(&["a", ""]));
    }
}
