//! Accepting what is live into a baseline: only what changes is rewritten, so that a review sees just that.
//!
//! Comments, order and spelling of the file stay. What the file leaves out stays out, since it is not to be
//! compared, unless it is named.

use std::fmt;

use daemons::{arn::DaemonArn, name};
use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use super::{
    SourceError,
    baseline::{self, Baseline, BaselineDaemon},
    position,
};
use crate::setting::Setting;

const TAGS: &str = "tags";
/// The members that tell one life and one deployment of a daemon from another.
const IDENTITY: [&str; 3] = ["created_at", "deployment_arn", "revision_arn"];

/// The part to accept: a daemon with everything, one setting, a block of settings, or its tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept {
    /// ARN of the daemon.
    pub arn: String,
    /// The place of the setting in the file, outermost first; none is everything.
    path: Option<Vec<String>>,
}

impl Accept {
    /// Parses `ARN`, `ARN:SETTING`, `CLUSTER/NAME` or `CLUSTER/NAME:SETTING`; the short form means the daemon of the
    /// file that is called so.
    pub fn parse(text: &str, file: &Baseline) -> Result<Self, SourceError> {
        let (daemon, setting) = match text.rsplit_once(':') {
            Some((daemon, setting)) if !setting.contains('/') => (daemon, Some(setting)),
            _ => (text, None),
        };
        let path = setting.map(path).transpose()?;
        if DaemonArn::parse(daemon).is_ok() {
            let arn = daemon.to_owned();
            return Ok(Self { arn, path });
        }
        let suffix = format!(":daemon/{daemon}");
        let mut named = file.daemon.iter().filter(|entry| entry.arn.ends_with(&suffix));
        match (named.next(), named.next()) {
            (Some(entry), None) => Ok(Self {
                arn: entry.arn.clone(),
                path,
            }),
            (Some(_), Some(_)) => Err(SourceError::new(
                "Ambiguous daemon",
                format!("The baseline has several daemons `{daemon}`. Give the ARN."),
            )),
            (None, _) => Err(unknown_daemon(daemon)),
        }
    }
}

/// The place of a setting of a finding in the file.
fn path(setting: &str) -> Result<Vec<String>, SourceError> {
    if [TAGS, name::TAGS_ALL].contains(&setting) {
        return Ok(vec![TAGS.to_owned()]);
    }
    let steps: Vec<&str> = setting.split('.').collect();
    if Setting::ALL.iter().any(|known| known.path().starts_with(&steps)) {
        return Ok(["settings"]
            .iter()
            .chain(&steps)
            .map(|step| (*step).to_owned())
            .collect());
    }
    let known: Vec<String> = Setting::ALL.iter().map(|setting| setting.name()).collect();
    Err(SourceError::new(
        "Unknown setting",
        format!(
            "`{setting}` is no setting of a daemon; they are {} and {TAGS}.",
            known.join(", ")
        ),
    ))
}

fn unknown_daemon(daemon: &str) -> SourceError {
    SourceError::new(
        "Daemon not in the baseline",
        format!("The baseline has no daemon {daemon}. Add it with `ecs-drift baseline update FILE --add DAEMON`."),
    )
}

/// One value that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Name in the file.
    pub name: String,
    /// Value before; none if it was left out.
    pub old: Option<String>,
    /// Value now; none if it is gone.
    pub new: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        write!(f, "{}: {} -> {}", self.name, shown(&self.old), shown(&self.new))
    }
}

/// The text of a baseline with what is live of a daemon, and what that changes.
pub fn accept(text: &str, accept: &Accept, live: &BaselineDaemon) -> Result<(String, Vec<Change>), SourceError> {
    let mut document: DocumentMut = parse(text)?;
    let recorded = toml::to_string_pretty(live).map_err(|_| broken("it has a value that TOML cannot hold."))?;
    let recorded: DocumentMut = parse(&recorded)?;
    let daemons = document.get_mut("daemon").and_then(Item::as_array_of_tables_mut);
    let is_it = |table: &&mut Table| table.get("arn").and_then(Item::as_str) == Some(accept.arn.as_str());
    let table = daemons.and_then(|tables| tables.iter_mut().find(is_it));
    let table = table.ok_or_else(|| unknown_daemon(&accept.arn))?;
    let mut changes = Vec::new();
    if let Some(path) = &accept.path {
        set(table, recorded.as_table(), path, "", &mut changes)?;
    } else {
        for key in IDENTITY.into_iter().chain(["settings"]) {
            refresh(table, recorded.as_table(), key, "", &mut changes);
        }
        if table.contains_key(TAGS) {
            replace_map(table, recorded.as_table(), TAGS, &mut changes);
        }
    }
    let text = document.to_string();
    // What cannot be read again must not replace what can.
    baseline::parse_toml(&text)?;
    Ok((text, changes))
}

fn parse(text: &str) -> Result<DocumentMut, SourceError> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        let place = position::place(text, error.span().map_or(0, |span| span.start));
        broken(&format!("it is wrong at {place}."))
    })
}

fn broken(reason: &str) -> SourceError {
    SourceError::new("Invalid baseline", format!("The baseline is not TOML: {reason}"))
}

