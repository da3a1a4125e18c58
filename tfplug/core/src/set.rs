//! Sets of values, ordered and free of duplicates as far as that can be known.
//!
//! Two unknown elements are not the same element: `[a.arn, b.arn]` before either exists is a set of
//! two, and a plan that answered one would be refused. So only wholly known elements coalesce.

use std::collections::BTreeSet;

use crate::value::{Value, ValueSet};

impl ValueSet {
    /// The elements in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        self.0.iter()
    }

    /// Number of elements; where some are unknown, the largest number it may become.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there is no element.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True if `value` is one of the elements.
    pub fn contains(&self, value: &Value) -> bool {
        self.0.binary_search(value).is_ok()
    }
}

impl FromIterator<Value> for ValueSet {
    fn from_iter<I: IntoIterator<Item = Value>>(elements: I) -> Self {
        let mut elements: Vec<Value> = elements.into_iter().collect();
        elements.sort();
        elements.dedup_by(|next, kept| next == kept && kept.is_wholly_known());
        Self(elements)
    }
}

impl From<BTreeSet<Value>> for ValueSet {
    fn from(elements: BTreeSet<Value>) -> Self {
        Self(elements.into_iter().collect())
    }
}

impl IntoIterator for ValueSet {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a ValueSet {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use crate::{test_support::literal::parse, value::Value};

    #[test]
    fn only_wholly_known_elements_coalesce() {
        let set = parse(r#"<"b", ?, "a", ?, "b", { k = ? }, { k = ? }, { k = 1 }, { k = 1 }>"#).unwrap();
        assert_eq!(set.elements().count(), 7);
        assert_eq!(
            set,
            parse(r#"<{ k = 1 }, ?, { k = ? }, "a", { k = ? }, "b", ?>"#).unwrap()
        );
        assert_ne!(set, parse(r#"<{ k = 1 }, ?, { k = ? }, "a", "b", ?>"#).unwrap());
        let Value::Set(elements) = &set else {
            panic!("not a set")
        };
        assert!(elements.contains(&Value::from("a")) && !elements.contains(&Value::from("c")));
        assert_eq!((elements.len(), elements.is_empty()), (7, false));
    }
}
