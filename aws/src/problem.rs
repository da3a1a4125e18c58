//! The reasons for which a connection cannot be made, for the person who configures it: a program's user has to know which
//! argument is meant and what to do about it.

use std::fmt;

/// Place of an argument in the settings, for example `assume_role[1].role_arn`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Argument(Vec<Step>);

/// One step of such a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Name of an argument, or of a group of arguments.
    Name(String),
    /// Position in a list.
    Index(usize),
}

impl Argument {
    /// The argument of a name.
    pub fn named(name: &str) -> Self {
        Self::default().child(name)
    }

    /// The argument of a name inside of this group.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        self.with(Step::Name(name.to_owned()))
    }

    /// The element of this list.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    /// The steps from the outermost.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Name(name) if position == 0 => f.write_str(name)?,
                Step::Name(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// One reason why there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Short title, without a full stop.
    pub summary: String,
    /// Full sentences: what was wrong, where, what to do.
    pub detail: String,
    /// The argument concerned, if it is one.
    pub argument: Option<Argument>,
}

impl Problem {
    /// A problem that concerns no single argument.
    pub fn new(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            summary: summary.into(),
            detail: detail.into(),
            argument: None,
        }
    }

    /// The same problem of an argument.
    #[must_use]
    pub fn at(mut self, argument: Argument) -> Self {
        self.argument = (!argument.0.is_empty()).then_some(argument);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary)?;
        if let Some(argument) = &self.argument {
            write!(f, " (at {argument})")?;
        }
        write!(f, ": {}", self.detail)
    }
}

/// All reasons that were found, in the order of finding, none twice: whoever has made three mistakes reads of three.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds a problem, unless the same one is there.
    pub fn push(&mut self, problem: Problem) {
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    /// True if nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The problems in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }
}

impl Extend<Problem> for Problems {
    fn extend<I: IntoIterator<Item = Problem>>(&mut self, problems: I) {
        for problem in problems {
            self.push(problem);
        }
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
