//! Rules that tables give to their leaves, as the core's validators.

use daemons::arn::{Arn, is_region};
use tfplug_core::{
    Value,
    validators::{Between, BetweenNumbers, Custom, Each, Length, OneOf, Size, UniqueStrings, Validator},
};

/// Between `min` and `max` characters.
pub(crate) fn length(min: usize, max: usize) -> impl Validator {
    Length { min, max }
}

/// Between `min` and `max` elements.
pub(crate) fn size(min: usize, max: usize) -> impl Validator {
    Size { min, max }
}

/// At least one element.
pub(crate) fn not_empty() -> impl Validator {
    size(1, usize::MAX)
}

/// Whole numbers that the API's 32-bit members hold.
pub(crate) fn each_between(min: i64, max: i64) -> impl Validator {
    Each(Between { min, max })
}

/// A whole number between `min` and `max`.
pub(crate) fn between(min: i64, max: i64) -> impl Validator {
    Between { min, max }
}

/// A number between `min` and `max`.
pub(crate) fn numbers_between(min: i64, max: i64) -> impl Validator {
    BetweenNumbers {
        min: min.into(),
        max: max.into(),
    }
}

/// One of the given strings.
pub(crate) fn one_of(allowed: &'static [&'static str]) -> impl Validator {
    OneOf(allowed)
}

/// Each element one of the given strings.
pub(crate) fn each_of(allowed: &'static [&'static str]) -> impl Validator {
    Each(OneOf(allowed))
}

/// Each element a name, which is never empty.
pub(crate) fn each_named() -> impl Validator {
    Each(Length {
        min: 1,
        max: usize::MAX,
    })
}

/// No element more than once.
pub(crate) fn unique() -> impl Validator {
    UniqueStrings
}

/// A string of a form that `test` knows and `expected` tells.
pub(crate) fn well_formed(test: fn(&str) -> bool, expected: &'static str) -> impl Validator {
    Custom {
        expected: expected.to_owned(),
        check: Box::new(move |value: &Value| match value.as_str() {
            Some(name) if !test(name) => Err(format!("`{name}` is not valid: expected {expected}.")),
            _ => Ok(()),
        }),
    }
}

/// The name of a region.
pub(crate) fn region() -> impl Validator {
    well_formed(is_region, "the name of a region, for example `eu-west-1`")
}

/// The ARN of a resource of the given service and kind.
pub(crate) fn arn_of(service: &'static str, kind: &'static str) -> impl Validator {
    Custom {
        expected: arn_form(service, kind),
        check: Box::new(move |value: &Value| check_arn(value, service, kind)),
    }
}

/// A collection of such ARNs.
pub(crate) fn arns_of(service: &'static str, kind: &'static str) -> impl Validator {
    Each(arn_of(service, kind))
}

/// A string that `parse` accepts; its error is the message.
pub(crate) fn parsed<T: 'static>(parse: fn(&str) -> Result<T, String>, expected: &'static str) -> impl Validator {
    Custom {
        expected: expected.to_owned(),
        check: Box::new(move |value: &Value| value.as_str().map_or(Ok(()), |text| parse(text).map(|_| ()))),
    }
}

fn arn_form(service: &str, kind: &str) -> String {
    // IAM is the same in all regions.
    let region = if service == "iam" { "" } else { "REGION" };
    format!("an ARN of the form `arn:PARTITION:{service}:{region}:ACCOUNT:{kind}NAME`")
}

fn check_arn(value: &Value, service: &str, kind: &str) -> Result<(), String> {
    // Roles may stand below a path; what ECS has does not.
    let parse = if service == "iam" {
        Arn::parse_kind
    } else {
        Arn::parse_named
    };
    value
        .as_str()
        .map_or(Ok(()), |text| parse(text, service, kind).map(|_| ()))
}
