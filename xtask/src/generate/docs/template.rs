//! Templates of pages: Markdown with the few actions of `tfplugindocs` that our pages need. An action
//! that is not known is an error, so that no page goes out with a brace in it.

use serde_json::Value;

use super::{block, function};
use crate::process::Outcome;

/// The subject of a page.
pub(super) struct Page<'a> {
    /// Type name of the resource, or name of the provider.
    pub(super) name: &'a str,
    /// Its schema.
    pub(super) schema: &'a Value,
    /// Schema of its identity, or null.
    pub(super) identity: &'a Value,
    /// File with its example, for templates of many pages.
    pub(super) example: Option<String>,
}

impl Page<'_> {
    /// The description of a block or of a function.
    fn description(&self) -> &str {
        let block = self.schema["block"]["description"].as_str();
        block.or(self.schema["description"].as_str()).unwrap_or_default()
    }

    fn summary(&self) -> &str {
        self.schema["summary"].as_str().unwrap_or_default()
    }
}

/// Reads a file of the repository.
type Read<'a> = &'a dyn Fn(&str) -> Outcome<String>;

/// The page that a template makes.
pub(super) fn render(template: &str, page: &Page<'_>, read: Read<'_>) -> Outcome<String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (action, after) = after.split_once("}}").ok_or("an action is not closed by `}}`")?;
        text.push_str(before);
        text.push_str(&evaluate(action.trim(), page, read)?);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

fn evaluate(action: &str, page: &Page<'_>, read: Read<'_>) -> Outcome<String> {
    let words: Vec<&str> = action.splitn(2, ' ').collect();
    Ok(match words.as_slice() {
        [".Name"] => page.name.to_owned(),
        [".Description", "| trimspace"] => page.description().to_owned(),
        [".Description", r#"| plainmarkdown | trimspace | prefixlines "  ""#] => indented(page.description()),
        [".Summary", r#"| plainmarkdown | trimspace | prefixlines "  ""#] => indented(page.summary()),
        [".FunctionSignatureMarkdown"] => function::signature(page.name, page.schema),
        [".FunctionArgumentsMarkdown"] => function::arguments(page.schema),
        ["tffile", ".ExampleFile"] => code(
            "terraform",
            &read(page.example.as_deref().ok_or("the page has no example")?)?,
        ),
        [".SchemaMarkdown", "| trimspace"] => block::markdown(&page.schema["block"]).trim().to_owned(),
        [".IdentitySchemaMarkdown", "| trimspace"] => block::identity_markdown(page.identity).trim().to_owned(),
        ["tffile", path] => code("terraform", &read(unquoted(path)?)?),
        ["codefile", arguments] => {
            let (language, path) = arguments
                .split_once(' ')
                .ok_or("codefile needs a language and a path")?;
            code(unquoted(language)?, &read(unquoted(path)?)?)
        }
        _ => return Err(format!("the action `{{{{ {action} }}}}` is not known").into()),
    })
}

fn indented(text: &str) -> String {
    format!("  {}", text.replace('`', ""))
}

fn unquoted(text: &str) -> Outcome<&str> {
    let inner = text.trim().strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    Ok(inner.ok_or_else(|| format!("`{text}` must be quoted"))?)
}

fn code(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```", text.trim_end())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rendered(template: &str) -> Result<String, String> {
        let schema = json!({"block": {"description": "A `thing`."}});
        let page = Page {
            name: "ecs_thing",
            schema: &schema,
            identity: &Value::Null,
            example: Some("a.tf".to_owned()),
        };
        let read = |path: &str| match path {
            "a.tf" => Ok("a = 1\n".to_owned()),
            _ => Err(format!("{path}: not there").into()),
        };
        render(template, &page, &read).map_err(|failure| failure.to_string())
    }

    fn check(template: &str, expected: &str) {
        assert_eq!(rendered(template).as_deref(), Ok(expected));
    }

    fn check_refusal(template: &str, expected: &str) {
        assert_eq!(rendered(template), Err(expected.to_owned()));
    }

    #[test]
    fn actions_are_replaced() {
        check("# {{ .Name }} (Resource)\n", "# ecs_thing (Resource)\n");
        check("{{ .Description | trimspace }}", "A `thing`.");
        check(
            r#"{{ .Description | plainmarkdown | trimspace | prefixlines "  " }}"#,
            "  A thing.",
        );
        check("{{ tffile .ExampleFile }}", "```terraform\na = 1\n```");
        check(r#"{{ tffile "a.tf" }}"#, "```terraform\na = 1\n```");
        check(r#"{{ codefile "shell" "a.tf" }}"#, "```shell\na = 1\n```");
    }

    #[test]
    fn mistakes_are_named() {
        check_refusal("{{ .Nmae }}", "the action `{{ .Nmae }}` is not known");
        check_refusal("{{ .Name", "an action is not closed by `}}`");
        check_refusal("{{ tffile a.tf }}", "`a.tf` must be quoted");
        check_refusal(r#"{{ tffile "b.tf" }}"#, "b.tf: not there");
    }
}