/// Brings what is there up to date.
fn refresh(table: &mut dyn TableLike, live: &dyn TableLike, key: &str, outer: &str, changes: &mut Vec<Change>) {
    let (Some(old), Some(new)) = (table.get_mut(key), live.get(key)) else {
        return;
    };
    let name = within(outer, key);
    if let (Some(old), Some(new)) = (old.as_table_like_mut(), new.as_table_like()) {
        let keys: Vec<String> = old.iter().map(|(key, _)| key.to_owned()).collect();
        for key in keys {
            refresh(old, new, &key, &name, changes);
        }
    } else if let (Some(old), Some(new)) = (old.as_value_mut(), new.as_value()) {
        replace(old, new, name, changes);
    }
}

fn within(outer: &str, key: &str) -> String {
    if outer.is_empty() {
        return key.to_owned();
    }
    format!("{outer}.{key}")
}

/// Sets one setting or one block, also where the file has left it out.
fn set(
    table: &mut dyn TableLike,
    live: &dyn TableLike,
    path: &[String],
    outer: &str,
    changes: &mut Vec<Change>,
) -> Result<(), SourceError> {
    let Some((key, rest)) = path.split_first() else {
        return Ok(());
    };
    let name = within(outer, key);
    let Some(new) = live.get(key) else {
        return Err(SourceError::new(
            "Setting cannot be read",
            format!("ECS no longer tells `{key}` of this daemon: its deployment is not on record."),
        ));
    };
    if key == TAGS {
        replace_map(table, live, key, changes);
        return Ok(());
    }
    let Some(new_table) = new.as_table_like() else {
        if let (Some(old), Some(new)) = (table.get_mut(key).and_then(Item::as_value_mut), new.as_value()) {
            replace(old, new, name, changes);
        } else {
            changes.push(change(&name, None, Some(new)));
            table.insert(key, new.clone());
        }
        return Ok(());
    };
    if !table.contains_key(key) {
        table.insert(key, Item::Table(Table::new()));
    }
    let Some(old_table) = table.get_mut(key).and_then(Item::as_table_like_mut) else {
        return Ok(());
    };
    if !rest.is_empty() {
        return set(old_table, new_table, rest, &name, changes);
    }
    for (inner, _) in new_table.iter() {
        set(old_table, new_table, &[inner.to_owned()], &name, changes)?;
    }
    Ok(())
}

/// Makes a map equal, key by key.
fn replace_map(table: &mut dyn TableLike, live: &dyn TableLike, key: &str, changes: &mut Vec<Change>) {
    if !table.contains_key(key) {
        table.insert(key, Item::Table(Table::new()));
    }
    let old = table.get_mut(key).and_then(Item::as_table_like_mut);
    let (Some(old), Some(new)) = (old, live.get(key).and_then(Item::as_table_like)) else {
        return;
    };
    let gone: Vec<String> = old
        .iter()
        .map(|(key, _)| key.to_owned())
        .filter(|key| !new.contains_key(key))
        .collect();
    for gone in gone {
        let was = old.remove(&gone);
        changes.push(change(&format!("{key}.{gone}"), was.as_ref(), None));
    }
    for (inner, item) in new.iter() {
        if let (Some(old), Some(new)) = (old.get_mut(inner).and_then(Item::as_value_mut), item.as_value()) {
            replace(old, new, format!("{key}.{inner}"), changes);
        } else {
            changes.push(change(&format!("{key}.{inner}"), None, Some(item)));
            old.insert(inner, item.clone());
        }
    }
}

fn replace(old: &mut Value, new: &Value, name: String, changes: &mut Vec<Change>) {
    if is_same(old, new) {
        return;
    }
    changes.push(Change {
        name,
        old: Some(spelled(old)),
        new: Some(spelled(new)),
    });
    let decor = old.decor().clone();
    *old = new.clone();
    *old.decor_mut() = decor;
}

fn change(name: &str, old: Option<&Item>, new: Option<&Item>) -> Change {
    let shown = |item: Option<&Item>| item.and_then(Item::as_value).map(spelled);
    Change {
        name: name.to_owned(),
        old: shown(old),
        new: shown(new),
    }
}

/// A value on one line.
fn spelled(value: &Value) -> String {
    if let Some(elements) = value.as_array() {
        let elements: Vec<String> = elements.iter().map(spelled).collect();
        return format!("[{}]", elements.join(", "));
    }
    // A comment behind the value belongs to its decor.
    let mut value = value.clone();
    value.decor_mut().clear();
    value.to_string()
}

/// True if two values mean the same: neither spelling nor the order of a list means anything.
fn is_same(one: &Value, other: &Value) -> bool {
    let number = |value: &Value| {
        value
            .as_float()
            .or_else(|| value.as_integer()?.to_string().parse().ok())
    };
    let names = |value: &Value| -> Option<std::collections::BTreeSet<String>> {
        value.as_array().map(|elements| elements.iter().map(spelled).collect())
    };
    match (one.as_str(), other.as_str()) {
        (Some(one), Some(other)) => return one == other,
        (None, None) => {}
        _ => return false,
    }
    if let (Some(one), Some(other)) = (number(one), number(other)) {
        return (one - other).abs() < f64::EPSILON;
    }
    match (names(one), names(other)) {
        (Some(one), Some(other)) => one == other,
        _ => spelled(one) == spelled(other),
    }
}

#[cfg(test)]
mod tests;
