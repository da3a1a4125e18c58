//! Objects of buckets of S3, one by one or by pattern. The AWS CLI gets them, with its own credentials: a team that keeps states
//! in a bucket has it, and a client of S3 would be the biggest part of this program.

use std::path::{Path, PathBuf};

use daemons::glob::covers;

use super::{
    SourceError,
    commands::{Commands, output, shown},
    files::has_wildcard,
};
use crate::pattern::matches;

const SCHEME: &str = "s3://";

/// True for an address in S3.
pub(super) fn is_of(path: &Path) -> bool {
    path.to_str().is_some_and(|path| path.starts_with(SCHEME))
}

/// The content of an object. A pattern is here only if it does not stand for any.
pub(super) fn load(path: &Path, folder: &Path, commands: &Commands) -> Result<Vec<u8>, SourceError> {
    let address = Address::of(path)?;
    if !has_wildcard(&address.key) {
        return call(
            &["s3", "cp", "--only-show-errors", &address.whole(&address.key), "-"],
            &address,
            folder,
            commands,
        );
    }
    address.list(folder, commands)?;
    Err(SourceError::new(
        "No object matches",
        format!("No object of S3 matches {}. Correct the pattern.", path.display()),
    ))
}

/// The objects that a pattern stands for, sorted; none if it is no pattern.
pub(super) fn matching(path: &Path, folder: &Path, commands: &Commands) -> Result<Vec<PathBuf>, SourceError> {
    let address = Address::of(path)?;
    if !has_wildcard(&address.key) {
        return Ok(Vec::new());
    }
    let keys = address.list(folder, commands)?;
    Ok(keys.iter().map(|key| PathBuf::from(address.whole(key))).collect())
}

struct Address {
    bucket: String,
    key: String,
}

impl Address {
    fn of(path: &Path) -> Result<Self, SourceError> {
        let text = path.to_str().and_then(|path| path.strip_prefix(SCHEME));
        let parts = text.and_then(|text| text.split_once('/'));
        // What begins with a hyphen would be an option of the command.
        let is_bucket = |bucket: &str| {
            let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_');
            bucket.starts_with(|first: char| first.is_ascii_alphanumeric()) && bucket.chars().all(is_part)
        };
        match parts {
            Some((bucket, key)) if is_bucket(bucket) && !key.is_empty() => Ok(Self {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
            }),
            _ => Err(SourceError::new(
                "Invalid input",
                "An address in S3 is `s3://BUCKET/KEY`, where KEY may be a pattern such as `prod/**/*.tfstate`. Correct it.",
            )),
        }
    }

    fn whole(&self, key: &str) -> String {
        format!("{SCHEME}{}/{key}", self.bucket)
    }

    /// The keys that match, sorted. Those that end with a slash are folders of the console.
    fn list(&self, folder: &Path, commands: &Commands) -> Result<Vec<String>, SourceError> {
        let prefix = self.key.split(['*', '?']).next().unwrap_or_default();
        let prefix = format!("--prefix={prefix}");
        let query = ["--query", "Contents[].Key", "--output", "json"];
        let list = ["s3api", "list-objects-v2", "--bucket", &self.bucket, &prefix];
        let answer = call(&[&list[..], &query[..]].concat(), self, folder, commands)?;
        // Of a bucket without such objects the answer is null, or nothing.
        let keys: Option<Vec<String>> = if answer.trim_ascii().is_empty() {
            None
        } else {
            serde_json::from_slice(&answer).map_err(|_| {
                let detail = "The AWS CLI answered no list of keys. Check which `aws` is first on the PATH.";
                SourceError::new("Objects of S3 cannot be listed", detail)
            })?
        };
        let segments = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        let pattern = segments(&self.key);
        let is_meant = |key: &String| !key.ends_with('/') && matches(&pattern, &segments(key), covers);
        let mut keys: Vec<String> = keys.unwrap_or_default().into_iter().filter(is_meant).collect();
        keys.sort();
        Ok(keys)
    }
}

/// The output of the AWS CLI.
fn call(arguments: &[&str], address: &Address, folder: &Path, commands: &Commands) -> Result<Vec<u8>, SourceError> {
    let command = std::iter::once("aws")
        .chain(arguments.iter().copied())
        .map(str::to_owned);
    // With `=`, a name that begins with a hyphen is none of another option.
    let profile = commands.profile.iter().map(|profile| format!("--profile={profile}"));
    let command: Vec<String> = command.chain(profile).collect();
    output(&command, &shown(&command), folder, commands).map_err(|error| {
        SourceError::new(
            "S3 cannot be read",
            format!(
                "{} The AWS CLI reads {SCHEME}{} with the credentials of {}, which need s3:GetObject, and s3:ListBucket \
                 for a pattern.",
                error.detail,
                address.bucket,
                commands.profile.as_deref().map_or("the environment", |_| "`--profile`")
            ),
        )
    })
}
