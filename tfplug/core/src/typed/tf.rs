//! A value as Terraform has it.

/// A value that may be null or not known yet.
///
/// A type without it takes what is known only; `Option` takes null, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tf<T> {
    /// No value.
    #[default]
    Null,
    /// A value that is known only after apply.
    Unknown,
    /// A value.
    Known(T),
}

impl<T> Tf<T> {
    /// The value, if it is known and not null.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// The same with a reference to the value.
    pub fn as_ref(&self) -> Tf<&T> {
        match self {
            Self::Null => Tf::Null,
            Self::Unknown => Tf::Unknown,
            Self::Known(value) => Tf::Known(value),
        }
    }

    /// The same with another value in place of the known one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Tf<U> {
        match self {
            Self::Null => Tf::Null,
            Self::Unknown => Tf::Unknown,
            Self::Known(value) => Tf::Known(change(value)),
        }
    }

    /// True if there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// True if the value is known only after apply.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// True if there is a value and it is known.
    pub fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }
}

impl<T> From<Option<T>> for Tf<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Known)
    }
}
