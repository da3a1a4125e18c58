//! Pages of list answers. A token says which entry came last and which list it belongs to, so that
//! entries that come or go in between neither repeat nor hide others.

use serde_json::Value;

use super::refusal::invalid;
use super::request::Request;
use crate::api::{ApiError, Call};
use crate::operations::shared::operation::Reading;
use crate::seeded;

/// Number of entries of a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) default: usize,
    pub(crate) maximum: usize,
}

/// Most lists: a hundred.
pub(crate) const HUNDRED: Size = Size {
    default: 100,
    maximum: 100,
};

/// One page of entries, and the token of the next page. Each entry has a key of its own.
pub(crate) fn page<T>(
    reading: &Reading<'_>,
    call: &Call,
    size: Size,
    entries: Vec<(String, T)>,
) -> Result<(Vec<T>, Value), ApiError> {
    let request = Request(&call.body);
    let length = length(request, size)?;
    let start = match request.text("nextToken") {
        None => 0,
        Some(token) => {
            let last = entries
                .iter()
                .position(|(key, _)| token_of(reading, call, key) == token);
            last.ok_or_else(|| invalid("The nextToken is not valid for this request."))? + 1
        }
    };
    let more = entries.len() > start + length;
    let mut chosen = Vec::new();
    let mut last = None;
    for (key, entry) in entries.into_iter().skip(start).take(length) {
        last = Some(key);
        chosen.push(entry);
    }
    let token = last
        .filter(|_| more)
        .map_or(Value::Null, |key| token_of(reading, call, &key).into());
    Ok((chosen, token))
}

fn length(request: Request<'_>, size: Size) -> Result<usize, ApiError> {
    let Some(wanted) = request.integer("maxResults") else {
        return Ok(size.default);
    };
    usize::try_from(wanted)
        .ok()
        .filter(|wanted| (1..=size.maximum).contains(wanted))
        .ok_or_else(|| invalid(format!("maxResults must be between 1 and {}.", size.maximum)))
}

/// The token after an entry: a digest of everything that makes up the list, but the page size.
fn token_of(reading: &Reading<'_>, call: &Call, key: &str) -> String {
    let mut filters = call.body.clone();
    filters.remove("nextToken");
    filters.remove("maxResults");
    let list = format!("{} {:?} {}", call.operation, call.scope, Value::Object(filters));
    seeded::hex(&seeded::hash(reading.seed, &list, key, 0))
}
