//! The pages of the registry: `docs/index.md` and one page for each resource, data source, list resource, action and
//! function, from the templates, the examples and the provider's schema.
//!
//! Layout, groups and anchors are those of `tfplugindocs`, which the registry and its readers know;
//! templates use a subset of its language, so that tool can take over any day. Written here because
//! it is a Go program, and the build of this project needs none.

mod block;
mod function;
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

/// The folder of the pages of list resources; nothing else is there.
pub(super) const LIST_RESOURCES: &str = "docs/list-resources";

/// The folder of the pages of actions; nothing else is there.
pub(super) const ACTIONS: &str = "docs/actions";

/// The folder of the pages of functions; nothing else is there.
pub(super) const FUNCTIONS: &str = "docs/functions";

/// The provider's page.
pub(super) fn index(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    let page = Page {
        name: "ecs",
        schema: &provider(sources)?["provider"],
        identity: &Value::Null,
        example: None,
    };
    Ok(vec![file(sources, "templates/index.md.tmpl", "docs/index.md", &page)?])
}

/// One page per resource.
pub(super) fn resources(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    let provider = provider(sources)?;
    pages(sources, "resource_schemas", RESOURCES, &|name, short| Frame {
        template: format!("templates/resources/{short}.md.tmpl"),
        identity: &provider["resource_identity_schemas"][name],
        example: None,
    })
}

/// One page per data source.
pub(super) fn data_sources(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    pages(sources, "data_source_schemas", DATA_SOURCES, &|_, short| Frame {
        template: format!("templates/data-sources/{short}.md.tmpl"),
        identity: &Value::Null,
        example: None,
    })
}

/// One page per list resource.
pub(super) fn list_resources(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    pages(sources, "list_resource_schemas", LIST_RESOURCES, &|name, _| {
        shared("list-resources", name, "list-resource.tfquery.hcl")
    })
}

/// One page per action.
pub(super) fn actions(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    pages(sources, "action_schemas", ACTIONS, &|name, _| {
        shared("actions", name, "action.tf")
    })
}

/// One page per function.
pub(super) fn functions(sources: &Sources<'_>) -> Outcome<Vec<File>> {
    pages(sources, "functions", FUNCTIONS, &|name, _| {
        shared("functions", name, "function.tf")
    })
}

/// What is around the schema on a page.
struct Frame<'a> {
    template: String,
    identity: &'a Value,
    example: Option<String>,
}

/// The frame of a page whose template is that of all pages of its kind.
fn shared(kind: &str, name: &str, example: &str) -> Frame<'static> {
    Frame {
        template: format!("templates/{kind}.md.tmpl"),
        identity: &Value::Null,
        example: Some(format!("examples/{kind}/{name}/{example}")),
    }
}

fn pages<'a>(
    sources: &Sources<'_>,
    kind: &str,
    folder: &str,
    frame: &dyn Fn(&str, &str) -> Frame<'a>,
) -> Outcome<Vec<File>> {
    let schemas = provider(sources)?[kind].as_object();
    let pages = schemas.into_iter().flatten().map(|(name, schema)| {
        let short = name.strip_prefix(PREFIX).unwrap_or(name);
        let Frame {
            template,
            identity,
            example,
        } = frame(name, short);
        let page = Page {
            name,
            schema,
            identity,
            example,
        };
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
