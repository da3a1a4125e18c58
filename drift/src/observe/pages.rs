//! Lists that come in pages: read to their end, and no further.
//!
//! A service that repeats a token, or that always has one page more, would keep a scan reading for ever.

use std::collections::BTreeSet;

use aws::Failure;

/// Pages of one list after which it is not believed to have an end. A page has up to 100 entries.
const MOST: usize = 2_000;

/// The tokens of one list that were followed.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    followed: BTreeSet<String>,
}

impl Pages {
    /// The token of the next page; none at the end. An empty token is none.
    pub(crate) fn next(&mut self, operation: &'static str, token: Option<String>) -> Result<Option<String>, Failure> {
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            return Ok(None);
        };
        if self.followed.len() >= MOST {
            let reason = format!("it has no end after {MOST} pages; the list was cut there");
            return Err(Failure::unfit(operation, reason));
        }
        if !self.followed.insert(token.clone()) {
            let read = self.followed.len();
            let reason = format!("it names a page a second time; the list was cut after {read} pages");
            return Err(Failure::unfit(operation, reason));
        }
        Ok(Some(token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(tokens: impl IntoIterator<Item = Option<String>>) -> String {
        let mut pages = Pages::default();
        for token in tokens {
            match pages.next("List", token) {
                Ok(Some(_)) => {}
                Ok(None) => return "end".to_owned(),
                Err(failure) => return failure.to_string(),
            }
        }
        "open".to_owned()
    }

    #[test]
    fn a_list_ends_also_where_the_service_does_not() {
        let token = |number: usize| Some(number.to_string());
        assert_eq!(told([token(1), token(2), None]), "end");
        assert_eq!(told([token(1), Some(String::new())]), "end");
        insta::assert_snapshot!(told([token(1), token(2), token(1)]), @"List: the answer does not fit the question: it names a page a second time; the list was cut after 2 pages");
        insta::assert_snapshot!(told((0..).map(token)), @"List: the answer does not fit the question: it has no end after 2000 pages; the list was cut there");
    }
}
