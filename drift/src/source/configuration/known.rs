//! Values that are known, and reasons why others are not.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use serde_json::Value;

/// A value that is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Known {
    pub(super) value: Value,
    /// True if the configuration says that it must not be shown.
    pub(super) is_sensitive: bool,
    /// Its origin if it does not stand where it is used, for example `the default of var.drain`.
    pub(super) origin: Option<Arc<str>>,
    /// The place in the file of Terragrunt that gives it, if one does.
    pub(super) input: Option<Arc<crate::report::Location>>,
    /// Parts of it that are not known.
    pub(super) holes: Holes,
}

/// Parts of a value that are not known, by their place in it. A part that is null there is not known at all; of one that is a
/// map, more members may be there than it has.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Holes(BTreeMap<Vec<String>, Unknown>);

/// The reason why a value is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unknown(pub(super) &'static str);

impl Unknown {
    /// It depends on something that is not known yet, but may be.
    pub(super) const NOT_YET: Self = Self("it refers to itself");
    pub(super) const FUNCTION: Self = Self("it calls a function");
    pub(super) const RESOURCE: Self = Self("it refers to a resource");
    pub(super) const DATA: Self = Self("it refers to a data source");
    pub(super) const OUTPUT: Self = Self("it refers to the output of a module");
    pub(super) const NO_VALUE: Self = Self("it refers to a variable without a value");
    pub(super) const SENSITIVE: Self = Self("it refers to a sensitive variable without a value");
    pub(super) const COMPUTED: Self = Self("it is computed");
    pub(super) const FOR_EACH: Self = Self("it depends on `for_each`, which is not evaluated");
    pub(super) const DYNAMIC: Self = Self("it stands in a `dynamic` block whose `for_each` is not evaluated");
    pub(super) const SEVERAL: Self = Self("its block stands there several times");
    pub(super) const WRONG: Self = Self("it has a value that the setting cannot have");
    pub(super) const MISSING: Self = Self("it refers to what is not there");
    pub(super) const TOO_MANY_DIGITS: Self = Self("it has more digits than are compared");
    pub(super) const CONVERTED: Self = Self("its elements are of several types, of which Terraform makes one");
    pub(super) const UNFIT: Self = Self("its value does not fit the type of its variable");
    pub(super) const TYPE: Self = Self("the type of its variable is not understood");
    pub(super) const TWO_TYPES: Self = Self("it compares values of two types; give the variable a `type`");
    pub(super) const TOO_BIG: Self = Self("it is too big");
    pub(super) const NOT_CONSTANT: Self =
        Self("its value in a file of variables is no constant, which Terraform refuses");
    pub(super) const INVALID: Self = Self("its value fails the `validation` of its variable");
    pub(super) const EPHEMERAL: Self = Self("it refers to an ephemeral variable, which Terraform refuses there");
    pub(super) const NOT_INSTALLED: Self =
        Self("its source is no local path, and `.terraform/modules` has no copy of it");
    pub(super) const OTHER_COPY: Self =
        Self("its source is no local path, and the copy in `.terraform/modules` is of another source");
    pub(super) const WORKSPACE: Self = Self("it depends on the workspace, which is not known");
    pub(super) const NO_ARN: Self = Self("it is no ARN with a revision");

    /// True if Terraform itself could not plan with what the scan was given: the job that applies has another value.
    pub(super) fn is_for_want_of_values(self) -> bool {
        [
            Self::NO_VALUE,
            Self::SENSITIVE,
            Self::UNFIT,
            Self::NOT_CONSTANT,
            Self::INVALID,
            Self::EPHEMERAL,
        ]
        .contains(&self)
    }

    /// True if Terraform refuses the configuration because of it, whatever else there is.
    pub(super) fn is_refused(self) -> bool {
        self.is_for_want_of_values() || [Self::WRONG, Self::MISSING].contains(&self)
    }

    /// True if it is a module that `terraform get` would put there.
    pub(super) fn is_for_want_of_modules(self) -> bool {
        [Self::NOT_INSTALLED, Self::OTHER_COPY].contains(&self)
    }
}

pub(super) type Evaluated = Result<Known, Unknown>;

/// A value that is stored.
pub(super) type Found<'a> = Result<Cow<'a, Known>, Unknown>;

/// Values by name.
pub(super) type Values = BTreeMap<String, Evaluated>;

