//! From text to a document of a known kind, and clear words for everything that is none.

use serde_json::value::RawValue;

use super::{
    SourceError, baseline,
    contents::{Document, ReadOptions},
    foreign,
    json_slices::{self, Members},
    plan, position, state, stream, text,
};

/// Reads a document. `name` is the input's, for messages and addresses; a document without a daemon is an error
/// unless the options allow it.
pub fn read(name: &str, bytes: &[u8], options: ReadOptions) -> Result<Document, SourceError> {
    let mut document = match text::of(bytes)? {
        text::Text::Json(text) => from_text(name, text, options)?,
        text::Text::Toml(text) => baseline::document(name, baseline::parse_toml(text)?)?,
    };
    document.wanted.sort_by_cached_key(|wanted| wanted.arn.to_string());
    let daemons = document.wanted.len() + document.unusable.len();
    document.input.daemons = u64::try_from(daemons).unwrap_or(u64::MAX);
    if daemons == 0 && !options.allow_empty {
        return Err(nothing(&document));
    }
    Ok(document)
}

/// Says why nothing would be checked.
fn nothing(document: &Document) -> SourceError {
    let why = match document.passing {
        0 => {
            "The document holds no `ecs_daemon`, no `aws_ecs_daemon`, no `awscc_ecs_daemon` and no baseline of a daemon"
                .to_owned()
        }
        1 => "The one daemon of the plan is created, deleted or forgotten by it".to_owned(),
        passing => format!("All {passing} daemons of the plan are created, deleted or forgotten by it"),
    };
    SourceError::new(
        "No daemon in the input",
        format!(
            "{why}, so nothing would be checked. Give the document that holds the daemons, or allow it with \
             `--allow-empty`."
        ),
    )
}

/// The content of a text: one document, or one for each unit of Terragrunt.
fn from_text(name: &str, text: &str, options: ReadOptions) -> Result<Document, SourceError> {
    let documents = stream::documents(text)?;
    let object = |document| {
        if json_slices::is_object(document) {
            Ok(document)
        } else {
            Err(foreign::unknown("its outermost value is no object"))
        }
    };
    match documents.as_slice() {
        [(_, one)] => from_json(name, object(*one)?, options),
        several => {
            let mut whole: Option<Document> = None;
            for (line, document) in several {
                if !is_of_terraform(&Members::of(document)?) {
                    return Err(stream::mixed(*line));
                }
                let document = from_json(name, document, options)?;
                whole = Some(match whole {
                    None => document,
                    Some(whole) => whole.with(document),
                });
            }
            // A text that begins as JSON does holds a value.
            whole.ok_or_else(|| foreign::unknown("it is empty"))
        }
    }
}

/// True for a state or a plan, of any form and version.
fn is_of_terraform(members: &Members<'_>) -> bool {
    members.has("format_version")
        || members.has("encrypted_data")
        || (members.has("version") && members.has("resources"))
}

impl Document {
    /// Both as one, of which neither serial number nor lineage is known.
    fn with(mut self, other: Self) -> Self {
        let Self {
            input,
            wanted,
            unusable,
            passing,
            plans_all,
            ..
        } = other;
        self.wanted.extend(wanted);
        self.unusable.extend(unusable);
        self.passing += passing;
        self.plans_all &= plans_all;
        let is_same = self.input.terraform_version == input.terraform_version;
        self.input.terraform_version = self.input.terraform_version.filter(|_| is_same);
        (self.lineage, self.input.serial) = (None, None);
        self
    }
}

fn from_json(name: &str, document: &RawValue, options: ReadOptions) -> Result<Document, SourceError> {
    let members = Members::of(document)?;
    if members.has("encrypted_data") {
        return Err(SourceError::new(
            "Encrypted state",
            "The state is encrypted by OpenTofu. Give the output of `tofu show -json`, which decrypts it.",
        ));
    }
    if members.has("version") && members.has("resources") {
        return state::raw(name, &members, options);
    }
    let of_plan = ["resource_changes", "planned_values", "resource_drift", "prior_state"];
    if of_plan.iter().any(|member| members.has(member)) {
        require_format(&members, plan::MAJOR)?;
        return plan::document(name, &members, options);
    }
    if members.has("format_version") {
        require_format(&members, state::MAJOR)?;
        return state::shown(name, &members, options);
    }
    if members.has("schema_version") && members.has("daemon") {
        return baseline::document(name, baseline::parse_json(document.get())?);
    }
    if let Some(state) = foreign::state_inside(&members)? {
        return match text::of(&state)? {
            text::Text::Json(text) => from_text(name, text, options),
            text::Text::Toml(_) => Err(foreign::unknown("the state in it is no JSON")),
        };
    }
    Err(foreign::of(&members)?)
}

/// Members may be added to a form, so only its major version counts.
fn require_format(members: &Members<'_>, known: &str) -> Result<(), SourceError> {
    let version = members.text("format_version")?;
    if version.split('.').next() == Some(known) {
        return Ok(());
    }
    Err(SourceError::new(
        "Unknown format version",
        format!(
            "{} Use a newer one, or give what `terraform show -json` writes.",
            position::version("`format_version` of the input", &version, &format!("{known}.x"))
        ),
    ))
}
