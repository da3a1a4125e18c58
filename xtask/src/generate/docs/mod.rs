//! The pages of the registry: `docs/index.md` and one page per resource and data source, from the templates, the
//! examples and the provider's schema.
//!
//! Layout, groups and anchors are those of `tfplugindocs`, which the registry and its readers know;
//! templates use a subset of its language, so that tool can take over any day. Written here because
//! it is a Go program, and the build of this project needs none.

mod block;
mod template;
mod types;

use std::path::Path;

use serde_json::Value;

use self::template::{Page, render};
use super::file::File;
use super::sources::Sources;
use crate::process::Outcome;

/// Key of the provider in the answer of Terraform, which takes its own registry for the default.
const PROVIDER: &str = "registry.terraform.io/managed-daemons/ecs";

/// Prefix of type names, which file names leave out.
const PREFIX: &str = "ecs_";

/// The folder of the pages of resources; nothing else is there.
pub(super) const RESOURCES: &str = "docs/resources";

/// The folder of the pages of data sources; nothing else is there.
pub(super) const DATA_SOURCES: &str = "docs/data-sources";

/// The provider's page.
pub(super) fn index(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    let page = Page {
        name: "ecs",
        schema: &provider(sources)?["provider"],
        identity: &Value::Null,
    };
    Ok(vec![file(sources, "templates/index.md.tmpl", "docs/index.md", &page)?])
}

/// One page per resource.
pub(super) fn resources(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    pages(sources, "resource_schemas", "templates/resources", RESOURCES)
}

/// One page per data source.
pub(super) fn data_sources(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    pages(sources, "data_source_schemas", "templates/data-sources", DATA_SOURCES)
}

fn pages(sources: &Sources<'_>, kind: &str, templates: &str, folder: &str) -> Outcome<Vec<File>> {
    let provider = provider(sources)?;
    let schemas = provider[kind].as_object();
    let pages = schemas.into_iter().flatten().map(|(name, schema)| {
        let short = name.strip_prefix(PREFIX).unwrap_or(name);
        let page = Page {
            name,
            schema,
            identity: if kind == "resource_schemas" {
                &provider["resource_identity_schemas"][name]
            } else {
                &Value::Null
            },
        };
        let template = format!("{templates}/{short}.md.tmpl");
        file(sources, &template, format!("{folder}/{short}.md"), &page)
    });
    pages.collect()
}

fn provider<'a>(sources: &'a Sources<'_>) -> Outcome<&'a Value> {
    let provider = sources.provider_schema()?["provider_schemas"].get(PROVIDER);
    Ok(provider.ok_or_else(|| format!("Terraform reports no schema of {PROVIDER}"))?)
}

fn file(sources: &Sources<'_>, template: &str, path: impl AsRef<Path>, page: &Page<'_>) -> Outcome<File> {
    let text = render(&sources.text(template)?, page, &|path| sources.text(path));
    Ok(File {
        path: path.as_ref().to_owned(),
        text: text.map_err(|failure| format!("{template}: {failure}"))?,
    })
}
