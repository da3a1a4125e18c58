//! Attribute paths: where in a resource a diagnostic or a replacement points.

use std::fmt;

/// One step of a path. Set elements have no step of their own: a path ends at the set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Name of an attribute or block.
    Attribute(String),
    /// Key of a map element.
    Key(String),
    /// Index of a list element.
    Index(i64),
}

/// A path from the root of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Step>);

impl Path {
    /// The root.
    pub fn root() -> Self {
        Self::default()
    }

    /// An attribute or block of the root.
    pub fn attribute(name: &str) -> Self {
        Self::root().child(name)
    }

    /// This path followed by an attribute or block name.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        self.with(Step::Attribute(name.to_owned()))
    }

    /// This path followed by a map key.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.to_owned()))
    }

    /// This path followed by a list index.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(i64::try_from(index).unwrap_or(i64::MAX)))
    }

    /// This path followed by one step.
    #[must_use]
    pub fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// True if this is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Step> for Path {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl fmt::Display for Path {
    /// The form users write: `container_definition[0].environment["A"]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display() {
        let path = Path::attribute("container_definition")
            .index(0)
            .child("environment")
            .key("a\"b")
            .child("value");
        assert_eq!(path.to_string(), r#"container_definition[0].environment["a\"b"].value"#);
        assert_eq!(Path::root().to_string(), "");
        assert_eq!(Path::root().index(3).child("x").to_string(), "[3].x");
        assert!(Path::root().is_root() && !path.is_root());
        assert_eq!(path.steps().iter().cloned().collect::<Path>(), path);
    }
}
