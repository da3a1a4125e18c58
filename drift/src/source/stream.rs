//! Several documents in one text, as `terragrunt run-all show -json` writes them, one for each unit.

use serde_json::value::RawValue;

use super::{SourceError, position};

/// The documents of a text with the lines at which they begin, each checked for its structure. Nothing may stand between
/// them: what is skipped could be half of a document.
pub(super) fn documents(text: &str) -> Result<Vec<(usize, &RawValue)>, SourceError> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let mut documents = Vec::new();
    loop {
        let end = stream.byte_offset();
        let rest = text.get(end..).unwrap_or_default();
        let begin = end + rest.len() - rest.trim_start().len();
        match stream.next() {
            None => return Ok(documents),
            Some(Ok(document)) => documents.push((line(text, begin), document)),
            Some(Err(error)) => {
                let begins_one = text.get(begin..).is_some_and(|rest| rest.starts_with('{'));
                return Err(if documents.is_empty() || begins_one {
                    broken(&error)
                } else {
                    text_between(line(text, begin))
                });
            }
        }
    }
}

fn line(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or_default().matches('\n').count() + 1
}

fn broken(error: &serde_json::Error) -> SourceError {
    let place = position::json_place(error);
    if error.is_eof() {
        let detail = format!("The input ends in the middle of a value, at {place}. Get it again, whole.");
        return SourceError::new("Truncated JSON", detail);
    }
    let detail = format!("The input is not JSON at {place}. Get it again from the program that wrote it.");
    SourceError::new("Invalid JSON", detail)
}

fn text_between(line: usize) -> SourceError {
    SourceError::new(
        "Text after a JSON document",
        format!(
            "Text that is no JSON stands after a JSON document, line {line}. Whatever wrote the input, such as a wrapper that \
             logs to standard output, wrote more than documents. Give what `show -json` writes and nothing else; Terragrunt \
             keeps its log out of it with `--log-disable`."
        ),
    )
}

/// Says that one of several documents is no state and no plan.
pub(super) fn mixed(line: usize) -> SourceError {
    SourceError::new(
        "Several JSON documents",
        format!(
            "The input holds more than one JSON document, and that of line {line} is neither a state nor a plan. `terraform \
             plan -json` writes such messages; give the output of `terraform show -json PLANFILE`, or of `terragrunt run-all \
             show -json`."
        ),
    )
}
