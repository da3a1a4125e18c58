//! Queries of control calls.

use std::str::FromStr;

use super::outcome::ControlError;
use crate::api::Scope;
use crate::faults::{is_account, is_region, not_account, not_region};
use crate::form::nearest;
use crate::wire::{DEFAULT_ACCOUNT, DEFAULT_REGION};

/// Fields of a query, decoded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        let fields = text.split('&').filter(|field| !field.is_empty());
        Self(
            fields
                .map(|field| {
                    let (name, value) = field.split_once('=').unwrap_or((field, ""));
                    (percent_decode(name), percent_decode(value))
                })
                .collect(),
        )
    }

    /// Value of a field; `None` when it is absent or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(field, value)| field == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Value of a field as a whole number.
    pub(crate) fn integer<T: FromStr>(&self, name: &str) -> Result<Option<T>, ControlError> {
        let parse = |text: &str| {
            text.parse()
                .map_err(|_| ControlError::new(400, format!("{name}: '{text}' is not a whole number of the range")))
        };
        self.get(name).map(parse).transpose()
    }

    /// Refuses an account that nobody can have, and a region that is none.
    pub(crate) fn check(&self) -> Result<(), ControlError> {
        if let Some(account) = self.get("account").filter(|account| !is_account(account)) {
            return Err(ControlError::new(400, format!("account: {}", not_account(account))));
        }
        if let Some(region) = self.get("region").filter(|region| !is_region(region)) {
            return Err(ControlError::new(400, format!("region: {}", not_region(region))));
        }
        Ok(())
    }

    /// Refuses fields that mean nothing.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), ControlError> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(ControlError::new(400, unknown(name, known))),
            None => Ok(()),
        }
    }

    /// Account and region that the call is about.
    pub(crate) fn scope(&self) -> Scope {
        Scope {
            account: self.get("account").unwrap_or(DEFAULT_ACCOUNT).to_owned(),
            region: self.get("region").unwrap_or(DEFAULT_REGION).to_owned(),
        }
    }

    /// The scope when the query names an account or a region.
    pub(crate) fn scope_if_given(&self) -> Option<Scope> {
        (self.get("account").is_some() || self.get("region").is_some()).then(|| self.scope())
    }
}

/// Replaces `%XX` by its byte and `+` by itself; what is no such sequence stays as it is.
pub(crate) fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = hex
            .filter(|_| *first == b'%')
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
        {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn unknown(name: &str, known: &[&str]) -> String {
    let nearest =
        nearest(name, known.iter().copied()).map_or(String::new(), |nearest| format!("the nearest is {nearest}; "));
    format!("{name}: is not known here; {nearest}known are {}", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{Query, percent_decode};

    #[test]
    fn decoding() {
        for (text, expected) in [
            ("a%20b", "a b"),
            ("100%", "100%"),
            ("%zz", "%zz"),
            ("%C3%A9", "é"),
            ("a%2", "a%2"),
        ] {
            assert_eq!(percent_decode(text), expected);
        }
    }

    #[test]
    fn scopes() {
        assert_eq!(Query::parse("since=3").scope_if_given(), None);
        let scope = Query::parse("account=111122223333")
            .scope_if_given()
            .expect("an account is given");
        assert_eq!(
            (scope.account.as_str(), scope.region.as_str()),
            ("111122223333", "us-east-1")
        );
        assert_eq!(Query::parse("region=eu-west-1").scope().region, "eu-west-1");
    }
}
