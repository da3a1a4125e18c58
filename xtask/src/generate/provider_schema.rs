//! The provider's schema as Terraform reports it: the contract with every configuration and state.

use super::file::File;
use super::sources::Sources;
use crate::process::Outcome;

/// The golden file.
pub(super) fn files(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    let schema = sources.provider_schema()?;
    Ok(vec![File {
        path: "schemas/provider-schema.json".into(),
        text: format!("{schema:#}\n"),
    }])
}