impl Known {
    pub(super) fn new(value: Value) -> Self {
        Self {
            value,
            is_sensitive: false,
            origin: None,
            input: None,
            holes: Holes::default(),
        }
    }

    /// The value if all of it is known.
    pub(super) fn whole(self) -> Evaluated {
        match self.holes.why() {
            Some(why) => Err(why),
            None => Ok(self),
        }
    }

    /// The part at a place.
    pub(super) fn part<'a>(&self, place: impl IntoIterator<Item = &'a str>) -> Evaluated {
        let (mut value, mut path) = (&self.value, Vec::new());
        for name in place {
            let outer = self.holes.0.get(&path).copied();
            path.push(name.to_owned());
            value = inner(value, name).ok_or(outer.unwrap_or(Unknown::MISSING))?;
            if let (Value::Null, Some(why)) = (value, self.holes.0.get(&path)) {
                return Err(*why);
            }
        }
        Ok(Self {
            value: value.clone(),
            is_sensitive: self.is_sensitive,
            origin: self.origin.clone(),
            input: self.input.clone(),
            holes: self.holes.within(&path),
        })
    }

    pub(super) fn sensitive_if(self, is_sensitive: bool) -> Self {
        Self {
            is_sensitive: self.is_sensitive || is_sensitive,
            ..self
        }
    }
}

/// A member of a map or an element of a list.
fn inner<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Array(elements) => elements.get(name.parse::<usize>().ok()?),
        value => value.get(name),
    }
}

impl Holes {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The reason why the whole is not known: that may change is the most important, then that it must not be shown.
    pub(super) fn why(&self) -> Option<Unknown> {
        let has = |why: &Unknown| self.0.values().any(|hole| hole == why);
        let first = [Unknown::NOT_YET, Unknown::SENSITIVE].into_iter().find(has);
        first.or_else(|| self.0.values().next().copied())
    }

    /// The reason why a map may have more members; none if it has all.
    pub(super) fn others(&self) -> Option<Unknown> {
        self.0.get(&Vec::new()).copied()
    }

    /// Those at a place and in it. They stand together.
    fn at<'a>(&'a self, outer: &'a [String]) -> impl Iterator<Item = (&'a Vec<String>, &'a Unknown)> {
        let from = self.0.range(outer.to_vec()..);
        from.take_while(move |(place, _)| place.starts_with(outer))
    }

    /// Those of a part, by their place in it.
    fn within(&self, outer: &[String]) -> Self {
        let inner = self.at(outer).filter_map(|(place, why)| {
            let rest = place.strip_prefix(outer)?;
            Some((rest.to_vec(), *why))
        });
        Self(inner.collect())
    }

    /// Puts a part there, in place of what was there.
    pub(super) fn put(&mut self, name: &str, part: &Evaluated) {
        let outer = [name.to_owned()];
        let before: Vec<Vec<String>> = self.at(&outer).map(|(place, _)| place.clone()).collect();
        for place in before {
            self.0.remove(&place);
        }
        match part {
            Err(why) => {
                self.0.insert(outer.to_vec(), *why);
            }
            Ok(known) => {
                let inner = known.holes.0.iter();
                self.0
                    .extend(inner.map(|(rest, why)| ([&outer, rest.as_slice()].concat(), *why)));
            }
        }
    }

    /// Says that there may be more members than are known.
    pub(super) fn open(&mut self, why: Unknown) {
        self.0.entry(Vec::new()).or_insert(why);
    }

    /// The same for another reason.
    pub(super) fn all_for(self, why: Unknown) -> Self {
        Self(self.0.into_keys().map(|place| (place, why)).collect())
    }

    /// Those that are still in a value which was converted; none if more members may be there, since they would be
    /// converted with it.
    pub(super) fn after(self, before: &Value, after: &Value) -> Result<Self, Unknown> {
        fn at<'a>(value: &'a Value, place: &[String]) -> Option<&'a Value> {
            place.iter().try_fold(value, |value, name| inner(value, name))
        }
        let mut left = BTreeMap::new();
        for (place, why) in self.0 {
            if at(before, &place).is_some_and(|part| !part.is_null()) {
                return Err(why);
            }
            if at(after, &place).is_some() {
                left.insert(place, why);
            }
        }
        Ok(Self(left))
    }
}

/// A switch, also as the text that Terraform takes for one.
pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => match text.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}
